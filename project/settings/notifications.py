"""E-mail and Web Push."""

from __future__ import annotations

from .environment import IS_PRODUCTION, env, secret

VAPID_PRIVATE_KEY = secret("VAPID_PRIVATE_KEY")
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Calepin <ne-pas-repondre@calepin.invalid>")
