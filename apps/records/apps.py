from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Whose record it is."""

    name = "apps.records"
    label = "records"

    def ready(self) -> None:
        from apps.audit import history
        from apps.records.history import SENTENCES

        history.register("records", SENTENCES, describe=None)
