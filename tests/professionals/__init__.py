"""Professionals: the directory, and the way they sign in."""
