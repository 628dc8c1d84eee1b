"""What a version of the matrix says, as an operator's file (JSON) holds it.

The file has one list per profession: {"professions": {"MEDECIN": {"readable": [codes], "sourced": [codes]}, …}}.
`readable` are the document types it opens; `sourced` those whose cell, open or closed, rests on a published text.
What else an exported file says (its label, its source) is for the reader: on the way in the operator says it anew.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.access.habilitation.models import MatrixCell, MatrixVersion
from apps.professionals.professions import Profession

_LISTS = ("readable", "sourced")
_ABOUT = ("version", "is_official", "source", "in_force_since")


class BadMatrix(ValueError):
    """A file that cannot be put in force. `faults` says everything that is wrong with it, a sentence each."""

    def __init__(self, faults: Collection[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Content:
    """Type codes by profession: those it may read, and those that rest on a published text."""

    readable: Mapping[str, frozenset[str]]
    sourced: Mapping[str, frozenset[str]]

    def cells(self) -> Iterator[tuple[str, str, bool, bool]]:
        """Profession, type code, whether it is open, whether it is sourced."""
        for profession in sorted(self.readable):
            is_open, is_sourced = self.readable[profession], self.sourced[profession]
            for code in sorted(is_open | is_sourced):
                yield profession, code, code in is_open, code in is_sourced


@dataclass(frozen=True, slots=True)
class Change:
    """What another version opens and closes to one profession."""

    profession: str
    opened: tuple[str, ...]
    closed: tuple[str, ...]


def parse(text: str, *, known_types: Collection[str]) -> Content:
    """The content of a file, complete and made of known professions and of `known_types` only. Raises BadMatrix."""
    try:
        loaded = json.loads(text, object_pairs_hook=_without_repetition)
    except json.JSONDecodeError as error:
        raise BadMatrix([f"This is not JSON: {error}."]) from error
    faults = list(_faults(loaded, frozenset(known_types)))
    if faults:
        raise BadMatrix(faults)
    return _content(loaded["professions"])


def trusted(text: str) -> tuple[dict[str, Any], Content]:
    """What the file Calepin comes with says about itself, and its content; a test asks what `parse` would."""
    loaded: dict[str, Any] = json.loads(text)
    return loaded, _content(loaded["professions"])


def stored(version: MatrixVersion) -> Content:
    """What a version says. One query."""
    readable: dict[str, set[str]] = {profession: set() for profession in Profession.values}
    sourced: dict[str, set[str]] = {profession: set() for profession in Profession.values}
    for cell in MatrixCell.objects.filter(version=version):
        if cell.is_readable:
            readable[cell.profession].add(cell.type_code)
        if cell.is_sourced:
            sourced[cell.profession].add(cell.type_code)
    return Content(_frozen(readable.items()), _frozen(sourced.items()))


def dump(version: MatrixVersion) -> str:
    """A version as a file to keep, to read and to edit: one code a line, in order."""
    content = stored(version)
    professions = {
        profession: {"readable": sorted(content.readable[profession]), "sourced": sorted(content.sourced[profession])}
        for profession in Profession.values
    }
    about = (version.label, version.is_official, version.source, version.in_force_since.isoformat())
    said = dict(zip(_ABOUT, about, strict=True)) | {"professions": professions}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def changes(before: Content, after: Content) -> list[Change]:
    """What `after` opens and closes, for the professions that it touches."""
    found = []
    for profession in Profession.values:
        was, will = before.readable.get(profession, frozenset()), after.readable.get(profession, frozenset())
        if was != will:
            found.append(Change(profession, tuple(sorted(will - was)), tuple(sorted(was - will))))
    return found


def _content(professions: Mapping[str, Any]) -> Content:
    readable, sourced = (_frozen((name, row[key]) for name, row in professions.items()) for key in _LISTS)
    return Content(readable, sourced)


def _frozen(rows: Iterable[tuple[str, Iterable[str]]]) -> dict[str, frozenset[str]]:
    return {profession: frozenset(codes) for profession, codes in rows}


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets a name stand twice and forgets the first; here that would lose a profession."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise BadMatrix([f"{name} stands twice." for name in found if names.count(name) > 1])
    return found


def _faults(loaded: Any, known_types: frozenset[str]) -> Iterator[str]:
    if not isinstance(loaded, dict) or not isinstance(loaded.get("professions"), dict):
        yield 'The file must be an object with "professions".'
        return
    for name in loaded.keys() - {*_ABOUT, "professions"}:
        yield f"{name}: nobody knows what this is for."
    professions = loaded["professions"]
    for profession in sorted(professions.keys() - set(Profession.values)):
        yield f"{profession}: there is no such profession."
    for profession in Profession.values:
        if profession not in professions:
            yield f"{profession} is missing: a profession that reads nothing has two empty lists."
        else:
            yield from _faults_of_row(profession, professions[profession], known_types)


def _faults_of_row(profession: str, row: Any, known_types: frozenset[str]) -> Iterator[str]:
    if not isinstance(row, dict) or row.keys() != set(_LISTS):
        yield f'{profession} must have "readable" and "sourced", and nothing else.'
        return
    for key in _LISTS:
        codes = row[key]
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            yield f"{profession}, {key}: a list of codes is needed."
            continue
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield f"{profession}, {key}: {code} stands twice."
        for code in sorted(set(codes) - known_types):
            yield f"{profession}, {key}: {code} is no type of document that people read."
