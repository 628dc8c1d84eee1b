"""`manage.py compile_easy`: build the catalogues of the two ways of reading."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.reading import translations


class Command(BaseCommand):
    """Merges `locale/parts`, writes and compiles the catalogues, and says what to look at."""

    help = "Merge the easy twins of every app and compile the catalogues."
    # It prepares what the checks of a full start may need.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        translations.write_easy_po()
        translations.compile_catalogues()
        sources, parts = translations.extract(), translations.read_parts()
        for key in sorted(sources.keys() - parts.twins.keys(), key=str):
            self.stderr.write(f"No easy twin: {key!r} ({', '.join(sources[key].files)})")
        if options["verbosity"] > 1:
            for text in translations.long_twins(parts.twins):
                self.stdout.write(f"Long sentence: {text!r}")
        self.stdout.write(f"{len(sources)} sentences, {len(sources.keys() & parts.twins.keys())} with an easy twin.")
        if parts.problems:
            raise CommandError("\n".join(parts.problems))
