"""What can be done about professionals: listing one, opening their account comes with sign-in."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import User
from apps.professionals.models import Organisation, Professional, Situation


@transaction.atomic
def list_organisation(
    *, name: str, kind: str, finess_number: str = "", address: str = "", phone: str = ""
) -> Organisation:
    """An organisation of the directory. `finess_number` is nine characters, or empty when it has none."""
    organisation = Organisation(name=name, kind=kind, finess_number=finess_number, address=address, phone=phone)
    organisation.full_clean()
    organisation.save()
    return organisation


@transaction.atomic
def list_professional(
    *,
    rpps_number: str,
    given_name: str,
    family_name: str,
    profession: str,
    civility: str = "",
    speciality: str = "",
    organisation: Organisation | None = None,
    user: User | None = None,
) -> Professional:
    """A professional of the directory. `rpps_number` is eleven digits; `profession` a `Profession` value.

    Raises ValidationError on a number already listed or a profession that does not exist.
    """
    professional = Professional(
        rpps_number=rpps_number,
        given_name=given_name,
        family_name=family_name,
        profession=profession,
        civility=civility,
        speciality=speciality,
        organisation=organisation,
        user=user,
    )
    professional.full_clean()
    professional.save()
    return professional


@transaction.atomic
def list_situation(*, professional: Professional, organisation: Organisation | None) -> Situation:
    """A place where a professional of the directory exercises their profession."""
    situation = Situation(professional=professional, profession=professional.profession, organisation=organisation)
    situation.full_clean()
    situation.save()
    return situation
