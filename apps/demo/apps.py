from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration shell."""

    name = "apps.demo"
    label = "demo"
