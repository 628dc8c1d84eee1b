"""A40, F11, F15: the database is locked, full or gone, or the cache is. Nothing half done, a page that says when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from apps.access.models import Grant
from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.audit.verify import verify
from apps.core.outages import RETRY_AFTER, is_outage
from apps.demo.people import CAMILLE
from apps.documents.models import Document
from apps.files import vault
from tests.access.control import form
from tests.access.story import tell
from tests.accounts.signing_in import PASSWORD, add_application, code, give_code, give_password
from tests.support.cast import World, sign_in
from tests.support.html import Page
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db(transaction=True)

only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its room to itself")


@pytest.fixture
def phone(world: World) -> Client:
    """Camille's phone, which shows what goes wrong as a page."""
    return sign_in(Client(raise_request_exception=False), world.user("camille"))


@contextmanager
def _nobody_can_write() -> Iterator[None]:
    """Another connection holds what a write needs, for longer than we wait."""
    patience, lock = {
        "sqlite": (("PRAGMA busy_timeout = 50", "PRAGMA busy_timeout = 20000"), "BEGIN IMMEDIATE"),
        "postgresql": (("SET lock_timeout = 50", "SET lock_timeout = 0"), "BEGIN; LOCK TABLE documents_document"),
    }[connection.vendor]
    other = connection.copy()
    with connection.cursor() as ours, other.cursor() as theirs:
        ours.execute(patience[0])
        theirs.execute(lock)
        try:
            yield
        finally:
            theirs.execute("ROLLBACK")
            ours.execute(patience[1])
    other.close()


@contextmanager
def _no_room_left() -> Iterator[None]:
    with connection.cursor() as cursor:
        # What others gave back would be room.
        cursor.execute("VACUUM")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def _says_to_come_back(response: HttpResponse) -> None:
    assert response.status_code == 503
    assert response["Retry-After"] == str(RETRY_AFTER)
    assert "no-store" in response["Cache-Control"]
    page = Page(response)
    assert "Vos documents ne sont pas perdus" in page.text
    assert "appelez le 15" in page.text
    for word in ("Camille", "Rivoire", "Traceback", "locked", "full", "OperationalError", "127.0.0.1"):
        assert word not in page.body


def _deposit(phone: Client, title: str) -> HttpResponse:
    today = timezone.localdate()
    sent = {
        "files": SimpleUploadedFile("papier.pdf", a_pdf(title), "application/pdf"),
        "type_code": "DOCPAT02",
        "title": title,
        "act_on_day": today.day,
        "act_on_month": today.month,
        "act_on_year": today.year,
        "visibility": "caregivers",
    }
    return phone.post(reverse("documents:add"), sent)


def _titles() -> set[str]:
    return set(Document.objects.unscoped(why="a test looks at what is there").values_list("title", flat=True))


def _blobs() -> set[str]:
    vault: Any = storages["vault"]
    return {str(path) for path in Path(vault.location).rglob("*") if path.is_file()}


def _events() -> int:
    return AuditEvent.objects.unscoped(why="a test counts the trail").count()


def test_a_write_that_waits_too_long_is_not_done_and_says_so(world: World, phone: Client) -> None:
    document = world.paper(world.camille)
    page = f"/documents/{document.pk}/"
    assert phone.get("/documents/").status_code == 200
    before = _events()
    with _nobody_can_write():
        _says_to_come_back(phone.post(f"{page}masquer/"))
    document.refresh_from_db()
    assert document.masked_at is None
    assert _events() == before
    assert phone.post(f"{page}masquer/").status_code == 302, "and it passes by itself"
    document.refresh_from_db()
    assert document.masked_at is not None


def test_a_program_is_told_in_its_own_language(world: World, phone: Client) -> None:
    document = world.paper(world.camille)
    phone.get("/documents/")
    with _nobody_can_write():
        answer = phone.post(f"/api/v1/documents/{document.pk}/masquer/")
    assert (answer.status_code, answer["Retry-After"]) == (503, str(RETRY_AFTER))
    assert answer.json()["code"] == "unavailable"


@only_sqlite
def test_a_full_database_keeps_nothing_by_half_and_goes_on_by_itself(world: World, phone: Client) -> None:
    document = world.paper(world.camille, title="Avant")
    assert phone.get("/documents/").status_code == 200
    files, before = _blobs(), _events()
    with _no_room_left():
        answers = [_deposit(phone, f"Pendant {number} " + "x" * 100) for number in range(40)]
        kept = {f"Pendant {n} " + "x" * 100 for n, answer in enumerate(answers) if answer.status_code == 302}
        assert len(kept) < len(answers), "the database was never full"
        for answer in answers:
            if answer.status_code != 302:
                _says_to_come_back(answer)
        assert phone.get(f"/documents/{document.pk}/").status_code == 200, "reading goes on"
    assert _titles() == {"Avant"} | kept
    assert len(_blobs() - files) == len(kept), "no paper without its document"
    assert _events() >= before + len(kept)
    assert verify().is_sound
    assert _deposit(phone, "Après").status_code == 302


def _gone() -> dict[str, Any]:
    """A cache whose server nobody answers for."""
    backend = "django.core.cache.backends.redis.RedisCache"
    return {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}


def _marie() -> User:
    person = User.objects.create_user("marie.dupont", given_name="Marie", family_name="Dupont", password=PASSWORD)
    add_application(person)
    return person


def test_without_its_counters_nobody_signs_in_even_with_the_right_password(db: None, settings: Settings) -> None:
    """Limits that cannot count must not let guesses through."""
    _marie()
    browser = Client(raise_request_exception=False)
    settings.CACHES = _gone()
    _says_to_come_back(give_password(browser, "marie.dupont"))
    assert "_auth_user_id" not in browser.session


def test_without_its_counters_a_code_of_the_application_is_not_taken(db: None, settings: Settings) -> None:
    _marie()
    browser = Client(raise_request_exception=False)
    assert give_password(browser, "marie.dupont").status_code == 302
    settings.CACHES = _gone()
    _says_to_come_back(give_code(browser, code()))
    assert "_auth_user_id" not in browser.session


def test_without_its_counters_neither_a_share_nor_an_emergency_opens(world: World, settings: Settings) -> None:
    story = tell(world)
    share_page = reverse("recipient:shared", args=[story.arguments("recipient:shared", {"code"})["code"]])
    settings.CACHES = _gone()
    stranger = Client(raise_request_exception=False)
    _says_to_come_back(stranger.post(share_page, {"birth_year": str(CAMILLE.traits.birth_date.year)}))
    rights = Grant.objects.unscoped(why="a test counts rights").count()
    doctor = sign_in(Client(raise_request_exception=False), world.user("nguyen"))
    _says_to_come_back(doctor.post(reverse("professional_portal:emergency"), form()))
    assert Grant.objects.unscoped(why="a test counts rights").count() == rights


def test_papers_are_read_and_kept_without_the_cache(world: World, phone: Client, settings: Settings) -> None:
    """What the cache does not decide goes on."""
    document = world.paper(world.camille)
    settings.CACHES = _gone()
    assert phone.get(f"/documents/{document.pk}/").status_code == 200
    assert phone.post(f"/documents/{document.pk}/masquer/").status_code == 302
    assert _deposit(phone, "Sans mémoire").status_code == 302


def test_a_mistake_of_ours_is_no_outage() -> None:
    assert not is_outage(None)
    assert not is_outage(RuntimeError("a bug"))
    wrapped = RuntimeError("a bug")
    wrapped.__cause__ = OperationalError("database is locked")
    assert is_outage(wrapped)


def test_a_connection_lost_at_the_commit_loses_no_bytes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database kept the rows; its answer did not arrive. Nobody was told that the paper is in, but it is, whole."""
    commit = connection._commit

    def committed_without_a_word() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "_commit", committed_without_a_word)
        with pytest.raises(OperationalError):
            world.paper(world.camille, title="Radio du genou")
    connection.close()
    kept = Document.objects.unscoped(why="a test").get(title="Radio du genou")
    assert vault.damage(kept.file) == ""
