"""For how long what has served is kept: days. Documents, rights and the trail of accesses are not here."""

from __future__ import annotations

from environs import validate

from .environment import env

_some = validate.Range(min=1, max=36500)

#: After a notice was read. One that nobody read is kept.
NOTICES_KEPT_DAYS: int = env.int("NOTICES_KEPT_DAYS", default=365, validate=_some)
#: After an e-mail or a push left, failed or was dropped: what an operator looks into when somebody got nothing.
DELIVERIES_KEPT_DAYS: int = env.int("DELIVERIES_KEPT_DAYS", default=90, validate=_some)
#: After the minutes in which a professional who found a patient may record a consent; and those of a shown code.
MEETINGS_KEPT_DAYS: int = env.int("MEETINGS_KEPT_DAYS", default=30, validate=_some)
#: After a letter came to the demonstration's own mailbox.
LETTERS_KEPT_DAYS: int = env.int("LETTERS_KEPT_DAYS", default=30, validate=_some)
