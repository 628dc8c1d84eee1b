"""Over five hundred files made to harm: each gets a sentence or becomes harmless, and refusals leave nothing."""

from __future__ import annotations

import re
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image

from apps.files import services
from apps.files.errors import FileRefused
from apps.files.models import StoredFile
from apps.files.sandbox import client
from tests.files import hostile

pytestmark = pytest.mark.django_db

ACTS = re.compile(
    rb"/(JavaScript|JS|Launch|OpenAction|AA|EmbeddedFiles?|EF|XFA|GoToR|GoToE|SubmitForm|ImportData|RichMedia"
    rb"|FileAttachment|Movie|Sound|Screen|3D|Collection|FFilter)\b"
)
FAMILIES = [
    hostile.wrong_types, hostile.pages, hostile.polyglots, hostile.archives, hostile.pdfs, hostile.cut_short,
    hostile.flipped, hostile.pixel_floods, hostile.odd_names, hostile.texts,
]  # fmt: skip


def blobs(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def uploaded(name: str, content: bytes) -> SimpleUploadedFile:
    """An upload under any name: Django's own class would refuse some of these before they reach Calepin."""
    upload = SimpleUploadedFile("x", content)
    upload._name = name
    return upload


def test_there_are_more_than_three_hundred_and_always_the_same():
    first, again = list(hostile.everything()), list(hostile.everything())
    labels = [label for label, *_ in first]
    assert len(set(labels)) == len(labels) > 300
    assert [(label, name) for label, name, *_ in first] == [(label, name) for label, name, *_ in again]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_each_gets_a_sentence_or_becomes_harmless(family, at, vault_folder, django_capture_on_commit_callbacks):
    taken_wrongly = []
    for label, name, content, verdict in family():
        file, sentence = received_or_refused(name, content, at)
        if file is None:
            assert len(sentence) > 20, label
        else:
            taken_wrongly += [label] if verdict == hostile.REFUSED else []
            with django_capture_on_commit_callbacks(execute=True):
                file = services.process(file_id=file.id, at=at)
                assert_harmless(file, label)
                services.erase(file=file)
        assert not StoredFile.objects.exists(), label
        assert blobs(vault_folder) == [], label
    assert taken_wrongly == []


def received_or_refused(name: str, content: bytes, at) -> tuple[StoredFile | None, str]:
    """What a person gets: their file, or a sentence in French."""
    try:
        return services.receive(uploads=[uploaded(name, content)], at=at), ""
    except FileRefused as refusal:
        with override("fr"):
            return None, str(refusal.message)


def assert_harmless(file: StoredFile, label: str) -> None:
    """READY with content that another program opens and that cannot act, or REFUSED with a sentence and no bytes."""
    if file.state == "refused":
        assert str(file.refusal_message), label
        assert file.storage_name == file.key_id == "", label
        return
    assert file.state == "ready", label
    content = b"".join(services.open_content(file=file))
    assert hostile.SCRIPT not in content, label
    if file.media_type == "application/pdf":
        assert not ACTS.search(unpacked(content)), label
    elif file.media_type.startswith("image/"):
        Image.open(BytesIO(content)).load()
    else:
        assert file.media_type == "text/plain", label
        assert content.decode() is not None, label
    thumbnail = Image.open(BytesIO(services.open_thumbnail(file=file)))
    assert thumbnail.width <= 240, label


def unpacked(content: bytes) -> bytes:
    """A PDF with every stream and object written out, so that nothing hides in compression."""
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        document.save(out, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def test_each_way_a_pdf_acts_is_in_the_samples_and_seen_by_this_test():
    for label, content in hostile.active_pdfs().items():
        harmless_to_the_pattern = label in ("uri-javascript", "uri-file")
        assert harmless_to_the_pattern or ACTS.search(unpacked(content)), label


def spelled(content: bytes) -> bytes:
    """The names that act, each letter in hexadecimal."""
    return ACTS.sub(lambda name: b"/" + b"".join(b"#%02x" % letter for letter in name[1]), unpacked(content))


def packed(content: bytes) -> bytes:
    """All that is no stream, compressed inside one."""
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


@pytest.mark.parametrize("disguise", [spelled, packed])
@pytest.mark.parametrize("label", hostile.active_pdfs())
def test_what_acts_is_taken_out_in_whatever_disguise(label, disguise):
    content = disguise(hostile.active_pdfs()[label])
    assert b"/ObjStm" in content or not ACTS.search(content)
    facts = {"kinds": ["application/pdf"], "max_pages": 300, "max_drawn": 1}
    _, (cleaned, *_) = client.run("prepare", facts, [content], cpu_seconds=5, wall_seconds=10)
    assert not ACTS.search(unpacked(cleaned))
    assert not re.search(rb"javascript:|file:", unpacked(cleaned))


def test_a_name_is_kept_nowhere(prepared, vault_folder):
    file = prepared(hostile.samples.pdf("x"), "Camille-Rousseau-canari-nom.pdf")
    kept = "".join(str(value) for value in StoredFile.objects.filter(pk=file.pk).values().get().values())
    assert "canari" not in kept
    assert not any("canari" in str(path) for path in vault_folder.rglob("*"))


def test_no_bomb_takes_more_than_it_may(at):
    """What a hostile file may cost a machine: bounded memory and time, in a process that is not the worker."""
    bomb = next(content for label, _, content, _ in hostile.pdfs() if label == "pdf:flate-bomb")
    facts = {"kinds": ["application/pdf"], "max_pages": 300, "max_drawn": 30}
    answer, _ = client.run("inspect", facts, [bomb], cpu_seconds=5, wall_seconds=10)
    assert answer["peak_kb"] < 300 * 1024
    assert answer["cpu_ms"] < 1000
