"""Pages travel compressed; pictures and downloads travel as they are."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from apps.core.middleware import TextGZipMiddleware

LONG = "Bonjour Camille. " * 100


def answer(response: HttpResponse | StreamingHttpResponse, accepts: str = "gzip, br") -> object:
    def view(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        return response

    return TextGZipMiddleware(view)(RequestFactory().get("/", headers={"Accept-Encoding": accepts}))


def test_a_page_is_compressed() -> None:
    page = answer(HttpResponse(LONG))
    assert page["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.content).decode() == LONG
    assert "Accept-Encoding" in page["Vary"]


@pytest.mark.parametrize("media_type", ["image/webp", "application/pdf", "application/octet-stream"])
def test_what_is_compressed_already_is_left_alone(media_type: str) -> None:
    page = answer(HttpResponse(LONG, content_type=media_type))
    assert "Content-Encoding" not in page
    download = answer(
        StreamingHttpResponse([LONG.encode()], content_type=media_type, headers={"Content-Length": "1700"})
    )
    assert download["Content-Length"] == "1700"


def test_a_browser_that_cannot_unpack_gets_the_page_as_it_is() -> None:
    assert "Content-Encoding" not in answer(HttpResponse(LONG), accepts="")
