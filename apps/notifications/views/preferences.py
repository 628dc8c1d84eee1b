"""By which channels a person wants to be told, and on which browsers."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.core.clock import now
from apps.notifications import middleware, preferences, services
from apps.notifications.channels import webpush
from apps.notifications.forms import PreferencesForm, SubscriptionForm


@require_http_methods(["GET", "HEAD", "POST"])
def notification_preferences(request: HttpRequest) -> HttpResponse:
    """The switches, and the button that lets this browser receive pushes."""
    user = _person(request)
    current = preferences.choices_by_category(user.pk)
    form = PreferencesForm(request.POST if request.method == "POST" else None, current=current)
    if form.is_bound and form.is_valid():
        services.choose_channels(user_id=user.pk, choices=form.choices())
        messages.success(request, _("Vos choix sont enregistrés."))
        return redirect("notifications:preferences")
    context = {"form": form, "push_key": webpush.public_key(), "has_address": bool(user.email)}
    return render(request, "notifications/preferences.html", context)


@require_http_methods(["POST", "DELETE"])
def push_subscription(request: HttpRequest) -> HttpResponse:
    """Start or stop pushing to the browser whose subscription is in the JSON body. Answers 201, 204 or 422."""
    user = _person(request)
    form = SubscriptionForm(_subscription(request.body))
    is_whole = form.is_valid()
    if request.method == "DELETE":
        services.unsubscribe(user_id=user.pk, endpoint=form.cleaned_data.get("endpoint", ""))
        return HttpResponse(status=204)
    try:
        if not is_whole:
            raise webpush.BadSubscription("form")
        subscription = services.subscribe(user=user, **form.cleaned_data, at=now())
    except webpush.BadSubscription:
        return JsonResponse({"error": _("Ce navigateur ne peut pas recevoir de notifications.")}, status=422)
    response = HttpResponse(status=201)
    middleware.remember(response, subscription.pk)
    return response


def _subscription(body: bytes) -> dict[str, object]:
    """The three values of a subscription's JSON; empty when the body is something else."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    keys = sent.get("keys") if isinstance(sent, dict) else None
    if not isinstance(keys, dict):
        keys = {}
    endpoint = sent.get("endpoint") if isinstance(sent, dict) else None
    return {"endpoint": endpoint, "p256dh": keys.get("p256dh"), "auth": keys.get("auth")}


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
