"""Manifest, service worker and what works without a network."""
