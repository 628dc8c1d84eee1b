"""Every component on two pages, for eyes and for axe."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines

from apps.core.forms import ThreePartDateField
from apps.core.presentation import Event, Item, State, Task

ITEMS = (
    Item(
        "Prise de sang",
        "/a/",
        "lab",
        "test-tubes",
        ("Laboratoire", "10 nov."),
        (State("Nouveau", "new"),),
        "Lire",
        "Lire : Prise de sang",
    ),
    Item(
        "Ordonnance",
        "/b/",
        "prescription",
        "medicines",
        ("Dre Benali",),
        (State("Vue par 1 soignant", "", "eye"),),
        "Lire",
    ),
    Item("Séjour à l’hôpital", "/c/", "report", "hospital", (), (State("Masqué", "warning", "eye-off"),), "Lire"),
    Item("Radio du genou", "/d/", "imaging", "radiology", action="Lire"),
    Item("Vaccin", "/e/", "vaccine", "syringe-vaccine", states=(State("À jour", "success", "check"),), action="Lire"),
    Item("Certificat", "/f/", "certificate", "i-certificate-paper", action="Lire"),
    Item("Mot de l’école", "/g/", "own", "ui-folder", action="Lire"),
    Item(
        "Accès", "/h/", "danger", "accident-and-emergency", states=(State("Urgence", "danger", "siren"),), action="Lire"
    ),
)
TASK = Task("Un document de Dre Benali", "Médecin · ce matin", "/t/", "report", "communication", "Lire le document")
EVENTS = (
    Event("Dre Benali a ouvert « Prise de sang »", datetime(2026, 11, 12, 7, 50, tzinfo=UTC), ("avec votre accord",)),
    Event(
        "Le Samu a ouvert le document",
        datetime(2026, 11, 2, 22, 14, tzinfo=UTC),
        (),
        True,
        "/x/",
        (State("Urgence", "danger", "siren"),),
    ),
)
COMPONENTS = """{% extends "base.html" %}
{% block title %}Composants{% endblock %}
{% block content %}
{% ui "page_head" title="Composants" subtitle="Tous ensemble" %}
<nav aria-label="Filtrer"><ul class="filters">
  <li><a class="filter" href="/a/" aria-current="true">Tous</a></li>
  <li><a class="filter" href="/b/">Analyses</a></li></ul></nav>
<section class="hero" aria-labelledby="todo">
  <div class="hero__head"><h2 id="todo">À faire</h2><span class="counter">1</span></div>
  <ul class="hero__list">{% ui "task" task=task %}</ul></section>
<section class="block"><h2>Raccourcis</h2><ul class="shortcuts">
  {% ui "shortcut" title="Ajouter" url="/1/" category="report" pictogram="camera" %}
  {% ui "shortcut" title="Qui a vu" url="/2/" category="imaging" pictogram="eye" %}</ul></section>
<section class="block"><div class="block__head"><h2>Documents</h2><a href="/d/">Tout voir</a></div>
  <ul class="list">{% for item in items %}{% ui "item" item=item %}{% endfor %}</ul></section>
<section class="block"><h2>Historique</h2>
  <ol class="timeline">{% for event in events %}{% ui "event" event=event %}{% endfor %}</ol></section>
<section class="block"><h2>Messages</h2>
  {% ui "message" kind="success" text="C’est fait." %}{% ui "message" kind="warning" text="Attention." %}
  {% ui "message" kind="danger" text="Erreur." %}{% ui "message" text="À savoir." role="status" %}
  {% ui "band" kind="role" initial="L" text="L’espace de Léo." url="/" action="Revenir à moi" %}
  {% ui "empty" text="Rien pour l’instant." pictogram="ui-folder" url="/a/" action="Ajouter" %}
  {% ui "progress" text="Envoi en cours" value=64 max=100 %}
  {% term "antécédent" %}{% terms_in "une échographie" %}</section>
<div class="easy-tools"><button class="button">Ajouter</button><button class="button button--secondary">Choisir</button>
  <button class="button button--danger">Supprimer</button><button class="button button--quiet">Annuler</button>
  <button class="button" aria-disabled="true">Un instant</button></div>
{% endblock %}"""
FORM = """{% extends "base.html" %}
{% block title %}Formulaire{% endblock %}
{% block content %}
{% ui "page_head" title="Formulaire" %}{% ui "error_summary" form=form %}
<form class="form" method="post" novalidate>{% for field in form %}{{ field.as_field_group }}{% endfor %}
<button class="button button--wide">Envoyer</button></form>
{% endblock %}"""


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nom", help_text="Celui de la carte", error_messages={"required": "Écrivez le nom."})
    born = ThreePartDateField(label="Date de naissance", help_text="Par exemple, 27 3 1980", latest=date(2026, 11, 12))
    who = forms.ChoiceField(
        label="Pour qui ?", choices=[("a", "Mes soignants"), ("b", "Moi")], widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(label="Type", choices=[("a", "Ordonnance"), ("b", "Radio")], required=False)
    agree = forms.BooleanField(label="J’ai lu", error_messages={"required": "Cochez la case."})
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)


def components(request: HttpRequest) -> HttpResponse:
    page = engines["django"].from_string(COMPONENTS)
    return HttpResponse(page.render({"items": ITEMS, "task": TASK, "events": EVENTS}, request))


def form(request: HttpRequest) -> HttpResponse:
    filled = Sample(request.POST or None)
    page = engines["django"].from_string(FORM)
    return HttpResponse(page.render({"form": filled}, request), status=422 if filled.errors else 200)
