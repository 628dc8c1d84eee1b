from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The catalogue room."""

    name = "apps.catalogue"
    label = "catalogue"
