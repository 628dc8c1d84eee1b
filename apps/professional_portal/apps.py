from django.apps import AppConfig


class ProfessionalPortalConfig(AppConfig):
    """The professionals' shell."""

    name = "apps.professional_portal"
    label = "professional_portal"
