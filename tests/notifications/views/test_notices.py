"""People see what they were told, in the space they stand in, and say that they have read it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.core.clock import now
from apps.notifications import selectors, services
from apps.notifications.registry import NoticeKind
from tests.support.cast import World, sign_in

from ..conftest import ARRIVED, VISITED


def told(world: World, key: str, record: str, kind: NoticeKind = VISITED, who: str = "Dre Nadia Benali") -> str:
    """`key` is told about somebody's record; the path the notice leads to."""
    path = f"/documents/{key}-{record}-{kind.code}/"
    with transaction.atomic():
        services.notify(
            kind=kind,
            to=[world.user(key).pk],
            event=None,
            record_id=world.cast.records[record].pk,
            path=path,
            at=now(),
            facts={"who": who},
        )
    return path


def test_the_list_tells_what_is_new_and_where_it_leads(world: World, as_camille: Client) -> None:
    path = told(world, "camille", "camille")
    page = as_camille.get(reverse("notifications:list"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Dre Nadia Benali a consulté votre dossier d’oncologie" in text
    assert f'href="{path}"' in text
    assert "Nouveau" in text
    assert "no-store" in page["Cache-Control"]
    assert "<title>Vos avis – Calepin</title>" in text


def test_a_name_is_never_markup(world: World, as_camille: Client) -> None:
    told(world, "camille", "camille", who="<script>alert(1)</script>")
    assert b"<script>alert" not in as_camille.get(reverse("notifications:list")).content


def test_another_persons_notices_are_not_there(world: World, as_jeanne: Client) -> None:
    told(world, "camille", "camille")
    text = as_jeanne.get(reverse("notifications:list")).content.decode()
    assert "Benali" not in text
    assert "Vous n’avez aucun avis." in text


def test_leos_notices_are_in_his_space_only(world: World, as_camille: Client) -> None:
    told(world, "camille", "leo", ARRIVED)
    assert "Nouvelle ordonnance" not in as_camille.get("/avis/").content.decode()
    alias = world.grant("camille", "leo").alias
    assert "Nouvelle ordonnance" in as_camille.get(f"/pour/{alias}/avis/").content.decode()


def test_all_is_read_in_one_tap_in_this_space_only(world: World, as_camille: Client) -> None:
    told(world, "camille", "camille")
    told(world, "camille", "leo")
    answer = as_camille.post(reverse("notifications:mark_all_read"))
    assert answer["Location"] == "/avis/"
    user_id = world.user("camille").pk
    mine, his = (world.cast.records[key].pk for key in ("camille", "leo"))
    assert selectors.unread(user_id=user_id, record_id=mine, limit=9) == []
    assert len(selectors.unread(user_id=user_id, record_id=his, limit=9)) == 1


def test_a_tap_on_a_link_marks_nothing(world: World, as_camille: Client) -> None:
    assert as_camille.get(reverse("notifications:mark_all_read")).status_code == 405


def test_a_forged_form_is_refused(world: World) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), world.user("camille"))
    assert client.post(reverse("notifications:mark_all_read")).status_code == 403


@pytest.mark.parametrize("name", ["list", "mark_all_read", "preferences", "push_subscription"])
def test_strangers_are_asked_to_sign_in(db: None, client: Client, name: str) -> None:
    answer = client.post(reverse(f"notifications:{name}"))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login"))


def test_the_easy_page_says_the_same_with_buttons(world: World, as_camille: Client) -> None:
    world.user("camille").__class__.objects.filter(identifier=world.user("camille").identifier).update(reading="easy")
    told(world, "camille", "camille")
    text = as_camille.get(reverse("notifications:list")).content.decode()
    assert 'data-reading="easy"' in text
    assert "Voir la consultation" in text
    assert "J’ai tout lu" in text
