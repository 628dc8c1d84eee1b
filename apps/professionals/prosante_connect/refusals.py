"""Why a sign-in by ProSanté Connect fails, each reason with its sentence."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class _Words(NamedTuple):
    status: HTTPStatus
    sentence: Promise


REFUSALS: dict[str, _Words] = {
    "declined": _Words(
        HTTPStatus.FORBIDDEN, _("Vous avez arrêté la connexion dans ProSanté Connect. Vous pouvez recommencer.")
    ),
    "expired": _Words(
        HTTPStatus.BAD_REQUEST, _("Cette connexion a trop attendu, ou elle a déjà servi. Recommencez depuis Calepin.")
    ),
    "down": _Words(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("ProSanté Connect ne répond pas. Réessayez dans quelques minutes : il n’y a pas d’autre entrée."),
    ),
    "unreadable": _Words(
        HTTPStatus.BAD_GATEWAY, _("Calepin ne comprend pas la réponse de ProSanté Connect. Réessayez plus tard.")
    ),
    "unproven": _Words(
        HTTPStatus.BAD_GATEWAY,
        _("Calepin n’a pas pu vérifier la réponse de ProSanté Connect. Par sécurité, rien n’est ouvert."),
    ),
    "clock": _Words(
        HTTPStatus.BAD_GATEWAY,
        _("L’heure de Calepin et celle de ProSanté Connect ne sont pas les mêmes. Prévenez qui gère ce Calepin."),
    ),
    "weak": _Words(
        HTTPStatus.FORBIDDEN,
        _("ProSanté Connect n’a pas vérifié votre carte CPS ou votre e-CPS. Recommencez avec l’une des deux."),
    ),
    "no_number": _Words(
        HTTPStatus.FORBIDDEN,
        _("ProSanté Connect n’a pas donné votre numéro RPPS ou ADELI. Sans lui, Calepin ne peut pas vous reconnaître."),
    ),
    "no_exercice": _Words(
        HTTPStatus.FORBIDDEN,
        _("ProSanté Connect ne vous connaît aucun exercice en cours. Vérifiez votre dossier auprès de votre ordre."),
    ),
    "unknown_profession": _Words(
        HTTPStatus.FORBIDDEN,
        _("Votre profession n’est pas dans la matrice d’habilitation : Calepin ne peut rien vous ouvrir."),
    ),
    "closed": _Words(HTTPStatus.FORBIDDEN, _("Ce compte est fermé.")),
}


class SignInRefused(Exception):
    """A sign-in that opens nothing. `code` is a key of `REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> Promise:
        """What the professional reads."""
        return REFUSALS[self.code].sentence

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that says so."""
        return REFUSALS[self.code].status
