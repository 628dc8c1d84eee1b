"""How rights given and taken back read in the history."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.core.actor import Actor
from apps.professionals.models import Professional

A_PROFESSIONAL = _("un soignant")

SENTENCES = {
    "access.entered": (_("Vous avez consulté le dossier"), _("{who} a consulté le dossier")),
    "access.left": (_("Vous avez quitté le dossier"), _("{who} a quitté le dossier")),
    "access.given_back": (_("Vous avez rendu votre accès au dossier"), _("{who} a rendu son accès au dossier")),
    "access.patient_found": (_("Vous avez trouvé le patient"), _("{who} a cherché le dossier et l’a trouvé")),
    "access.patient_not_found": (
        _("Vous avez cherché un patient, sans le trouver"),
        _("{who} a cherché un patient, sans le trouver"),
    ),
    "access.consent_recorded": (
        _("Vous avez noté l’accord du patient"),
        _("{who} a noté votre accord pour lire le dossier"),
    ),
    "access.team_joined": (
        _("Vous lisez le dossier avec votre équipe de soins"),
        _("{who} lit le dossier avec votre équipe de soins"),
    ),
    "access.care_team_decided": (
        _("Vous avez changé votre choix sur les équipes de soins"),
        _("{who} a changé le choix sur les équipes de soins"),
    ),
    "access.entered_in_secret": (
        _("Vous avez consulté le dossier en secret, à la demande du patient"),
        _("{who} a consulté le dossier en secret, à votre demande"),
    ),
    "access.granted": (_("Vous avez donné un accès au dossier"), _("{who} a donné un accès au dossier")),
    "access.revoked": (_("Vous avez retiré un accès au dossier"), _("{who} a retiré un accès au dossier")),
    "access.withdrawn": (_("Vous avez retiré son accès à {what}"), _("{who} a retiré son accès à {what}")),
    "access.blocked": (_("Vous avez bloqué {what}"), _("{who} a bloqué {what}")),
    "access.unblocked": (_("Vous avez débloqué {what}"), _("{who} a débloqué {what}")),
    "access.administrator_named": (
        _("Vous avez montré vos documents masqués à {what}"),
        _("{who} a montré les documents masqués à {what}"),
    ),
    "access.administrator_ended": (
        _("Vous ne montrez plus vos documents masqués à {what}"),
        _("{who} ne montre plus les documents masqués à {what}"),
    ),
    "access.primary_doctor_chosen": (
        _("Vous avez choisi {what} comme médecin traitant"),
        _("{who} a choisi {what} comme médecin traitant"),
    ),
    "access.primary_doctor_ended": (
        _("{what} n’est plus votre médecin traitant : vous l’avez décidé"),
        _("{what} n’est plus le médecin traitant : {who} l’a décidé"),
    ),
    "access.emergencies_decided": (
        _("Vous avez changé vos choix en cas d’urgence"),
        _("{who} a changé les choix en cas d’urgence"),
    ),
    "access.new_documents_masked": (
        _("Vous avez choisi de masquer les nouveaux documents"),
        _("{who} a choisi de masquer les nouveaux documents"),
    ),
    "access.new_documents_shown": (
        _("Vous avez choisi de montrer les nouveaux documents aux soignants"),
        _("{who} a choisi de montrer les nouveaux documents aux soignants"),
    ),
    "access.emergency_entered": (
        _("Vous avez ouvert le dossier en urgence"),
        _("{who} a ouvert le dossier en urgence"),
    ),
    "access.emergency_refused": (
        _("Vous avez demandé le dossier en urgence : le patient l’avait refusé"),
        _("{who} a demandé le dossier en urgence : l’accès était refusé"),
    ),
    "access.matrix_put_in_force": (
        _("Vous avez changé la liste de ce que chaque métier peut lire"),
        _("{who} a changé la liste de ce que chaque métier peut lire"),
    ),
    "access.explanation_asked": (
        _("Vous avez demandé une explication à {what}"),
        _("{who} a demandé une explication à {what}"),
    ),
    "access.explanation_given": (
        _("Vous avez répondu à une demande d’explication"),
        _("{who} a répondu à une demande d’explication"),
    ),
}


def names(ids: Collection[UUID], actor: Actor) -> dict[UUID, str]:
    """The names of professionals that events are about: the directory is public. One query."""
    return {found.pk: found.display_name for found in Professional.objects.filter(pk__in=ids)}
