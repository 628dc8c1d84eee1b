"""What a session knows about how it was opened, and when it must end.

allauth keeps in the session the list of proofs given (`account_authentication_methods`); this module is the
one place that reads it to say whether a second factor was among them. Everything here lives in the session's
own row: no page costs a query more.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from apps.reading import services as reading

BEGAN_AT = "accounts.began_at"
SEEN_AT = "accounts.seen_at"
SHARED = "accounts.shared"
DESTINATION = "accounts.destination"
#: In the address of the sign-in page: what the person had just sent was not kept; their session was ended elsewhere.
UNSENT = "non-enregistre"
GONE = "terminee"
#: allauth notes whose proofs these are: those of somebody else do not count.
_RECORDS_USER = "account_authentication_methods_user"
#: The method recorded for a visit through the demonstration door.
DEMO = "demo"
#: The method recorded for a professional who came through ProSanté Connect.
PROSANTE_CONNECT = "prosante_connect"
#: Where to send the browser at sign-out, so that the session ends where it was opened too.
LEAVE_BY = "accounts.leave_by"
#: Tells the sign-in page why it is there. Not in a new session: its cookie would replace that of a sign-in meanwhile.
ENDED_COOKIE = "connexion-finie"
#: How long that is worth saying, in seconds.
_ENDED_SECONDS = 3600
#: A session is written at most this often for the sake of the idle limit, in seconds.
TOUCH_EVERY = 60


class End(StrEnum):
    """Why a session is over."""

    IDLE = "idle"
    TOO_LONG = "too_long"


def remember_end(response: HttpResponse, end: End) -> None:
    """Has the browser bring to the sign-in page why its session is over. Says nothing of whose it was."""
    response.set_cookie(
        ENDED_COOKIE,
        end.value,
        max_age=_ENDED_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_end(response: HttpResponse) -> None:
    """It was said, or the person left by themselves."""
    response.delete_cookie(ENDED_COOKIE, samesite="Lax")


def ended(request: HttpRequest) -> End | None:
    """Why the session that this browser had is over, at this request or at one before; None when nothing is known."""
    told: End | None = getattr(request, "session_ended", None)
    if told is not None:
        return told
    value = request.COOKIES.get(ENDED_COOKIE)
    return End(value) if value in set(End) else None


def restart(session: SessionBase) -> None:
    """Empties the session before somebody else signs in, but for how they have just chosen to read."""
    chosen = reading.chosen_before_sign_in(session)
    session.flush()
    if chosen:
        reading.remember_until_sign_in(session, chosen)


def begin(request: HttpRequest, *, at: float) -> None:
    """Starts the clocks of a session that has just been signed in. `at` in seconds since the epoch."""
    request.session[BEGAN_AT] = request.session[SEEN_AT] = int(at)


def is_shared(session: SessionBase) -> bool:
    """True when the person said that others use this device."""
    return bool(session.get(SHARED))


def proofs_of(session: SessionBase, *, user_id: str) -> dict[str, Any]:
    """What somebody who is signing in has proved and said so far, and nothing of anybody else."""
    if session.get(_RECORDS_USER) != user_id:
        return {}
    keys = (AUTHENTICATION_METHODS_SESSION_KEY, _RECORDS_USER, SHARED)
    return {key: session[key] for key in keys if key in session}


def is_professional(session: SessionBase) -> bool:
    """True when this session's person came through ProSanté Connect, which says who practises and as what."""
    return PROSANTE_CONNECT in _methods(session)


def idle_seconds(session: SessionBase) -> int:
    """How long this session may stay without a page."""
    limit: int = settings.SESSION_IDLE_SECONDS_SHARED if is_shared(session) else settings.SESSION_IDLE_SECONDS
    return min(limit, settings.PSC_IDLE_SECONDS) if is_professional(session) else limit


def longest_seconds(session: SessionBase) -> int:
    """How long this session may last, however busy."""
    limit: int = settings.PSC_SESSION_SECONDS if is_professional(session) else settings.SESSION_COOKIE_AGE
    return limit


def end_of(session: SessionBase, *, at: float) -> End | None:
    """Why the session is over at `at`, or None. A signed-in session without clocks is not ours: over."""
    if SESSION_KEY not in session:
        return None
    began, seen = session.get(BEGAN_AT), session.get(SEEN_AT)
    if not isinstance(began, int) or not isinstance(seen, int) or at >= began + longest_seconds(session):
        return End.TOO_LONG
    return End.IDLE if at >= seen + idle_seconds(session) else None


def seconds_left(session: SessionBase, *, at: float) -> int:
    """How long this session lasts if no page comes any more; 0 when nobody is signed in or it is over."""
    if SESSION_KEY not in session or end_of(session, at=at):
        return 0
    return int(min(_ends(session)) - at)


def ends_for_good(session: SessionBase) -> bool:
    """True when this session has come to where signs of life do not make it longer any more."""
    if SESSION_KEY not in session:
        return False
    idle, longest = _ends(session)
    return longest <= idle


def _ends(session: SessionBase) -> tuple[int, int]:
    """When this session ends if it lies idle, and when it does however busy, in seconds since the epoch."""
    return session[SEEN_AT] + idle_seconds(session), session[BEGAN_AT] + longest_seconds(session)


def device_mark(session: SessionBase) -> str:
    """What names, on the device, the things a person keeps there during this session, and when they end.

    Sixteen letters and digits that say nothing of the person, a hyphen, and the end in milliseconds since the epoch.
    Empty where nothing may be kept: nobody is signed in, or the device is shared.
    """
    user_id, began = session.get(SESSION_KEY), session.get(BEGAN_AT)
    if user_id is None or not isinstance(began, int) or is_shared(session):
        return ""
    mark = salted_hmac("calepin.accounts.device", f"{user_id}:{began}").hexdigest()[:16]
    return f"{mark}-{(began + settings.SESSION_COOKIE_AGE) * 1000}"


def touch(request: HttpRequest, *, at: float) -> None:
    """Notes that the person is there, at most once a minute.

    The mark may be a minute old, so an idle session ends up to a minute early, never late.
    """
    session = request.session
    if SESSION_KEY in session and at - session[SEEN_AT] >= TOUCH_EVERY:
        session[SEEN_AT] = int(at)
        UserSession.objects.filter(session_key=session.session_key).update(
            last_seen_at=datetime.fromtimestamp(at, tz=UTC)
        )


def has_second_factor(session: SessionBase) -> bool:
    """True when this session's person gave a second factor, or a passkey alone, while signing in.

    ProSanté Connect counts as one: a card or an e-CPS is two factors by itself, and no other provider is known.
    The demonstration door counts as one where it exists: `accounts.services.sign_in_demo` opens it to
    fictional people only. Answers from the session alone, without loading the person.
    """
    methods = _methods(session)
    return bool(methods & {"mfa", PROSANTE_CONNECT}) or (DEMO in methods and settings.DEMO_DOOR)


def _methods(session: SessionBase) -> set[str]:
    """The proofs that whoever is signed in gave; none of somebody else's."""
    user_id = session.get(SESSION_KEY)
    if user_id is None or session.get(_RECORDS_USER) != user_id:
        return set()
    return {str(record.get("method")) for record in session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])}


def has_fresh_proof(session: SessionBase, *, at: float, seconds: int) -> bool:
    """True when the person proved who they are, beyond a password typed at sign-in, in the last `seconds`.

    A fictional person of the demonstration has nothing to prove again with, and always passes.
    """
    if not has_second_factor(session):
        return False
    proofs = [
        record
        for record in session[AUTHENTICATION_METHODS_SESSION_KEY]
        if record.get("method") == "mfa" or record.get("reauthenticated")
    ]
    if not proofs:
        return True
    return bool(max(record["at"] for record in proofs) > at - seconds)


def was_vouched_for_since(session: SessionBase, *, at: float, seconds: int) -> bool:
    """False for whom ProSanté Connect vouched for longer ago than `seconds`: nothing else can ask them again."""
    if not is_professional(session):
        return True
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    vouched = max(record["at"] for record in records if record.get("method") == PROSANTE_CONNECT)
    return bool(vouched > at - seconds)


def record_new_factor(request: HttpRequest, *, authenticator_id: int, kind: str) -> None:
    """Setting a factor up proved it: the session that did so has given its second factor."""
    record_authentication(request, request.user, "mfa", id=authenticator_id, type=kind)


def renew(request: HttpRequest) -> None:
    """A new id for the same session, after a step-up (ASVS 7.2.4). The list of devices follows."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
