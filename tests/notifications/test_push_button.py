"""The button "Activer les notifications" in a real browser, under the real content security policy."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.notifications.models import PushSubscription
from tests.support.cast import World, sign_in
from tests.support.push_service import PushService

#: Stands for the browser's own push service, which needs the internet: everything else is the browser's.
FAKE_SERVICE = """
(made) => {
  let current = null;
  PushManager.prototype.getSubscription = async () => current;
  PushManager.prototype.subscribe = async (options) => {
    window.asked = options;
    current = {
      options: { applicationServerKey: options.applicationServerKey.buffer },
      toJSON: () => made,
      unsubscribe: async () => { current = null; return true; },
    };
    return current;
  };
}
"""


@pytest.fixture
def problems(page: Page) -> list[str]:
    """What the console complains of, the security policy included."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def signed_in(page: Page, world: World, live_server: LiveServer) -> Page:
    """Camille, signed in on her phone."""
    client = sign_in(Client(), world.user("camille"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return page


def open_preferences(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/reglages/notifications/")


def test_a_tap_subscribes_this_browser_and_another_ends_it(
    signed_in: Page, live_server: LiveServer, push_service: PushService, problems: list[str]
) -> None:
    browser = push_service.browser("chromium")
    made = {
        "endpoint": browser.keys["endpoint"],
        "keys": {"p256dh": browser.keys["p256dh"], "auth": browser.keys["auth"]},
    }
    signed_in.context.grant_permissions(["notifications"], origin=live_server.url)
    signed_in.add_init_script(f"({FAKE_SERVICE})({json.dumps(made)})")
    open_preferences(signed_in, live_server)

    turn_on = signed_in.get_by_role("button", name="Activer les notifications")
    expect(turn_on).to_be_visible()
    assert signed_in.evaluate("window.asked") is None, "the browser was asked before the person"
    turn_on.click()
    expect(signed_in.get_by_role("status").filter(has_text="Cet appareil vous prévient")).to_be_attached()
    assert PushSubscription.objects.get().endpoint == browser.keys["endpoint"]
    assert signed_in.evaluate("window.asked.userVisibleOnly") is True

    signed_in.get_by_role("button", name="Arrêter sur cet appareil").click()
    expect(turn_on).to_be_visible()
    assert not PushSubscription.objects.exists()
    assert problems == []


def test_a_push_service_out_of_reach_is_said_in_words(signed_in: Page, live_server: LiveServer) -> None:
    """Chromium's own service needs the internet, which tests do not have."""
    signed_in.context.grant_permissions(["notifications"], origin=live_server.url)
    open_preferences(signed_in, live_server)
    signed_in.get_by_role("button", name="Activer les notifications").click()
    expect(signed_in.get_by_text("L’activation n’a pas marché.").first).to_be_visible()
    expect(signed_in.get_by_role("button", name="Réessayer")).to_be_focused()
    assert not PushSubscription.objects.exists()


def test_without_script_the_switches_still_work(
    signed_in: Page, live_server: LiveServer, browser_context_args: dict[str, object]
) -> None:
    browser = signed_in.context.browser
    assert browser is not None
    plain = browser.new_context(**browser_context_args, java_script_enabled=False)  # type: ignore[arg-type]
    plain.add_cookies(signed_in.context.cookies())  # type: ignore[arg-type]
    page = plain.new_page()
    open_preferences(page, live_server)
    expect(page.get_by_role("button", name="Activer les notifications")).to_be_hidden()
    page.get_by_label("Par e-mail").first.uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Vos choix sont enregistrés.")).to_be_visible()
    expect(page.get_by_label("Par e-mail").first).not_to_be_checked()
    plain.close()
