from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The permission matrix, grants and policy."""

    name = "apps.access"
    label = "access"

    def ready(self) -> None:
        from apps.access.history import SENTENCES
        from apps.access.notices import RECORD_ENTERED
        from apps.audit import history
        from apps.notifications import registry

        history.register("access", SENTENCES, describe=None)
        registry.register(RECORD_ENTERED)
