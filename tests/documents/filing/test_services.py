"""Camille keeps her papers in order: folders, pins, comments. Nobody who treats her sees any of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.access.policy import NotVisible, Refused
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Capacity
from apps.core.clock import now
from apps.documents import services as documents
from apps.documents.filing import selectors, services
from apps.documents.filing.models import MAX_FOLDERS, MAX_PINS
from apps.documents.models import Comment, Document, Folder
from tests.documents.factories import many_papers
from tests.support.cast import World
from tests.support.clinical import Paper

pytestmark = pytest.mark.django_db


def seen_by(actor: Actor, document: Document) -> Document:
    """`document` as `actor` fetches it."""
    found: Document = Document.objects.visible_to(actor).get(pk=document.pk)
    return found


def verbs(world: World) -> list[str]:
    events = AuditEvent.objects.visible_to(world.camille).order_by("position")
    return list(events.values_list("verb", flat=True))


def deposited(world: World, paper: Paper) -> Document:
    """A clinical document of the laboratory, arrived."""
    upload = SimpleUploadedFile("cr.xml", paper.bytes(), "text/xml")
    lab, at = world.carer("lemaire"), now()
    made = documents.deposit(actor=lab, uploads=[upload], type_code="", title="", act_on=None, at=at)
    return documents.settle(document_id=made.pk, at=at)


def changes(world: World, actor: Actor, document: Document, folder: Folder) -> list[Callable[[], object]]:
    """Everything that puts papers in order, by `actor`."""
    return [
        lambda: services.make_folder(actor=actor, name="Dents", at=world.at),
        lambda: services.rename_folder(actor=actor, folder=folder, name="Dents", at=world.at),
        lambda: services.move(actor=actor, document=document, folder=None, at=world.at),
        lambda: services.pin(actor=actor, document=document, at=world.at),
        lambda: services.comment(actor=actor, document=document, text="Vu", at=world.at),
        lambda: services.remove_comment(actor=actor, document=document, at=world.at),
        lambda: services.delete_folder(actor=actor, folder=folder, at=world.at),
    ]


def a_helper(world: World) -> Actor:
    """Somebody who helps Camille and may only read and add."""
    return Actor(world.user("jeanne").pk, Capacity.CAREGIVER, world.camille.record_id)


def test_a_paper_goes_into_a_folder_into_another_and_out(world: World) -> None:
    camille, paper = world.camille, world.paper(world.camille)
    knee = services.make_folder(actor=camille, name="  Genou ", at=world.at)
    teeth = services.make_folder(actor=camille, name="Dents", at=world.at)
    assert knee.name == "Genou"
    services.move(actor=camille, document=seen_by(camille, paper), folder=knee, at=world.at)
    services.move(actor=camille, document=seen_by(camille, paper), folder=teeth, at=world.at)
    services.move(actor=camille, document=seen_by(camille, paper), folder=teeth, at=world.at)
    held = {link.name: link.number for link in selectors.folder_links(actor=camille)}
    assert held == {"Dents": 1, "Genou": 0}
    services.move(actor=camille, document=seen_by(camille, paper), folder=None, at=world.at)
    assert seen_by(camille, paper).folder_id is None
    assert verbs(world)[-5:] == ["documents.folder_made"] * 2 + ["documents.moved"] * 3


def test_deleting_a_full_folder_loses_no_document(world: World) -> None:
    camille = world.camille
    folder = services.make_folder(actor=camille, name="Genou", at=world.at)
    kept, thrown = world.paper(camille, title="Gardé"), world.paper(camille, title="Jeté")
    for paper in (kept, thrown):
        services.move(actor=camille, document=seen_by(camille, paper), folder=folder, at=world.at)
    documents.delete(actor=camille, document=seen_by(camille, thrown), at=world.at)
    services.delete_folder(actor=camille, folder=folder, at=world.at)
    assert not Folder.objects.visible_to(camille).exists()
    assert seen_by(camille, kept).folder_id is None
    assert documents.restore(actor=camille, document_id=thrown.pk, at=world.at).folder_id is None


def test_names_are_told_apart_as_people_do(world: World) -> None:
    camille = world.camille
    folder = services.make_folder(actor=camille, name="Été 2025", at=world.at)
    other = services.make_folder(actor=camille, name="Genou", at=world.at)
    for act in (
        lambda: services.make_folder(actor=camille, name="ETE 2025", at=world.at),
        lambda: services.rename_folder(actor=camille, folder=other, name="été 2025", at=world.at),
    ):
        with pytest.raises(services.NameTaken):
            act()
    services.rename_folder(actor=camille, folder=folder, name="ÉTÉ 2025", at=world.at)
    # Léo's record has its own names.
    services.make_folder(actor=world.camille_for_leo, name="Genou", at=world.at)
    for name in ("", "   ", "x" * 51):
        with pytest.raises(ValueError, match="50"):
            services.make_folder(actor=camille, name=name, at=world.at)


def test_there_are_a_hundred_folders_at_most(world: World) -> None:
    for number in range(MAX_FOLDERS):
        services.make_folder(actor=world.jeanne, name=f"Classeur {number}", at=world.at)
    with pytest.raises(Refused, match="too_many_folders"):
        services.make_folder(actor=world.jeanne, name="Un de trop", at=world.at)


def test_a_folder_of_another_record_does_not_exist(world: World) -> None:
    leos = services.make_folder(actor=world.camille_for_leo, name="École", at=world.at)
    paper = seen_by(world.camille, world.paper(world.camille))
    for act in (
        lambda: services.move(actor=world.camille, document=paper, folder=leos, at=world.at),
        lambda: services.rename_folder(actor=world.camille, folder=leos, name="À moi", at=world.at),
        lambda: services.delete_folder(actor=world.camille, folder=leos, at=world.at),
        lambda: services.file_away(actor=world.camille, document=paper, folder_id=uuid4(), at=world.at),
    ):
        with pytest.raises(NotVisible):
            act()


def test_a_helper_reads_and_changes_nothing_a_professional_sees_nothing(world: World) -> None:
    camille, paper = world.camille, world.paper(world.camille)
    folder = services.make_folder(actor=camille, name="Genou", at=world.at)
    services.comment(actor=camille, document=seen_by(camille, paper), text="Demander au médecin", at=world.at)
    helper, benali = a_helper(world), world.carer("benali")
    assert [link.name for link in selectors.folder_links(actor=helper)] == ["Genou"]
    assert selectors.comment_on(document=paper, actor=helper) is not None
    assert selectors.folder_links(actor=benali) == ()
    assert not Folder.objects.visible_to(benali).exists()
    assert not Comment.objects.visible_to(benali).exists()
    for actor in (helper, benali):
        for act in changes(world, actor, seen_by(actor, paper), folder):
            with pytest.raises(Refused):
                act()


def test_ten_pins_and_no_more(world: World) -> None:
    camille = world.camille
    papers = [seen_by(camille, paper) for paper in many_papers(world, camille, MAX_PINS + 1)]
    for paper in papers[:MAX_PINS]:
        services.pin(actor=camille, document=paper, at=world.at)
    services.pin(actor=camille, document=papers[0], at=world.at)
    with pytest.raises(Refused, match="too_many_pins"):
        services.pin(actor=camille, document=papers[-1], at=world.at)
    services.unpin(actor=camille, document=papers[0], at=world.at)
    services.pin(actor=camille, document=papers[-1], at=world.at)
    assert verbs(world).count("documents.pinned") == MAX_PINS + 1


def test_a_comment_is_written_changed_and_erased(world: World) -> None:
    camille = world.camille
    paper = seen_by(camille, world.paper(world.carer("benali")))
    services.comment(actor=camille, document=paper, text="Montrer à l’école", at=world.at)
    services.comment(actor=camille, document=paper, text="  Fait.  ", at=world.at)
    written = selectors.comment_on(document=paper, actor=camille)
    assert written is not None
    assert written.text == "Fait."
    services.remove_comment(actor=camille, document=paper, at=world.at)
    services.remove_comment(actor=camille, document=paper, at=world.at)
    assert selectors.comment_on(document=paper, actor=camille) is None
    assert verbs(world)[-3:] == ["documents.commented", "documents.commented", "documents.comment_removed"]
    for text in (" ", "x" * 3001):
        with pytest.raises(ValueError, match="3000"):
            services.comment(actor=camille, document=paper, text=text, at=world.at)


def test_a_new_version_takes_the_place_the_pin_and_the_comment(world: World) -> None:
    camille, lab = world.camille, world.carer("lemaire")
    first = deposited(world, Paper(unique_id="1.2.3.1", title="Bilan", version=1))
    document = seen_by(camille, first)
    folder = services.make_folder(actor=camille, name="Sang", at=world.at)
    services.move(actor=camille, document=document, folder=folder, at=world.at)
    services.pin(actor=camille, document=document, at=world.at)
    services.comment(actor=camille, document=document, text="À revoir", at=world.at)
    second = deposited(world, Paper(unique_id="1.2.3.2", title="Bilan corrigé", version=2))
    current = seen_by(camille, second)
    assert (current.folder_id, current.pinned_at is not None) == (folder.pk, True)
    written = selectors.comment_on(document=current, actor=camille)
    assert written is not None
    assert written.text == "À revoir"
    documents.delete(actor=lab, document=seen_by(lab, second), at=now())
    assert seen_by(camille, first).folder_id == folder.pk
    assert selectors.comment_on(document=first, actor=camille) is not None
