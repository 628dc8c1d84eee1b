"""The one place that asks what time it is. Services receive the answer as `at`."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return timezone.now()
