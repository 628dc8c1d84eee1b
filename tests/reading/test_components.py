"""Components in both ways of reading: what they say, what they do not let in, and what axe thinks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import TemplateDoesNotExist, engines
from django.test import Client, RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from apps.accounts.models import User
from apps.core.presentation import Item, State
from apps.reading.components import component_template
from apps.reading.modes import Mode
from tests.support.cast import World, sign_in

from .gallery import EVENTS, ITEMS, TASK

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: Contrast at 7:1 and the rest of AAA that a program can see.
STRICT = {"runOnly": ["color-contrast-enhanced"], "rules": {"color-contrast-enhanced": {"enabled": True}}}


def draw(template: str, **values: object) -> str:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return engines["django"].from_string(template).render(values, request)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


class TestInWords:
    def test_a_row(self) -> None:
        row = draw('{% ui "item" item=item %}', item=ITEMS[0])
        assert words(row) == "Prise de sang Laboratoire · 10 nov. Nouveau"
        assert row.count("<a ") == 1
        assert "#p-test-tubes" in row

    def test_the_same_thing_easily(self) -> None:
        with translation.override("fr-simple"):
            card = draw('{% ui "item" item=item %}', item=ITEMS[0])
        assert words(card) == "Prise de sang Nouveau Laboratoire 10 nov. Lire"
        assert 'aria-label="Lire : Prise de sang"' in card
        assert card.count("<a ") == 1
        assert "·" not in card

    def test_a_card_that_is_not_new_has_the_quieter_button(self) -> None:
        with translation.override("fr-simple"):
            assert "button--secondary" in draw('{% ui "item" item=item %}', item=ITEMS[1])
            assert "button--secondary" not in draw('{% ui "item" item=item %}', item=ITEMS[0])

    def test_a_task_and_an_event(self) -> None:
        assert words(draw('{% ui "task" task=task %}', task=TASK)) == "Un document de Dre Benali Médecin · ce matin"
        with translation.override("fr-simple"):
            assert words(draw('{% ui "task" task=task %}', task=TASK)).endswith("Lire le document")
        urgent = draw('{% ui "event" event=event %}', event=EVENTS[1])
        assert "data-urgent" in urgent
        assert "Urgence" in urgent
        assert 'datetime="2026-11-02' in urgent

    def test_only_the_easy_page_offers_to_be_heard(self) -> None:
        assert "Écouter la page" not in draw('{% ui "page_head" title="Documents" %}')
        with translation.override("fr-simple"):
            assert "Écouter la page" in draw('{% ui "page_head" title="Documents" %}')

    def test_what_people_type_is_text(self) -> None:
        item = Item(
            "<script>alert(1)</script>", '/"onclick="x', "lab", "home", ("<b>",), (State("<i>"),), "Lire", '"><i>'
        )
        for language in ("fr", "fr-simple"):
            with translation.override(language):
                html = draw('{% ui "item" item=item %}', item=item)
            assert "<script>" not in html
            assert "<b>" not in html
            assert "<i>" not in html
            assert 'onclick="x' not in html

    def test_a_component_knows_only_what_it_is_given(self) -> None:
        """A page's own `url` must not become the link of a message without one."""
        html = draw('{% ui "empty" text="Rien" pictogram="home" %}', url="/piege/", action="Piège")
        assert "piege" not in html
        assert "Piège" not in html

    def test_a_component_that_does_not_exist_is_a_mistake_one_sees(self) -> None:
        with pytest.raises(TemplateDoesNotExist):
            component_template("licorne", Mode.EASY)

    def test_every_easy_shape_has_a_standard_one(self) -> None:
        folder = settings.CALEPIN_BASE_DIR / "templates" / "ui"
        easy = {path.name for path in (folder / "easy").glob("*.html")}
        assert easy
        assert easy <= {path.name for path in folder.glob("*.html")}


@pytest.fixture
def somebody(world: World) -> User:
    return world.user("camille")


@pytest.fixture
def phone(browser: Browser, live_server: object, somebody: User, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Camille's phone, signed in, in the mode and colours of the test."""
    mode, scheme = request.param
    User.objects.filter(pk=somebody.pk).update(reading=mode)
    cookie = sign_in(Client(), somebody).cookies["sessionid"].value
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme, locale="fr-FR")
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": str(live_server)}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


EVERY_LOOK = pytest.mark.parametrize(
    "phone",
    [(mode, scheme) for mode in ("standard", "easy") for scheme in ("light", "dark")],
    indirect=True,
    ids=lambda look: "-".join(look),
)


def violations(page: Page) -> list[str]:
    return [
        f"{found['id']}: {[node['target'] for node in found['nodes']]}"
        for options in (RULES, STRICT)
        for found in Axe().run(page, options=options).response["violations"]
    ]


@pytest.mark.urls("tests.reading.urls")
@pytest.mark.django_db(transaction=True)
class TestInChromium:
    @EVERY_LOOK
    @pytest.mark.parametrize("path", ["/essai/composants/", "/essai/formulaire/"])
    def test_axe_finds_nothing(self, phone: Page, live_server: object, path: str) -> None:
        refused: list[str] = []
        phone.on("console", lambda message: refused.append(message.text) if "Refused" in message.text else None)
        phone.goto(f"{live_server}{path}")
        assert violations(phone) == []
        assert refused == []

    @EVERY_LOOK
    def test_a_form_with_errors(self, phone: Page, live_server: object) -> None:
        phone.goto(f"{live_server}/essai/formulaire/")
        with phone.expect_navigation():
            phone.evaluate("""() => {
                const form = document.querySelector('main form');
                const token = document.querySelector('[name=csrfmiddlewaretoken]').cloneNode();
                form.append(token);
                form.submit();
            }""")
        summary = phone.locator(".error-summary")
        expect(summary).to_be_focused()
        phone.get_by_role("link", name="Écrivez la date.").click()
        assert phone.evaluate("document.activeElement.id") == "id_born_0"
        assert violations(phone) == []

    @pytest.mark.parametrize("phone", [("standard", "light"), ("easy", "light")], indirect=True)
    @pytest.mark.parametrize("width", [320, 360, 390, 1280])
    def test_nothing_sticks_out_and_targets_are_wide(self, phone: Page, live_server: object, width: int) -> None:
        phone.set_viewport_size({"width": width, "height": 844})
        phone.goto(f"{live_server}/essai/composants/")
        assert phone.evaluate("document.documentElement.scrollWidth") <= width
        small = phone.evaluate("""() => [...document.querySelectorAll('a, button, summary')]
            .filter((element) => element.checkVisibility() && !element.closest('p, .timeline, .skip-link'))
            .filter((element) => !element.matches('.skip-link, .row__title, .easy-toggle'))
            .map((element) => [element.textContent.trim(), element.getBoundingClientRect().height])
            .filter(([, height]) => height > 0 && height < 47.5)""")
        assert small == []

    @pytest.mark.parametrize("phone", [("standard", "light"), ("easy", "light")], indirect=True)
    def test_links_of_rows_are_targets_and_words_are_large(self, phone: Page, live_server: object) -> None:
        phone.goto(f"{live_server}/essai/composants/")
        low = phone.evaluate("""() => [...document.querySelectorAll('a.row__title, a.timeline__link')]
            .map((link) => [link.textContent.trim(), link.getBoundingClientRect().height])
            .filter(([, height]) => height < 44)""")
        assert low == []
        tiny = phone.evaluate("""() => [...document.querySelectorAll('main *, footer *')]
            .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
            .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 16)
            .map((element) => element.textContent.trim())""")
        assert tiny == []

    @pytest.mark.parametrize("phone", [("standard", "light")], indirect=True)
    def test_a_row_shows_that_it_has_the_focus(self, phone: Page, live_server: object) -> None:
        phone.goto(f"{live_server}/essai/composants/")
        row = phone.locator(".list a.row__title").first
        while not row.evaluate("link => link === document.activeElement"):
            phone.keyboard.press("Tab")
        assert row.evaluate("link => getComputedStyle(link).textDecorationLine") == "underline"
        assert row.evaluate("link => getComputedStyle(link, '::after').outlineStyle") == "solid"

    @pytest.mark.parametrize("phone", [("standard", "light")], indirect=True)
    def test_rings_of_focus_are_whole(self, phone: Page, live_server: object) -> None:
        """A box that scrolls cuts off what its padding does not hold: three pixels of ring, three of space."""
        phone.goto(f"{live_server}/essai/composants/")
        room = phone.evaluate("""() => [...document.querySelectorAll('.filters')]
            .map((list) => parseFloat(getComputedStyle(list).paddingTop))""")
        assert room
        assert all(pixels >= 6 for pixels in room)

    @pytest.mark.parametrize("phone", [("standard", "light")], indirect=True)
    def test_the_first_tab_stop_leads_to_the_content(self, phone: Page, live_server: object) -> None:
        phone.goto(f"{live_server}/essai/composants/")
        phone.keyboard.press("Tab")
        assert phone.evaluate("document.activeElement.textContent") == "Aller au contenu"
        box = phone.locator(".skip-link").bounding_box()
        assert box is not None
        assert box["y"] >= 0
        phone.keyboard.press("Enter")
        assert phone.evaluate("document.activeElement.id") == "content"

    @pytest.mark.parametrize("phone", [("standard", "light")], indirect=True)
    def test_one_tap_makes_the_page_easy_and_comes_back(self, phone: Page, live_server: object) -> None:
        phone.goto(f"{live_server}/essai/composants/")
        phone.get_by_role("button", name="Facile à lire").click()
        phone.wait_for_selector("html[data-reading=easy]")
        assert phone.url == f"{live_server}/essai/composants/"
        pressed = phone.get_by_role("button", name="Facile à lire").get_attribute("aria-pressed")
        assert pressed == "true"
        assert phone.locator(".easy-card").count() == len(ITEMS) + 1

    @pytest.mark.parametrize("phone", [("standard", "light")], indirect=True)
    def test_symbols_and_fonts_really_show(self, phone: Page, live_server: object) -> None:
        phone.goto(f"{live_server}/essai/composants/", wait_until="networkidle")
        assert phone.evaluate("document.fonts.check('17px \"Atkinson Hyperlegible Next\"', 'é')")
        loaded = phone.evaluate("[...document.fonts].filter((font) => font.status === 'loaded').length")
        assert loaded == 2, "the French file and the digits, not the file of other languages"
        drawn = phone.evaluate("document.querySelector('.tile use').getBBox().width")
        assert drawn > 0
