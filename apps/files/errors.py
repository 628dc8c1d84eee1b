"""Why a file is not taken, in words a person understands, and the exceptions of this app."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import formats
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.files.decoding.refusals import Code

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_SENTENCES: dict[Code, _StrPromise] = {
    Code.NO_FILE: _("Choisissez un fichier à ajouter."),
    Code.EMPTY: _("Ce fichier est vide. Choisissez-en un autre."),
    Code.TOO_LARGE: _("Ce fichier pèse {size} Mo. La limite est de {limit} Mo."),
    Code.TOO_LARGE_TOGETHER: _("Ces fichiers pèsent {size} Mo ensemble. La limite est de {limit} Mo."),
    Code.TOO_MANY_FILES: _("Vous avez choisi trop de fichiers. La limite est de {limit} à la fois."),
    Code.TOO_MANY_PAGES: _("Ce document a trop de pages. La limite est de {limit} pages."),
    Code.TYPE_NOT_ACCEPTED: _(
        "Calepin ne prend pas ce type de fichier. Ajoutez un PDF, une photo (JPEG, PNG, HEIC), "
        "un TIFF ou un texte (TXT, RTF)."
    ),
    Code.DISGUISED: _(
        "Ce fichier contient autre chose que ce qu’il annonce. Ajoutez un PDF, une photo (JPEG, PNG, HEIC), "
        "un TIFF ou un texte (TXT, RTF)."
    ),
    Code.CANNOT_JOIN: _("Un fichier texte ne peut pas être réuni avec d’autres. Ajoutez-le seul."),
    Code.PDF_LOCKED: _("Ce PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis ajoutez-le."),
    Code.PDF_BROKEN: _("Ce PDF est abîmé ou incomplet. Téléchargez-le de nouveau, puis ajoutez-le."),
    Code.IMAGE_BROKEN: _("Cette image est abîmée ou incomplète. Reprenez la photo, puis ajoutez-la."),
    Code.IMAGE_TOO_WIDE: _(
        "Cette image a trop de points. La limite est de 50 millions. Prenez une photo moins grande."
    ),
    Code.TOO_HEAVY: _(
        "Ce fichier ne peut pas être ouvert sans risque. Prenez le document en photo, puis ajoutez la photo."
    ),
    Code.CLINICAL_BROKEN: _(
        "Ce document de santé est abîmé ou incomplet. Demandez-le de nouveau à la personne qui l’a écrit."
    ),
    Code.NO_WORDS: _("Ce fichier RTF ne contient pas de texte. Enregistrez-le en PDF, puis ajoutez-le."),
    Code.DAMAGED_TEXT: _("Ce fichier RTF est abîmé. Enregistrez-le en PDF, puis ajoutez-le."),
    Code.PACKAGE_BROKEN: _("Ce fichier ZIP n’est pas un envoi de documents (IHE_XDM), ou il est abîmé."),
    Code.PACKAGE_UNSAFE: _("Ce fichier ZIP ne peut pas être ouvert sans risque. Demandez un nouvel envoi."),
    Code.MAIL_BROKEN: _("Ce fichier n’est pas un e-mail, ou il est abîmé."),
    Code.INFECTED: _("L’antivirus a trouvé un danger dans ce fichier. Calepin ne l’a pas gardé."),
    Code.DAMAGED: _("Ce fichier a été abîmé pendant son rangement. Ajoutez-le de nouveau."),
    Code.TRY_AGAIN: _("Calepin ne peut pas prendre de fichier pour l’instant. Réessayez dans quelques minutes."),
}


def sentence(code: Code, *, size: int = 0) -> _StrPromise:
    """What to tell the person, lazily, in their reading mode. `size` is in bytes, where it is shown."""
    return format_lazy(_SENTENCES[code], size=Megabytes(size), limit=_limit(code))


def _limit(code: Code) -> object:
    if code is Code.TOO_LARGE:
        return Megabytes(settings.FILE_MAX_BYTES)
    if code is Code.TOO_LARGE_TOGETHER:
        return Megabytes(settings.FILE_MAX_TOTAL_BYTES)
    return settings.FILE_MAX_COUNT if code is Code.TOO_MANY_FILES else settings.FILE_MAX_PAGES


class Megabytes:
    """A size in bytes as the reader's language writes it in Mo, rounded up: 20 Mo and a byte reads 20,1."""

    def __init__(self, size: int) -> None:
        self._tenths = math.ceil(size * 10 / (1024 * 1024))

    def __format__(self, spec: str) -> str:
        return str(self)

    def __str__(self) -> str:
        whole = self._tenths % 10 == 0
        return formats.number_format(self._tenths / 10, decimal_pos=0 if whole else 1, force_grouping=True)


class FileRefused(Exception):
    """This file is not taken. `code` is stored and stable; `message` is the sentence to show."""

    def __init__(self, code: Code, *, size: int = 0) -> None:
        super().__init__(code.value)
        self.code = code.value
        self.message = sentence(code, size=size)


class FileNotReady(Exception):
    """Nothing of this file may be read: it is not READY."""


class RenditionMissing(LookupError):
    """This file has no such picture: a text has no pages, a long document only its first ones."""


class ContentDamaged(Exception):
    """What is stored is not what was written: it does not decrypt, or it is gone."""


class KeyUnusable(Exception):
    """No key of FILE_KEYS opens this file: a wrong configuration, never a reason to give up a file."""
