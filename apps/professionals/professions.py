"""The professions of the matrice d'habilitation, under the value set JDV_J65 of the CI-SIS."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Profession(models.TextChoices):
    """What somebody is by trade: the first key of the matrix of what they may read."""

    MEDECIN = "MEDECIN", _("médecin")
    SAGE_FEMME = "SAGE_FEMME", _("sage-femme")
    CHIRURGIEN_DENTISTE = "CHIRURGIEN_DENTISTE", _("dentiste")
    PHARMACIEN = "PHARMACIEN", _("pharmacien")
    INFIRMIER = "INFIRMIER", _("infirmier")
    MASSEUR_KINE = "MASSEUR_KINE", _("kinésithérapeute")
    PEDICURE_PODOLOGUE = "PEDICURE_PODOLOGUE", _("podologue")
    ORTHOPHONISTE = "ORTHOPHONISTE", _("orthophoniste")
    ORTHOPTISTE = "ORTHOPTISTE", _("orthoptiste")
    ERGOTHERAPEUTE = "ERGOTHERAPEUTE", _("ergothérapeute")
    PSYCHOMOTRICIEN = "PSYCHOMOTRICIEN", _("psychomotricien")
    DIETETICIEN = "DIETETICIEN", _("diététicien")
    MANIPULATEUR_ERM = "MANIPULATEUR_ERM", _("manipulateur radio")
    TECHNICIEN_LABO = "TECHNICIEN_LABO", _("technicien de laboratoire")
    AUDIOPROTHESISTE = "AUDIOPROTHESISTE", _("audioprothésiste")
    OPTICIEN = "OPTICIEN", _("opticien")
    APPAREILLEUR = "APPAREILLEUR", _("appareilleur")
    PREPARATEUR = "PREPARATEUR", _("préparateur en pharmacie")
    AIDE_SOIGNANT = "AIDE_SOIGNANT", _("aide-soignant")
    PSYCHOLOGUE = "PSYCHOLOGUE", _("psychologue")
    OSTEOPATHE = "OSTEOPATHE", _("ostéopathe")
    SOCIAL = "SOCIAL", _("travailleur social")
    SECRETARIAT = "SECRETARIAT", _("secrétaire médicale")
