from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Stores, proves, cleans and serves files."""

    name = "apps.files"
    label = "files"

    def ready(self) -> None:
        from apps.files import checks  # noqa: F401
