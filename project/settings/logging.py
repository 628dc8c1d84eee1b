"""Structured logs that never hold health data."""

from __future__ import annotations

LOGGING_CONFIG = None
