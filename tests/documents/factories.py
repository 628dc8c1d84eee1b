"""Many documents at once, for what must not depend on their number: rows as deposits leave them, without bytes."""

from __future__ import annotations

import uuid
from datetime import timedelta

from apps.core.actor import Actor
from apps.documents.models import Document, fold
from apps.files.models import Scan, State, StoredFile
from apps.professionals.models import Professional
from tests.support.cast import World


def many_papers(world: World, actor: Actor, number: int, *, author: Professional | None = None) -> list[Document]:
    """`number` documents of the record `actor` stands in, one a day, that have arrived. No file can be opened."""
    files = StoredFile.objects.bulk_create(ready_file(world) for _ in range(number))
    rows = [
        Document(
            record_id=actor.record_id,
            file=file,
            type_code="57833-6" if author else "DOCPAT02",
            title=f"Papier {index}",
            act_on=(world.at - timedelta(days=index)).date(),
            author=author,
            author_label=author.display_name if author else "",
            folded=fold(f"Papier {index}"),
            added_at=world.at,
            added_by_id=actor.user_id,
            arrived_at=world.at,
        )
        for index, file in enumerate(files)
    ]
    everything = Document.objects.unscoped(why="a test fills a record")
    return list(everything.bulk_create(rows))


def ready_file(world: World) -> StoredFile:
    """What the vault knows of a file that is ready; there are no bytes."""
    return StoredFile(
        state=State.READY,
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        page_count=1,
        scan=Scan.CLEAN,
        received_size=1,
        received_sha256="0" * 64,
        key_id="none",
        storage_name=uuid.uuid4().hex,
        created_at=world.at,
        decided_at=world.at,
    )
