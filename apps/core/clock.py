"""The one place that asks what time it is. Services receive the answer as `at`."""

from datetime import datetime, time, timedelta

from django.utils import timezone


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return timezone.now()


def midnight_after(at: datetime) -> datetime:
    """The end of the day of `at` where the person is."""
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, tzinfo=timezone.get_current_timezone())
