from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The permission matrix, grants and policy."""

    name = "apps.access"
    label = "access"
