from django.apps import AppConfig


class CardConfig(AppConfig):
    """The card room."""

    name = "apps.card"
    label = "card"
