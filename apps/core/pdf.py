"""PDF from templates: tagged, in French, and fetching nothing from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

STYLE_SHEET = Path("css") / "document.css"


class FetchRefused(ValueError):
    """A printed template asked for something outside itself."""


def _refuse(url: str, *args: object, **kwargs: object) -> dict[str, Any]:
    raise FetchRefused(f"A printed page fetches nothing: {url[:80]}")


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The PDF/UA-1 of `template`, styled by `static/css/document.css`. Takes 100 to 300 ms a page: not for a request.

    Raises FetchRefused when the template refers to anything outside itself.
    """
    from weasyprint import CSS, HTML

    style = (Path(settings.STATICFILES_DIRS[0]) / STYLE_SHEET).read_text(encoding="utf-8")
    page = HTML(string=render_to_string(template, context), url_fetcher=_refuse)
    pdf: bytes = page.write_pdf(stylesheets=[CSS(string=style, url_fetcher=_refuse)], pdf_variant="pdf/ua-1")
    return pdf
