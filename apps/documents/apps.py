from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents room, exemplar of all rooms."""

    name = "apps.documents"
    label = "documents"
