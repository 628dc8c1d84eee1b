"""What reports tell people. The patient is not named to whoever looks over a shoulder."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.notifications.registry import NoticeKind

PROBLEM_REPORTED = NoticeKind(
    code="documents.problem_reported",
    category="documents",
    sentence=_("Un patient signale un problème sur un de vos documents"),
    pictogram="alert-circle",
    colour_category="certificate",
    action=_("Lire le signalement"),
)
PROBLEM_ANSWERED = NoticeKind(
    code="documents.problem_answered",
    category="documents",
    sentence=_("{who} a répondu à votre signalement"),
    pictogram="communication",
    colour_category="report",
    action=_("Lire la réponse"),
)
PROBLEM_FOR_SUPPORT = NoticeKind(
    code="documents.problem_for_support",
    category="documents",
    sentence=_("Une personne demande de l’aide pour un document"),
    pictogram="alert-circle",
    colour_category="certificate",
    action=_("Lire le signalement"),
)
PROBLEM_ANSWERED_BY_SUPPORT = NoticeKind(
    code="documents.support_answered",
    category="documents",
    sentence=_("L’assistance a répondu à votre signalement"),
    pictogram="communication",
    colour_category="report",
    action=_("Lire la réponse"),
)
KINDS = (PROBLEM_REPORTED, PROBLEM_ANSWERED, PROBLEM_FOR_SUPPORT, PROBLEM_ANSWERED_BY_SUPPORT)
