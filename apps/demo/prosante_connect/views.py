"""The simulator's pages and endpoints, under the paths of the original."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from joserfc import jwt
from joserfc.errors import JoseError

from apps.demo.prosante_connect import keys
from apps.demo.prosante_connect.server import Server, holder_of
from apps.demo.prosante_connect.subjects import SUBJECTS, find

View = Callable[..., HttpResponse]


def simulated(view: View) -> View:
    """The address exists where the simulator plays ProSanté Connect, and nowhere else. Anybody may come."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PSC_SIMULATED:
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(wrapped)


def _server(request: HttpRequest) -> Server:
    return Server(callback=request.build_absolute_uri(reverse("prosante_connect:callback")))


@simulated
@require_safe
def discovery(request: HttpRequest) -> HttpResponse:
    """What a client needs to know."""
    issuer, endpoints = settings.PSC_ISSUER, f"{settings.PSC_ISSUER}/protocol/openid-connect"
    return JsonResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/auth",
            "token_endpoint": f"{endpoints}/token",
            "userinfo_endpoint": f"{endpoints}/userinfo",
            "jwks_uri": f"{endpoints}/certs",
            "end_session_endpoint": f"{endpoints}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid", "scope_all"],
            "acr_values_supported": ["eidas1"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    )


@simulated
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Whose e-CPS is it? Then a code goes back, or a refusal."""
    server = _server(request)
    try:
        grant = server.get_consent_grant(request)
    except OAuth2Error:
        # Nothing is sent to an address that was not checked.
        return render(request, "demo/prosante_connect/wrong.html", status=400)
    subject = find(request.POST.get("subject", ""))
    if request.method != "POST" or (subject is None and "refuse" not in request.POST):
        status = 422 if request.method == "POST" else 200
        return render(request, "demo/prosante_connect/authorize.html", {"subjects": SUBJECTS}, status=status)
    granted = None if "refuse" in request.POST else subject
    response: HttpResponse = server.create_authorization_response(request, grant=grant, grant_user=granted)
    response["Location"] = add_params_to_uri(response["Location"], {"iss": settings.PSC_ISSUER})
    return response


@csrf_exempt
@simulated
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Gives an identity token and an access token for a code, to the client that proves itself."""
    response: HttpResponse = _server(request).create_token_response(request)
    return response


@simulated
@require_safe
def userinfo(request: HttpRequest) -> HttpResponse:
    """Who the holder of an access token is."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    subject = holder_of(value) if scheme == "Bearer" else None
    if subject is None:
        return JsonResponse({"error": "invalid_token"}, status=401, headers={"WWW-Authenticate": "Bearer"})
    return JsonResponse(subject.claims())


@simulated
@require_safe
def certs(request: HttpRequest) -> HttpResponse:
    """The public keys."""
    return JsonResponse(keys.published().as_dict(private=False))


@simulated
@require_safe
def end_session(request: HttpRequest) -> HttpResponse:
    """Signing out: back to the client that asks with its own identity token, else a page that says it is done."""
    back = request.GET.get("post_logout_redirect_uri", "")
    try:
        hint = jwt.decode(request.GET.get("id_token_hint", ""), keys.published(), algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        hint = {}
    known = request.build_absolute_uri(reverse("prosante_connect:left"))
    if hint.get("aud") == settings.PSC_CLIENT_ID and back == known:
        state = request.GET.get("state")
        return redirect(f"{back}?{urlencode({'state': state})}" if state else back)
    return render(request, "demo/prosante_connect/left.html")
