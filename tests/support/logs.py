"""What the real configuration writes to the log, for tests to read."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything the real configuration writes, at the most talkative level."""
    handler = next(handler for handler in logging.getLogger().handlers if _is_ours(handler))
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    stream, level = handler.setStream(written), logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    yield written
    logging.getLogger().setLevel(level)
    handler.setStream(stream or handler.stream)


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
