"""What people are told about who enters their record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.notifications.registry import NoticeKind

RECORD_ENTERED = NoticeKind(
    code="access.entered",
    category="access",
    sentence=_("{who} a consulté le dossier"),
    pictogram="eye",
    colour_category="imaging",
    action=_("Voir qui et quand"),
)
