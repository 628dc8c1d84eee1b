from django.apps import AppConfig


class ProfessionalsConfig(AppConfig):
    """Who a professional is."""

    name = "apps.professionals"
    label = "professionals"

    def ready(self) -> None:
        from apps.audit import history, names
        from apps.core.actor import Capacity
        from apps.professionals.history import SENTENCES
        from apps.professionals.selectors import name_in_trail

        names.register(Capacity.PROFESSIONAL, name_in_trail)
        names.register(Capacity.EMERGENCY, name_in_trail)
        history.register("professionals", SENTENCES)
