from django.apps import AppConfig


class PwaConfig(AppConfig):
    """The installable shell."""

    name = "apps.pwa"
    label = "pwa"
