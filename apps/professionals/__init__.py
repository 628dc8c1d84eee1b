"""Health professionals and the organisations they work in."""
