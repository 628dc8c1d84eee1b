from django.apps import AppConfig
from django.core.checks import register


class AuditConfig(AppConfig):
    """Append-only, hash-chained history."""

    name = "apps.audit"
    label = "audit"

    def ready(self) -> None:
        """Check registered sentences at start-up."""
        from apps.audit.checks import check_sentences

        register(check_sentences)
