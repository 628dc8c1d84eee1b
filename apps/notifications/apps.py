from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Notices and their deliveries."""

    name = "apps.notifications"
    label = "notifications"
