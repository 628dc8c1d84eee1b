from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents room, exemplar of all rooms."""

    name = "apps.documents"
    label = "documents"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from apps.audit import hidden, history, names
        from apps.core.actor import Capacity
        from apps.documents import notices, policy  # noqa: F401 - declares the room's rules
        from apps.documents.history import SENTENCES, documents_kept_from, shares_kept_from, titles
        from apps.documents.problems import notices as problems
        from apps.documents.search import stamps
        from apps.documents.sharing import notices as sharing
        from apps.documents.sharing.openers import name_in_trail
        from apps.notifications import registry

        post_migrate.connect(stamps.install, sender=self)
        history.register("documents", SENTENCES, describe=titles)
        hidden.register(documents_kept_from)
        hidden.register(shares_kept_from)
        for kind in (*notices.KINDS, *sharing.KINDS, *problems.KINDS):
            registry.register(kind)
        names.register(Capacity.RECIPIENT, name_in_trail)
