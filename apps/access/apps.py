from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The permission matrix, grants and policy."""

    name = "apps.access"
    label = "access"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from apps.access.habilitation.services import install_first
        from apps.access.history import A_PROFESSIONAL, SENTENCES, names
        from apps.access.notices import KINDS
        from apps.access.retention import RULES
        from apps.access.support import name_in_trail
        from apps.audit import history
        from apps.audit import names as trail
        from apps.core import retention
        from apps.core.actor import Capacity
        from apps.notifications import registry

        history.register("access", SENTENCES, describe=names, unseen=A_PROFESSIONAL)
        for kind in KINDS:
            registry.register(kind)
        for rule in RULES:
            retention.register(rule)
        trail.register(Capacity.SUPPORT, name_in_trail)
        post_migrate.connect(install_first, sender=self)
