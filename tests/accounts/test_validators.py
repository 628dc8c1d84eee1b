"""What an identifier and a password may be."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.accounts.models import User
from apps.accounts.validators import validate_identifier

JEANNE = User(identifier="jeanne.leroux", given_name="Jeanne", family_name="Leroux", email="jeanne@exemple.fr")


@pytest.mark.parametrize("value", ["camille.martin", "jeanne_82", "a-b-c-d-e", "12345678", "x" * 64])
def test_a_good_identifier(value: str) -> None:
    validate_identifier(value)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("camille", "identifier_length"),
        ("x" * 65, "identifier_length"),
        ("", "identifier_length"),
        ("camille@exemple.fr", "identifier_email"),
        ("camille martin", "identifier_characters"),
        ("camille/martin", "identifier_characters"),
        ("hélène.dupont", "identifier_characters"),
        ("camille\nmartin", "identifier_characters"),
        ("сamille.martin", "identifier_characters"),
        ("2800175123456", "identifier_nir"),
        ("280017512345667", "identifier_nir"),
        ("1.80.01.2A.123.456", "identifier_nir"),
        ("FR7630006000011234567890189", "identifier_iban"),
        ("fr76-3000-6000-0112-3456-7890-189", "identifier_iban"),
    ],
)
def test_a_bad_identifier_is_refused_in_one_sentence(value: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_identifier(value)
    assert refusal.value.code == code
    assert len(refusal.value.messages) == 1
    assert refusal.value.messages[0].endswith(".")


@pytest.mark.parametrize(
    "password", ["quatre-chats-sur-le-mur", "Ab1-cdefg", "été à la mer, deux chats", "Zoé_2Pluies"]
)
def test_a_good_password(password: str) -> None:
    validate_password(password, JEANNE)


@pytest.mark.parametrize(
    "password",
    [
        "Ab1-cdef",
        "abcdefghijk",
        "Abcdefgh12",
        "motdepasse1234",
        "azertyuiop123",
        "1234567890123",
        "jeanne.leroux1",
        "jeanne@exemple.fr",
        "x" * 129,
    ],
)
def test_a_bad_password_is_refused_in_plain_words(password: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, JEANNE)
    assert all(sentence.endswith(".") for sentence in refusal.value.messages)
    assert not any("password" in sentence.lower() for sentence in refusal.value.messages)
