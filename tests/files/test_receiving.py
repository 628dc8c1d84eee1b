"""Receiving: what is taken, what is refused and in which words, and that a refusal leaves nothing."""

from __future__ import annotations

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from apps.files import services
from apps.files.decoding.kinds import extension
from apps.files.decoding.refusals import Code
from apps.files.errors import _SENTENCES, FileRefused, sentence
from apps.files.models import StoredFile
from tests.files import samples

pytestmark = pytest.mark.django_db


def receive(*contents: bytes, at, names: str = "photo.jpg"):
    return services.receive(uploads=[SimpleUploadedFile(names, content) for content in contents], at=at)


@pytest.mark.parametrize(
    ("make", "media_type", "pages"),
    [
        (lambda: samples.pdf("un", "deux"), "application/pdf", 2),
        (samples.report, "application/pdf", 1),
        (samples.photo, "image/jpeg", 1),
        (samples.png, "image/png", 1),
        (lambda: samples.tiff(3), "image/tiff", 3),
        (samples.heic, "image/jpeg", 1),
        (lambda: samples.NOTE.encode(), "text/plain", 1),
        (lambda: samples.NOTE.encode("cp1252"), "text/plain", 1),
    ],
    ids=["pdf", "weasyprint", "jpeg", "png", "tiff", "heic", "utf-8", "latin"],
)
def test_what_people_have_is_taken_under_any_name(deposit, make, media_type, pages):
    file = deposit(make(), "IMG_0001")
    assert (file.state, file.media_type, file.page_count) == ("pending", media_type, pages)


def test_content_decides_when_the_name_is_wrong(deposit):
    assert deposit(samples.photo(), "ordonnance.pdf").media_type == "image/jpeg"
    assert deposit(samples.pdf(), "photo.jpg").media_type == "application/pdf"


@pytest.mark.parametrize("name", ["note.txt", "note.TXT", "note", "résultats.csv", "12.5", "a.md", ""])
def test_text_is_taken_under_names_that_say_text(name, at):
    upload = SimpleUploadedFile("x", b"Glycemie : 0,92 g/L, inferieure a <1,10")
    upload._name = name
    assert services.receive(uploads=[upload], at=at).media_type == "text/plain"


def test_the_extension_is_the_one_a_computer_would_obey():
    assert extension("rapport\u202etxt.exe") == "exe"
    assert extension("a.pdf\x00") == "pdf"
    assert extension(".htaccess") == ""
    assert extension("x" * 4000 + ".PDF") == "pdf"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "empty"),
        (b"   \n", "a.txt", "empty"),
        (b"PK\x03\x04 word", "a.docx", "type_not_accepted"),
        (b"<html><script>", "photo.jpg", "type_not_accepted"),
        (b"Bonjour <script>alert(1)</script>", "note.txt", "disguised"),
        (b"%PDF-1.7 rien", "a.pdf", "pdf_broken"),
        (b"\xff\xd8\xff\xe0 rien", "a.jpg", "image_broken"),
    ],
)
def test_a_refusal_has_a_code_a_sentence_and_no_trace(content, name, code, at, vault_folder):
    with pytest.raises(FileRefused) as refused:
        receive(content, at=at, names=name)
    assert refused.value.code == code
    assert str(refused.value.message)
    assert not StoredFile.objects.exists()
    assert not list(vault_folder.rglob("*"))


def test_a_locked_pdf_is_told_apart_from_a_broken_one(at):
    with pytest.raises(FileRefused) as refused:
        receive(samples.pdf(encryption=pikepdf.Encryption(user="camille", owner="x")), at=at)
    assert refused.value.code == "pdf_locked"
    assert "mot de passe" in str(refused.value.message)


def test_a_pdf_that_only_restricts_printing_is_taken(deposit):
    assert deposit(samples.pdf(encryption=pikepdf.Encryption(user="", owner="x"))).state == "pending"


def test_sizes_are_told_as_the_person_counts(settings, at):
    settings.FILE_MAX_BYTES, settings.FILE_MAX_TOTAL_BYTES = 1024 * 1024, 2 * 1024 * 1024
    with pytest.raises(FileRefused) as refused:
        receive(bytes(1024 * 1024 + 1), at=at)
    with override("fr"):
        assert str(refused.value.message) == "Ce fichier pèse 1,1\xa0Mo. La limite est de 1\xa0Mo."
    with pytest.raises(FileRefused) as refused:
        receive(*[bytes(900_000)] * 3, at=at)
    with override("fr"):
        assert str(refused.value.message).startswith("Ces fichiers pèsent 2,6\xa0Mo ensemble.")


def test_nothing_and_too_many_are_refused(settings, at):
    for uploads, code in (([], "no_file"), ([samples.png((8, 8))] * 31, "too_many_files")):
        with pytest.raises(FileRefused) as refused:
            receive(*uploads, at=at)
        assert refused.value.code == code


def test_several_photographs_are_one_pdf(at):
    file = receive(samples.photo(), samples.heic(), samples.png(), at=at)
    assert (file.media_type, file.page_count) == ("application/pdf", 3)


def test_photographs_and_pdfs_join_but_not_texts(at):
    assert receive(samples.pdf("un", "deux"), samples.photo(), at=at).page_count == 3
    with pytest.raises(FileRefused) as refused:
        receive(samples.photo(), b"Bonjour", at=at, names="a.txt")
    assert refused.value.code == "cannot_join"


def test_one_bad_photograph_among_good_ones_refuses_all(at, vault_folder):
    with pytest.raises(FileRefused) as refused:
        receive(samples.photo(), samples.photo()[:3000], at=at)
    assert refused.value.code == "image_broken"
    assert not list(vault_folder.rglob("*"))


def test_the_pages_of_all_parts_count_together(settings, at):
    settings.FILE_MAX_PAGES = 3
    with pytest.raises(FileRefused) as refused:
        receive(samples.pdf("1", "2"), samples.pdf("3", "4"), at=at)
    assert refused.value.code == "too_many_pages"
    assert "3 pages" in str(refused.value.message)


def test_a_full_disk_is_told_and_leaves_nothing(settings, at, tmp_path):
    (tmp_path / "occupied").write_text("a file where the folder should be")
    settings.STORAGES["vault"]["OPTIONS"]["location"] = tmp_path / "occupied"
    settings.STORAGES = {**settings.STORAGES}
    with pytest.raises(FileRefused) as refused:
        receive(samples.png(), at=at)
    assert refused.value.code == "try_again"
    assert not StoredFile.objects.exists()


def test_software_deposits_by_the_same_door(at):
    assert services.receive_bytes(content=samples.pdf(), name="../../x.pdf", at=at).media_type == "application/pdf"
    for name in ("note", "Note de Camille", "..", "x" * 5000, "note.txt"):
        assert services.receive_bytes(content=b"Bonjour", name=name, at=at).media_type == "text/plain"
    with pytest.raises(FileRefused):
        services.receive_bytes(content=b"alert(1)", name="x.js", at=at)


def test_every_code_has_a_sentence():
    assert set(_SENTENCES) == set(Code)
    with override("fr"):
        for code in Code:
            assert "{" not in str(sentence(code, size=30 * 1024 * 1024))
