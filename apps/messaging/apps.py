from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The messaging room."""

    name = "apps.messaging"
    label = "messaging"
