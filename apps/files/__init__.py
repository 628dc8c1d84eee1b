"""Encrypted file storage: the only code that touches bytes at rest."""
