"""Passkeys, with a real browser and the authenticator that Chromium imitates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import CDPSession, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User

from .signing_in import PASSWORD, code

pytestmark = pytest.mark.django_db(transaction=True)

BUTTON = "Utiliser mon empreinte, mon visage ou mon code"


@pytest.fixture
def console(page: Page) -> list[str]:
    """What the browser complained about: a refused script or style would be here."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture
def phone(page: Page) -> Iterator[CDPSession]:
    """A phone that holds passkeys and recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield session
    session.detach()


def address(live_server: LiveServer, path: str) -> str:
    """Passkeys need a name, not a number: `localhost` is the one that browsers trust without a certificate."""
    return live_server.url.replace("127.0.0.1", "localhost") + path


def sign_in_with_password(page: Page, live_server: LiveServer, identifier: str) -> None:
    page.goto(address(live_server, "/connexion/"))
    page.get_by_label("Identifiant").fill(identifier)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continuer avec le mot de passe").click()


def leave(page: Page, live_server: LiveServer, *, by_button: bool = False) -> None:
    """Signs out. `by_button`: from then on, the identifier field offers nothing by itself."""
    if by_button:
        page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    page.goto(address(live_server, "/reglages/"))
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/connexion/?sortie=oui" if by_button else address(live_server, "/"))


def test_jeanne_protects_her_account_then_signs_in_with_two_taps(
    page: Page, live_server: LiveServer, phone: CDPSession, console: list[str], jeanne: User
) -> None:
    sign_in_with_password(page, live_server, "jeanne.leroux")
    expect(page.get_by_role("heading", name="Ajoutez une deuxième protection")).to_be_visible()
    page.get_by_role("link", name="Créer une clé d’accès").click()
    page.get_by_role("button", name="Créer la clé d’accès").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    before = User.objects.get(pk=jeanne.pk).last_login
    key = Authenticator.objects.get(user=jeanne, type="webauthn")
    assert key.wrap().is_passwordless

    # The identifier field offers the passkey by itself, and the imitated finger is already on the sensor.
    leave(page, live_server)
    assert User.objects.get(pk=jeanne.pk).last_login != before
    leave(page, live_server, by_button=True)
    expect(page.get_by_text("Vous avez quitté Calepin.")).to_be_visible()
    # Two taps: this button, then the finger on the sensor.
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(address(live_server, "/"))
    page.goto(address(live_server, "/reglages/connexion/"))
    expect(page.get_by_role("heading", name="Clés d’accès")).to_be_visible()
    assert console == []


def test_camille_gives_her_passkey_as_second_factor(
    page: Page, live_server: LiveServer, phone: CDPSession, console: list[str], camille: User
) -> None:
    sign_in_with_password(page, live_server, "camille.martin")
    page.get_by_label("Code", exact=True).fill(code())
    page.get_by_role("button", name="Continuer avec le code").click()
    page.wait_for_url(address(live_server, "/"))
    page.goto(address(live_server, "/reglages/connexion/cles/ajouter/"))
    page.get_by_label("Nom de cette clé").fill("Mon téléphone")
    page.get_by_role("button", name="Créer la clé d’accès").click()
    expect(page.get_by_role("heading", name="Connexion et sécurité")).to_be_visible()
    expect(page.get_by_text("Mon téléphone", exact=True)).to_be_visible()

    page.context.clear_cookies()
    cache.clear()
    # A phone that asks nothing by itself, so that the password comes first.
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    sign_in_with_password(page, live_server, "camille.martin")
    expect(page.get_by_role("heading", name="Deuxième étape")).to_be_visible()
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(address(live_server, "/"))
    assert console == []


def test_a_phone_without_the_passkey_says_so_and_the_password_stays_possible(
    page: Page, live_server: LiveServer, phone: CDPSession, camille: User
) -> None:
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    page.goto(address(live_server, "/connexion/"))
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("La clé d’accès n’a pas servi.")).to_be_visible()
    expect(page.get_by_label("Identifiant")).to_be_visible()


def test_a_shared_device_is_said_to_be_shared_with_a_passkey_too(
    page: Page, live_server: LiveServer, phone: CDPSession, jeanne: User
) -> None:
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    sign_in_with_password(page, live_server, "jeanne.leroux")
    page.goto(address(live_server, "/reglages/connexion/cles/ajouter/"))
    page.get_by_role("button", name="Créer la clé d’accès").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    page.context.clear_cookies()
    page.goto(address(live_server, "/connexion/"))
    page.get_by_label("D’autres personnes utilisent cet appareil").check()
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(address(live_server, "/"))
    assert [session.get_decoded()["accounts.shared"] for session in Session.objects.all()][-1] is True


def test_jeanne_uses_an_application_of_codes_without_script(
    live_server: LiveServer, browser: object, jeanne: User
) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    sign_in_with_password(page, live_server, "jeanne.leroux")
    page.get_by_role("link", name="Utiliser une application de codes").click()
    expect(page.get_by_role("img", name="Code à scanner avec l’application de codes")).to_be_visible()
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(code(secret=secret))
    page.get_by_role("button", name="Ajouter cette protection").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    context.close()


def test_a_password_can_be_shown(page: Page, live_server: LiveServer, db: None) -> None:
    page.goto(address(live_server, "/connexion/"))
    field = page.locator("#id_password")
    field.fill("secret")
    page.get_by_role("button", name="Afficher le mot de passe").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Cacher le mot de passe").click()
    expect(field).to_have_attribute("type", "password")
