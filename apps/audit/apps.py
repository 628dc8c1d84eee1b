from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only, hash-chained history."""

    name = "apps.audit"
    label = "audit"
