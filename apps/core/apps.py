from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The floor every other app stands on."""

    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        """Register the deployment checks."""
        from . import checks  # noqa: F401
