"""The emergency numbers shown on `/urgence/`.

National numbers of France only, free of charge and open day and night. Local numbers (poison centres, duty
doctors) change from place to place and are left out: the 15 puts the caller through.

Sources:
- 15, 18 and 112: service-public.fr, "Quels sont les numéros en cas d'urgence ?" (sheet F33954); for 112,
  article 109 of directive (EU) 2018/1972;
- 114, by text message: décret n° 2008-346 of 14 April 2008; the same sheet;
- 3114, suicide prevention: opened on 1 October 2021 by the ministry of health (3114.fr).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class EmergencyNumber:
    """One number a person can call or write to with one tap.

    `address` is a `tel:` or `sms:` address; `action` is the button's whole text, `name` who answers, `reason`
    when to use it. `is_first` marks the number that suits when in doubt.
    """

    address: str
    action: Promise
    name: Promise
    reason: Promise
    pictogram: str
    is_first: bool = False


NUMBERS = (
    EmergencyNumber(
        address="tel:15",
        action=_("Appeler le 15"),
        name=_("Samu : un médecin vous répond"),
        reason=_("Malaise, douleur dans la poitrine, difficulté à respirer ou à parler, intoxication, accouchement."),
        pictogram="ambulance",
        is_first=True,
    ),
    EmergencyNumber(
        address="sms:114",
        action=_("Écrire au 114 par SMS"),
        name=_("Pour les personnes sourdes, malentendantes, ou qui ne peuvent pas parler"),
        reason=_("Écrivez où vous êtes et ce qui se passe. Le 114 prévient les secours."),
        pictogram="mobile",
    ),
    EmergencyNumber(
        address="tel:18",
        action=_("Appeler le 18"),
        name=_("Pompiers"),
        reason=_("Feu, gaz, noyade, accident de la route, personne blessée."),
        pictogram="accident-and-emergency",
    ),
    EmergencyNumber(
        address="tel:112",
        action=_("Appeler le 112"),
        name=_("Numéro d’urgence de toute l’Europe"),
        reason=_("Dans un autre pays d’Europe, ou si vous ne savez pas quel numéro choisir."),
        pictogram="phone",
    ),
    EmergencyNumber(
        address="tel:3114",
        action=_("Appeler le 3114"),
        name=_("Prévention du suicide"),
        reason=_("Vous pensez à mourir, ou vous avez peur pour un proche. Des soignants vous écoutent, jour et nuit."),
        pictogram="communication",
    ),
)
