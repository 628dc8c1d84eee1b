"""Which tests a database can make a difference to."""

from __future__ import annotations

import pytest

_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as `database` whoever may ask a database something; pytest-django stops all the others from doing so."""
    for item in items:
        asked = _FIXTURES & set(getattr(item, "fixturenames", ()))
        if asked or item.get_closest_marker("django_db") is not None:
            item.add_marker(pytest.mark.database)
