"""The number of the national register (NIR), as far as its own check can tell.

Shape and key follow the INSEE: fifteen characters, the last two being 97 minus the first thirteen modulo 97,
with Corsica's 2A and 2B read as 19 and 18. The arithmetic is python-stdnum's.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import nir

#: Who assigned the number: NIR, NIA, and the two reserved for tests (ANS, INS reference frame).
OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_TEST_NIR = "1.2.250.1.213.1.4.10"
OID_TEST_NIA = "1.2.250.1.213.1.4.11"


def normalise_nir(value: str) -> str:
    """`value` without spaces, upper case, its key checked.

    Raises ValidationError with a sentence saying what to look at: length, characters or key.
    """
    try:
        return str(nir.validate(value))
    except InvalidLength as error:
        raise ValidationError(_("Le numéro comporte 15 caractères, clé comprise."), code="length") from error
    except InvalidFormat as error:
        raise ValidationError(
            _("Le numéro ne contient que des chiffres, et 2A ou 2B pour la Corse."), code="format"
        ) from error
    except InvalidChecksum as error:
        raise ValidationError(
            _("La clé, les 2 derniers chiffres, ne correspond pas. Vérifiez chaque groupe."), code="key"
        ) from error
    except NumberError as error:
        raise ValidationError(_("Ce numéro n’est pas valable. Vérifiez chaque groupe."), code="nir") from error
