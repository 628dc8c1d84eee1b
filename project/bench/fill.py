"""`python -m project.bench.fill <identifier> <size>`: a record of that many documents of a page of words, in the
demonstration whose environment it runs in. Rows as deposits leave them, sealed words included; no bytes to open."""

from __future__ import annotations

import os
import random
import secrets
import sys
import uuid
from datetime import date, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.db import transaction  # noqa: E402

from apps.core.clock import now  # noqa: E402
from apps.documents.models import Document, SearchIndex, SearchText  # noqa: E402
from apps.documents.search.folding import fold, terms  # noqa: E402
from apps.documents.search.index import TERMS, TEXT  # noqa: E402
from apps.files import keys, words  # noqa: E402
from apps.files.envelope import KEY_SIZE  # noqa: E402
from apps.files.models import Scan, State, StoredFile  # noqa: E402
from apps.records.models import HealthRecord  # noqa: E402

#: About 2 kB: a page. Words come as often as in a language: the tenth most frequent ten times less than the first.
WORDS_OF_A_PAGE, VOCABULARY = 300, 30_000
_LETTERS = "eeeaaaiiinnsstttrrrllluuooddccmmppgvbfqhjxyz"


def pages(size: int) -> list[str]:
    """The text of `size` pages, always the same: every tenth says "glycémie", one says "phéochromocytome"."""
    chance = random.Random(2026)  # noqa: S311 - repeatable on purpose
    vocabulary = ["".join(chance.choices(_LETTERS, k=chance.randint(3, 11))) for _ in range(VOCABULARY)]
    weights = [1 / (rank + 1) for rank in range(VOCABULARY)]
    texts = []
    for number in range(size):
        said = chance.choices(vocabulary, weights, k=WORDS_OF_A_PAGE)
        said += [f"{chance.randint(0, 300)},{chance.randint(0, 99):02d} g/L" for _ in range(10)]
        said += ["docteur"] + ["glycémie"] * (number % 10 == 0) + ["phéochromocytome"] * (number == size // 2)
        chance.shuffle(said)
        texts.append(" ".join(said))
    return texts


@transaction.atomic
def fill(identifier: str, size: int) -> None:
    """Adds the documents to the record of that member of the cast."""
    record = HealthRecord.objects.unscoped(why="a bench fills a record").get(holder__identifier=identifier)
    at = now()
    files, documents, texts = [], [], []
    for number, text in enumerate(pages(size)):
        file = _file(at)
        document = Document(record=record, file=file, type_code="DOCPAT02", title=f"Compte rendu {number}")
        document.act_on, document.folded = date(2026, 1, 1) - timedelta(days=number // 3), fold(document.title)
        document.added_at = document.arrived_at = document.indexed_at = at
        document.added_by_id = record.holder_id
        found = SearchText(document=document, record=record, revision=1)
        found.sealed_terms = words.seal(" ".join(terms(text)), file=file, purpose=TERMS)
        found.sealed_text = words.seal(text, file=file, purpose=TEXT)
        texts.append(found)
        files.append(file)
        documents.append(document)
    StoredFile.objects.bulk_create(files, batch_size=500)
    Document.objects.unscoped(why="a bench fills a record").bulk_create(documents, batch_size=500)
    SearchText.objects.unscoped(why="a bench fills a record").bulk_create(texts, batch_size=500)
    indexes = SearchIndex.objects.unscoped(why="a bench fills a record")
    indexes.update_or_create(record=record, defaults={"revision": 1})


def _file(at: datetime) -> StoredFile:
    file = StoredFile(state=State.READY, media_type="application/pdf", size=1, sha256="0" * 64, page_count=1)
    file.scan, file.received_size, file.received_sha256 = Scan.CLEAN, 1, "0" * 64
    file.key_id, file.wrapped_key = keys.keyring().wrap(secrets.token_bytes(KEY_SIZE), file_id=file.id)
    file.storage_name, file.created_at, file.decided_at = uuid.uuid4().hex, at, at
    return file


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
