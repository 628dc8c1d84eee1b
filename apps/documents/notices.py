"""What the documents room tells people. No clinical word: the document's own title stays inside it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.notifications.registry import NoticeKind

DOCUMENT_DEPOSITED = NoticeKind(
    code="documents.deposited",
    category="documents",
    sentence=_("{who} a déposé un document"),
    pictogram="ui-folder",
    colour_category="lab",
    action=_("Lire le document"),
)
DOCUMENT_REFUSED = NoticeKind(
    code="documents.refused",
    category="documents",
    sentence=_("Un fichier n’a pas pu être ajouté"),
    pictogram="alert-circle",
    colour_category="danger",
    action=_("Voir pourquoi"),
)
DOCUMENT_WAITS = NoticeKind(
    code="documents.waits",
    category="documents",
    sentence=_("Un document vous attend. Demandez un rendez-vous : {who}"),
    pictogram="doctor",
    colour_category="report",
    action=_("Voir qui appeler"),
)
KINDS = (DOCUMENT_DEPOSITED, DOCUMENT_REFUSED, DOCUMENT_WAITS)
