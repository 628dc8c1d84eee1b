"""How rights given and taken back read in the history."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "access.entered": (_("Vous avez consulté le dossier"), _("{who} a consulté le dossier")),
    "access.granted": (_("Vous avez donné un accès au dossier"), _("{who} a donné un accès au dossier")),
    "access.revoked": (_("Vous avez retiré un accès au dossier"), _("{who} a retiré un accès au dossier")),
}
