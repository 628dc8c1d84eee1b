"""What a screen shows, independent of how it looks: selectors build these, `templates/ui` draws them.

The standard component joins `lines` with a middle dot; the easy one gives each its own line. The words
themselves are already in the reader's language when a template prints them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class State:
    """A word and its icon: `kind` is one of "", "new", "success", "warning", "danger"."""

    label: str
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text that is shown in part; `is_found` for those that were looked for."""

    text: str
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a list: a document, a patient, a person.

    `category` is the colour family (`prescription`, `lab`, `imaging`, `report`, `vaccine`, `certificate`, `own`,
    `danger`); `pictogram` names a symbol of `static/icons.svg`; `action` is the easy button's label and
    `action_label` its full accessible name; `subtitle` what it also goes by; `excerpt` is what a search found inside.
    """

    title: str
    url: str
    category: str
    pictogram: str
    lines: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    action: str = ""
    action_label: str = ""
    excerpt: tuple[Piece, ...] = ()
    subtitle: str = ""

    @property
    def marked_excerpt(self) -> SafeString:
        """The excerpt of an item that has one, as HTML. Put together here: a template takes longer over its pieces than
        a search to find it."""
        pattern = "".join("<mark>{}</mark>" if piece.is_found else "{}" for piece in self.excerpt)
        return format_html(pattern, *[piece.text for piece in self.excerpt])


@dataclass(frozen=True, slots=True)
class Task:
    """Something the person may do now, on the home page's one filled card."""

    title: str
    detail: str
    url: str
    category: str
    pictogram: str
    action: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a history: a finished sentence, when, and what stands under it."""

    sentence: str
    at: object
    lines: tuple[str, ...] = ()
    is_urgent: bool = False
    url: str = ""
    states: tuple[State, ...] = field(default=())
