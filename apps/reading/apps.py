from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """One mechanism for easy-to-read pages, messages and prints."""

    name = "apps.reading"
    label = "reading"
