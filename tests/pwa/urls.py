"""The site, with a few pages that tests need: personal ones, slow ones, and one a worker must refuse."""

from __future__ import annotations

import time

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path
from django.views.decorators.cache import cache_control

from project.urls import urlpatterns as site

#: Words that exist nowhere else: where they are found, something about the person was kept.
CANARY = "ZephyrineCanari4711"
KEPT_CANARY = "CanariQueLeNavigateurGarde"

_PERSONAL = """{% extends "base.html" %}
{% block title %}Document{% endblock %}
{% block content %}
<h1>Document</h1>
<p>{{ canary }}</p>
<img src="/essai/image/" alt="">
<form method="post" action="/essai/deconnexion/" data-module="sign-out">
  {% csrf_token %}<button>Me déconnecter</button>
</form>
{% include "pwa/install_card.html" %}
{% endblock %}"""


def _page(request: HttpRequest, content: str) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(content).render({"canary": CANARY}, request))


@login_not_required
def personal(request: HttpRequest) -> HttpResponse:
    """A page of somebody's record. Like every page, it says nothing of caches: the middleware does."""
    return _page(request, _PERSONAL)


@login_not_required
def image(request: HttpRequest) -> HttpResponse:
    """Something personal that the page loads by itself."""
    return HttpResponse(CANARY.encode() * 100, content_type="image/png")


@login_not_required
def data(request: HttpRequest) -> HttpResponse:
    """Something personal that a script loads."""
    return HttpResponse(f'"{CANARY}"', content_type="application/json")


@login_not_required
@cache_control(max_age=3600)
def careless(request: HttpRequest) -> HttpResponse:
    """What no view of ours may do: let the browser keep the answer."""
    return HttpResponse(f'"{KEPT_CANARY}"', content_type="application/json")


@login_not_required
def slow(request: HttpRequest) -> HttpResponse:
    """A page that takes six seconds, longer than the worker's patience."""
    time.sleep(6)
    return _page(request, '{% extends "base.html" %}{% block content %}<h1>Arrivée</h1>{% endblock %}')


@login_not_required
def form(request: HttpRequest) -> HttpResponse:
    """A form being filled."""
    content = """{% extends "base.html" %}{% block content %}<h1>Formulaire</h1>
    <form method="post" action="/essai/formulaire/">{% csrf_token %}<label>Note <input name="note"></label>
    <button>Envoyer</button></form>{% endblock %}"""
    return _page(request, content)


@login_not_required
def without_manifest(request: HttpRequest) -> HttpResponse:
    """A page of the professionals' portal, as far as the app is concerned."""
    return _page(request, '{% extends "base.html" %}{% block head %}{% endblock %}')


@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    """The answer of the real sign-out, without an account."""
    response = HttpResponseRedirect("/accessibilite/")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
def quiet_sign_out(request: HttpRequest) -> HttpResponse:
    """A sign-out without Clear-Site-Data: what the page deleted by itself."""
    return HttpResponseRedirect("/accessibilite/")


urlpatterns = [
    path("essai/personnel/", personal),
    path("essai/image/", image),
    path("essai/donnees/", data),
    path("essai/imprudent/", careless),
    path("essai/lent/", slow),
    path("essai/formulaire/", form),
    path("essai/sans-manifeste/", without_manifest),
    path("essai/deconnexion/", sign_out),
    path("essai/discret/deconnexion/", quiet_sign_out),
    *site,
]
