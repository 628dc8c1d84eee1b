from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST shell."""

    name = "apps.api"
    label = "api"
