"""Signing in by ProSanté Connect, the State's OpenID Connect provider for health professionals."""
