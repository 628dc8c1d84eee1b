from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The patient's shell."""

    name = "apps.home"
    label = "home"
