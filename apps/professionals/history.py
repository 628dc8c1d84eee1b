"""How what professionals do about themselves reads. No patient's history shows it: it happens in no record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "professionals.signed_in": (
        _("Vous vous êtes connecté avec ProSanté Connect"),
        _("{who} s’est connecté avec ProSanté Connect"),
    ),
    "professionals.place_chosen": (
        _("Vous avez choisi votre lieu de travail"),
        _("{who} a choisi son lieu de travail"),
    ),
}
