"""Showing documents by a code, for a short time."""
