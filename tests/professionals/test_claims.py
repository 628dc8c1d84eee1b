"""What ProSanté Connect says is read with care: shapes as published, empty strings everywhere, nonsense."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.professionals.models import Organisation
from apps.professionals.professions import Profession
from apps.professionals.prosante_connect.claims import Workplace, read
from apps.professionals.prosante_connect.refusals import SignInRefused
from tests.support.prosante_connect import benali

#: The short answer of the provider's own example, with fictional values.
SHORT: dict[str, Any] = {
    "Secteur_Activite": "SA07^1.2.250.1.71.4.2.4",
    "email_verified": False,
    "SubjectOrganization": "CABINET M EXEMPLE0021889",
    "preferred_username": "810199999993",
    "given_name": "ROBERT",
    "SubjectRefPro": {
        "codeCivilite": "M",
        "exercices": [
            {
                "codeProfession": "10",
                "nomDexercice": "EXEMPLE0021889",
                "prenomDexercice": "ROBERT",
                "codeTypeSavoirFaire": "",
            }
        ],
    },
    "SubjectRole": ["10^1.2.250.1.213.1.1.5.5"],
    "SubjectNameID": "810199999993",
    "family_name": "EXEMPLE0021889",
}


def refusal(userinfo: dict[str, Any]) -> str:
    with pytest.raises(SignInRefused) as caught:
        read(userinfo)
    return caught.value.code


def with_(userinfo: dict[str, Any], **exercice: object) -> dict[str, Any]:
    changed = deepcopy(userinfo)
    changed["SubjectRefPro"]["exercices"][0] |= exercice
    return changed


def test_two_places_of_one_doctor() -> None:
    identity = read(benali())
    assert (identity.number, identity.civility, identity.given_name) == ("10100000011", "Docteure", "Nadia")
    assert [(a.profession, a.workplace.name, a.workplace.kind) for a in identity.activities if a.workplace] == [
        (Profession.MEDECIN, "Cabinet médical du Lac", Organisation.Kind.PRACTICE),
        (Profession.MEDECIN, "Hôpital des Trois-Vallées", Organisation.Kind.HOSPITAL),
    ]
    assert not identity.regulates_emergencies


def test_a_short_answer_takes_its_place_from_beside() -> None:
    [activity] = read(SHORT).activities
    assert activity.workplace == Workplace("CABINET M EXEMPLE0021889", Organisation.Kind.PRACTICE)


def test_several_exercices_each_with_its_activities_once() -> None:
    userinfo = benali()
    [first] = userinfo["SubjectRefPro"]["exercices"]
    nurse = deepcopy(first) | {"codeProfession": "60"}
    unknown = deepcopy(first) | {"codeProfession": "32"}
    userinfo["SubjectRefPro"]["exercices"] = [first, nurse, unknown, first]
    found = [(a.profession, a.workplace.name) for a in read(userinfo).activities if a.workplace]
    assert found == [
        (profession, place)
        for profession in (Profession.MEDECIN, Profession.INFIRMIER)
        for place in ("Cabinet médical du Lac", "Hôpital des Trois-Vallées")
    ]


@pytest.mark.parametrize(
    ("number", "read_as"),
    [("810199999993", "10199999993"), ("0750012345", "750012345"), ("02A0012345", "2A0012345")],
)
def test_rpps_and_adeli_numbers_are_taken(number: str, read_as: str) -> None:
    assert read(SHORT | {"SubjectNameID": number, "preferred_username": number}).number == read_as
    assert read(SHORT | {"SubjectNameID": "", "preferred_username": number}).number == read_as


@pytest.mark.parametrize(
    "number",
    [
        "",
        " ",
        "10199999993",
        "8101999999",
        "81019999999３",
        "3740000045",
        "574000004500011",
        "ANS20210107161422",
        None,
        8,
    ],
)
def test_any_other_identifier_is_nobody(number: object) -> None:
    assert refusal(SHORT | {"SubjectNameID": number, "preferred_username": number}) == "no_number"


def test_two_identifiers_that_differ_are_nobody() -> None:
    assert refusal(SHORT | {"preferred_username": "810199999994"}) == "no_number"


@pytest.mark.parametrize("code", ["32", "99", "médecin", "1"])
def test_a_profession_that_the_matrix_does_not_know_is_refused(code: str) -> None:
    assert refusal(with_(SHORT, codeProfession=code)) == "unknown_profession"


def test_a_student_is_not_yet_a_doctor() -> None:
    assert refusal(with_(SHORT, codeCategorieProfessionnelle="E")) == "unknown_profession"
    assert read(with_(SHORT, codeCategorieProfessionnelle="M")).activities


@pytest.mark.parametrize("reference", [None, "", [], {}, {"exercices": ""}, {"exercices": []}, {"exercices": [None]}])
def test_nobody_works_without_an_exercice(reference: object) -> None:
    assert refusal(SHORT | {"SubjectRefPro": reference}) == "no_exercice"


def test_empty_strings_everywhere_are_no_place_and_no_name() -> None:
    def emptied(value: object) -> object:
        if isinstance(value, dict):
            return {key: emptied(one) for key, one in value.items()}
        return [emptied(one) for one in value] if isinstance(value, list) else ""

    everything = emptied(benali())
    assert isinstance(everything, dict)
    assert refusal(everything) == "no_number"
    known = {"SubjectNameID": "810199999993", "given_name": "Nadia", "family_name": "Benali"}
    exercice = everything["SubjectRefPro"]["exercices"][0] | {"codeProfession": "10"}
    identity = read(everything | known | {"SubjectRefPro": {"codeCivilite": "", "exercices": [exercice]}})
    assert [activity.workplace for activity in identity.activities] == [None]
    assert identity.civility == ""
    assert refusal(everything | {"SubjectNameID": "810199999993", "SubjectRefPro": {"exercices": [exercice]}}) == (
        "unreadable"
    )


@pytest.mark.parametrize(("said", "meant"), [("VRAI", True), ("FAUX", False), ("", False), (True, False), ("1", False)])
def test_who_regulates_emergencies_is_said_in_one_word(said: object, meant: bool) -> None:
    assert read(SHORT | {"Acces_Regulation_Medicale": said}).regulates_emergencies is meant


def test_numbers_that_cannot_be_are_left_out() -> None:
    activity = {
        "raisonSocialeSite": "  CABINET\n DU  PORT ",
        "numeroFinessSite": "74000001",
        "numeroSiretSite": "00000000000000",
        "numeroVoie": "2",
        "codeTypeDeVoie": "R",
        "libelleVoie": "DU PORT",
        "codePostal": "74000",
    }
    [found] = read(with_(SHORT, activities=[activity])).activities
    assert found.workplace == Workplace("CABINET DU PORT", Organisation.Kind.OTHER, address="2 R DU PORT, 74000")


_words = st.text(max_size=8)
_values = st.none() | st.booleans() | st.integers() | _words | st.lists(_words, max_size=2)
_values |= st.dictionaries(_words, _values, max_size=2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SHORT)), _values, _values)
def test_whatever_is_said_is_read_or_refused(key: str, value: object, exercice: object) -> None:
    userinfo = SHORT | {"SubjectRefPro": {"codeCivilite": value, "exercices": [exercice, *_exercices()]}, key: value}
    try:
        identity = read(userinfo)
    except SignInRefused:
        return
    assert identity.activities
    json.dumps(identity.number)


def _exercices() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = SHORT["SubjectRefPro"]["exercices"]
    return found
