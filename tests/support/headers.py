"""What every personal answer carries."""

from __future__ import annotations

from django.http import HttpResponse

from tests.support.html import Page


def assert_private(response: HttpResponse) -> None:
    """No cache keeps it, no other site frames or reads it, nothing sniffs it."""
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def assert_private_page(response: HttpResponse) -> Page:
    """A personal page: private, and nothing in it that a strict content policy would have to let run."""
    assert_private(response)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    page = Page(response)
    assert page.inline == []
    assert all(source.startswith("/static/") for source in page.scripts)
    return page


def assert_sandboxed(response: HttpResponse) -> None:
    """Somebody's bytes: whatever they are, a browser runs nothing of them."""
    assert_private(response)
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
