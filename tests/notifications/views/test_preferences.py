"""People choose how they are told, without a script; a browser subscribes with one."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.notifications import preferences, services
from apps.notifications.channels import webpush
from apps.notifications.models import PushSubscription
from apps.notifications.registry import Category
from tests.support.cast import World, sign_in
from tests.support.push_service import Browser, PushService

URL = "/reglages/notifications/"
BROWSER_URL = "/reglages/notifications/appareil/"


def as_json(browser: Browser) -> dict[str, object]:
    """What `PushSubscription.toJSON()` gives."""
    keys = {"p256dh": browser.keys["p256dh"], "auth": browser.keys["auth"]}
    return {"endpoint": browser.keys["endpoint"], "expirationTime": None, "keys": keys}


def send(client: Client, method: str, body: object) -> HttpResponse:
    content = body if isinstance(body, str) else json.dumps(body)
    return client.generic(method, BROWSER_URL, content, content_type="application/json")


def test_the_page_shows_the_choices_in_force(as_camille: Client) -> None:
    text = as_camille.get(URL).content.decode()
    assert 'name="access_email" id="id_access_email" checked' in text.replace('class="input" ', "")
    assert 'name="documents_email" id="id_documents_email">' in text
    assert f'data-key="{webpush.public_key()}"' in text


def test_choices_are_kept(world: World, as_camille: Client) -> None:
    answer = as_camille.post(URL, {"documents_email": "on", "access_push": "on"}, follow=True)
    assert "Vos choix sont enregistrés." in answer.content.decode()
    assert preferences.choices_by_category(world.user("camille").pk) == {
        Category.ACCESS: preferences.Choice(email=False, push=True),
        Category.DOCUMENTS: preferences.Choice(email=True, push=False),
        Category.ACCOUNT: preferences.Choice(email=False, push=False),
    }
    assert "checked" in as_camille.get(URL).content.decode()


def test_one_persons_choices_are_not_anothers(world: World, as_camille: Client) -> None:
    as_camille.post(URL, {})
    assert preferences.choices_by_category(world.user("jeanne").pk)[Category.ACCESS].email


def test_somebody_without_address_is_told_so(world: World, as_camille: Client) -> None:
    assert "Vous n’avez pas d’adresse e-mail" not in as_camille.get(URL).content.decode()
    User.objects.filter(pk=world.user("camille").pk).update(email="")
    assert "Vous n’avez pas d’adresse e-mail" in as_camille.get(URL).content.decode()


def test_a_browser_subscribes_and_leaves(world: World, as_camille: Client, push_service: PushService) -> None:
    browser = push_service.browser("telephone")
    assert send(as_camille, "POST", as_json(browser)).status_code == 201
    assert PushSubscription.objects.get().user_id == world.user("camille").pk
    assert send(as_camille, "POST", as_json(browser)).status_code == 201
    assert PushSubscription.objects.count() == 1
    assert send(as_camille, "DELETE", as_json(browser)).status_code == 204
    assert PushSubscription.objects.count() == 0


NOT_SUBSCRIPTIONS: Mapping[str, object] = {
    "not json": "…",
    "a list": [],
    "a number": 3,
    "no keys": {"endpoint": "https://fcm.googleapis.com/x"},
    "keys as text": {"endpoint": "https://fcm.googleapis.com/x", "keys": "x"},
    "elsewhere": {"endpoint": "https://127.0.0.1/x", "keys": {"p256dh": "x", "auth": "x"}},
    "long": {"endpoint": "https://fcm.googleapis.com/" + "x" * 2000, "keys": {"p256dh": "x", "auth": "x"}},
    "types": {"endpoint": {"a": 1}, "keys": {"p256dh": [1], "auth": 2}},
    "nothing a database keeps": {"endpoint": "\0", "keys": {"p256dh": "x", "auth": "x"}},
    "half a character": {"endpoint": "\ud800", "keys": {"p256dh": "x", "auth": "x"}},
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("body", NOT_SUBSCRIPTIONS.values(), ids=NOT_SUBSCRIPTIONS.keys())
def test_what_is_not_a_subscription_is_refused_in_words(as_camille: Client, body: object) -> None:
    answer = send(as_camille, "POST", body)
    assert answer.status_code == 422
    assert answer.json() == {"error": "Ce navigateur ne peut pas recevoir de notifications."}
    assert not PushSubscription.objects.exists()
    assert send(as_camille, "DELETE", body).status_code == 204


def test_subscribing_needs_the_forms_token(world: World, push_service: PushService) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), world.user("camille"))
    assert send(client, "POST", as_json(push_service.browser("x"))).status_code == 403
    assert client.get(BROWSER_URL).status_code == 405


def test_signing_out_on_a_browser_ends_its_pushes(as_camille: Client, push_service: PushService) -> None:
    send(as_camille, "POST", as_json(push_service.browser("telephone")))
    as_camille.get(URL)
    assert PushSubscription.objects.exists()
    as_camille.post(reverse("account_logout"))
    assert not PushSubscription.objects.exists()


def test_the_browsers_mark_cannot_be_read_by_scripts(as_camille: Client, push_service: PushService) -> None:
    cookie = send(as_camille, "POST", as_json(push_service.browser("telephone"))).cookies["appareil"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie.value == str(PushSubscription.objects.get().pk)


def test_somebody_else_signing_in_on_the_browser_ends_the_firsts_pushes(
    world: World, as_camille: Client, push_service: PushService
) -> None:
    send(as_camille, "POST", as_json(push_service.browser("telephone")))
    sign_in(as_camille, world.user("jeanne"))
    answer = as_camille.get(URL)
    assert not PushSubscription.objects.exists()
    assert answer.cookies["appareil"].value == ""


def test_a_made_up_mark_harms_nobody(world: World, as_camille: Client, push_service: PushService) -> None:
    browser = push_service.browser("telephone")
    services.subscribe(user=world.user("camille"), **browser.keys, at=world.at)
    as_camille.cookies["appareil"] = "../../etc/passwd"
    assert as_camille.get(URL).status_code == 200
    assert PushSubscription.objects.exists()
