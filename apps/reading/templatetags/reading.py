"""Tags and filters of every template: components, symbols, dates, explained words. Loaded as a builtin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from django import template
from django.forms import BoundField, MultiWidget
from django.templatetags.static import static
from django.urls import reverse, set_script_prefix
from django.urls.base import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .. import dates, french, glossary, modes
from ..components import component_template
from ..symbols import ICONS, PICTOGRAMS

if TYPE_CHECKING:
    from django.template.base import FilterExpression, NodeList, Parser, Token
    from django.template.context import Context

register = template.Library()


#: What a component may know of the page it stands in. Anything else is given to it by name: a page's own
#: `url` or `text` must not slip into a component that was called without one.
FRAME = ("request", "user", "space", "shell", "csrf_token")


class ComponentNode(template.Node):
    """`{% ui "item" item=item %}`: draws a component in the reader's mode, with the values it is given."""

    def __init__(self, name: FilterExpression, values: dict[str, FilterExpression]) -> None:
        self.name = name
        self.values = values

    def render(self, context: Context) -> SafeString:
        drawn = component_template(self.name.resolve(context), modes.current())
        values = {key: value.resolve(context) for key, value in self.values.items()}
        return drawn.render(context.new(self._frame(context) | values))

    @staticmethod
    def _frame(context: Context) -> dict[str, object]:
        """The frame, gathered once for all the components of a list."""
        known: dict[str, object] | None = context.render_context.get("component_frame")
        if known is None:
            known = {key: context[key] for key in FRAME if key in context}
            context.render_context["component_frame"] = known
        return known


@register.tag
def ui(parser: Parser, token: Token) -> ComponentNode:
    """`{% ui "name" key=value … %}`."""
    tag, *bits = token.split_contents()
    if not bits:
        raise template.TemplateSyntaxError(f"{tag}: say which component")
    name, *pairs = bits
    return ComponentNode(parser.compile_filter(name), _named_values(parser, tag, pairs))


def _named_values(parser: Parser, tag: str, pairs: list[str]) -> dict[str, FilterExpression]:
    values: dict[str, FilterExpression] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.isidentifier():
            raise template.TemplateSyntaxError(f"{tag}: {pair!r} is not key=value")
        values[key] = parser.compile_filter(value)
    return values


@cache
def _symbol(name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        css,
        static("icons.svg"),
        name,
    )


def _icon(name: str, css: str) -> SafeString:
    if name not in ICONS:
        raise LookupError(f"No icon {name!r}: add it to apps/reading/symbols.py")
    return _symbol(f"i-{name}", f"icon {css}".strip())


def _pictogram(name: str, css: str) -> SafeString:
    return _symbol(f"p-{name}", f"icon icon--solid {css}".strip()) if name in PICTOGRAMS else _icon(name, css)


class SymbolNode(template.Node):
    """An `<svg>` of the sprite. A list draws three a row: this is a third of the cost of a `simple_tag`."""

    def __init__(self, draw: Callable[[str, str], SafeString], name: FilterExpression, css: str) -> None:
        self.draw = draw
        self.name = name
        self.css = css

    def render(self, context: Context) -> SafeString:
        return self.draw(self.name.resolve(context), self.css)


def _parse_symbol(parser: Parser, token: Token, draw: Callable[[str, str], SafeString]) -> SymbolNode:
    tag, *bits = token.split_contents()
    if not 1 <= len(bits) <= 2:
        raise template.TemplateSyntaxError(f"{tag}: a name, then classes if any")
    return SymbolNode(draw, parser.compile_filter(bits[0]), bits[1].strip("\"'") if len(bits) == 2 else "")


@register.tag
def icon(parser: Parser, token: Token) -> SymbolNode:
    """`{% icon "camera" "icon--small" %}`: a line glyph. Unknown to the sprite: LookupError."""
    return _parse_symbol(parser, token, _icon)


@register.tag
def pictogram(parser: Parser, token: Token) -> SymbolNode:
    """`{% pictogram name %}`: a filled drawing, else the line glyph of that name (`camera` has none)."""
    return _parse_symbol(parser, token, _pictogram)


@register.simple_tag
def reading_mode() -> str:
    """ "standard" or "easy", from the active language alone: error pages have no request."""
    return modes.current().value


def _site_root(context: Context) -> str:
    """The path that Calepin is served under, with its last slash, whatever space the page is in."""
    known: str | None = context.get("site_root")
    if known is None:
        request = context.get("request")
        known = (request.META.get("SCRIPT_NAME", "") if request else "") + "/"
    return known


@cache
def _below(root: str, name: str) -> str:
    prefix = get_script_prefix()
    set_script_prefix(root)
    try:
        return reverse(name)
    finally:
        set_script_prefix(prefix)


@register.simple_tag(takes_context=True)
def root_url(context: Context, name: str) -> str:
    """The address of a public page, outside any person's space."""
    return _below(_site_root(context), name)


class SameForAllNode(template.Node):
    """What a page says to everybody, drawn once per process, reading mode and answer to a few yes-or-no questions.

    It is drawn in a context that knows nobody and nothing but these answers, so nothing of a person can be kept here.
    In somebody else's space, whose alias stands in every address, it is drawn each time.
    """

    def __init__(self, nodes: NodeList, questions: dict[str, FilterExpression]) -> None:
        self.nodes = nodes
        self.questions = questions
        self.drawn: dict[tuple[object, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        root = _site_root(context)
        answers = {name: bool(asked.resolve(context, ignore_failures=True)) for name, asked in self.questions.items()}
        if self.questions and get_script_prefix() != root:
            return self.nodes.render(context.new({"site_root": root, **answers}))
        key = modes.current(), root, *answers.values()
        if key not in self.drawn:
            self.drawn[key] = self.nodes.render(context.new({"site_root": root, **answers}))
        return self.drawn[key]


@register.tag
def sameforall(parser: Parser, token: Token) -> SameForAllNode:
    """`{% sameforall name=value … %} … {% endsameforall %}`: inside, each name is True or False and nothing more."""
    _tag, *pairs = token.split_contents()
    questions = _named_values(parser, "sameforall", pairs)
    nodes = parser.parse(("endsameforall",))
    parser.delete_first_token()
    return SameForAllNode(nodes, questions)


@register.inclusion_tag("ui/word.html")
def term(word: str) -> dict[str, str]:
    """ "C’est quoi, une ordonnance ?": a medical word in plain ones. Unknown: LookupError."""
    entry = glossary.explain(word)
    return {"question": entry.question, "answer": entry.meaning}


@register.inclusion_tag("ui/words.html")
def terms_in(*texts: str) -> dict[str, object]:
    """The hard words met in some texts, each explained."""
    return {"entries": glossary.found_in(" ".join(str(text) for text in texts))}


@register.filter
def short_date(value: date | datetime | None) -> str:
    """ "10 nov."; in full in easy mode."""
    return dates.short_date(value) if value else ""


@register.filter
def long_date(value: date | datetime | None) -> str:
    """ "10 novembre 2026"."""
    return dates.long_date(value) if value else ""


@register.filter
def weekday_date(value: date | datetime | None) -> str:
    """ "Jeudi 12 novembre"."""
    return dates.weekday_date(value) if value else ""


@register.filter
def month(value: date | datetime | None) -> str:
    """ "Novembre 2026"."""
    return dates.month(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """ "10 nov. à 17 h 30"."""
    return dates.moment(value) if value else ""


@register.filter
def hour(value: datetime | None) -> str:
    """ "17 h 30", for what ends within the hour."""
    return dates.hour(value) if value else ""


@register.filter
def machine(value: datetime | None) -> str:
    """ "2026-11-30T09:13:20+01:00", for `<time datetime>`."""
    return dates.machine(value) if value else ""


@register.filter
def of(name: str) -> str:
    """ "d’Odile", "de Léo"."""
    return french.of(str(name))


@register.filter
def error_anchor(field: BoundField) -> str:
    """The id that an error leads to: the first control of its field, or the first wrong one."""
    if isinstance(field.field.widget, MultiWidget):
        return f"{field.auto_id}_{getattr(field, 'wrong_part', 0)}"
    return f"{field.auto_id}_0" if field.use_fieldset else field.auto_id
