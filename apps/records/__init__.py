"""Health records and the identity of their holders."""
