"""What the cast's professionals wrote, relative to the day the demonstration is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apps.demo.people import CARERS, PRACTICES, Person


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a printed document, with lines of text or a table."""

    heading: str
    text: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A document somebody of the cast deposits for somebody else of the cast."""

    patient: str
    carer: str
    type_code: str
    title: str
    days_ago: int
    sections: tuple[Section, ...]
    is_masked: bool = False


PAPERS = (
    Paper(
        "camille",
        "nguyen",
        "87273-9",
        "Vaccin contre la grippe",
        48,
        (
            Section(
                "Vaccination",
                (
                    "Vaccin contre la grippe saisonnière, injecté dans le bras gauche.",
                    "Lot fictif F26-0417. Aucune réaction dans les 15 minutes.",
                ),
            ),
        ),
    ),
    Paper(
        "camille",
        "aubry",
        "34112-3",
        "Séjour à l’hôpital",
        33,
        (
            Section("Motif", ("Entorse grave du genou droit après une chute à vélo.",)),
            Section(
                "Déroulement",
                ("Immobilisation par attelle. Marche avec deux cannes.", "Sortie le lendemain, douleur calmée."),
            ),
            Section("Suite", ("Contrôle chez le médecin traitant sous 15 jours. Radio du genou dans 2 semaines.",)),
        ),
        is_masked=True,
    ),
    Paper(
        "camille",
        "carpentier",
        "18748-4",
        "Radio du genou droit",
        20,
        (
            Section("Examen", ("Radiographie du genou droit, face et profil.",)),
            Section("Résultat", ("Pas de fracture visible.", "Pas d’épanchement. Interligne articulaire conservé.")),
            Section("Conclusion", ("Radiographie sans anomalie osseuse.",)),
        ),
    ),
    Paper(
        "camille",
        "benali",
        "57833-6",
        "Ordonnance",
        14,
        (
            Section(
                "Médicaments",
                columns=("Médicament", "Comment le prendre", "Durée"),
                rows=(
                    (
                        "Paracétamol 1 g, comprimé",
                        "1 comprimé si douleur, 3 par jour au plus, 6 h entre deux prises",
                        "5 jours",
                    ),
                    ("Vitamine D3, ampoule 80 000 UI", "1 ampoule à boire pendant un repas", "1 fois"),
                ),
            ),
        ),
    ),
    Paper(
        "camille",
        "lemaire",
        "11502-2",
        "Prise de sang",
        13,
        (
            Section(
                "Hématologie et biochimie",
                columns=("Analyse", "Résultat", "Unité", "Valeurs du laboratoire"),
                rows=(
                    ("Hémoglobine", "13,4", "g/dL", "12,0 à 16,0"),
                    ("Leucocytes", "6,2", "G/L", "4,0 à 10,0"),
                    ("Plaquettes", "248", "G/L", "150 à 400"),
                    ("Glycémie à jeun", "0,92", "g/L", "0,70 à 1,10"),
                    ("Vitamine D", "22", "ng/mL", "30 à 60"),
                    ("TSH", "1,8", "mUI/L", "0,4 à 4,0"),
                ),
            ),
            Section(
                "Commentaire du biologiste",
                ("Vitamine D en dessous des valeurs du laboratoire. À revoir avec le médecin.",),
            ),
        ),
    ),
    Paper(
        "leo",
        "benali",
        "59283-2",
        "Examen des 8 ans",
        61,
        (Section("Examen", ("Taille 128 cm, poids 26 kg. Vue et audition normales pour l’âge.", "Vaccins à jour.")),),
    ),
    Paper(
        "leo",
        "benali",
        "89601-9",
        "Certificat pour le judo",
        40,
        (Section("Certificat", ("L’examen de ce jour ne montre pas de contre-indication à la pratique du judo.",)),),
    ),
    Paper(
        "jeanne",
        "benali",
        "60591-5",
        "Résumé de ma santé",
        90,
        (
            Section("Antécédents", ("Hypertension traitée depuis 2009. Prothèse de hanche gauche en 2017.",)),
            Section("Traitement", ("Amlodipine 5 mg, un comprimé le matin.",)),
            Section("Allergies", ("Pénicilline : éruption en 1998.",)),
        ),
    ),
    Paper(
        "jeanne",
        "lemaire",
        "11502-2",
        "Prise de sang",
        27,
        (
            Section(
                "Biochimie",
                columns=("Analyse", "Résultat", "Unité", "Valeurs du laboratoire"),
                rows=(("Créatinine", "78", "µmol/L", "45 à 84"), ("Potassium", "4,1", "mmol/L", "3,5 à 5,1")),
            ),
        ),
    ),
)


def context_of(paper: Paper, patient: Person, today: date) -> dict[str, Any]:
    """What the printed template needs to draw `paper`."""
    carer = next(c for c in CARERS if c.key == paper.carer)
    practice = next(p for p in PRACTICES if p.key == carer.practice)
    traits = patient.traits
    return {
        "title": paper.title,
        "issuer": practice.name,
        "speciality": carer.speciality,
        "address": practice.address,
        "author": f"{carer.civility} {carer.given_name} {carer.family_name}".strip(),
        "patient": f"{traits.given_name} {traits.family_name}",
        "birth": f"{traits.birth_date:%d/%m/%Y}",
        "date": f"{today - timedelta(days=paper.days_ago):%d/%m/%Y}",
        "sections": paper.sections,
    }
