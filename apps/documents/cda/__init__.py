"""Clinical documents (HL7 CDA R2, French profile): from a sandbox's outline to a typed tree. Pure: no Django, no XML.

`understand` takes the JSON outline that `apps.files` made of a document in its sandbox, and never fails on a valid
one: what it does not know stays as text, and `ClinicalDocument.is_whole` says so. `identify` reads its header alone.
Source of the rules: HL7 CDA R2, CI-SIS (ANS) volets Structuration minimale and Compte rendu d'examens biologiques.
"""

from apps.documents.cda.model import ClinicalDocument
from apps.documents.cda.reader import NotClinical, identify, understand

__all__ = ["ClinicalDocument", "NotClinical", "identify", "understand"]
