"""What ProSanté Connect says about a professional, read with care: every value may be absent, empty or of another type.

Codes: profession TRE_G15 (JDV_J65), sector of activity TRE_R02, kinds of national identifiers and civilities as the
provider's own documentation gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from apps.professionals.models import Organisation
from apps.professionals.professions import Profession
from apps.professionals.prosante_connect.refusals import SignInRefused

#: A national identifier is one digit that says its kind, then the number: 8 for RPPS, 0 for ADELI.
_NATIONAL: Final = re.compile(r"8(?P<rpps>\d{11})|0(?P<adeli>\d{9}|2[AB]\d{7})", re.ASCII)
_FINESS: Final = re.compile(r"\d{9}|2[AB]\d{7}", re.ASCII)
_SIRET: Final = re.compile(r"\d{14}", re.ASCII)

#: The professions of the matrice d'habilitation under their codes. Who is not here can be opened nothing.
PROFESSIONS: Final = {
    "10": Profession.MEDECIN,
    "21": Profession.PHARMACIEN,
    "26": Profession.AUDIOPROTHESISTE,
    "28": Profession.OPTICIEN,
    "31": Profession.AIDE_SOIGNANT,
    "35": Profession.AIDE_SOIGNANT,
    "36": Profession.AIDE_SOIGNANT,
    "37": Profession.AIDE_SOIGNANT,
    "38": Profession.PREPARATEUR,
    "39": Profession.PREPARATEUR,
    "40": Profession.CHIRURGIEN_DENTISTE,
    "50": Profession.SAGE_FEMME,
    "60": Profession.INFIRMIER,
    "69": Profession.INFIRMIER,
    "70": Profession.MASSEUR_KINE,
    "71": Profession.OSTEOPATHE,
    "72": Profession.OSTEOPATHE,
    "73": Profession.OSTEOPATHE,
    "80": Profession.PEDICURE_PODOLOGUE,
    "81": Profession.APPAREILLEUR,
    "82": Profession.APPAREILLEUR,
    "83": Profession.APPAREILLEUR,
    "84": Profession.APPAREILLEUR,
    "85": Profession.APPAREILLEUR,
    "86": Profession.TECHNICIEN_LABO,
    "91": Profession.ORTHOPHONISTE,
    "92": Profession.ORTHOPTISTE,
    "93": Profession.PSYCHOLOGUE,
    "94": Profession.ERGOTHERAPEUTE,
    "95": Profession.DIETETICIEN,
    "96": Profession.PSYCHOMOTRICIEN,
    "98": Profession.MANIPULATEUR_ERM,
}
#: A student is listed under the profession they learn: the matrix knows those who exercise it.
_STUDENT: Final = "E"

_KINDS: Final = {
    "SA01": Organisation.Kind.HOSPITAL,
    "SA02": Organisation.Kind.HOSPITAL,
    "SA03": Organisation.Kind.HOSPITAL,
    "SA04": Organisation.Kind.HOSPITAL,
    "SA05": Organisation.Kind.HEALTH_CENTRE,
    "SA07": Organisation.Kind.PRACTICE,
    "SA08": Organisation.Kind.PRACTICE,
    "SA09": Organisation.Kind.PRACTICE,
    "SA25": Organisation.Kind.LABORATORY,
    "SA29": Organisation.Kind.LABORATORY,
    "SA33": Organisation.Kind.PHARMACY,
    "SA38": Organisation.Kind.PHARMACY,
    "SA39": Organisation.Kind.PHARMACY,
}
_TITLES: Final = {
    ("DR", "M"): "Docteur",
    ("DR", "MME"): "Docteure",
    ("PR", "M"): "Professeur",
    ("PR", "MME"): "Professeure",
}


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where an activity takes place. The numbers are empty when the provider gave none that can be one."""

    name: str
    kind: Organisation.Kind
    finess_number: str = ""
    siret_number: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """A profession, and where it is exercised if that is known."""

    profession: Profession
    workplace: Workplace | None


@dataclass(frozen=True, slots=True)
class Identity:
    """A professional as the provider knows them. `activities` holds at least one, each once."""

    number: str
    civility: str
    given_name: str
    family_name: str
    regulates_emergencies: bool
    activities: tuple[Activity, ...]


def read(userinfo: dict[str, Any]) -> Identity:
    """The identity in a UserInfo answer. Never looks at an e-mail address: those are not proof of anything.

    Raises SignInRefused with `no_number`, `no_exercice`, `unknown_profession`, or `unreadable` without a name.
    """
    number = _number(userinfo)
    reference = _object(userinfo.get("SubjectRefPro"))
    exercices = [one for one in _objects(reference.get("exercices")) if _text(one, "codeProfession")]
    if not exercices:
        raise SignInRefused("no_exercice")
    known = [one for one in exercices if _profession(one) is not None]
    if not known:
        raise SignInRefused("unknown_profession")
    given_name = _text(known[0], "prenomDexercice") or _text(userinfo, "given_name")
    family_name = _text(known[0], "nomDexercice") or _text(userinfo, "family_name")
    if not given_name or not family_name:
        raise SignInRefused("unreadable")
    return Identity(
        number=number,
        civility=_TITLES.get((_text(known[0], "codeCiviliteDexercice"), _text(reference, "codeCivilite")), ""),
        given_name=given_name[:100],
        family_name=family_name[:100],
        regulates_emergencies=_text(userinfo, "Acces_Regulation_Medicale").upper() == "VRAI",
        activities=tuple(dict.fromkeys(_activities(known, userinfo))),
    )


def _number(userinfo: dict[str, Any]) -> str:
    """The RPPS number, eleven digits, or the ADELI number, nine characters."""
    said = {_text(userinfo, "SubjectNameID"), _text(userinfo, "preferred_username")} - {""}
    match = _NATIONAL.fullmatch(said.pop()) if len(said) == 1 else None
    if match is None:
        raise SignInRefused("no_number")
    return match["rpps"] or match["adeli"]


def _profession(exercice: dict[str, Any]) -> Profession | None:
    if _text(exercice, "codeCategorieProfessionnelle") == _STUDENT:
        return None
    return PROFESSIONS.get(_text(exercice, "codeProfession"))


def _activities(exercices: list[dict[str, Any]], userinfo: dict[str, Any]) -> Iterator[Activity]:
    for exercice in exercices:
        profession = PROFESSIONS[_text(exercice, "codeProfession")]
        workplaces = [_workplace(one) for one in _objects(exercice.get("activities"))]
        if not workplaces and len(exercices) == 1:
            # Short answers name the organisation beside the exercice.
            workplaces = [_organisation(userinfo)]
        yield from (Activity(profession, workplace) for workplace in workplaces or [None])


def _workplace(activity: dict[str, Any]) -> Workplace | None:
    name = _text(activity, "raisonSocialeSite") or _text(activity, "enseigneCommercialeSite")
    if not name:
        return None
    street = ("numeroVoie", "indiceRepetitionVoie", "codeTypeDeVoie", "libelleVoie")
    lines = (" ".join(filter(None, (_text(activity, key) for key in street))), _text(activity, "codePostal"))
    return Workplace(
        name=name[:200],
        kind=_KINDS.get(_text(activity, "codeSecteurDactivite"), Organisation.Kind.OTHER),
        finess_number=_matching(_FINESS, _text(activity, "numeroFinessSite")),
        siret_number=_matching(_SIRET, _text(activity, "numeroSiretSite")),
        address=", ".join(filter(None, lines))[:300],
    )


def _organisation(userinfo: dict[str, Any]) -> Workplace | None:
    name = _text(userinfo, "SubjectOrganization")
    sector = _text(userinfo, "Secteur_Activite").partition("^")[0]
    return Workplace(name[:200], _KINDS.get(sector, Organisation.Kind.OTHER)) if name else None


def _matching(pattern: re.Pattern[str], value: str) -> str:
    return value if pattern.fullmatch(value) and value.strip("0") else ""


def _text(source: dict[str, Any], key: str) -> str:
    """A value as one line of printable text, or nothing."""
    value = source.get(key)
    return " ".join("".join(c if c.isprintable() else " " for c in value).split()) if isinstance(value, str) else ""


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
