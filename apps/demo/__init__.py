"""The fictional cast and how it is built, through the real services."""
