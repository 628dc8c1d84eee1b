"""Threads that only a professional can open."""
