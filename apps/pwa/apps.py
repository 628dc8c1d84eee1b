from django.apps import AppConfig


class PwaConfig(AppConfig):
    """The installable shell."""

    name = "apps.pwa"
    label = "pwa"

    def ready(self) -> None:
        """Register the deployment checks."""
        from . import checks  # noqa: F401
