"""What a search finds, for whom, and what it leaves nowhere."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.clock import now
from apps.documents import services
from apps.documents.models import Document, SearchText
from apps.documents.search import address, backfill
from apps.documents.search import services as searching
from apps.documents.search.excerpts import cut
from apps.documents.search.folding import fold, terms
from apps.documents.search.memory import MAX_RECENT, Memory, memory
from apps.files import rotation
from apps.files.keys import keyring
from tests.documents.factories import many_papers
from tests.support.cast import World
from tests.support.html import Page
from tests.support.papers import a_photo, a_written_pdf

#: In no sentence of ours, and no document of the cast.
RARE = "Zygomycétome"


@pytest.fixture(autouse=True)
def _without_memory() -> Iterator[None]:
    """Tests roll their database back: what a process remembers of it is wrong afterwards."""
    memory.forget_all()
    yield
    memory.forget_all()


def write(
    world: World, actor: Actor, text: str, *, title: str = "Compte rendu", masked: bool = False, type_code: str = ""
) -> Document:
    """A PDF with real letters on it, brought by `actor` and arrived."""
    at = now()
    document = services.deposit(
        actor=actor,
        uploads=[SimpleUploadedFile("papier.pdf", a_written_pdf(text), "application/pdf")],
        type_code=type_code or ("11488-4" if actor.is_professional else "DOCPAT02"),
        title=title,
        act_on=timezone.localdate(at),
        is_masked=masked,
        at=at,
    )
    services.settle(document_id=document.pk, at=at)
    everything = Document.objects.unscoped(why="a test looks at what it brought")
    return everything.get(pk=document.pk)  # type: ignore[no-any-return]


def found(actor: Actor, words: str) -> list[str]:
    """The titles that `actor` finds, newest first."""
    matches = Document.objects.visible_to(actor).newest_first().matching(words)
    # All at once: one by one, a thousand are a thousand queries.
    titles = [document.title for document in matches[: len(matches)]]
    assert len(matches) == len(titles)
    return titles


def test_a_document_is_found_by_what_it_says_as_soon_as_it_shows(world: World) -> None:
    write(world, world.carer("benali"), "Glycémie à jeun : 1,05 g/L. Cœur régulier.", title="Bilan")
    world.paper(world.camille, title="Ordonnance")
    for words in ("glycemie", "GLYCÉMIE", "Gly", "lycé", "1,05", "cœur", "COEUR", "(glycémie)"):
        assert (words, found(world.camille, words)) == (words, ["Bilan"])
    for words in ("poumon", "jeune", "...", "\0"):
        assert found(world.camille, words) == []


def test_every_word_counts_wherever_it_stands(world: World) -> None:
    write(world, world.carer("benali"), "Glycémie à jeun", title="Bilan de janvier")
    write(world, world.carer("benali"), "Cholestérol total", title="Bilan de mars")
    assert found(world.camille, "bilan glycémie") == ["Bilan de janvier"]
    assert found(world.camille, "jeun benali janvier") == ["Bilan de janvier"]
    assert len(found(world.camille, "bilan benali")) == 2
    assert found(world.camille, "glycémie cholestérol") == []


def test_a_text_file_is_read_and_a_photo_has_no_words(world: World) -> None:
    at = now()
    for name, content in (("note.txt", f"Mes maux de tête : {RARE}".encode()), ("photo.jpg", a_photo(RARE))):
        document = services.deposit(
            actor=world.camille,
            uploads=[SimpleUploadedFile(name, content)],
            type_code="DOCPAT02",
            title=name,
            act_on=timezone.localdate(at),
            at=at,
        )
        services.settle(document_id=document.pk, at=at)
    assert found(world.camille, RARE) == ["note.txt"]
    assert found(world.camille, "photo") == ["photo.jpg"]


def test_nobody_finds_or_counts_what_does_not_exist_for_them(world: World) -> None:
    benali, nguyen = world.carer("benali"), world.carer("lemaire")
    write(world, world.camille, RARE, title="Journal intime", masked=True)
    binned = write(world, world.camille, RARE, title="Supprimé")
    services.delete(actor=world.camille, document=shown(world.camille, binned), at=now())
    write(world, world.camille_for_leo, RARE, title="De Léo")
    write(world, benali, RARE, title="Consultation")
    assert found(world.camille, RARE) == ["Consultation", "Journal intime"]
    assert found(benali, RARE) == ["Consultation"]
    assert found(world.camille_for_leo, RARE) == ["De Léo"]
    assert found(world.jeanne, RARE) == []
    assert "Journal intime" not in found(nguyen, RARE)
    services.restore(actor=world.camille, document_id=binned.pk, at=now())
    assert "Supprimé" in found(world.camille, RARE)


def shown(actor: Actor, document: Document) -> Document:
    """`document`, fetched as `actor` sees it."""
    return Document.objects.visible_to(actor).get(pk=document.pk)  # type: ignore[no-any-return]


def test_a_search_needs_a_reader(world: World) -> None:
    with pytest.raises(RuntimeError, match="visible_to"):
        Document.objects.unscoped(why="nobody is reading here").matching("bilan")


def test_an_excerpt_is_what_the_document_says_around_the_word(world: World) -> None:
    write(world, world.camille, "Bonjour. " * 30 + "La glycémie à jeun est de 1,05 g/L ce matin. " + "Merci. " * 30)
    (document,) = Document.objects.visible_to(world.camille).matching("glycemie 1,05")
    assert [piece.text for piece in document.excerpt if piece.is_found] == ["glycémie", "1,05"]
    text = "".join(piece.text for piece in document.excerpt)
    assert "La glycémie à jeun est de 1,05 g/L ce matin." in text
    assert (text[0], text[-1]) == ("…", "…")
    assert len(text) < 160


@pytest.mark.parametrize(
    ("text", "word", "marked"),
    [
        ("Le cœur bat", "coeur", ["cœur"]),
        ("Straße", "strasse", ["Straße"]),
        ("e\u0301te\u0301 et été", "ete", ["e\u0301te", "été"]),
        ("a" * 5000 + " fin", "fin", ["fin"]),
        ("rien", "tout", []),
        ("", "tout", []),
    ],
)
def test_marks_stand_on_the_letters_as_they_are_written(text: str, word: str, marked: list[str]) -> None:
    assert [piece.text for piece in cut(text, [word]) if piece.is_found] == marked


def test_words_are_compared_folded_and_once() -> None:
    assert terms("L’ŒDÈME, l'œdème ; (oedème)… 1,05 g/L\n\0 —") == ["l", "oedeme", "1,05", "g/l"]


def test_folding_is_done_once_and_character_by_character() -> None:
    """So that places in a folded text are places in the text as written, and a word typed folded finds the same."""
    characters = [chr(code) for code in range(0x11000) if not 0xD800 <= code < 0xE000]
    folded = [fold(character) for character in characters]
    assert fold("".join(characters)) == "".join(folded)
    assert [fold(one) for one in folded] == folded
    assert fold("Ǽ’ ﬁn Œuf\n№\0") == "ae’ fin oeuf no "


def test_the_same_queries_for_ten_and_for_a_thousand(world: World) -> None:
    write(world, world.camille, RARE, title="Seul")
    for number in (10, 1000):
        many_papers(world, world.camille, number)
        memory.forget_all()
        found(world.camille, "papier")
        for words, page in (("papier", min(number, 20)), (RARE, 1)):
            with CountedQueries() as counted:
                matches = Document.objects.visible_to(world.camille).newest_first().matching(words)
                assert len(matches) >= page
                assert len(matches[:20]) == page
            assert counted.number == 2
        Document.objects.visible_to(world.camille).filter(title="Seul").update(version=number)
        with CountedQueries() as counted:
            assert found(world.camille, RARE) == ["Seul"]
        assert counted.number == 3
    everything = found(world.camille, "papier")
    assert everything[:2] == ["Papier 0"] * 2
    assert len(everything) == 10 + 1000


class CountedQueries:
    """How many queries a block asks."""

    def __enter__(self) -> CountedQueries:
        connection.force_debug_cursor = True
        self._before = len(connection.queries_log)
        return self

    def __exit__(self, *_error: object) -> None:
        connection.force_debug_cursor = False
        self.number = len(connection.queries_log) - self._before


def test_a_process_sees_what_another_added(world: World) -> None:
    """Two memories are two processes."""
    ours, word = Memory(), [RARE.lower().replace("é", "e")]
    record = world.camille.record_id
    assert record
    first = write(world, world.camille, RARE, title="Premier")
    assert len(ours.find(record, word)) == 1
    write(world, world.camille, RARE, title="Second")
    assert len(ours.find(record, word)) == 2
    services.delete(actor=world.camille, document=shown(world.camille, first), at=now())
    services.purge(at=now() + timedelta(days=31))
    assert len(ours.find(record, word)) == 1


def test_a_memory_keeps_what_it_may_and_forgets_the_rest(world: World) -> None:
    tiny, roomy = Memory(max_bytes=1), Memory()
    for memory_of_one, actor in ((tiny, world.camille), (roomy, world.camille), (roomy, world.jeanne)):
        write(world, actor, RARE)
        assert actor.record_id
        assert memory_of_one.find(actor.record_id, ["zygo"])
    assert len(tiny._kept) == 0
    assert len(roomy._kept) == 2


def test_many_changes_are_read_in_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_RECENT > 1
    monkeypatch.setattr("apps.documents.search.memory.MAX_RECENT", 1)
    for number in range(4):
        write(world, world.camille, f"{RARE} {number}", title=f"N{number}")
        assert len(found(world.camille, RARE)) == number + 1


def test_a_changed_title_is_found_by_its_new_words(world: World) -> None:
    from apps.documents.search import index

    document = write(world, world.camille, RARE, title="Ancien")
    assert found(world.camille, "ancien") == ["Ancien"]
    document.title = "Nouveau nom"
    document.save()
    index.rename(document)
    assert found(world.camille, "ancien") == []
    assert found(world.camille, f"nom {RARE}") == ["Nouveau nom"]


def test_what_is_erased_leaves_the_index(world: World) -> None:
    document = write(world, world.camille, RARE)
    assert found(world.camille, RARE)
    services.delete(actor=world.camille, document=shown(world.camille, document), at=now())
    services.purge(at=now() + timedelta(days=31))
    texts = SearchText.objects.unscoped(why="a test looks for what was erased")
    assert not texts.exists()
    assert found(world.camille, RARE) == []


def test_words_go_with_the_file_s_key(world: World, settings: object) -> None:
    """`rotate_file_keys` changes what wraps the file's key: words need nothing more."""
    write(world, world.camille, RARE)
    old = settings.FILE_KEYS  # type: ignore[attr-defined]
    settings.FILE_KEYS = f"new:{bytes(range(32)).hex()},{old}"  # type: ignore[attr-defined]
    assert sum(rotation.rewrap_all()) >= 1
    settings.FILE_KEYS = settings.FILE_KEYS.partition(",")[0]  # type: ignore[attr-defined]
    assert keyring().current == "new"
    memory.forget_all()
    assert found(world.camille, RARE) == ["Compte rendu"]
    settings.FILE_KEYS = f"other:{bytes(range(1, 33)).hex()}"  # type: ignore[attr-defined]
    memory.forget_all()
    assert found(world.camille, RARE) == []
    assert found(world.camille, "compte rendu") == ["Compte rendu"]


def test_what_came_before_is_read_little_by_little(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    write(world, world.camille, RARE, title="Ancien")
    many_papers(world, world.camille, 2)  # their files cannot be opened
    SearchText.objects.unscoped(why="a test goes back in time").delete()
    Document.objects.unscoped(why="a test goes back in time").update(indexed_at=None)
    memory.forget_all()
    assert found(world.camille, "ancien") == ["Ancien"]
    assert found(world.camille, RARE) == []
    call_command("index_documents")
    assert found(world.camille, RARE) == ["Ancien"]
    said = capsys.readouterr().out
    assert "of 3" in said
    assert backfill.behind().filter(title="Ancien").count() == 0


def test_no_word_lies_in_clear_in_the_database(world: World) -> None:
    document = write(world, world.camille, f"{RARE} {RARE.lower()} zygomycetome")
    assert found(world.camille, RARE)
    row = SearchText.objects.unscoped(why="a test reads what lies on the disk").get(document=document)
    for sealed in (row.sealed_terms, row.sealed_text):
        assert b"zygo" not in bytes(sealed).lower()
    with connection.cursor() as cursor:
        cursor.execute("SELECT folded, title FROM documents_document")
        assert "zygo" not in str(cursor.fetchall()).lower()


@pytest.mark.django_db(transaction=True)
def test_no_word_lies_in_clear_on_the_disk(world: World) -> None:
    """After a commit: every file below the data folder, the SQLite database and its journal among them."""
    write(world, world.camille, f"{RARE} {RARE.lower()} zygomycetome", title="Visible au titre")
    assert found(world.camille, RARE)
    assert files_saying("zygomyc") == set()
    assert files_saying("visible au titre") or connection.vendor != "sqlite"


def files_saying(words: str) -> set[str]:
    """The files below the data folder that hold `words`, in capitals or not.

    Another process reads them: closing an SQLite file here would drop the locks that this process holds on it, and let
    others delete its journal under an open connection (sqlite.org, "How To Corrupt An SQLite Database", 2.2).
    """
    command = ["grep", "--recursive", "--files-with-matches", "--text", "--ignore-case", "--fixed-strings"]
    folder = str(settings.CALEPIN_DATA_DIR)
    done = subprocess.run([*command, words, folder], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return set(done.stdout.splitlines())


def test_a_search_goes_by_a_sealed_address(world: World, as_camille: Client) -> None:
    write(world, world.camille, f"<b>{RARE}</b> & suite", title="Bilan")
    answer = as_camille.post("/documents/recherche/", {"q": RARE})
    assert answer.status_code == 302
    assert RARE.lower() not in answer.url.lower()
    assert "Zygo" not in answer.url
    results = as_camille.get(answer.url)
    page = Page(results)
    assert "Bilan" in page.text
    assert f"<mark>{RARE}</mark>" in page.body
    assert "<b>" not in page.body
    assert f'value="{RARE}"' in page.body
    assert "Effacer la recherche" in page.text
    assert "no-store" in results["Cache-Control"]
    easy = Page(as_camille.get(answer.url + "&registre=falc"))
    assert f"<mark>{RARE}</mark>" in easy.body
    nothing = Page(as_camille.post("/documents/recherche/", {"q": "poumon"}, follow=True))
    assert "poumon" in nothing.text
    assert "Bilan" not in nothing.text


def test_an_address_opens_for_who_searched_only(world: World, as_jeanne: Client) -> None:
    at = now()
    sealed = address.seal("glycémie", actor=world.camille, at=at)
    assert address.unseal(sealed, actor=world.camille, at=at) == "glycémie"
    assert address.unseal(sealed, actor=world.camille, at=at + address.LASTS * 2) == ""
    for actor in (world.jeanne, world.camille_for_leo, world.carer("benali")):
        assert address.unseal(sealed, actor=actor, at=at) == ""
    for odd in ("", "A", "é", "\0", sealed[:-4], sealed[::-1], "A" * 5000):
        assert address.unseal(odd, actor=world.camille, at=at) == ""
    assert len(address.seal("a", actor=world.camille, at=at)) == len(address.seal("a" * 40, actor=world.camille, at=at))
    assert as_jeanne.get("/documents/", {"recherche": sealed}).status_code == 200


def test_a_search_by_somebody_else_enters_the_trail_without_its_words(world: World, as_camille: Client) -> None:
    def searches() -> list[AuditEvent]:
        return list(AuditEvent.objects.visible_to(world.camille).filter(verb="documents.searched"))

    searching.begin(actor=world.camille, words="glycémie", at=now())
    searching.begin(actor=world.carer("benali"), words="", at=now())
    assert searches() == []
    searching.begin(actor=world.carer("benali"), words="glycémie", at=now())
    (event,) = searches()
    assert "glyc" not in str(event.facts)
    assert "a cherché dans les documents" in Page(as_camille.get("/acces/journal/")).text


def test_a_professional_searches_in_a_patient_s_record(world: World, as_benali: Client) -> None:
    write(world, world.carer("benali"), f"Suivi : {RARE}", title="Consultation")
    write(world, world.camille, RARE, title="Journal intime", masked=True)
    alias = world.grant("benali", "camille").alias
    results = as_benali.post(f"/pro/patients/{alias}/recherche/", {"q": RARE}, follow=True)
    page = Page(results)
    assert "Consultation" in page.text
    assert "Journal intime" not in page.text
    assert "1 document" in page.text
    assert f"<mark>{RARE}</mark>" in page.body
    assert RARE not in str(results.redirect_chain)


def test_the_api_searches_by_post(world: World, as_camille: Client) -> None:
    write(world, world.camille, f"Suivi : {RARE}", title="Bilan")
    answer = as_camille.post("/api/v1/documents/rechercher/", {"words": RARE}, content_type="application/json")
    (result,) = answer.json()["results"]
    assert (answer.json()["count"], result["title"]) == (1, "Bilan")
    assert {"text": RARE, "is_found": True} in result["excerpt"]
    assert as_camille.post("/api/v1/documents/rechercher/", {}, content_type="application/json").status_code == 400


def test_a_pdf_made_to_be_heavy_costs_its_words_only(world: World) -> None:
    """More words than are kept: the document shows, and its beginning is found."""
    document = write(world, world.camille, f"{RARE} " + "long " * 40_000 + "Xylophage", title="Long")
    assert document.arrived_at
    assert found(world.camille, RARE) == ["Long"]
    assert found(world.camille, "Xylophage") == []
