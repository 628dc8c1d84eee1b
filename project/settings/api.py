"""Django REST Framework and its OpenAPI description."""

from __future__ import annotations

REST_FRAMEWORK: dict[str, object] = {}
