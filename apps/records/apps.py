from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Whose record it is."""

    name = "apps.records"
    label = "records"
