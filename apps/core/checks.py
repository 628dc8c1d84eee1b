"""What an installation must say of the proxies in front of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def proxies_are_counted(**_options: Any) -> list[CheckMessage]:
    """Warn when no proxy is counted: production is reached through one that speaks TLS, which would be everybody."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0:
        return []
    return [
        Warning(
            "TRUSTED_PROXY_COUNT is 0: behind a reverse proxy, rate limits take everybody for one visitor.",
            id="calepin.core.1",
            hint="Set it to the number of proxies in front that add to X-Forwarded-For; one, as a rule.",
        )
    ]
