from django.apps import AppConfig


class ProfessionalsConfig(AppConfig):
    """Who a professional is."""

    name = "apps.professionals"
    label = "professionals"
