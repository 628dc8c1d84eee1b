"""What can be done to an account besides signing in."""

from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.accounts import sessions
from apps.accounts.models import User, new_session_stamp


class DemoDoorClosed(PermissionDenied):
    """Somebody tried the demonstration door where there is none, or for a person who is not fictional."""


@transaction.atomic
def open_account(
    *,
    identifier: str,
    given_name: str,
    family_name: str,
    email: str = "",
    email_verified: bool = False,
    password: str | None = None,
    reading: str = User.Reading.STANDARD,
    is_demo: bool = False,
) -> User:
    """An account for one person. There is no other way to make one.

    Without `password` the person chooses one through "Mot de passe oublié", which needs `email`. The account
    shows nothing before a second factor protects it. Raises ValidationError with one sentence per field.
    """
    user = User(
        identifier=identifier,
        given_name=given_name,
        family_name=family_name,
        email=email,
        reading=reading,
        is_demo=is_demo,
    )
    user.set_password(password)
    user.full_clean(exclude=["password"])
    if password is not None:
        validate_password(password, user)
    if user.email and EmailAddress.objects.filter(email=user.email, verified=True).exists():
        raise ValidationError({"email": _("Cette adresse ne peut pas être utilisée. Choisissez-en une autre.")})
    user.save()
    if user.email:
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=email_verified)
    return user


def sign_in_demo(request: HttpRequest, user: User) -> None:
    """Signs `user` in through the demonstration door, without any proof.

    Whoever was signed in before is signed out; the session has a new id and appears in the list of devices.
    Raises DemoDoorClosed unless the installation has the door and the person is fictional.
    """
    if not (settings.DEMO_DOOR and user.is_demo and user.is_active):
        raise DemoDoorClosed
    sessions.restart(request.session)
    record_authentication(request, user, sessions.DEMO)
    get_adapter().login(request, user)
    UserSession.objects.create_from_request(request)


def sign_in_professional(request: HttpRequest, user: User, *, leave_by: str) -> None:
    """Signs in `user`, whom ProSanté Connect has just vouched for. `leave_by` is where signing out leads, or empty.

    Whoever was signed in before is signed out; the session has a new id and appears in the list of devices.
    Raises PermissionDenied for a closed account.
    """
    if not user.is_active:
        raise PermissionDenied
    sessions.restart(request.session)
    record_authentication(request, user, sessions.PROSANTE_CONNECT)
    get_adapter().login(request, user)
    if leave_by:
        request.session[sessions.LEAVE_BY] = leave_by
    UserSession.objects.create_from_request(request)


@transaction.atomic
def end_other_sessions(request: HttpRequest) -> None:
    """Ends every session of this person but the one asking, which gets a new id.

    The stamp ends them all, those that no list knows included; the list of devices is emptied too.
    """
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    user.session_stamp = new_session_stamp()
    user.save(update_fields=["session_stamp"])
    current = request.session.session_key
    _delete_sessions(user, but=current)
    update_session_auth_hash(request, user)
    UserSession.objects.filter(session_key=current).update(session_key=request.session.session_key)


@transaction.atomic
def end_all_sessions(*, user: User) -> None:
    """Signs this person out everywhere, at once."""
    user.session_stamp = new_session_stamp()
    user.save(update_fields=["session_stamp"])
    _delete_sessions(user)


@transaction.atomic
def deactivate(*, user: User) -> None:
    """Closes an account to sign-in and ends its sessions within the same instant."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_all_sessions(user=user)


@transaction.atomic
def end_session(*, user: User, session_id: int) -> bool:
    """Signs this person out of one of their devices. False when there is no such session of theirs."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is None:
        return False
    session.end()
    return True


def forget_expired(*, at: datetime) -> None:
    """Removes the sessions that are past their end, and their lines in the lists of devices."""
    Session.objects.filter(expire_date__lte=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def _delete_sessions(user: User, *, but: str | None = None) -> None:
    for session in UserSession.objects.filter(user=user).exclude(session_key=but or ""):
        session.end()
