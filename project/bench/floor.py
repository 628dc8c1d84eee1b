"""The floor: a bare vault, as durable as Calepin and nothing more.

One file, no sign-in, no checks: it encrypts, syncs, writes three rows, and logs every reading in a row of its own.
`python -m project.bench.floor migrate` then `granian --interface wsgi project.bench.floor:application`.
With FLOOR_USUAL it has the middleware of every new Django project: what a page is compared with.
"""

from __future__ import annotations

import os
import secrets
import sys
import uuid
from pathlib import Path

import django
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_BARE = (
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
_USUAL = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
_APPS = ("auth", "contenttypes", "sessions", "messages")
DATA = Path(os.environ.get("FLOOR_DATA", "/tmp/calepin-floor"))  # noqa: S108 - a bench's own folder

if not settings.configured:
    settings.configure(
        SECRET_KEY=secrets.token_hex(16),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[f"django.contrib.{name}" for name in _APPS],
        MIDDLEWARE=_USUAL if "FLOOR_USUAL" in os.environ else _BARE,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": DATA / "floor.sqlite3",
                "CONN_MAX_AGE": 60,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                },
            }
        },
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

_KEY = AESGCM(b"\x11" * 32)


class Paper(models.Model):
    """A document."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=100)

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return str(self.pk)


class Blob(models.Model):
    """Where its bytes lie."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE)
    nonce = models.BinaryField()

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return str(self.pk)


class Line(models.Model):
    """Who did what."""

    paper_id = models.UUIDField(db_index=True)
    verb = models.CharField(max_length=10)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "floor"

    def __str__(self) -> str:
        return str(self.pk)


def _write(name: str, content: bytes) -> None:
    folder = DATA / "blobs"
    temporary = folder / f".{name}"
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(folder / name)
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


@csrf_exempt
def deposit(request: HttpRequest) -> HttpResponse:
    """A form with a file, as Calepin is sent: encrypts, syncs, three rows."""
    paper, nonce = Paper(title=request.POST["title"]), secrets.token_bytes(12)
    [file] = request.FILES.getlist("files")
    _write(str(paper.pk), _KEY.encrypt(nonce, file.read(), paper.pk.bytes))
    with transaction.atomic():
        paper.save(force_insert=True)
        Blob._default_manager.create(paper=paper, nonce=nonce)
        Line._default_manager.create(paper_id=paper.pk, verb="added")
    return JsonResponse({"id": str(paper.pk)}, status=201)


def fetch(request: HttpRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Decrypts, and logs the reading durably."""
    blob = Blob._default_manager.get(paper_id=paper_id)
    content = _KEY.decrypt(bytes(blob.nonce), (DATA / "blobs" / str(paper_id)).read_bytes(), paper_id.bytes)
    Line._default_manager.create(paper_id=paper_id, verb="read")
    return HttpResponse(content, content_type="application/pdf")


def empty(request: HttpRequest) -> HttpResponse:
    """The empty page."""
    return HttpResponse("<!doctype html><title>Vide</title><p>Vide")


def one_query(request: HttpRequest) -> HttpResponse:
    """The page with one query."""
    return HttpResponse(f"<!doctype html><title>Une</title><p>{len(Paper._default_manager.order_by('pk')[:1])}")


urlpatterns = [
    path("deposit/", deposit),
    path("fetch/<uuid:paper_id>/", fetch),
    path("empty/", empty),
    path("one/", one_query),
]
application = get_wsgi_application()


def migrate() -> None:
    """Makes the three tables."""
    (DATA / "blobs").mkdir(parents=True, exist_ok=True)
    with connection.schema_editor() as editor:
        for model in (Paper, Blob, Line):
            editor.create_model(model)


if __name__ == "__main__" and sys.argv[1:] == ["migrate"]:
    migrate()
