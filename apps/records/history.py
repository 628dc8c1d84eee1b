"""How what happens to a record itself reads in its history."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "records.opened": (_("Vous avez ouvert le dossier"), _("{who} a ouvert le dossier")),
    "records.identity_qualified": (
        _("Vous avez vérifié l’identité"),
        _("{who} a vérifié l’identité avec un document officiel"),
    ),
}
