"""The gestures of people who sign in, for tests: real requests, real codes."""

from __future__ import annotations

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts import sessions
from apps.accounts.models import User

PASSWORD = "quatre-chats-sur-le-mur"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def open_session(client: Client, user: User, *, second_factor: bool = True) -> None:
    """A session as a sign-in leaves it, without playing the sign-in: for tests about what comes after."""
    client.force_login(user)
    session = client.session
    now = int(time.time())
    session[sessions.BEGAN_AT] = session[sessions.SEEN_AT] = now
    records = [{"method": "password", "at": now}]
    if second_factor:
        records.append({"method": "mfa", "type": "totp", "id": 0, "at": now})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def add_application(user: User, secret: str = SECRET) -> Authenticator:
    """An application of codes, and recovery codes, as a person would have set them up."""
    application: Authenticator = TOTP.activate(user, secret).instance
    RecoveryCodes.activate(user)
    return application


def code(*, at: float | None = None, secret: str = SECRET) -> str:
    """What the application of codes shows at `at` (seconds), or now."""
    return format_hotp_value(hotp_value(secret, int(time.time() if at is None else at) // 30))


def recovery_codes(user: User) -> list[str]:
    codes: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return codes


def give_password(client: Client, identifier: str, password: str = PASSWORD, **data: str) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": identifier, "password": password, **data})


def give_code(client: Client, value: str) -> HttpResponse:
    return client.post(reverse("mfa_authenticate"), {"code": value})


def code_in_mail() -> str:
    """The code of the last letter."""
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.group()
