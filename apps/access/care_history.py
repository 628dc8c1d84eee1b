"""What a professional may see of the accesses to a record: their own and their organisation's.

The facts of the web DMP name « Historique des accès » among its tabs and do not say whose accesses it lists; all of
them are the patient's to see (CSP L1111-19). So a professional sees what their organisation answers for, but no line
about a document that is kept from them: it would tell that there is one (facts, rules 4 and 5).
"""

from __future__ import annotations

from apps.access.matrix import Permission
from apps.access.policy import require
from apps.audit.history import present
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.paging import UncountedPage, uncounted
from apps.core.presentation import Event
from apps.professionals import selectors as directory

PAGE_SIZE = 25


def accesses(*, actor: Actor, page: int | str) -> tuple[list[Event], UncountedPage[AuditEvent]]:
    """One page of them, newest first. Three queries at most, whatever their number. Raises Refused or NotVisible."""
    require(actor, Permission.ACTIVITY_VIEW_TEAM)
    colleagues = directory.colleagues_of(professional_id=actor.carer_id)
    rows = AuditEvent.objects.acts_of(colleagues, reader=actor).newest_first()
    shown = uncounted(rows, size=PAGE_SIZE, asked=page)
    return present(shown.object_list, actor=actor), shown
