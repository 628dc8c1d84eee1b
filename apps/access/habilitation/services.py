"""Puts a version of the matrix in force. It holds from the next question on, in every process."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction

from apps.access.habilitation import content as contents
from apps.access.habilitation.content import BadMatrix, Content
from apps.access.habilitation.models import (
    LABEL_MAX_LENGTH,
    NAME_MAX_LENGTH,
    SOURCE_MAX_LENGTH,
    MatrixCell,
    MatrixVersion,
)
from apps.audit import names
from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.clock import now

#: The version Calepin comes with.
SHIPPED = Path(__file__).parents[1] / "data" / "habilitation_matrix.json"


@transaction.atomic
def put_in_force(
    *,
    actor: Actor,
    content: Content,
    replaces: MatrixVersion,
    label: str,
    source: str,
    is_official: bool,
    by: str,
    at: datetime,
) -> MatrixVersion:
    """Makes `content` the version in force instead of `replaces`, the one it was compared with.

    `label` is new, `source` says to patients where it comes from, `by` names who decided. Raises BadMatrix for a text
    that is empty, too long or taken, and when another version replaced `replaces` meanwhile.
    """
    texts = _whole(
        {"label": (label, LABEL_MAX_LENGTH), "source": (source, SOURCE_MAX_LENGTH), "by": (by, NAME_MAX_LENGTH)}
    )
    if MatrixVersion.objects.filter(label=texts["label"]).exists():
        raise BadMatrix([f"There is a version {texts['label']} already: give this one another label."])
    changes = contents.changes(contents.stored(replaces), content)
    version = MatrixVersion(
        number=replaces.number + 1,
        label=texts["label"],
        source=texts["source"],
        is_official=is_official,
        in_force_since=at,
        put_in_force_by=texts["by"],
        opened=sum(len(change.opened) for change in changes),
        closed=sum(len(change.closed) for change in changes),
    )
    try:
        with transaction.atomic():
            _add(version, content)
    except IntegrityError as error:
        raise BadMatrix([f"{replaces.label} is no longer in force: compare again."]) from error
    audit.record(actor=actor, verb="access.matrix_put_in_force", at=at, target=version, facts=_facts(version, replaces))
    return version


def install_first(**signal: Any) -> None:
    """Puts the version Calepin comes with in force where there is none: once, after the tables are made.

    `migrate` says so too when it made another app's tables alone.
    """
    has_tables = MatrixVersion._meta.db_table in connection.introspection.table_names()
    if not has_tables or MatrixVersion.objects.exists():
        return
    about, content = contents.trusted(SHIPPED.read_text(encoding="utf-8"))
    version = MatrixVersion(
        number=1,
        label=about["version"],
        source=about["source"],
        is_official=about["is_official"],
        in_force_since=now(),
        put_in_force_by=names.SYSTEM_NAME,
        opened=sum(map(len, content.readable.values())),
        closed=0,
    )
    with transaction.atomic():
        _add(version, content)


def _facts(version: MatrixVersion, replaced: MatrixVersion) -> dict[str, str | int | bool | None]:
    return {
        "version": version.label,
        "replaced": replaced.label,
        "is_official": version.is_official,
        "by": version.put_in_force_by,
        "opened": version.opened,
        "closed": version.closed,
    }


def _add(version: MatrixVersion, content: Content) -> None:
    version.save()
    MatrixCell.objects.bulk_create(
        MatrixCell(
            version=version, profession=profession, type_code=code, is_readable=is_readable, is_sourced=is_sourced
        )
        for profession, code, is_readable, is_sourced in content.cells()
    )


def _whole(texts: dict[str, tuple[str, int]]) -> dict[str, str]:
    """Each text without spaces around it. Raises BadMatrix for those that are empty, too long or not printable."""
    whole = {name: text.strip() for name, (text, _length) in texts.items()}
    faults = [
        f"--{name} must say something, on one line, in {length} characters at most."
        for name, (_text, length) in texts.items()
        if not 0 < len(whole[name]) <= length or not whole[name].isprintable()
    ]
    if faults:
        raise BadMatrix(faults)
    return whole
