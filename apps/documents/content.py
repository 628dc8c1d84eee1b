"""The bytes of a document, to whoever may read them, under headers that let nothing run.

Uploads are served only from here: a page as an image Calepin drew itself, or the cleaned original as a download.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from apps.access.matrix import Permission
from apps.access.policy import require
from apps.core.actor import ActorRequest
from apps.core.clock import now
from apps.documents import services
from apps.documents.clinical import Structured, structured
from apps.documents.models import Document
from apps.documents.selectors import readable
from apps.files import services as files
from apps.files.errors import FileNotReady, FileRefused, RenditionMissing

#: Enough to read on a screen; the download holds the rest.
TEXT_MAX_CHARACTERS = 200_000
Response = TypeVar("Response", HttpResponse, StreamingHttpResponse)
_SANDBOX = "default-src 'none'; sandbox"
_EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tiff",
    "image/heic": "heic",
    "text/plain": "txt",
    "text/xml": "xml",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the page can show of a document: numbered page images, or its text."""

    pages: range
    text: str = ""
    clinical: Structured | None = None

    @property
    def first(self) -> range:
        """The page that shows at once."""
        return self.pages[:1]

    @property
    def others(self) -> range:
        """The pages a tap away, so that what one can do with the document stays in reach."""
        return self.pages[1:]


def reading_of(document: Document, *, with_curves: bool = False) -> Reading:
    """How to show `document`: its page images when there are some, else its text.

    A clinical document adds what it says; `with_curves` when this shell has a page for one analyte's story.
    """
    if document.file.media_type == "text/xml":
        pages = range(1, document.file.page_image_count + 1)
        return Reading(pages, clinical=structured(document, with_curves=with_curves))
    if document.file.page_image_count:
        return Reading(range(1, document.file.page_image_count + 1))
    if document.file.media_type == "text/plain":
        text = b"".join(files.open_content(file=document.file)).decode("utf-8")
        return Reading(range(0), text[:TEXT_MAX_CHARACTERS])
    return Reading(range(0))


@require_safe
def page(request: ActorRequest, document_id: UUID, number: int) -> HttpResponse | StreamingHttpResponse:
    """One page as an image."""
    refuse_other_sites(request)
    document = readable(request.actor, document_id)
    if not 1 <= number <= document.file.page_image_count:
        raise Http404
    require(request.actor, Permission.DOCUMENTS_VIEW, document)
    try:
        picture = files.open_page(file=document.file, number=number)
    except RenditionMissing:
        raise Http404 from None
    except FileNotReady:
        return not_ready()
    # Only now is there something to read; and it leaves only once that is on record.
    services.read(actor=request.actor, document=document, at=now())
    return sealed(HttpResponse(picture.content, content_type=picture.media_type))


@require_safe
def download(request: ActorRequest, document_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """The cleaned original, to keep. Its name says the date and nothing else."""
    refuse_other_sites(request)
    document = readable(request.actor, document_id)
    require(request.actor, Permission.DOCUMENTS_DOWNLOAD, document)
    headers = {
        "Content-Type": document.file.media_type,
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=_name(document)),
        "Content-Length": str(document.file.size),
    }
    if request.method == "HEAD":
        # Nothing is taken out of Calepin: no copy to record, no file to open.
        return sealed(HttpResponse(headers=headers))
    if document.file.size > files.SEALED_TOGETHER:
        services.download(actor=request.actor, document=document, at=now())
        # Not a FileResponse: it names the attachment only when it is given a file, and these bytes are being decrypted.
        return sealed(StreamingHttpResponse(files.open_content(file=document.file), headers=headers))
    # Most papers. Proven whole before the trail tells of a copy: damage is an error page, not a paper cut short.
    whole = b"".join(files.open_content(file=document.file))
    services.download(actor=request.actor, document=document, at=now())
    return sealed(HttpResponse(whole, headers=headers))


def _name(document: Document) -> str:
    extension = _EXTENSIONS.get(document.file.media_type, "bin")
    return f"document-{document.act_on:%Y-%m-%d}.{extension}"


@require_safe
def copy(request: ActorRequest, document_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """The PDF inside a clinical document, cleaned, to keep."""
    refuse_other_sites(request)
    document = readable(request.actor, document_id)
    if document.file.media_type != "text/xml":
        raise Http404
    require(request.actor, Permission.DOCUMENTS_DOWNLOAD, document)
    if request.method == "HEAD":
        return sealed(HttpResponse(content_type="application/pdf"))
    try:
        content = files.open_pdf_copy(file=document.file)
    except FileRefused:
        return render(request, "503.html", status=503)
    if content is None:
        raise Http404
    # Only now is there something to take out of Calepin.
    services.download(actor=request.actor, document=document, at=now())
    response = HttpResponse(content, content_type="application/pdf")
    name = f"document-{document.act_on:%Y-%m-%d}.pdf"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return sealed(response)


def not_ready() -> HttpResponse:
    """Nothing can draw a page just now: the browser may ask again."""
    return HttpResponse(status=503, headers={"Retry-After": "5"})


def refuse_other_sites(request: HttpRequest) -> None:
    """No other site has a reason to embed or fetch somebody's document, cookies or not. Raises PermissionDenied."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied


def sealed(response: Response) -> Response:
    """`response`, kept by nobody, embedded by nobody, with nothing in it that runs."""
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
