"""Pages are drawn when somebody first looks at them, once, and kept under the file's key."""

from __future__ import annotations

from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from PIL import Image

from apps.files import drawing, services
from apps.files.errors import ContentDamaged, FileNotReady, RenditionMissing
from apps.files.models import Rendition, StoredFile
from apps.files.sandbox import client
from tests.files import samples

pytestmark = pytest.mark.django_db


def names(file: StoredFile) -> list[tuple[str, int]]:
    return list(file.renditions.order_by("kind", "number").values_list("kind", "number"))


def test_a_page_is_drawn_once_and_kept_sealed(prepared, vault_folder, django_assert_num_queries):
    file = prepared(samples.pdf("un", "deux"))
    assert names(file) == [("thumbnail", 1)]
    first = services.open_page(file=file, number=2)
    assert names(file) == [("page", 2), ("thumbnail", 1)]
    row = file.renditions.get(kind="page")
    assert (row.media_type, row.width, row.height, row.size) == (
        first.media_type, first.width, first.height, len(first.content),
    )  # fmt: skip
    assert first.content not in (vault_folder / row.storage_name).read_bytes()
    client.stop()
    with django_assert_num_queries(1):
        assert services.open_page(file=file, number=2) == first
    assert client._server is None, "the page was drawn again"


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (samples.photo((900, 600)), 1),
        (samples.heic(), 1),
        (samples.png((640, 480)), 1),
        (samples.tiff(3), 3),
        (samples.pdf("un", "deux"), 2),
    ],
    ids=["jpeg", "heic", "png", "tiff", "pdf"],
)
def test_every_page_that_is_promised_can_be_looked_at(prepared, content, pages):
    file = prepared(content)
    assert file.page_image_count == pages
    for number in range(1, pages + 1):
        picture = services.open_page(file=file, number=number)
        assert Image.open(BytesIO(picture.content)).size == (picture.width, picture.height)
    with pytest.raises(RenditionMissing):
        services.open_page(file=file, number=pages + 1)
    with pytest.raises(RenditionMissing):
        services.open_page(file=file, number=0)


def test_each_page_of_a_scan_is_its_own(prepared):
    pages = [samples.picture((850, 1100)), samples.picture((850, 1100)).rotate(180)]
    file = prepared(samples.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    seen = [Image.open(BytesIO(services.open_page(file=file, number=number).content)) for number in (1, 2)]
    corners = [page.convert("RGB").getpixel((20, 20)) for page in seen]
    assert corners[0][2] > corners[0][0] + 50, "the blue corner of the first is at the top"
    assert abs(corners[1][2] - corners[1][0]) < 50


def test_two_who_look_at_once_keep_one_picture(prepared, vault_folder):
    file = prepared(samples.pdf())
    before = sum(path.is_file() for path in vault_folder.rglob("*"))
    assert drawing._drawn(file, 1) == drawing._drawn(file, 1)
    assert names(file) == [("page", 1), ("thumbnail", 1)]
    assert sum(path.is_file() for path in vault_folder.rglob("*")) == before + 1


def test_a_page_that_cannot_be_drawn_is_tried_once(prepared, django_capture_on_commit_callbacks, vault_folder):
    """Else whoever brought it could keep a processor busy by looking at it again and again."""
    file = prepared(samples.pdf("un", "deux"))
    StoredFile.objects.update(page_image_count=3)
    file.refresh_from_db()
    with pytest.raises(RenditionMissing):
        services.open_page(file=file, number=3)
    client.stop()
    with pytest.raises(RenditionMissing):
        services.open_page(file=file, number=3)
    assert client._server is None, "the page was tried again"
    call_command("check_files", stdout=StringIO())
    with django_capture_on_commit_callbacks(execute=True):
        services.erase(file=file)
    assert not Rendition.objects.exists()
    assert not (vault_folder / file.storage_name).exists()


def test_without_a_process_to_draw_nothing_is_given_up(prepared, monkeypatch):
    file = prepared(samples.pdf())
    client.stop()
    with monkeypatch.context() as machine:
        machine.setattr("sys.executable", "/bin/false")
        with pytest.raises(FileNotReady):
            services.open_page(file=file, number=1)
    assert names(file) == [("thumbnail", 1)]
    client.stop()
    assert services.open_page(file=file, number=1)


def test_a_page_of_damaged_bytes_is_not_drawn(prepared, vault_folder):
    file = prepared(samples.pdf())
    path = vault_folder / file.storage_name
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ContentDamaged):
        services.open_page(file=file, number=1)
    path.unlink()
    with pytest.raises(ContentDamaged):
        services.open_page(file=file, number=1)
    assert names(file) == [("thumbnail", 1)]
