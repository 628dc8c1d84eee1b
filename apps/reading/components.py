"""Which template draws a component in which mode: `ui/easy/<name>.html` before `ui/<name>.html`."""

from __future__ import annotations

from functools import cache

from django.template import Engine, Template, TemplateDoesNotExist

from .modes import Mode


@cache
def component_template(name: str, mode: Mode) -> Template:
    """The compiled template of a component. Looked up once per process: a list asks 25 times a page.

    Raises TemplateDoesNotExist when the component has no standard shape.
    """
    engine = Engine.get_default()
    if mode is Mode.EASY:
        try:
            return engine.get_template(f"ui/easy/{name}.html")
        except TemplateDoesNotExist:
            return component_template(name, Mode.STANDARD)
    return engine.get_template(f"ui/{name}.html")
