"""How what happens to documents reads to a person: when it was them, when it was somebody else."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Actor
from apps.documents.models import Document, DocumentQuerySet
from apps.documents.sharing.models import Share, ShareQuerySet

SENTENCES = {
    "documents.added": (_("Vous avez ajouté « {what} »"), _("{who} a ajouté « {what} »")),
    "documents.opened": (_("Vous avez ouvert « {what} »"), _("{who} a ouvert « {what} »")),
    "documents.downloaded": (_("Vous avez téléchargé « {what} »"), _("{who} a téléchargé « {what} »")),
    "documents.searched": (_("Vous avez cherché dans les documents"), _("{who} a cherché dans les documents")),
    "documents.masked": (_("Vous avez masqué « {what} »"), _("{who} a masqué « {what} »")),
    "documents.unmasked": (
        _("Vous avez rendu « {what} » visible aux soignants"),
        _("{who} a rendu « {what} » visible aux soignants"),
    ),
    "documents.deleted": (_("Vous avez supprimé un document"), _("{who} a supprimé un document")),
    "documents.restored": (_("Vous avez repris « {what} »"), _("{who} a repris « {what} »")),
    "documents.shared": (_("Vous avez partagé « {what} »"), _("{who} a partagé « {what} »")),
    "documents.share_opened": (_("Vous avez ouvert un partage"), _("{who} a ouvert un partage")),
    "documents.read_by_share": (
        _("Vous avez lu « {what} » par un partage"),
        _("{who} a lu « {what} » par un partage"),
    ),
    "documents.share_stopped": (_("Vous avez arrêté un partage"), _("{who} a arrêté un partage")),
    "documents.share_locked": (
        _("Un partage s’est arrêté : trop de réponses fausses"),
        _("Un partage s’est arrêté : trop de réponses fausses"),
    ),
    "documents.folder_made": (_("Vous avez créé un classeur"), _("{who} a créé un classeur")),
    "documents.folder_renamed": (_("Vous avez renommé un classeur"), _("{who} a renommé un classeur")),
    "documents.folder_deleted": (_("Vous avez supprimé un classeur"), _("{who} a supprimé un classeur")),
    "documents.moved": (_("Vous avez rangé « {what} »"), _("{who} a rangé « {what} »")),
    "documents.pinned": (_("Vous avez épinglé « {what} »"), _("{who} a épinglé « {what} »")),
    "documents.unpinned": (_("Vous avez désépinglé « {what} »"), _("{who} a désépinglé « {what} »")),
    "documents.commented": (
        _("Vous avez écrit un commentaire sur « {what} »"),
        _("{who} a écrit un commentaire sur « {what} »"),
    ),
    "documents.comment_removed": (
        _("Vous avez effacé le commentaire de « {what} »"),
        _("{who} a effacé le commentaire de « {what} »"),
    ),
    "documents.printed": (
        _("Vous avez préparé l’impression de « {what} »"),
        _("{who} a préparé l’impression de « {what} »"),
    ),
    "documents.kept": (
        _("Vous avez gardé « {what} » sur un téléphone"),
        _("{who} a gardé « {what} » sur un téléphone"),
    ),
    "documents.problem_reported": (
        _("Vous avez signalé un problème sur « {what} »"),
        _("{who} a signalé un problème sur « {what} »"),
    ),
    "documents.problem_answered": (
        _("Vous avez répondu à un signalement sur « {what} »"),
        _("{who} a répondu au signalement sur « {what} »"),
    ),
    "documents.problem_closed": (
        _("Vous avez terminé le signalement sur « {what} »"),
        _("{who} a terminé le signalement sur « {what} »"),
    ),
    "documents.support_asked": (
        _("Vous avez demandé à l’assistance pour « {what} »"),
        _("{who} a demandé à l’assistance pour « {what} »"),
    ),
    "documents.support_let_in": (
        _("Vous avez laissé l’assistance regarder « {what} »"),
        _("{who} a laissé l’assistance regarder « {what} »"),
    ),
    "documents.support_kept_out": (
        _("Vous ne laissez plus l’assistance regarder « {what} »"),
        _("{who} ne laisse plus l’assistance regarder « {what} »"),
    ),
    "documents.support_answered": (
        _("Vous avez répondu pour l’assistance sur « {what} »"),
        _("{who} a répondu au signalement sur « {what} »"),
    ),
    "documents.withheld": (
        _("Vous avez demandé d’attendre la consultation d’annonce pour « {what} »"),
        _("{who} a demandé d’attendre la consultation d’annonce pour « {what} »"),
    ),
    "documents.announced": (
        _("Vous avez dit que l’annonce de « {what} » est faite"),
        _("{who} a dit que l’annonce de « {what} » est faite"),
    ),
    "documents.prompted": (
        _("Vous avez prévenu le patient qu’un document l’attend"),
        _("{who} a prévenu le patient qu’un document l’attend"),
    ),
    "documents.released": (
        _("Vous avez rendu « {what} » visible au patient"),
        _("« {what} » est devenu visible après 1 mois"),
    ),
    "documents.erased": (_("Vous avez effacé un document"), _("{who} a effacé un document")),
}


def titles(ids: Collection[UUID], actor: Actor) -> dict[UUID, str]:
    """The names of those documents that exist for `actor`; what they may not see keeps no name. One query."""
    visible = Document.objects.readable_to(actor).filter(pk__in=ids)
    return {document.pk: document.name for document in visible.only("title", "type_code", "has_technical_title")}


def documents_kept_from(actor: Actor) -> QuerySet[Any, Any]:
    """The documents whose lines do not exist for this reader."""
    kept: DocumentQuerySet = Document.objects.kept_from(actor)
    return kept.values("pk")


def shares_kept_from(actor: Actor) -> QuerySet[Any, Any]:
    """The shares whose lines do not exist for this reader."""
    kept: ShareQuerySet = Share.objects.kept_from(actor)
    return kept.values("pk")
