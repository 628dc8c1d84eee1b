from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    """The prescriptions room."""

    name = "apps.prescriptions"
    label = "prescriptions"
