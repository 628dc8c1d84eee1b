"""Who may do what, in one table. Lists, checks, buttons and the page "Qui peut voir quoi" all read it.

Rows of a section are the capacities in which somebody acts; a capacity that is absent may do nothing. What a
professional may *read* is narrowed further by the matrice d'habilitation (`habilitation.py`), and single
permissions by rules of the room that owns the thing (`policy.rule`).
"""

from __future__ import annotations

from enum import StrEnum

from apps.core.actor import Capacity


class Section(StrEnum):
    """A part of a record with rules of its own."""

    DOCUMENTS = "documents"
    ACTIVITY = "activity"
    ACCESS = "access"


class Permission(StrEnum):
    """Something a person can do. The part before the dot is the section."""

    DOCUMENTS_VIEW = "documents.view"
    DOCUMENTS_ADD = "documents.add"
    DOCUMENTS_MASK = "documents.mask"
    DOCUMENTS_DELETE = "documents.delete"
    DOCUMENTS_DOWNLOAD = "documents.download"
    DOCUMENTS_SHARE = "documents.share"
    #: Folders, pins and comments: how the patient's side keeps its documents.
    DOCUMENTS_VIEW_NOTES = "documents.view_notes"
    DOCUMENTS_ORGANISE = "documents.organise"
    #: Saying that a document has a problem.
    DOCUMENTS_REPORT = "documents.report"
    DOCUMENTS_ANNOUNCE = "documents.announce"
    ACTIVITY_VIEW = "activity.view"
    ACTIVITY_VIEW_TEAM = "activity.view_team"
    ACCESS_DECIDE = "access.decide"

    @property
    def section(self) -> Section:
        """The section this permission belongs to."""
        return Section(self.value.partition(".")[0])

    @property
    def verb(self) -> str:
        """The short name templates use: `abilities.mask`."""
        return self.value.partition(".")[2]


_FULL = frozenset(
    {
        Permission.DOCUMENTS_VIEW,
        Permission.DOCUMENTS_ADD,
        Permission.DOCUMENTS_MASK,
        Permission.DOCUMENTS_DELETE,
        Permission.DOCUMENTS_DOWNLOAD,
        Permission.DOCUMENTS_SHARE,
        Permission.DOCUMENTS_VIEW_NOTES,
        Permission.DOCUMENTS_ORGANISE,
        Permission.DOCUMENTS_REPORT,
    }
)

MATRIX: dict[Section, dict[Capacity, frozenset[Permission]]] = {
    Section.DOCUMENTS: {
        Capacity.HOLDER: _FULL,
        # Parents act for a child in everything; what a minor keeps secret is not visible to them at all.
        Capacity.LEGAL_REPRESENTATIVE: _FULL,
        # An aidant reads and adds, but changes neither visibility nor existence (facts of the official app).
        Capacity.CAREGIVER: frozenset(
            {
                Permission.DOCUMENTS_VIEW,
                Permission.DOCUMENTS_ADD,
                Permission.DOCUMENTS_DOWNLOAD,
                Permission.DOCUMENTS_VIEW_NOTES,
            }
        ),
        # Feeding needs no right to read (CSP R1111-47); deletion is the author's only, by rule. Folders, pins and
        # comments say what the patient thinks of the papers: they were not written for those who treat.
        Capacity.PROFESSIONAL: frozenset(
            {
                Permission.DOCUMENTS_VIEW,
                Permission.DOCUMENTS_ADD,
                Permission.DOCUMENTS_DELETE,
                Permission.DOCUMENTS_DOWNLOAD,
                # Only of what they wrote themselves and withheld (CSP R1111-53), by rule.
                Permission.DOCUMENTS_ANNOUNCE,
            }
        ),
        Capacity.EMERGENCY: frozenset({Permission.DOCUMENTS_VIEW}),
        # The one document a patient let them look at, while the report on it stands; no copy (facts 1.6).
        Capacity.SUPPORT: frozenset({Permission.DOCUMENTS_VIEW}),
        # Calepin itself adds what reaches the patient's secure mailbox.
        Capacity.SYSTEM: frozenset({Permission.DOCUMENTS_VIEW, Permission.DOCUMENTS_ADD}),
    },
    Section.ACTIVITY: {
        # The holder sees every access (CSP L1111-19); parents see a child's.
        Capacity.HOLDER: frozenset({Permission.ACTIVITY_VIEW}),
        Capacity.LEGAL_REPRESENTATIVE: frozenset({Permission.ACTIVITY_VIEW}),
        # « Historique des accès » of the web DMP: a professional's own, and their organisation's.
        Capacity.PROFESSIONAL: frozenset({Permission.ACTIVITY_VIEW_TEAM}),
        Capacity.EMERGENCY: frozenset({Permission.ACTIVITY_VIEW_TEAM}),
    },
    Section.ACCESS: {
        # Consent, refusal and emergencies are the patient's to decide (CSP L1110-12, R1111-46); parents for a child.
        Capacity.HOLDER: frozenset({Permission.ACCESS_DECIDE}),
        Capacity.LEGAL_REPRESENTATIVE: frozenset({Permission.ACCESS_DECIDE}),
    },
}


def permissions(section: Section, capacity: Capacity) -> frozenset[Permission]:
    """What `capacity` may do in `section`; nothing when the table is silent."""
    return MATRIX[section].get(capacity, frozenset())
