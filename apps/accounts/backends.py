"""Who is signed in, loaded by a query that is written once: every page needs it."""

from __future__ import annotations

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from apps.accounts.models import User
from apps.core.statements import Statement

_person = Statement(lambda user_id: User._default_manager.filter(pk=user_id))


class Backend(AuthenticationBackend):
    """allauth's, with passwords as it checks them."""

    def get_user(self, user_id: UUID) -> User | None:
        """The account called `user_id`, unless it was deactivated."""
        user = _person.first(user_id=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
