"""Two spaces and what stands in them."""

from __future__ import annotations

import pytest

from tests.support.cast import World


@pytest.fixture
def leo(world: World) -> str:
    """Camille's path to Léo, without a slash at its end."""
    return f"/pour/{world.grant('camille', 'leo').alias}"
