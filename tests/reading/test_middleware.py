"""Who decides how a page reads: the link, then the account, then the device."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from tests.support.cast import World, sign_in

pytestmark = [pytest.mark.urls("tests.reading.urls"), pytest.mark.django_db]


def read(client: Client, path: str = "/essai/public/") -> str:
    return client.get(path).content.decode()


def test_a_stranger_reads_the_standard_pages(client: Client) -> None:
    assert read(client) == "standard"


def test_a_leaflet_opens_an_easy_page_and_changes_nothing_else(client: Client) -> None:
    assert read(client, "/essai/public/?registre=falc") == "easy"
    assert not client.cookies
    assert read(client) == "standard"


def test_a_device_remembers(client: Client) -> None:
    client.cookies["lecture"] = "easy"
    assert read(client) == "easy"
    assert read(client, "/essai/public/?registre=courant") == "standard"


@pytest.mark.parametrize("value", ["falc", "EASY", "", "easy;x", "'"])
def test_a_cookie_that_means_nothing_is_ignored(client: Client, value: str) -> None:
    client.cookies["lecture"] = value
    assert read(client) == "standard"


def test_an_account_counts_more_than_the_device(as_camille: Client, world: World) -> None:
    as_camille.cookies["lecture"] = "easy"
    assert read(as_camille, "/essai/prive/").startswith("standard ")
    User.objects.filter(pk=world.user("camille").pk).update(reading="easy")
    assert read(as_camille, "/essai/prive/").startswith("easy ")
    assert read(as_camille, "/essai/prive/?registre=courant").startswith("standard ")


def test_a_new_device_learns_from_the_account(world: World) -> None:
    """Jeanne signs in on her daughter's tablet: public pages are easy there too, from then on."""
    User.objects.filter(pk=world.user("jeanne").pk).update(reading="easy")
    tablet = sign_in(Client(), world.user("jeanne"))
    read(tablet, "/essai/prive/")
    assert tablet.cookies["lecture"].value == "easy"
    assert tablet.cookies["lecture"]["httponly"]
    assert read(tablet, "/essai/public/") == "easy"


def test_hours_are_those_of_the_person(as_camille: Client, world: World) -> None:
    User.objects.filter(pk=world.user("camille").pk).update(time_zone="Indian/Reunion")
    assert read(as_camille, "/essai/prive/") == "standard Indian/Reunion"
    assert read(Client(), "/essai/public/") == "standard"


def test_strangers_cost_no_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        read(client)
        read(client, "/essai/public/?registre=falc")


def test_caches_know_that_the_page_depends_on_the_cookie(client: Client) -> None:
    answer = client.get("/essai/public/")
    assert "Cookie" in answer["Vary"]
    assert answer["Content-Language"] == "fr"
