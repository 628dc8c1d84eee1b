"""The documents room's own rules, on top of the matrix."""

from __future__ import annotations

from apps.access.matrix import Permission
from apps.access.policy import rule
from apps.core.actor import Actor
from apps.documents.models import Document


@rule(Permission.DOCUMENTS_DELETE)
def only_what_one_added(actor: Actor, document: Document) -> str | None:
    """A patient deletes only what the patient's side added; a professional only what they wrote.

    What a professional deposited belongs to the care given and can only be masked (CSP R1111-51).
    """
    if document.replaced_by_id:
        return "replaced"
    if actor.is_professional:
        return None if document.author_id == actor.professional_id else "not_the_author"
    return "written_by_a_professional" if document.is_from_care else None


@rule(Permission.DOCUMENTS_MASK)
def only_the_version_in_force(actor: Actor, document: Document) -> str | None:
    """Old versions follow the one in force: masking it masks them all."""
    return "replaced" if document.replaced_by_id else None


@rule(Permission.DOCUMENTS_ORGANISE)
def only_what_stands_in_the_list(actor: Actor, document: Document) -> str | None:
    """What was noted on a document follows its version in force."""
    return "replaced" if document.replaced_by_id else None


@rule(Permission.DOCUMENTS_REPORT)
def only_what_a_professional_wrote(actor: Actor, document: Document) -> str | None:
    """What the patient's side added, it can take away itself."""
    return None if document.author_id else "written_by_the_patient"


@rule(Permission.DOCUMENTS_ANNOUNCE)
def only_what_one_withheld(actor: Actor, document: Document) -> str | None:
    """The author alone knows whether the patient was told (CSP R1111-53)."""
    if document.author_id != actor.professional_id:
        return "not_the_author"
    return None if document.is_withheld else "not_withheld"
