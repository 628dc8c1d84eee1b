"""The fictional professionals who hold an e-CPS here, and what the simulator says of each of them.

The claims have the shape of ProSanté Connect's, down to the empty strings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from apps.demo.people import CARERS, PRACTICES, Carer, Practice
from apps.professionals.models import Organisation
from apps.professionals.prosante_connect.claims import PROFESSIONS

_SECTORS: Final[dict[str, str]] = {
    Organisation.Kind.HOSPITAL: "SA01",
    Organisation.Kind.PRACTICE: "SA08",
    Organisation.Kind.LABORATORY: "SA25",
    Organisation.Kind.PHARMACY: "SA33",
    Organisation.Kind.IMAGING: "SA08",
}
_CIVILITIES: Final = {"Docteure": ("MME", "DR"), "Docteur": ("M", "DR")}
#: Of an activity, what the original sends and nobody fills in.
_EMPTY: Final = (
    "codeSectionPharmacien",
    "codeRole",
    "numeroSiretSite",
    "numeroSirenSite",
    "numeroFinessetablissementJuridique",
    "identifiantTechniqueDeLaStructure",
    "enseigneCommercialeSite",
    "complementDestinataire",
    "complementPointGeographique",
    "numeroVoie",
    "indiceRepetitionVoie",
    "codeTypeDeVoie",
    "mentionDistribution",
    "bureauCedex",
    "codePostal",
    "codeCommune",
    "codePays",
    "telephone",
    "telephone2",
    "telecopie",
    "adresseEMail",
    "codeDepartement",
    "ancienIdentifiantDeLaStructure",
    "autoriteDenregistrement",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who can sign in here: a number, names, and their profession's code (TRE_G15) with its places."""

    number: str
    civility: str
    given_name: str
    family_name: str
    profession_code: str
    practices: tuple[Practice, ...]
    regulates: bool = False

    @property
    def full_name(self) -> str:
        """How the list of e-CPS names them."""
        return " ".join(part for part in (self.civility, self.given_name, self.family_name) if part)

    @property
    def places(self) -> str:
        """Where they work, in one line."""
        return " · ".join(practice.name for practice in self.practices)

    @property
    def sub(self) -> str:
        """The subject of their tokens, the same at each sign-in."""
        return f"f:{uuid5(NAMESPACE_URL, 'https://calepin.invalid/simulateur')}:8{self.number}"

    def claims(self) -> dict[str, Any]:
        """Their UserInfo."""
        civility, title = _CIVILITIES.get(self.civility, ("MME", ""))
        exercice = {
            "codeProfession": self.profession_code,
            "codeCategorieProfessionnelle": "C",
            "codeCiviliteDexercice": title,
            "nomDexercice": self.family_name,
            "prenomDexercice": self.given_name,
            "codeTypeSavoirFaire": "",
            "codeSavoirFaire": "",
            "activities": [_activity(practice) for practice in self.practices],
        }
        return {
            "sub": self.sub,
            "email_verified": False,
            "preferred_username": f"8{self.number}",
            "SubjectNameID": f"8{self.number}",
            "given_name": self.given_name,
            "family_name": self.family_name,
            "SubjectRole": [f"{self.profession_code}^1.2.250.1.213.1.1.5.5"],
            "Secteur_Activite": f"{_SECTORS[self.practices[0].kind]}^1.2.250.1.71.4.2.4",
            "SubjectOrganization": self.practices[0].name,
            "SubjectOrganizationID": f"1{self.practices[0].finess_number}",
            "Palier_Authentification": "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
            "Mode_Acces_Raison": "",
            "Acces_Regulation_Medicale": "VRAI" if self.regulates else "FAUX",
            "UITVersion": "1.0",
            "PSI_Locale": "1.2.250.1.213.1.3.1.1",
            "otherIds": [{"identifiant": f"8{self.number}", "origine": "RPPS", "qualite": 1}],
            "SubjectRefPro": {"codeCivilite": civility, "exercices": [exercice]},
        }


def _activity(practice: Practice) -> dict[str, str]:
    return dict.fromkeys(_EMPTY, "") | {
        "codeModeExercice": "S" if practice.kind == Organisation.Kind.HOSPITAL else "L",
        "codeSecteurDactivite": _SECTORS[practice.kind],
        "codeGenreActivite": "GENR01",
        "numeroFinessSite": practice.finess_number,
        "raisonSocialeSite": practice.name,
        "libelleVoie": practice.address,
    }


def _subject(carer: Carer) -> Subject:
    practices = {practice.key: practice for practice in PRACTICES}
    code = next(code for code, profession in PROFESSIONS.items() if profession == carer.profession)
    places = tuple(practices[key] for key in (carer.practice, *carer.other_practices))
    names = carer.civility, carer.given_name, carer.family_name
    return Subject(carer.rpps_number, *names, code, places, carer.regulates)


#: The cast, and a medical physicist, whose profession the matrice d'habilitation does not know.
SUBJECTS = (
    *(_subject(carer) for carer in CARERS),
    Subject("10100000060", "", "Yann", "Le Goff", "32", (PRACTICES[3],)),
)


def find(number: str) -> Subject | None:
    """The subject of this RPPS number."""
    return next((subject for subject in SUBJECTS if subject.number == number), None)
