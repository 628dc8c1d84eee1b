"""What shares tell people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.notifications.registry import NoticeKind

SHARE_OPENED = NoticeKind(
    code="documents.share_opened",
    category="access",
    sentence=_("{who} a ouvert un partage"),
    pictogram="eye",
    colour_category="prescription",
    action=_("Voir le partage"),
)
SHARE_OVER = NoticeKind(
    code="documents.share_over",
    category="documents",
    sentence=_("Partage terminé. Ouvert par : {who}"),
    pictogram="ok",
    colour_category="prescription",
    action=_("Voir le partage"),
)
SHARE_UNUSED = NoticeKind(
    code="documents.share_unused",
    category="documents",
    sentence=_("Partage terminé. Personne ne l’a ouvert."),
    pictogram="stop",
    colour_category="own",
    action=_("Voir le partage"),
)
SHARE_LOCKED = NoticeKind(
    code="documents.share_locked",
    category="access",
    sentence=_("Partage arrêté : trop de réponses fausses"),
    pictogram="alert-circle",
    colour_category="danger",
    action=_("Voir le partage"),
)
KINDS = (SHARE_OPENED, SHARE_OVER, SHARE_UNUSED, SHARE_LOCKED)
