from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents room, exemplar of all rooms."""

    name = "apps.documents"
    label = "documents"

    def ready(self) -> None:
        from apps.audit import history
        from apps.documents import notices, policy  # noqa: F401 - declares the room's rules
        from apps.documents.history import SENTENCES, titles
        from apps.notifications import registry

        history.register("documents", SENTENCES, describe=titles)
        registry.register(notices.DOCUMENT_DEPOSITED)
        registry.register(notices.DOCUMENT_REFUSED)
