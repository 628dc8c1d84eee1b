"""Who runs this installation: the people a person can write to."""

from __future__ import annotations

from environs import validate

from .environment import env

#: The organisation responsible for the data, named on `/donnees-personnelles/` (article 13 of the GDPR).
OPERATOR_NAME: str = env.str("OPERATOR_NAME", default="")
#: Where a person asks for their rights: an e-mail address.
OPERATOR_EMAIL: str = env.str("OPERATOR_EMAIL", default="", validate=validate.Regexp(r"^$|^[^@\s]+@[^@\s]+$"))
#: Where a flaw is reported (RFC 9116): `mailto:…` or `https://…`. Empty: no security.txt is served.
SECURITY_CONTACT: str = env.str("SECURITY_CONTACT", default="", validate=validate.Regexp(r"^$|^(mailto:|https://)\S+$"))
