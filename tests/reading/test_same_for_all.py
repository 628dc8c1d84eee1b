"""What every page repeats is drawn once, and never for somebody."""

from __future__ import annotations

from django.template import engines
from django.test import RequestFactory
from django.urls import set_script_prefix
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


def test_it_knows_yes_or_no_to_what_it_asks_and_nothing_more() -> None:
    drawn = engines["django"].from_string(
        "{% sameforall has_name=user.given_name is_new=absent %}{{ has_name }}{{ is_new }}{{ user }}{% endsameforall %}"
    )
    for name, answer in (("Zéphyrine", "TrueFalse"), ("", "FalseFalse"), ("Camille", "TrueFalse")):
        assert drawn.render({"user": User(given_name=name)}) == answer


def test_what_asks_keeps_no_address_of_somebody_elses_space() -> None:
    drawn = engines["django"].from_string("{% sameforall a=1 %}{% url 'documents:list' %}{% endsameforall %}")
    request = RequestFactory().get("/")
    for prefix in ("/", "/pour/abcdef/", "/pour/ghjkmn/", "/"):
        set_script_prefix(prefix)
        assert drawn.render({}, request) == f"{prefix}documents/"


def test_addresses_stay_outside_every_space() -> None:
    drawn = engines["django"].from_string("{% sameforall %}{% root_url 'pwa:emergency' %}{% endsameforall %}")
    inside = RequestFactory().get("/", SCRIPT_NAME="/sante")
    assert drawn.render({}, RequestFactory().get("/")) == "/urgence/"
    assert drawn.render({}, inside) == "/sante/urgence/"
