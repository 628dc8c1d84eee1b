"""Medical words explained in words that everybody knows."""

from __future__ import annotations

import pytest
from django.template import engines

from apps.reading import easy_style, glossary


def test_there_are_some_sixty_words_each_once() -> None:
    entries = glossary.entries()
    assert len(entries) >= 60
    forms = [form.lower() for entry in entries for form in entry.forms]
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize("entry", glossary.entries(), ids=lambda entry: entry.word)
def test_every_explanation_is_easy(entry: glossary.Entry) -> None:
    assert not easy_style.problems(entry.meaning)
    assert all(easy_style.longest(line) <= easy_style.LONG for line in entry.meaning.splitlines())
    assert entry.question.startswith("C’est quoi, ")
    assert entry.question.endswith("\N{NO-BREAK SPACE}?")


def test_a_word_is_found_in_any_of_its_forms() -> None:
    assert glossary.explain("Ordonnances") is glossary.explain("une ordonnance")


def test_a_word_nobody_explained_is_a_mistake_one_sees() -> None:
    with pytest.raises(LookupError, match="licorne"):
        glossary.explain("licorne")


def test_words_of_a_document_are_explained_once_in_their_order() -> None:
    text = "Compte rendu d’échographie. Deuxième échographie, puis ordonnance. Radiotéléphone."
    assert [entry.word for entry in glossary.found_in(text)] == [
        "un compte rendu",
        "une échographie",
        "une ordonnance",
    ]


def test_the_longest_form_wins() -> None:
    assert [entry.word for entry in glossary.found_in("Directives anticipées et bilan sanguin")] == [
        "une directive anticipée",
        "un bilan",
    ]


def test_a_word_opens_without_script() -> None:
    page = engines["django"].from_string('{% term "antécédent" %}').render({})
    assert "<details" in page
    assert "C’est quoi, un antécédent\N{NO-BREAK SPACE}?" in page
    assert "Une maladie ou une opération" in page
