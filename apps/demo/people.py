"""The fictional cast: who they are and who treats them. None of them exists.

The matricules carry the authority reserved for tests, and their keys are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from apps.professionals.models import Organisation
from apps.professionals.professions import Profession
from apps.records.services import Traits


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a record; `identifier` empty for a child without an account."""

    key: str
    traits: Traits
    ins_number: str
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Practice:
    """An organisation of the cast."""

    key: str
    name: str
    kind: str
    finess_number: str
    address: str
    #: Numbers that the Arcep keeps for fiction: nobody answers.
    phone: str


@dataclass(frozen=True, slots=True)
class Carer:
    """A professional of the cast; `identifier` empty for one who only deposits by software."""

    key: str
    rpps_number: str
    civility: str
    given_name: str
    family_name: str
    profession: str
    practice: str
    speciality: str
    identifier: str
    #: Where they work besides.
    other_practices: tuple[str, ...] = ()
    #: Answers calls of the centre 15, says their card.
    regulates: bool = False


CAMILLE = Person(
    "camille",
    Traits("Camille", "Rivoire", "Rivoire", "Camille Anne", date(1980, 3, 27), "F", "74010"),
    "280037401012309",
    "camille.rivoire",
)
LEO = Person("leo", Traits("Léo", "Rivoire", "Rivoire", "Léo Paul", date(2018, 5, 14), "M", "74010"), "118057401023411")
#: Sixteen: old enough to be treated unknown to her mother.
ZOE = Person("zoe", Traits("Zoé", "Rivoire", "Rivoire", "Zoé Marie", date(2010, 6, 3), "F", "74010"), "210067401003187")
JEANNE = Person(
    "jeanne",
    Traits("Jeanne", "Morel", "Favre", "Jeanne Lucie", date(1944, 2, 9), "F", "74225"),
    "244027422501769",
    "jeanne.morel",
)
PEOPLE = (CAMILLE, LEO, ZOE, JEANNE)

PRACTICES = (
    Practice(
        "lake",
        "Cabinet médical du Lac",
        Organisation.Kind.PRACTICE,
        "740000011",
        "12 rue du Lac, 74000 Annecy",
        "04 65 71 01 01",
    ),
    Practice(
        "ramparts",
        "Laboratoire des Remparts",
        Organisation.Kind.LABORATORY,
        "740000029",
        "3 rue des Remparts, 74000 Annecy",
        "04 65 71 01 02",
    ),
    Practice(
        "imaging",
        "Centre d’imagerie du Lac",
        Organisation.Kind.IMAGING,
        "740000037",
        "8 quai du Lac, 74000 Annecy",
        "04 65 71 01 03",
    ),
    Practice(
        "hospital",
        "Hôpital des Trois-Vallées",
        Organisation.Kind.HOSPITAL,
        "740000045",
        "1 avenue des Alpages, 74000 Annecy",
        "04 65 71 01 04",
    ),
    Practice(
        "park",
        "Pharmacie du Parc",
        Organisation.Kind.PHARMACY,
        "740000052",
        "5 place du Parc, 74000 Annecy",
        "04 65 71 01 05",
    ),
)

BENALI = Carer(
    "benali",
    "10100000011",
    "Docteure",
    "Nadia",
    "Benali",
    Profession.MEDECIN,
    "lake",
    "Médecine générale",
    "nadia.benali",
    other_practices=("hospital",),
)
CARERS = (
    BENALI,
    Carer(
        "lemaire",
        "10100000029",
        "Docteur",
        "Hugo",
        "Lemaire",
        Profession.MEDECIN,
        "ramparts",
        "Biologie médicale",
        "hugo.lemaire",
    ),
    Carer(
        "carpentier",
        "10100000037",
        "Docteure",
        "Inès",
        "Carpentier",
        Profession.MEDECIN,
        "imaging",
        "Radiologie",
        "ines.carpentier",
    ),
    Carer(
        "aubry",
        "10100000045",
        "Docteur",
        "Marc",
        "Aubry",
        Profession.MEDECIN,
        "hospital",
        "Chirurgie orthopédique",
        "marc.aubry",
        regulates=True,
    ),
    Carer(
        "nguyen",
        "10100000052",
        "",
        "Sofia",
        "Nguyen",
        Profession.PHARMACIEN,
        "park",
        "Pharmacie",
        "sofia.nguyen",
    ),
)


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody of the cast who answers for support."""

    key: str
    identifier: str
    given_name: str
    family_name: str


SAMIR = Agent("samir", "samir.haddad", "Samir", "Haddad")

#: Who the sign-in page of a demonstration offers: identifier and the words of the button.
DOORS = (
    (CAMILLE.identifier, _("Essayer avec Camille, 46 ans")),
    (JEANNE.identifier, _("Essayer avec Jeanne, 82 ans")),
    (BENALI.identifier, _("Essayer avec la docteure Benali")),
    (SAMIR.identifier, _("Essayer avec Samir, de l’assistance")),
)
