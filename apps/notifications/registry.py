"""What Calepin can tell people: categories that they may switch, and the kinds of notice in each.

A kind belongs to the room that declares it and is registered in the room's `AppConfig.ready`. Its words are
shown inside Calepin only: an e-mail or a push says no more than "Nouveau dans Calepin".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class UnknownKind(LookupError):
    """A kind of notice that no room registered."""


class Category(models.TextChoices):
    """What a person switches on and off, channel by channel."""

    ACCESS = "access", _("Quand une personne consulte le dossier")
    DOCUMENTS = "documents", _("Quand il y a un nouveau document")
    ACCOUNT = "account", _("Quand quelque chose change dans la connexion")


#: Told by e-mail until the person says otherwise. Push always waits until it is chosen.
EMAIL_BY_DEFAULT = frozenset({Category.ACCESS, Category.ACCOUNT})


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One thing we may tell: `sentence` may hold {who}; `action` labels the button that leads to it.

    `pictogram` names a symbol of `static/icons.svg`, `colour_category` one of the colour families of
    `core.presentation.Item`.
    """

    code: str
    category: str
    sentence: Text
    pictogram: str
    colour_category: str
    action: Text


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Make `kind` known. Raises ValueError for an unknown category or a code taken by another kind."""
    if kind.category not in Category.values:
        raise ValueError(f"{kind.code}: no category {kind.category!r}; there are {', '.join(Category.values)}.")
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"Two kinds of notice share the code {kind.code!r}.")
    _kinds[kind.code] = kind


def kind_of(code: str) -> NoticeKind:
    """The registered kind. Raises UnknownKind."""
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(f"No kind of notice is registered as {code!r}.") from None


def known_kinds() -> Mapping[str, NoticeKind]:
    """Every registered kind by its code."""
    return _kinds
