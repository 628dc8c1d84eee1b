"""States that cannot exist, and questions that cannot be asked."""

import pytest
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from apps.core.clock import now
from apps.core.querysets import UnscopedQuery
from apps.documents import types
from apps.documents.models import Document, fold
from tests.support.cast import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "ask",
    [
        lambda: list(Document.objects.all()),
        lambda: Document.objects.count(),
        lambda: Document.objects.first(),
        lambda: Document.objects.filter(title="x").exists(),
        lambda: Document.objects.get(title="x"),
        lambda: Document.objects.update(title="x"),
        lambda: Document.objects.all().delete(),
        lambda: get_object_or_404(Document, title="x"),
        lambda: list(Document.objects.values_list("title")),
        lambda: list(Document.objects.iterator()),
        lambda: Document.objects.aggregate(),
        lambda: bool(Document.objects.all()),
        lambda: len(Document.objects.all()[:5]),
    ],
)
def test_an_unscoped_question_raises(ask: object) -> None:
    with pytest.raises(UnscopedQuery):
        ask()  # type: ignore[operator]


@pytest.mark.parametrize(
    "combine",
    [
        lambda hers, everybodys: list(hers | everybodys),
        lambda hers, everybodys: list(everybodys & hers),
        lambda hers, everybodys: list(hers ^ everybodys),
        lambda hers, everybodys: list(hers.union(everybodys)),
        lambda hers, everybodys: list(hers.difference(everybodys)),
        lambda hers, everybodys: list(hers.intersection(everybodys)),
    ],
)
def test_what_nobody_asked_for_comes_in_by_no_combination(world: World, combine: object) -> None:
    """Rows of the second would pass for what Camille was shown."""
    world.paper(world.jeanne)
    with pytest.raises(UnscopedQuery):
        combine(Document.objects.visible_to(world.camille), Document.objects.all())  # type: ignore[operator]


def test_a_reason_is_needed_to_ask_for_everything() -> None:
    with pytest.raises(ValueError, match="reason"):
        Document.objects.unscoped(why=" ")


def test_masked_and_by_whom_go_together(world: World) -> None:
    document = world.paper(world.camille)
    document.masked_at = now()
    with pytest.raises(IntegrityError), transaction.atomic():
        document.save()


def test_a_document_does_not_print_its_title(world: World) -> None:
    document = world.paper(world.camille, title="Sérologie")
    assert "Sérologie" not in str(document) + repr(document)


def test_the_114_official_types_are_there() -> None:
    kinds = types.all_types()
    assert len(kinds) == 114
    assert kinds["11502-2"].plain == "Prise de sang"
    assert kinds["57833-6"].class_code == "42"
    assert all(kind.plain and kind.label and kind.family in types.FAMILIES for kind in kinds.values())
    assert {code for code, _label in types.PATIENT_CHOICES} <= {c for c, k in kinds.items() if k.is_by_patient}
    offered = {code for code, _label in types.professional_choices()}
    assert not offered & {c for c, k in kinds.items() if k.is_by_patient or k.is_technical}


@pytest.mark.parametrize(("text", "folded"), [("Œdème", "oedeme"), ("ÉTÉ", "ete"), ("Straße", "strasse"), ("", "")])
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
