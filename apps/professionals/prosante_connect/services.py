"""From what ProSanté Connect said to a session: the directory follows, the account opens, the trail keeps it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.http import urlencode

from apps.accounts import sessions
from apps.accounts.models import User
from apps.accounts.services import open_account, sign_in_professional
from apps.audit import services as audit
from apps.core.actor import Actor, Capacity
from apps.professionals import practice
from apps.professionals.models import Organisation, Professional, Situation
from apps.professionals.prosante_connect import client
from apps.professionals.prosante_connect.claims import Activity, Identity, Workplace
from apps.professionals.prosante_connect.client import Answer
from apps.professionals.prosante_connect.refusals import SignInRefused


def sign_in(request: HttpRequest, *, identity: Identity, answer: Answer, left: str, at: datetime) -> None:
    """Opens a session for `identity`. `left` is the absolute address to come back to from signing out.

    Somebody with one place is there; somebody with several is nowhere until they choose, or stays where they were when
    they only proved once more who they are. Raises SignInRefused.
    """
    with transaction.atomic():
        professional = welcome(identity, at=at)
        user = professional.user
        if user is None or not user.is_active:
            raise SignInRefused("closed")
        actor = Actor(user.pk, Capacity.PROFESSIONAL, professional_id=professional.pk)
        audit.record(actor=actor, verb="professionals.signed_in", at=at, target=professional)
    before = practice.door_of(request.session).situation_id if request.user == user else None
    sign_in_professional(request, user, leave_by=_leave_by(answer, left))
    client.remember(request.session, answer)
    places = practice.situations_of(professional_id=professional.pk)
    there = [place for place in places if len(places) == 1 or place.pk == before]
    if there:
        practice.keep(request.session, there[0])


@transaction.atomic
def welcome(identity: Identity, *, at: datetime) -> Professional:
    """The professional of the directory that `identity` names, brought up to date, with an account.

    Who is not listed yet is listed: ProSanté Connect answers from the national directory, and being listed opens
    no record. The number alone says who somebody is; the account is theirs as a professional, never a patient's
    that happens to have the same name or address.
    """
    places = [_situation(activity, identity.number) for activity in identity.activities]
    professional, _is_new = Professional.objects.select_for_update().get_or_create(
        rpps_number=identity.number,
        defaults={
            "given_name": identity.given_name,
            "family_name": identity.family_name,
            "profession": places[0][0],
            "organisation": places[0][1],
        },
    )
    professional.given_name, professional.family_name = identity.given_name, identity.family_name
    professional.civility = identity.civility or professional.civility
    professional.regulates_emergencies = identity.regulates_emergencies
    if (professional.profession, professional.organisation) not in places:
        professional.profession, professional.organisation = places[0]
    if professional.user_id is None:
        professional.user = _open_account(professional)
    professional.full_clean()
    professional.save()
    _follow(professional, places, at)
    return professional


@transaction.atomic
def choose_place(request: HttpRequest, *, actor: Actor, situation: Situation, at: datetime) -> None:
    """The professional says where they work from now on. `situation` is one of theirs, and lasts."""
    if situation.professional_id != actor.carer_id or situation.ended_at is not None:
        raise ValueError("One works only where one is known to work.")
    moved = Actor(
        actor.person_id,
        Capacity.PROFESSIONAL,
        channel=actor.channel,
        professional_id=actor.carer_id,
        profession=situation.profession,
        situation_id=situation.pk,
    )
    audit.record(actor=moved, verb="professionals.place_chosen", at=at, target=situation)
    practice.keep(request.session, situation)
    # Another role: an id seen before it is worth nothing after it (ASVS 7.2.4).
    sessions.renew(request)


def _leave_by(answer: Answer, left: str) -> str:
    if not answer.end_session:
        return ""
    return answer.end_session + "?" + urlencode({"id_token_hint": answer.id_token, "post_logout_redirect_uri": left})


def _open_account(professional: Professional) -> User:
    """An account without password or address: nobody gets in but by ProSanté Connect."""
    return open_account(
        identifier="pro-" + get_random_string(20).lower(),
        given_name=professional.given_name,
        family_name=professional.family_name,
        is_demo=settings.PSC_SIMULATED,
    )


def _situation(activity: Activity, number: str) -> tuple[str, Organisation | None]:
    return activity.profession, _organisation(activity.workplace, number) if activity.workplace else None


def _organisation(workplace: Workplace, number: str) -> Organisation:
    """The organisation of the directory with these numbers; without any, the one with this name and address.

    A name alone is not a place: “Pharmacie Centrale” is one in every town, and who works in one organisation is taken
    for a colleague (care team, history, explanations). Without a street it is that of this professional alone.
    """
    found = _known(workplace, number)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Organisation.objects.create(
                name=workplace.name,
                kind=workplace.kind,
                finess_number=workplace.finess_number,
                siret_number=workplace.siret_number,
                address=workplace.address,
            )
    except IntegrityError:
        # A colleague who signed in at this very moment brought it.
        found = _known(workplace, number)
        if found is None:
            raise
        return found


def _known(workplace: Workplace, number: str) -> Organisation | None:
    rows = Organisation.objects.select_for_update()
    found = None
    if workplace.finess_number:
        found = rows.filter(finess_number=workplace.finess_number).first()
    if found is None and workplace.siret_number:
        found = rows.filter(siret_number=workplace.siret_number).first()
    if found is None and not (workplace.finess_number or workplace.siret_number):
        named = rows.filter(finess_number="", siret_number="", name=workplace.name, address=workplace.address)
        if not any(character.isalpha() for character in workplace.address):
            # A postal code is a whole town.
            theirs = Situation.objects.filter(professional__rpps_number=number)
            named = named.filter(pk__in=theirs.values("organisation"))
        found = named.first()
    return found


def _follow(professional: Professional, places: list[tuple[str, Organisation | None]], at: datetime) -> None:
    """What ProSanté Connect named goes on or begins; what it named before and no longer does has ended."""
    current = []
    for profession, organisation in dict.fromkeys(places):
        situation, _is_new = Situation.objects.update_or_create(
            professional=professional, profession=profession, organisation=organisation, defaults={"ended_at": None}
        )
        current.append(situation.pk)
    professional.situations.filter(ended_at=None).exclude(pk__in=current).update(ended_at=at)
