"""Every sentence that Calepin shows has an easy twin, and every twin is easy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import gettext, ngettext

from apps.reading import easy_style, translations
from apps.reading.translations import extract, read_parts, twins_of


@pytest.fixture(scope="module")
def sources() -> dict[translations.Key, translations.Source]:
    return extract()


@pytest.fixture(scope="module")
def twins() -> dict[translations.Key, translations.Message]:
    return read_parts().twins


def test_sentences_are_found_in_code_and_in_templates(sources: dict[translations.Key, translations.Source]) -> None:
    assert "templates/shell/header.html" in sources["Aller au contenu"].files
    assert "apps/core/forms.py" in sources["Il manque l’année."].files


def test_no_sentence_lacks_its_twin(
    sources: dict[translations.Key, translations.Source], twins: dict[translations.Key, translations.Message]
) -> None:
    missing = {str(key): sources[key].files for key in sources.keys() - twins.keys()}
    assert len(missing) == 0, f"{len(missing)} sentences without easy twin, such as {sorted(missing.items())[:5]}"


def test_the_parts_agree() -> None:
    assert read_parts().problems == ()


def test_no_twin_outlives_its_sentence(
    sources: dict[translations.Key, translations.Source], twins: dict[translations.Key, translations.Message]
) -> None:
    assert sorted(map(str, twins.keys() - sources.keys())) == []


def test_twins_are_easy(twins: dict[translations.Key, translations.Message]) -> None:
    hard = {
        text: easy_style.problems(text)
        for message in twins.values()
        for text in twins_of(message)
        if easy_style.problems(text)
    }
    assert not hard


def test_no_sign_is_left_alone_at_the_start_of_a_line(twins: dict[translations.Key, translations.Message]) -> None:
    texts = [text for key, message in twins.items() for text in (str(key), *twins_of(message))]
    assert [text for text in texts if re.search(r"« | [»?!;:](?!\d)", text)] == []


def test_twins_say_the_same_names_and_numbers(
    sources: dict[translations.Key, translations.Source], twins: dict[translations.Key, translations.Message]
) -> None:
    different = {}
    for key in twins.keys() & sources.keys():
        source = sources[key]
        texts = twins_of(twins[key])
        originals = (source.text, source.plural) if source.plural else (source.text,)
        for original, twin in zip(originals, texts, strict=len(texts) > 1):
            if easy_style.missing_or_added(original, twin):
                different[original] = twin
    assert not different


def test_the_committed_catalogue_is_that_of_the_parts(
    sources: dict[translations.Key, translations.Source], twins: dict[translations.Key, translations.Message]
) -> None:
    """Run `manage.py compile_easy` and commit the result."""
    written = translations.easy_po().read_text(encoding="utf-8")
    assert written == translations.po_text(translations.merged(twins, sources))


def test_building_twice_gives_the_same_bytes(sources: dict[translations.Key, translations.Source]) -> None:
    once = translations.po_text(translations.merged(read_parts().twins, sources))
    assert once == translations.po_text(translations.merged(read_parts().twins, extract()))
    with translations.easy_po().open("rb") as file:
        assert len(read_po(file, locale="fr")) > 50


def test_easy_mode_speaks_easily() -> None:
    with translation.override("fr-simple"):
        assert gettext("Changer de profil") == "Changer de personne"
    with translation.override("fr"):
        assert gettext("Changer de profil") == "Changer de profil"


def test_what_libraries_say_stays_french_in_easy_mode() -> None:
    with translation.override("fr-simple"):
        assert gettext("This field is required.") == "Ce champ est obligatoire."
        assert gettext("Incorrect code.") == "Code incorrect."


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
@pytest.mark.parametrize(("number", "words"), [(0, "0 document"), (1, "1 document"), (2, "2 documents")])
def test_zero_is_singular_in_french(language: str, number: int, words: str) -> None:
    with translation.override(language):
        text = ngettext("%(total)s document", "%(total)s documents", number) % {"total": number}
    assert words in text


def part(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text(
        "\n".join(['msgid ""', 'msgstr "Content-Type: text/plain; charset=utf-8\\n"', "", *lines])
    )


def test_an_empty_twin_is_refused(tmp_path: Path) -> None:
    part(tmp_path, "a.po", 'msgid "Bonjour"', 'msgstr ""')
    parts = read_parts(tmp_path)
    assert parts.twins == {}
    assert "'Bonjour'" in parts.problems[0]


def test_a_doubtful_twin_is_refused(tmp_path: Path) -> None:
    part(tmp_path, "a.po", "#, fuzzy", 'msgid "Bonjour"', 'msgstr "Bonjour"')
    parts = read_parts(tmp_path)
    assert parts.twins == {}
    assert "'Bonjour'" in parts.problems[0]


def test_two_rooms_cannot_say_the_same_thing_differently(tmp_path: Path) -> None:
    part(tmp_path, "a.po", 'msgid "Retour"', 'msgstr "Revenir"')
    part(tmp_path, "b.po", 'msgid "Retour"', 'msgstr "Page d’avant"')
    parts = read_parts(tmp_path)
    assert len(parts.problems) == 1
    assert parts.problems[0].startswith("b.po: 'Retour'")
    assert parts.twins["Retour"].string == "Revenir"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Vous avez 1 document (ordonnance).", "has brackets"),
        ("Il reste 50 % du fichier.", "has a percent sign"),
        ("C’est fini ; merci.", "has a semicolon"),
        ("Au XXI siècle.", "has a Roman numeral"),
        ("un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize.", "16 words"),
    ],
)
def test_the_rules_of_easy_french(text: str, problem: str) -> None:
    assert any(problem in found for found in easy_style.problems(text))


def test_a_good_twin_passes() -> None:
    assert not easy_style.problems("Vous avez %(total)s documents.\nVous pouvez les lire ici.")
