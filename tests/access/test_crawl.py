"""Camille walks everywhere; then five others try each door she found. Nothing of hers is behind it for them.

A1, A3, A4, A5: pages, images, downloads and forms, with the right method, another's session and a valid CSRF token.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from apps.access.models import Grant
from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.core.actor import Capacity
from apps.core.clock import now
from apps.documents.models import Comment, Document, Folder, Opening, Problem, Share, SharedDocument
from apps.files.models import Rendition, StoredFile
from apps.notifications.models import Delivery, Notice
from apps.records.models import HealthIdentity, HealthRecord
from tests.access.crawling import EVERYBODYS, IDENTIFIER, Walk, walk
from tests.access.story import CANARY, Story, tell
from tests.support.cast import World, sign_in
from tests.support.html import Form, Page
from tests.support.personas import PROTECT, SIGN_IN, Persona, outcome, persona

pytestmark = pytest.mark.django_db

#: Pages that say the same to everybody, and whose doors therefore open to everybody.
PUBLIC = {
    reverse(name)
    for name in (
        "pwa:emergency",
        "pwa:about_accessibility",
        "pwa:about_data",
        "pwa:offline",
        "recipient:enter",
        "reading:switch",
        "notifications:mailbox",
    )
}
HEALTH: tuple[type[Model], ...] = (
    Document,
    Opening,
    Share,
    SharedDocument,
    Folder,
    Comment,
    Problem,
    StoredFile,
    Rendition,
    Grant,
    HealthRecord,
    HealthIdentity,
    AuditEvent,
    Notice,
    Delivery,
)


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def story(world: World, settings: Any) -> Story:
    # A demonstration's pages lead to its mailbox.
    settings.LOCAL_MAILBOX = True
    return tell(world)


@pytest.fixture
def camilles(story: Story) -> Walk:
    """Everything Camille can reach, in her own space and in Léo's."""
    camille = persona(story.world, "camille").client
    return walk(camille, "/", f"/pour/{story.world.grant('camille', 'leo').alias}/", "/avis/")


@pytest.fixture
def benalis(story: Story) -> Walk:
    """Everything Dre Benali can reach from her portal."""
    return walk(persona(story.world, "benali").client, "/pro/")


def rows() -> dict[str, list[Any]]:
    """Every row about anybody's health, as it is."""
    held = {}
    for model in HEALTH:
        manager: Any = model._default_manager
        everything = manager.unscoped(why="a test compares everything") if hasattr(manager, "unscoped") else manager
        held[model.__name__] = sorted(everything.values_list(), key=str)
    return held


def account(user: User) -> tuple[Any, ...]:
    # But when they signed in last: half signed in is Camille herself, at the door.
    fields = [f.name for f in User._meta.fields if f.name != "last_login"]
    return User.objects.values_list(*fields).get(pk=user.pk)


def test_camille_finds_everything_she_has_and_no_dead_end(story: Story, camilles: Walk) -> None:
    leo = story.world.grant("camille", "leo").alias
    for document in (story.own, story.from_benali, story.masked):
        for what in ("", "pages/1/", "telecharger/"):
            assert camilles.found[f"/documents/{document.pk}/{what}"] == 200
    assert camilles.found[f"/pour/{leo}/documents/{story.for_leo.pk}/"] == 200
    assert f"/documents/{story.deleted.pk}/reprendre/" in camilles.forms
    assert f"/documents/{story.refused.pk}/ecarter/" in camilles.forms
    dead = {address: status for address, status in camilles.found.items() if status not in (200, 302)}
    assert dead == {}


def test_benali_finds_what_she_may_and_no_dead_end(story: Story, benalis: Walk) -> None:
    alias = story.world.grant("benali", "camille").alias
    assert benalis.found[f"/pro/patients/{alias}/documents/{story.from_benali.pk}/supprimer/"] == 200
    assert benalis.found[f"/pro/patients/{alias}/documents/{story.own.pk}/telecharger/"] == 200
    hidden = [str(d.pk) for d in (story.masked, story.deleted, story.refused)]
    assert not [address for address in benalis.found if any(pk in address for pk in hidden)]
    assert f"/pro/patients/{alias}/documents/{story.own.pk}/supprimer/" not in benalis.found
    dead = {address: status for address, status in benalis.found.items() if status not in (200, 302)}
    assert dead == {}


@pytest.mark.parametrize("name", ["jeanne", "benali", "nguyen"])
def test_what_is_camilles_does_not_exist_for_others(story: Story, camilles: Walk, name: str) -> None:
    """404, of the length an unknown identifier has, without a word of hers."""
    alias = story.world.grant("camille", "leo").alias
    somebody = persona(story.world, name)
    foreign = camilles.foreign(alias)
    assert len(foreign) > 20
    for address in foreign:
        answer = somebody.ask("GET", address)
        unknown = somebody.ask("GET", IDENTIFIER.sub(str(uuid4()), address).replace(alias, "zzzzzz"))
        assert (address, answer.status_code, unknown.status_code) == (address, 404, 404)
        assert abs(len(answer.content) - len(unknown.content)) <= 8, address
        _shows_nothing(answer, address)


@pytest.mark.parametrize("name", ["jeanne", "nguyen"])
def test_what_is_benalis_patients_does_not_exist_for_others(story: Story, benalis: Walk, name: str) -> None:
    somebody = persona(story.world, name)
    inside = [address for address in benalis.found if address.startswith("/pro/patients/")]
    assert len(inside) > 10
    for address in inside:
        for method in ("GET", "HEAD", "POST"):
            answer = somebody.ask(method, address)
            # A page that is only read refuses the method first, the same for everybody.
            assert (address, method, answer.status_code) in {(address, method, 404), (address, "POST", 405)}
            _shows_nothing(answer, address)


@pytest.mark.parametrize("name", ["jeanne", "benali", "nguyen"])
def test_pages_everybody_has_hold_nothing_of_camilles(story: Story, camilles: Walk, name: str) -> None:
    somebody = persona(story.world, name)
    for address in sorted(set(camilles.found) - set(camilles.foreign(story.world.grant("camille", "leo").alias))):
        answer = somebody.ask("GET", address)
        assert answer.status_code in (200, 302, 403, 404), address
        _shows_nothing(answer, address)


@pytest.mark.parametrize(("name", "place"), [("anonymous", SIGN_IN), ("half_signed_in", PROTECT)])
def test_whoever_has_not_proved_who_they_are_is_led_to_do_so(
    story: Story, camilles: Walk, benalis: Walk, name: str, place: str
) -> None:
    setting_up = {reverse("add_protection"), reverse("mfa_activate_totp"), reverse("mfa_add_webauthn")}
    allowed = PUBLIC | ({*setting_up, reverse("account_reauthenticate")} if name == "half_signed_in" else set())
    for address in sorted({*camilles.found, *benalis.found}):
        if address.startswith(tuple(allowed)):
            continue
        # Each with a session of their own: the gate may end it.
        somebody = persona(story.world, name)
        answer = somebody.ask("GET", address)
        assert (address, outcome(answer)) == (address, place)
        _shows_nothing(answer, address)


@pytest.mark.parametrize("name", ["jeanne", "benali", "nguyen", "anonymous", "half_signed_in"])
def test_forms_sent_by_others_change_nothing(story: Story, camilles: Walk, benalis: Walk, name: str) -> None:
    """With a valid CSRF token of their own: it is the right that is missing, not the token."""
    leo = story.world.grant("camille", "leo").alias
    owned = {action: form for action, form in camilles.forms.items() if not action.startswith(EVERYBODYS)}
    forms = [form for action, form in owned.items() if IDENTIFIER.search(action) or leo in action]
    if name != "benali":
        forms += [form for action, form in benalis.forms.items() if action.startswith("/pro/patients/")]
    assert len(forms) > 8
    before, hers = rows(), account(story.world.user("camille"))
    for form in forms:
        answer = _send(persona(story.world, name, enforce_csrf=True), form)
        expected = {"anonymous": SIGN_IN, "half_signed_in": PROTECT}.get(name, "404")
        assert (form.action, outcome(answer)) == (form.action, expected)
        _shows_nothing(answer, form.action)
    assert rows() == before
    assert account(story.world.user("camille")) == hers


def test_camille_in_leos_space_cannot_reach_her_own_papers_there(story: Story, camilles: Walk) -> None:
    """The identifiers are right, the right is right, the space is the other one: still nothing."""
    leo = persona(story.world, "camille_for_leo")
    own = [address for address in camilles.foreign() if not address.startswith("/pour/")]
    # A professional's sheet stands in both spaces: it is the directory's, and what it decides is the space's own.
    sheets = (*EVERYBODYS, *(f"{leo.prefix}{path}" for path in EVERYBODYS))
    his = [a for a in camilles.foreign() if a.startswith(leo.prefix) and not a.startswith(sheets)]
    assert len(own) > 8
    assert len(his) > 2
    assert {leo.ask("GET", address).status_code for address in own} == {404}
    camille = persona(story.world, "camille")
    assert {camille.ask("GET", address.removeprefix(leo.prefix)).status_code for address in his} == {404}
    before = rows()
    for form in camilles.forms.values():
        if IDENTIFIER.search(form.action) and not form.action.startswith(sheets):
            swapped = form.action.removeprefix(leo.prefix) if leo.prefix in form.action else leo.prefix + form.action
            assert camille.ask("POST", swapped, dict(form.fields)).status_code == 404, swapped
    assert rows() == before


def test_a_caregiver_sees_and_is_refused(story: Story, camilles: Walk) -> None:
    """What exists for somebody but is not theirs to do: 403, and no button led there."""
    jeanne, alias = _as_caregiver(story)
    path = f"/pour/{alias}"
    theirs = walk(jeanne.client, f"{path}/")
    assert {s for a, s in theirs.found.items() if a.startswith(path)} == {200}
    assert theirs.found[f"{path}/documents/{story.masked.pk}/telecharger/"] == 200
    before = rows()
    refused = {
        "GET": ["/acces/journal/", "/documents/corbeille/", f"/documents/{story.own.pk}/supprimer/"],
        "POST": [f"/documents/{story.own.pk}/{act}/" for act in ("masquer", "demasquer", "supprimer")],
        "DELETE": [f"/api/v1/documents/{story.own.pk}/"],
    }
    refused["POST"] += [f"/api/v1/documents/{story.own.pk}/{act}/" for act in ("masquer", "demasquer")]
    for method, addresses in refused.items():
        for address in addresses:
            assert (method, address, jeanne.ask(method, path + address).status_code) == (method, address, 403)
            assert path + address not in theirs.found
            assert path + address not in theirs.forms
    assert jeanne.ask("POST", f"{path}/documents/{story.deleted.pk}/reprendre/").status_code == 404
    assert rows() == before


def test_a_trusted_person_sees_nothing_of_a_section_that_is_not_theirs(story: Story) -> None:
    jeanne, alias = _as_caregiver(story, Capacity.TRUSTED_PERSON)
    theirs = walk(jeanne.client, f"/pour/{alias}/")
    inside = {address: status for address, status in theirs.found.items() if address.startswith(f"/pour/{alias}/")}
    assert set(inside.values()) == {200}
    assert not [address for address in inside if "/documents/" in address or "/acces/" in address]
    for address in ("documents/", "documents/ajouter/", "acces/journal/", "api/v1/documents/"):
        assert jeanne.ask("GET", f"/pour/{alias}/{address}").status_code == 403
    assert jeanne.ask("GET", f"/pour/{alias}/documents/{story.own.pk}/").status_code == 404


def test_benali_is_refused_what_she_sees_but_did_not_write(story: Story) -> None:
    benali = persona(story.world, "benali")
    base = f"/pro/patients/{story.world.grant('benali', 'camille').alias}/documents"
    before = rows()
    for method in ("GET", "POST"):
        with transaction.atomic():
            assert benali.ask(method, f"{base}/{story.own.pk}/supprimer/").status_code == 403
            transaction.set_rollback(True)
    assert rows() == before


def test_a_masked_document_is_behind_no_side_door(story: Story) -> None:
    """A5: not by list, search, count, page, image, download, delete page, filter or portal of another name."""
    benali = persona(story.world, "benali")
    base = f"/pro/patients/{story.world.grant('benali', 'camille').alias}"
    pk = story.masked.pk
    page = Page(benali.ask("GET", benali.ask("POST", f"{base}/recherche/", {"q": "masqué"}).headers["Location"]))
    assert "masqué" not in page.text.replace("« masqué »", "")
    assert str(pk) not in page.body
    for address in (f"{pk}/", f"{pk}/pages/1/", f"{pk}/telecharger/", f"{pk}/supprimer/", f"{pk}/ecarter/"):
        for method in ("GET", "HEAD", "POST"):
            assert benali.ask(method, f"{base}/documents/{address}").status_code in (404, 405)
    for title in (story.own.title, story.masked.title):
        shown = Page(benali.ask("GET", f"{base}/")).text
        assert (title in shown) is (title == story.own.title)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_another_site_cannot_fetch_a_document(story: Story, method: str) -> None:
    """A22: even with the person's cookies."""
    camille = persona(story.world, "camille")
    for what in ("telecharger/", "pages/1/"):
        address = f"/documents/{story.own.pk}/{what}"
        for site, status in (("cross-site", 403), ("same-origin", 200), ("none", 200)):
            answer = camille.ask(method, address, headers={"Sec-Fetch-Site": site})
            assert (what, site, answer.status_code) == (what, site, status)


def test_a_form_without_its_token_changes_nothing(story: Story, camilles: Walk) -> None:
    camille = persona(story.world, "camille", enforce_csrf=True)
    before = rows()
    for form in camilles.forms.values():
        fields = {name: value for name, value in form.fields.items() if name != "csrfmiddlewaretoken"}
        assert (form.action, camille.ask("POST", form.action, fields).status_code) == (form.action, 403)
    assert rows() == before


def _as_caregiver(story: Story, capacity: Capacity = Capacity.CAREGIVER) -> tuple[Persona, str]:
    """Jeanne, whom Camille asked to help."""
    grant = Grant(
        record=story.world.cast.records["camille"],
        grantee=story.world.user("jeanne"),
        capacity=capacity,
        origin=Grant.Origin.INVITATION,
        starts_at=now(),
    )
    grant.save()
    return Persona("jeanne", sign_in(Client(), story.world.user("jeanne"))), grant.alias


def _send(somebody: Persona, form: Form) -> Any:
    """Sends `form` as it stood on Camille's page, with a token of one's own."""
    somebody.client.get("/connexion/" if somebody.name == "anonymous" else "/reglages/affichage/")
    somebody.client.get(reverse("add_protection"))
    token = somebody.client.cookies["csrftoken"].value
    return somebody.ask("POST", form.action, {**form.fields, "csrfmiddlewaretoken": token})


def _shows_nothing(answer: Any, address: str) -> None:
    """No word of Camille's in the body, wherever it came from."""
    body = (getattr(answer, "taken", None) or answer.content).decode(errors="replace")
    assert CANARY not in body, address
    assert not body.startswith("%PDF"), address
