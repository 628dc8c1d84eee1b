"""Preparing: what becomes of a file between the deposit and the first reading, whatever happens meanwhile."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from apps.files import decoders, preparation, services
from apps.files.decoding import images
from apps.files.errors import ContentDamaged, FileNotReady, RenditionMissing
from apps.files.models import Rendition, StoredFile
from tests.files import samples

pytestmark = pytest.mark.django_db


def content_of(file: StoredFile) -> bytes:
    return b"".join(services.open_content(file=file))


def page_of(file: StoredFile, number=1) -> Image.Image:
    return Image.open(BytesIO(services.open_page(file=file, number=number).content))


def thumbnail_of(file: StoredFile) -> Image.Image:
    return Image.open(BytesIO(services.open_thumbnail(file=file)))


def blobs(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_nothing_is_read_before_ready(deposit, at):
    file = deposit(samples.pdf())
    with pytest.raises(FileNotReady):
        services.open_content(file=file)
    with pytest.raises(FileNotReady):
        services.open_thumbnail(file=file)


def test_a_report_is_cleaned_looked_at_and_described(prepared, at):
    file = prepared(samples.pdf("un", "deux", "trois"))
    content = content_of(file)
    assert file.state == "ready"
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (file.page_count, file.page_image_count, file.scan) == (3, 3, "not_scanned")
    assert file.decided_at == at
    assert 1390 <= page_of(file, number=3).width <= 1400
    assert thumbnail_of(file).width == 240
    assert services.open_thumbnail(file=file).startswith(b"\xff\xd8\xff")
    with pytest.raises(RenditionMissing):
        services.open_page(file=file, number=4)


def test_an_abnormal_value_in_red_stays_red(prepared):
    colours = page_of(prepared(samples.report())).convert("RGB").getcolors(maxcolors=10**7)
    assert any(red > 150 and green < 60 and blue < 60 for _, (red, green, blue) in colours)


def test_a_red_speck_on_a_grey_page_stays_red(prepared):
    """Smaller than the points between which the colours of a page are looked for."""
    page = page_of(
        prepared(samples.printed("<p>Potassium</p><div style='width: .4mm; height: .4mm; background: #c00'>"))
    )
    colours = page.convert("RGB").getcolors(maxcolors=10**7)
    assert page.format == "PNG"
    assert any(red > 150 and green < 60 and blue < 60 for _, (red, green, blue) in colours)


def test_the_colours_that_fill_a_page_come_in_as_they_are(prepared):
    html = "<body style='color: #1b2f3a'><h1 style='color: #0e4d4d; background: #f1f7ee'>Laboratoire des Remparts</h1>"
    page = page_of(prepared(samples.printed(html + "<p>Potassium</p>" * 20)))
    colours = [colour for _, colour in page.convert("RGB").getcolors(maxcolors=10**7)]
    assert page.format == "PNG"
    for wanted in [(0x1B, 0x2F, 0x3A), (0x0E, 0x4D, 0x4D), (0xF1, 0xF7, 0xEE)]:
        distances = [max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) for colour in colours]
        assert min(distances) <= 3


def test_a_photograph_on_a_printed_page_keeps_its_shades(prepared):
    shades = Image.merge("RGB", [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.new("L", (256, 256))])
    photo = b64encode(samples.encoded(shades, "PNG")).decode()
    html = f"<p>La cicatrice, six mois après.</p><img style='width: 9cm' src='data:image/png;base64,{photo}'>"
    page = page_of(prepared(samples.printed(html)))
    assert page.format == "WEBP"
    assert len(page.convert("RGB").getcolors(maxcolors=10**7)) > 10_000


def test_only_the_first_pages_of_a_long_document_are_drawn(prepared, settings):
    settings.FILE_MAX_DRAWN_PAGES = 2
    file = prepared(samples.pdf(*"abcd"))
    assert (file.page_count, file.page_image_count) == (4, 2)
    assert page_of(file, number=2)
    with pytest.raises(RenditionMissing):
        services.open_page(file=file, number=3)


def test_a_photograph_loses_its_place_and_stands_upright(prepared):
    file = prepared(samples.photo((640, 480), orientation=6))
    content = content_of(file)
    image = Image.open(BytesIO(content))
    assert image.size == (480, 640)
    assert not image.getexif()
    assert b"canari" not in content.lower()
    assert b"Camille" not in content
    assert b"Exif" not in content
    assert page_of(file).size == (480, 640)


def test_a_photograph_keeps_its_quality_and_its_colours(prepared):
    original = samples.photo((1200, 900))
    before = Image.open(BytesIO(original))
    after = Image.open(BytesIO(content_of(prepared(original))))
    assert after.quantization == before.quantization
    profile = b"ICC" * 100
    coloured = samples.encoded(samples.picture(), "JPEG", icc_profile=profile)
    assert Image.open(BytesIO(content_of(prepared(coloured)))).info["icc_profile"] == profile


def test_heic_becomes_a_jpeg_that_every_phone_opens(prepared):
    file = prepared(samples.heic())
    image = Image.open(BytesIO(content_of(file)))
    assert (file.media_type, image.format, image.size) == ("image/jpeg", "JPEG", (480, 640))
    assert not image.getexif()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK"])
def test_a_scan_of_several_pages_keeps_them_all(prepared, mode):
    file = prepared(samples.tiff(3, mode))
    image = Image.open(BytesIO(content_of(file)))
    assert (image.format, image.n_frames) == ("TIFF", 3)
    assert (file.page_count, file.page_image_count) == (3, 3)
    assert page_of(file, number=3).width == 850


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_drawn_and_stripped(prepared, mode):
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "Camille Rousseau")
    file = prepared(samples.encoded(samples.picture().convert(mode), "PNG", pnginfo=notes))
    content = content_of(file)
    assert b"Camille" not in content
    assert Image.open(BytesIO(content)).size == page_of(file).size == (640, 480)


def test_a_text_is_kept_as_utf8(prepared):
    windows = samples.NOTE.replace("\n", "\r\n").encode("cp1252")
    file = prepared(windows, "note.txt")
    assert content_of(file).decode() == samples.NOTE
    assert (file.media_type, file.page_image_count) == ("text/plain", 0)
    assert thumbnail_of(file).width == 240


def test_photographs_are_joined_in_order_and_upright(at):
    shots = [samples.photo((640, 480)), samples.photo((640, 480), orientation=6), samples.pdf("x"), samples.tiff(2)]
    file = services.receive(uploads=[SimpleUploadedFile("a", shot) for shot in shots], at=at)
    file = services.process(file_id=file.id, at=at)
    assert (file.media_type, file.page_count) == ("application/pdf", 5)
    with pikepdf.open(BytesIO(content_of(file))) as document:
        boxes = [[float(side) for side in page.MediaBox[2:]] for page in document.pages]
    is_upright = [height > width for width, height in boxes]
    assert is_upright == [False, True, True, True, True]
    assert all(max(box) <= 842.5 for box in boxes)
    assert b"canari" not in content_of(file)


def test_a_pdf_of_photographs_says_what_it_is_without_being_seen(at):
    file = services.receive(uploads=[SimpleUploadedFile("a", samples.photo()) for _ in range(2)], at=at)
    file = services.process(file_id=file.id, at=at)
    with pikepdf.open(BytesIO(content_of(file))) as document:
        assert (str(document.Root.Lang), document.open_metadata()["dc:title"]) == ("fr", "Document photographié")
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.Root.MarkInfo.Marked
        figures = document.Root.StructTreeRoot.K.K
        assert [str(one.Alt) for one in figures] == ["Page 1 sur 2, en photo", "Page 2 sur 2, en photo"]
        assert [one.Pg.objgen for one in figures] == [page.obj.objgen for page in document.pages]
        assert all(b"/MCID 0" in page.Contents.read_bytes() for page in document.pages)


def test_pages_without_tags_are_not_hidden_behind_tags(at):
    """A PDF among the photographs: readers that follow tags would pass over its pages."""
    shots = [samples.photo(), samples.pdf("x")]
    file = services.receive(uploads=[SimpleUploadedFile("a", shot) for shot in shots], at=at)
    file = services.process(file_id=file.id, at=at)
    with pikepdf.open(BytesIO(content_of(file))) as document:
        assert str(document.Root.Lang) == "fr"
        assert "/MarkInfo" not in document.Root


def test_the_received_bytes_are_destroyed_when_ready(deposit, at, vault_folder, django_capture_on_commit_callbacks):
    file = deposit(samples.photo())
    received = file.storage_name
    with django_capture_on_commit_callbacks(execute=True):
        file = services.process(file_id=file.id, at=at)
    assert received not in blobs(vault_folder)
    assert len(blobs(vault_folder)) == 2
    assert content_of(file)


def test_running_twice_changes_nothing(prepared, at):
    file = prepared(samples.pdf())
    again = services.process(file_id=file.id, at=at + timedelta(hours=1))
    assert (again.sha256, again.storage_name, again.decided_at) == (file.sha256, file.storage_name, file.decided_at)
    assert Rendition.objects.count() == 1


def test_two_runs_at_once_do_the_work_once(deposit, at, vault_folder, django_capture_on_commit_callbacks):
    """One run holds the claim, dies or sleeps; another takes over after five minutes; the first wakes up too late."""
    file = deposit(samples.pdf())
    sleeper = preparation._claim(file.id, at)
    assert services.process(file_id=file.id, at=at + timedelta(minutes=1)).state == "pending"
    late = decoders.prepare(preparation._received(sleeper))
    with django_capture_on_commit_callbacks(execute=True):
        ready = services.process(file_id=file.id, at=at + timedelta(minutes=6))
    assert ready.state == "ready"
    kept = blobs(vault_folder)
    preparation._make_ready(sleeper, late, scan="not_scanned", at=at + timedelta(minutes=7))
    ready.refresh_from_db()
    assert ready.decided_at == at + timedelta(minutes=6)
    assert blobs(vault_folder) == kept
    assert content_of(ready)


def test_a_file_erased_meanwhile_stays_erased(deposit, at, vault_folder, django_capture_on_commit_callbacks):
    file = deposit(samples.pdf())
    claimed = preparation._claim(file.id, at)
    prepared = decoders.prepare(preparation._received(claimed))
    with django_capture_on_commit_callbacks(execute=True):
        services.erase(file=file)
    preparation._make_ready(claimed, prepared, scan="not_scanned", at=at)
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert blobs(vault_folder) == []


def test_received_bytes_that_were_changed_on_disk_are_refused(deposit, at, vault_folder):
    file = deposit(samples.pdf())
    path = vault_folder / file.storage_name
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    file = services.process(file_id=file.id, at=at)
    assert (file.state, file.refusal_code) == ("refused", "damaged")
    assert "de nouveau" in str(file.refusal_message)


def test_a_vault_out_of_reach_or_a_key_left_out_is_waited_for(deposit, at, vault_folder, settings):
    file = deposit(samples.pdf())
    path, aside = vault_folder / file.storage_name, vault_folder / "aside"
    path.rename(aside)
    assert services.process(file_id=file.id, at=at).state == "pending"
    aside.rename(path)
    settings.FILE_KEYS, right = "other:" + "3d" * 32, settings.FILE_KEYS
    assert services.process(file_id=file.id, at=at + timedelta(minutes=2)).state == "pending"
    settings.FILE_KEYS = right
    assert services.process(file_id=file.id, at=at + timedelta(minutes=10)).state == "ready"


def test_a_forgotten_file_is_overdue_and_a_busy_one_is_not(deposit, at):
    file = deposit(samples.pdf())
    assert not services.overdue(at=at + timedelta(minutes=1)).exists()
    assert services.overdue(at=at + timedelta(minutes=2)).get() == file
    preparation._claim(file.id, at + timedelta(minutes=2))
    assert not services.overdue(at=at + timedelta(minutes=6)).exists()
    assert services.overdue(at=at + timedelta(minutes=7)).get() == file
    services.process(file_id=file.id, at=at + timedelta(minutes=7))
    assert not services.overdue(at=at + timedelta(days=1)).exists()


def test_pauses_grow_and_stay_below_half_an_hour(deposit, at):
    file = deposit(samples.pdf())
    StoredFile.objects.filter(pk=file.pk).update(storage_name="aa/gone")
    pauses, moment = [], at
    for _ in range(8):
        file = services.process(file_id=file.id, at=moment)
        pauses.append((file.not_before - moment).total_seconds() / 60)
        moment = file.not_before
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_damage_is_never_served_as_if_it_were_whole(prepared, vault_folder):
    file = prepared(samples.pdf())
    path = vault_folder / file.storage_name
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ContentDamaged):
        content_of(file)
    path.unlink()
    with pytest.raises(ContentDamaged):
        services.open_content(file=file)


def test_erasing_destroys_key_rows_and_bytes(prepared, vault_folder, django_capture_on_commit_callbacks):
    file = prepared(samples.pdf())
    with django_capture_on_commit_callbacks(execute=True):
        services.erase(file=file)
        services.erase(file=file)
    assert not StoredFile.objects.exists()
    assert not Rendition.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        pass
    assert file.storage_name not in blobs(vault_folder)


def test_an_unknown_file_is_an_error(at):
    with pytest.raises(StoredFile.DoesNotExist):
        services.process(file_id=uuid4(), at=at)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "ready"},
        {"state": "refused"},
        {"state": "refused", "refusal_code": "empty"},
        {"refusal_code": "empty"},
        {"key_id": ""},
        {"storage_name": ""},
        {"state": "elsewhere"},
    ],
)
def test_states_that_make_no_sense_cannot_be_stored(deposit, change):
    file = deposit(samples.png())
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(**change)


@pytest.mark.parametrize("letter", "éèêëàâçîïôùûüœÉÀŒ’«»·…–")
def test_what_is_written_across_a_page_has_the_letters_of_french(letter: str) -> None:
    assert images.in_french_letters(letter) == letter
    drawn = images.letters(40).getmask(letter)
    assert drawn.getbbox() is not None
    assert bytes(drawn) != bytes(images.letters(40).getmask("\N{LATIN SMALL LETTER L WITH STROKE}"))


def test_other_letters_are_taken_back_to_their_base() -> None:
    assert images.in_french_letters("Muñoz Čapek, 23\N{NO-BREAK SPACE}h") == "Munoz Capek, 23\N{NO-BREAK SPACE}h"
