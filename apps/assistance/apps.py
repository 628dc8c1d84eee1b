from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    """The counsellors' shell."""

    name = "apps.assistance"
    label = "assistance"
