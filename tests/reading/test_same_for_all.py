"""What every page repeats is drawn once, and never for somebody."""

from __future__ import annotations

from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from apps.accounts.models import User
from apps.reading.modes import Mode


def test_nothing_of_a_person_is_kept() -> None:
    request = RequestFactory().get("/")
    request.user = User(given_name="Zéphyrine")
    drawn = engines["django"].from_string(
        "{{ user.given_name }}|{% sameforall %}{{ user.given_name }}{{ word }}{{ request.path }}{% endsameforall %}"
    )
    assert drawn.render({"word": "canari"}, request) == "Zéphyrine|"


def test_each_way_of_reading_has_its_own() -> None:
    drawn = engines["django"].from_string("{% sameforall %}{% reading_mode %}{% endsameforall %}")
    for mode in (*Mode, *Mode):
        with translation.override(mode.language):
            assert drawn.render() == mode.value


def test_what_it_holds_is_drawn_once() -> None:
    drawn = engines["django"].from_string("{% sameforall %}{% lorem 9 w random %}{% endsameforall %}")
    assert drawn.render() == drawn.render()


def test_addresses_stay_outside_every_space() -> None:
    drawn = engines["django"].from_string("{% sameforall %}{% root_url 'pwa:emergency' %}{% endsameforall %}")
    inside = RequestFactory().get("/", SCRIPT_NAME="/sante")
    assert drawn.render({}, RequestFactory().get("/")) == "/urgence/"
    assert drawn.render({}, inside) == "/sante/urgence/"
