from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """The agenda room."""

    name = "apps.agenda"
    label = "agenda"
