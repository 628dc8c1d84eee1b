"""The digital carte Vitale and its delegation."""
