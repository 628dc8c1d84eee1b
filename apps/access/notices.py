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
EMERGENCY_ENTERED = NoticeKind(
    code="access.emergency",
    category="access",
    sentence=_("{who} a ouvert le dossier en urgence"),
    pictogram="accident-and-emergency",
    colour_category="danger",
    action=_("Voir qui et pourquoi"),
)
PRIMARY_DOCTOR_TOLD = NoticeKind(
    code="access.emergency_for_primary_doctor",
    category="access",
    sentence=_("{who} a ouvert en urgence le dossier d’un de vos patients"),
    pictogram="accident-and-emergency",
    colour_category="danger",
    action=_("Voir le dossier"),
)
EXPLANATION_ASKED = NoticeKind(
    code="access.explanation_asked",
    category="access",
    sentence=_("Un patient demande pourquoi son dossier a été consulté"),
    pictogram="communication",
    colour_category="imaging",
    action=_("Répondre"),
)
EXPLANATION_GIVEN = NoticeKind(
    code="access.explanation_given",
    category="access",
    sentence=_("{who} a répondu à votre demande d’explication"),
    pictogram="communication",
    colour_category="imaging",
    action=_("Lire la réponse"),
)
CONSENT_RECORDED = NoticeKind(
    code="access.consent_recorded",
    category="access",
    sentence=_("{who} a noté votre accord pour lire le dossier"),
    pictogram="doctor",
    colour_category="report",
    action=_("Voir ce soignant"),
)
TEAM_JOINED = NoticeKind(
    code="access.team_joined",
    category="access",
    sentence=_("{who} lit le dossier : membre de votre équipe de soins"),
    pictogram="doctor",
    colour_category="report",
    action=_("Voir ce soignant"),
)
KINDS = (
    RECORD_ENTERED,
    EMERGENCY_ENTERED,
    PRIMARY_DOCTOR_TOLD,
    EXPLANATION_ASKED,
    EXPLANATION_GIVEN,
    CONSENT_RECORDED,
    TEAM_JOINED,
)
