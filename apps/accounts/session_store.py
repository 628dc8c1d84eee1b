"""Django's sessions in the database, loaded by a query that is written once: every page begins with it."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.core.statements import Statement

_living = Statement(lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at))


class SessionStore(db.SessionStore):
    """A session of the database."""

    def _get_session_from_db(self) -> Session | None:
        found = _living.first(key=self.session_key, at=timezone.now())
        if found is None:
            self._session_key = None
        return found
