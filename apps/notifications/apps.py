from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Notices and their deliveries."""

    name = "apps.notifications"
    label = "notifications"

    def ready(self) -> None:
        from apps.core import retention
        from apps.notifications.retention import RULES

        for rule in RULES:
            retention.register(rule)
