"""A clinical document comes in: whose it is, what its header says, once only, and one version after another."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.access.policy import NotVisible
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.clock import now
from apps.documents import clinical, selectors, services
from apps.documents.cda.model import Code, Treatment
from apps.documents.models import Document
from apps.files import services as files
from apps.files.errors import FileRefused
from apps.files.models import StoredFile
from apps.files.sandbox import client as sandbox
from apps.professionals.models import Professional
from tests.support.cast import World, sign_in
from tests.support.clinical import TSH, Measure, Paper
from tests.support.papers import a_pdf

pytestmark = pytest.mark.django_db


def bring(world: World, actor: Actor, paper: Paper, *, type_code: str = "", name: str = "cr.xml") -> Document:
    at = now()
    document = services.deposit(
        actor=actor,
        uploads=[SimpleUploadedFile(name, paper.bytes(), "text/xml")],
        type_code=type_code,
        title="",
        act_on=None,
        at=at,
    )
    services.settle(document_id=document.pk, at=at)
    return Document.objects.unscoped(why="a test looks at what it brought").select_related("file").get(pk=document.pk)


def seen(actor: Actor) -> list[str]:
    return [document.title for document in Document.objects.visible_to(actor).newest_first()]


def test_the_header_says_type_title_date_and_author(world: World) -> None:
    paper = Paper(pdf=a_pdf("Bilan", pages=2))
    document = bring(world, world.carer("benali"), paper)
    assert (document.type_code, document.title) == ("11502-2", "Bilan thyroïdien")
    assert document.act_on.isoformat() == "2026-01-05"
    assert document.author_label == "Laboratoire des Remparts"
    assert (document.file.media_type, document.file.page_image_count) == ("text/xml", 2)
    kept = b"".join(files.open_content(file=document.file))
    assert kept == paper.bytes()
    assert seen(world.camille) == ["Bilan thyroïdien"]


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        (Paper(ins="244027422501769"), "other_person"),
        (Paper(family="Autre", birth="19501231"), "other_person"),
        (Paper(ins="", family="Autre"), "other_person"),
        (Paper(ins="", given="Jeanne"), "other_person"),
        (Paper(ins="", birth="19800328"), "other_person"),
        (Paper(ins="", birth=""), "nobody"),
        (Paper(type_code="inconnu"), "type_missing"),
    ],
)
def test_what_is_not_camille_s_is_refused_and_nothing_is_kept(world: World, paper: Paper, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        bring(world, world.carer("benali"), paper)
    assert refused.value.code == code
    assert not StoredFile.objects.exists()
    assert seen(world.camille) == []


def test_without_a_number_the_traits_decide(world: World) -> None:
    assert bring(world, world.carer("benali"), Paper(ins="")).arrived_at


def test_a_date_to_come_or_too_vague_leaves_the_document_s_own(world: World) -> None:
    assert bring(world, world.carer("benali"), Paper(act="2099")).act_on.isoformat() == "2026-01-06"
    assert bring(world, world.carer("benali"), Paper(unique_id="1.2.3.4", set_id="1.9", act="2026")).act_on.day == 6


def test_the_same_document_twice_is_stored_once(world: World) -> None:
    first = bring(world, world.carer("benali"), Paper())
    assert bring(world, world.carer("benali"), Paper()).pk == first.pk
    assert seen(world.camille) == ["Bilan thyroïdien"]
    assert StoredFile.objects.count() == 1


def test_the_same_number_on_other_words_is_refused(world: World) -> None:
    bring(world, world.carer("benali"), Paper())
    with pytest.raises(FileRefused, match="other_content"):
        bring(world, world.carer("benali"), Paper(title="Autre bilan"))


def test_a_document_without_number_is_known_by_its_bytes(world: World) -> None:
    nameless = Paper(unique_id="").xml().replace('<id root=""/>', '<id nullFlavor="UNK"/>').encode()
    benali, at = world.carer("benali"), now()

    def deposit(actor: Actor, content: bytes, type_code: str = "") -> Document:
        upload = SimpleUploadedFile("cr.xml", content)
        return services.deposit(actor=actor, uploads=[upload], type_code=type_code, title="", act_on=None, at=at)

    own = deposit(world.camille, nameless, "DOCPAT05")
    first = deposit(benali, nameless)
    assert first.pk != own.pk
    assert deposit(benali, nameless).pk == first.pk
    assert deposit(benali, nameless.replace(b"1.950", b"1.951")).pk != first.pk


def test_a_document_about_two_people_enters_no_record(world: World) -> None:
    mine, other = Paper().xml(), Paper(ins="244027422501769", family="Favre", given="Jeanne", birth="19440209").xml()
    start, end = other.index("<recordTarget>"), other.index("</recordTarget>") + len("</recordTarget>")
    both = mine.replace("</recordTarget>", "</recordTarget>" + other[start:end])
    upload = SimpleUploadedFile("cr.xml", both.encode())
    with pytest.raises(FileRefused, match="other_person"):
        services.deposit(actor=world.carer("benali"), uploads=[upload], type_code="", title="", act_on=None, at=now())
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("paper", "is_said"),
    [
        (Paper(), False),
        (Paper(given="CAMILLE ANNE"), False),
        (Paper(birth="1980"), False),
        (Paper(sex=""), False),
        (Paper(birth="19800328"), True),
        (Paper(family="Rivière"), True),
        (Paper(given="Claude"), True),
        (Paper(sex="M"), True),
    ],
)
def test_traits_that_differ_are_said_and_refuse_nothing(
    world: World, as_camille: Client, paper: Paper, is_said: bool
) -> None:
    document = bring(world, world.carer("benali"), paper)
    page = as_camille.get(f"/documents/{document.pk}/").content.decode()
    assert ("ne sont pas ceux du dossier" in page) is is_said


def test_that_a_document_may_be_somebody_elses_is_read_before_it(
    world: World, as_camille: Client, as_benali: Client
) -> None:
    document = bring(world, world.carer("benali"), Paper(given="Claude", pdf=a_pdf("Bilan"), title="Analyse de sang"))
    portal = f"/pro/patients/{world.grant('benali', 'camille').alias}"
    for client, address in ((as_camille, "/documents"), (as_benali, f"{portal}/documents")):
        page = client.get(f"{address}/{document.pk}/?registre=courant").content.decode()
        assert page.index("ne sont pas ceux du dossier") < page.index("pages__image")
        easy = client.get(f"{address}/{document.pk}/?registre=falc").content.decode()
        assert easy.index("c’est la bonne personne") < easy.index("pages__image") < easy.index('class="word"')


def test_a_withdrawn_document_may_be_brought_again(world: World) -> None:
    benali = world.carer("benali")
    services.delete(actor=benali, document=bring(world, benali, Paper()), at=now())
    assert bring(world, benali, Paper()).deleted_at is None


def test_a_new_version_takes_the_place_and_the_old_one_stays_readable(world: World) -> None:
    benali = world.carer("benali")
    old = bring(world, benali, Paper())
    newer = bring(world, benali, Paper(unique_id="1.2.3.2", version=2, title="Bilan corrigé"))
    newest = bring(world, benali, Paper(unique_id="1.2.3.3", set_id="1.5", replaces="1.2.3.2", title="Bilan final"))
    for actor in (world.camille, benali):
        assert seen(actor) == ["Bilan final"]
        assert [d.pk for d in selectors.versions_of(document=newest, actor=actor).older] == [newer.pk, old.pk]
        assert selectors.readable(actor, old.pk) == old
    with pytest.raises(NotVisible):
        selectors.readable(world.jeanne, old.pk)


def test_an_old_version_leads_to_the_new_one_only_where_it_may_be_read(
    world: World, as_camille: Client, as_benali: Client
) -> None:
    """A colleague corrects Dre Benali's report, and Camille masks it: Dre Benali still reads what she wrote herself."""
    benali, lemaire = world.carer("benali"), world.carer("lemaire")
    practice = Professional.objects.get(pk=benali.professional_id).organisation
    Professional.objects.filter(pk=lemaire.professional_id).update(organisation=practice)
    old = bring(world, benali, Paper())
    new = bring(world, lemaire, Paper(unique_id="1.2.3.2", version=2, title="Bilan corrigé"))
    portal = f"/pro/patients/{world.grant('benali', 'camille').alias}"
    link, refusal = f"/documents/{new.pk}/", "Vous ne pouvez pas lire la version récente ici."
    for is_offered in (True, False):
        hers = as_camille.get(f"/documents/{old.pk}/").content.decode()
        theirs = as_benali.get(f"{portal}/documents/{old.pk}/").content.decode()
        for page in (hers, theirs):
            assert "remplacé par une version plus récente" in page
        assert (link in hers, refusal in hers) == (True, False)
        assert (f"{portal}{link}" in theirs, refusal in theirs) == (is_offered, not is_offered)
        assert as_benali.get(f"{portal}{link}").status_code == (200 if is_offered else 404)
        if is_offered:
            services.mask(actor=world.camille, document=new, at=now())


def test_an_older_version_that_arrives_late_goes_behind(world: World) -> None:
    benali = world.carer("benali")
    newer = bring(world, benali, Paper(unique_id="1.2.3.2", version=2, title="Bilan corrigé"))
    old = bring(world, benali, Paper())
    assert seen(world.camille) == ["Bilan corrigé"]
    assert old.replaced_by_id == newer.pk


def test_a_withdrawn_version_gives_the_place_back(world: World) -> None:
    benali = world.carer("benali")
    bring(world, benali, Paper())
    bring(world, benali, Paper(unique_id="1.2.3.2", version=2, title="Bilan corrigé"))
    third = bring(world, benali, Paper(unique_id="1.2.3.3", version=3, title="Bilan final"))
    services.delete(actor=benali, document=third, at=now())
    assert seen(world.camille) == ["Bilan corrigé"]


def test_a_mask_covers_every_version(world: World) -> None:
    benali, lemaire = world.carer("benali"), world.carer("lemaire")
    old = bring(world, benali, Paper())
    services.mask(actor=world.camille, document=Document.objects.visible_to(world.camille).get(), at=now())
    newer = bring(world, benali, Paper(unique_id="1.2.3.2", version=2))
    assert newer.is_masked
    for document in (old, newer):
        with pytest.raises(NotVisible):
            selectors.readable(lemaire, document.pk)
    services.unmask(actor=world.camille, document=Document.objects.visible_to(world.camille).get(), at=now())
    assert not Document.objects.readable_to(world.camille).filter(masked_at__isnull=False).exists()


def test_nobody_replaces_the_document_of_another(world: World) -> None:
    bring(world, world.carer("benali"), Paper())
    bring(world, world.carer("lemaire"), Paper(unique_id="1.2.3.2", version=2, title="Autre"))
    assert sorted(seen(world.camille)) == ["Autre", "Bilan thyroïdien"]


def test_a_patient_s_own_copy_replaces_nothing(world: World) -> None:
    bring(world, world.carer("benali"), Paper())
    own = bring(world, world.camille, Paper(version=9), type_code="DOCPAT05")
    assert (own.unique_id, own.type_code, own.author) == (None, "DOCPAT05", None)
    assert len(seen(world.camille)) == 2


def test_search_reads_inside(world: World) -> None:
    document = bring(world, world.carer("benali"), Paper())
    for words in ("le bilan est COMPLET", "thyreostimuline"):
        assert list(Document.objects.visible_to(world.camille).matching(words)) == [document]


def test_one_analyte_across_documents(world: World) -> None:
    benali = world.carer("benali")
    for number, (act, value, said) in enumerate([("20250105", "1.950", "N"), ("20260105", "6.1", "H")]):
        measures = (Measure(value=value, said=said),)
        bring(world, benali, Paper(unique_id=f"1.2.{number}", set_id=f"1.9.{number}", act=act, measures=measures))
    curve = clinical.curve(actor=world.camille, code=TSH, at=now())
    assert curve is not None
    assert [point.value for point in curve.points] == ["6,1 mUI/L", "1,950 mUI/L"]
    assert [point.number for point in curve.drawn] == sorted(point.number for point in curve.drawn)
    assert clinical.curve(actor=world.camille, code="2345-7", at=now()) is None
    assert clinical.curve(actor=world.jeanne, code=TSH, at=now()) is None


def test_a_masked_value_is_on_no_professional_s_curve(world: World) -> None:
    document = bring(world, world.carer("benali"), Paper())
    services.mask(
        actor=world.camille, document=Document.objects.visible_to(world.camille).get(pk=document.pk), at=now()
    )
    assert clinical.curve(actor=world.carer("lemaire"), code=TSH, at=now()) is None
    assert clinical.curve(actor=world.camille, code=TSH, at=now()) is not None


def test_camille_reads_her_results(world: World, as_camille: Client) -> None:
    document = bring(
        world,
        world.carer("benali"),
        Paper(pdf=a_pdf("Bilan"), measures=(Measure(), Measure(code="X-1", label="CRP", said=""))),
    )
    page = as_camille.get(f"/documents/{document.pk}/").content.decode()
    assert page.index("pages__image") < page.index("Thyréostimuline")
    assert "1,950 mUI/L" in page
    assert "Dans les valeurs habituelles du laboratoire" in page
    assert page.count("Dans les valeurs habituelles") == 1
    assert f"/documents/resultats/{TSH}/" in page
    copy = as_camille.get(f"/documents/{document.pk}/copie/")
    assert copy.content.startswith(b"%PDF-")
    assert "attachment" in copy["Content-Disposition"]


def test_a_copy_that_cannot_be_made_just_now_is_told_and_has_not_left(
    world: World, as_camille: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_one = bring(world, world.carer("benali"), Paper(pdf=a_pdf("Bilan")))
    without = bring(world, world.carer("benali"), Paper(unique_id="1.2.250.1.999.2", set_id="1.2.250.1.999.200"))
    assert as_camille.get(f"/documents/{without.pk}/copie/").status_code == 404
    sandbox.stop()
    monkeypatch.setattr("sys.executable", "/bin/false")
    answer = as_camille.get(f"/documents/{with_one.pk}/copie/")
    assert answer.status_code == 503
    assert "Réessayez dans quelques minutes" in answer.content.decode()
    assert not AuditEvent.objects.visible_to(world.camille).filter(verb="documents.downloaded").exists()


def test_words_of_a_document_are_words_and_nothing_else(world: World, as_camille: Client) -> None:
    evil = (
        "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title><text>"
        '<paragraph>Lire <linkHtml href="javascript:alert(1)">ici</linkHtml> '
        '<script xmlns="http://www.w3.org/1999/xhtml">alert(2)</script>'
        '<renderMultiMedia referencedObject="nulle-part"/></paragraph></text>'
    )
    document = bring(world, world.carer("benali"), Paper(sections=(evil,)))
    page = as_camille.get(f"/documents/{document.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert "Une partie de ce document n’a pas été comprise" in page


def test_a_pdf_that_does_not_open_leaves_the_words(world: World, as_camille: Client) -> None:
    document = bring(world, world.carer("benali"), Paper(pdf=b"%PDF-1.4 cut"))
    assert document.arrived_at
    page = as_camille.get(f"/documents/{document.pk}/").content.decode()
    assert "1,950 mUI/L" in page
    assert "Une partie de ce document n’a pas été comprise" in page


def test_the_portal_asks_for_no_type_when_the_header_says_it(world: World, as_benali: Client) -> None:
    alias = world.grant("benali", "camille").alias
    today = timezone.localdate()
    sent = {
        "files": SimpleUploadedFile("cr.xml", Paper().bytes(), "text/xml"),
        "act_on_day": today.day,
        "act_on_month": today.month,
        "act_on_year": today.year,
    }
    assert as_benali.post(f"/pro/patients/{alias}/deposer/", sent).status_code == 302
    other = {**sent, "files": SimpleUploadedFile("cr.xml", Paper(ins="244027422501769").bytes(), "text/xml")}
    refused = as_benali.post(f"/pro/patients/{alias}/deposer/", other)
    assert refused.status_code == 422
    assert "Ce document concerne une autre personne." in refused.content.decode()


def test_the_api_takes_a_clinical_document_by_itself(world: World) -> None:
    client = sign_in(Client(), world.user("camille"))
    sent = {"files": SimpleUploadedFile("cr.xml", Paper().bytes()), "type_code": "DOCPAT05"}
    assert client.post("/api/v1/documents/", sent).status_code == 202
    missing = client.post("/api/v1/documents/", {"files": SimpleUploadedFile("a.pdf", a_pdf())})
    assert missing.status_code == 400
    assert set(missing.json()["by_field"]) == {"type_code", "act_on"}


@pytest.mark.parametrize("route", ["voie orale", "Voie orale", "orale"])
def test_a_route_is_said_once(route: str) -> None:
    treatment = Treatment("DOLIPRANE", Code(), "", None, None, "", route, "", "", is_vaccination=False, is_done=True)
    assert list(clinical.line_of(treatment).details) == ["Voie\N{NO-BREAK SPACE}: orale"]
