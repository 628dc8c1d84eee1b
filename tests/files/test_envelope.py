"""What is stored cannot be read, cut, changed, swapped or moved without somebody noticing."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.files.envelope import CHUNK, decrypt, encrypt
from apps.files.errors import ContentDamaged

FILE = UUID(int=7)
KEY = bytes(range(32))
SEALED = CHUNK + 16
EDGES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5, 3 * CHUNK])


def sealed(content: bytes, *, key: bytes = KEY, file_id: UUID = FILE, blob: str = "content") -> bytes:
    return b"".join(encrypt(content, key=key, file_id=file_id, blob=blob))


def opened(content: bytes, *, key: bytes = KEY, file_id: UUID = FILE, blob: str = "content") -> bytes:
    return b"".join(decrypt([content], key=key, file_id=file_id, blob=blob))


def in_pieces(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@given(size=EDGES | st.integers(0, 3 * CHUNK), pieces_out=st.integers(1, 100_000))
@settings(max_examples=60, deadline=None)
def test_it_comes_back_however_it_was_cut_on_the_way(size, pieces_out):
    content = secrets.token_bytes(size)
    back = decrypt(in_pieces(sealed(content), pieces_out), key=KEY, file_id=FILE, blob="content")
    assert b"".join(back) == content


@given(size=st.integers(0, 2 * CHUNK + 9), where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_one_flipped_bit_is_refused(size, where, bit):
    stored = bytearray(sealed(bytes(size)))
    stored[int(where * len(stored))] ^= 1 << bit
    with pytest.raises(ContentDamaged):
        opened(bytes(stored))


@given(size=EDGES, where=st.floats(0, 1, exclude_max=True))
@settings(max_examples=80, deadline=None)
def test_a_cut_blob_is_refused(size, where):
    stored = sealed(bytes(size))
    with pytest.raises(ContentDamaged):
        opened(stored[: int(where * len(stored))])


@pytest.mark.parametrize("kept", [1, 2])
def test_a_blob_cut_between_chunks_is_refused(kept):
    with pytest.raises(ContentDamaged):
        opened(sealed(bytes(3 * CHUNK))[: 8 + kept * SEALED])


@given(extra=st.binary(min_size=1, max_size=200))
@settings(max_examples=30, deadline=None)
def test_a_lengthened_blob_is_refused(extra):
    with pytest.raises(ContentDamaged):
        opened(sealed(b"Ordonnance") + extra)


def test_swapped_repeated_and_missing_chunks_are_refused():
    stored = sealed(secrets.token_bytes(3 * CHUNK + 10))
    head, chunks = stored[:8], in_pieces(stored[8:], SEALED)
    for order in ([1, 0, 2, 3], [0, 0, 2, 3], [0, 2, 1, 3], [0, 1, 3], [1, 2, 3], [0, 1, 2, 3, 3]):
        with pytest.raises(ContentDamaged):
            opened(head + b"".join(chunks[number] for number in order))


def test_a_blob_opens_only_under_its_own_file_place_and_key():
    stored = sealed(b"Ordonnance", blob="page:1")
    for other in ({"file_id": uuid4()}, {"blob": "page:2"}, {"blob": "content"}, {"key": bytes(32)}):
        with pytest.raises(ContentDamaged):
            opened(stored, **{"blob": "page:1", **other})


def test_chunks_of_two_blobs_under_one_key_cannot_be_mixed():
    one, other = sealed(bytes(2 * CHUNK)), sealed(bytes(2 * CHUNK))
    with pytest.raises(ContentDamaged):
        opened(one[: 8 + SEALED] + other[8 + SEALED :])


def test_the_same_content_never_looks_the_same_twice():
    assert sealed(b"Ordonnance") != sealed(b"Ordonnance")
    assert b"Ordonnance" not in sealed(b"Ordonnance")


def test_what_comes_before_the_damage_is_given_out_and_nothing_after():
    stored = bytearray(sealed(b"a" * CHUNK + b"b" * CHUNK))
    stored[-1] ^= 1
    pieces = decrypt([bytes(stored)], key=KEY, file_id=FILE, blob="content")
    assert next(pieces) == b"a" * CHUNK
    with pytest.raises(ContentDamaged):
        next(pieces)


@pytest.mark.parametrize("content", [b"", b"\x01", b"\x01" + bytes(7), b"\x02" + bytes(40), bytes(100)])
def test_what_was_never_sealed_is_refused(content):
    with pytest.raises(ContentDamaged):
        opened(content)
