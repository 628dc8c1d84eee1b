from django.apps import AppConfig


class FhirConfig(AppConfig):
    """The FHIR shell."""

    name = "apps.fhir"
    label = "fhir"
