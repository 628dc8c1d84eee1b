from django.apps import AppConfig


class MedicalProfileConfig(AppConfig):
    """The medical profile room."""

    name = "apps.medical_profile"
    label = "medical_profile"
