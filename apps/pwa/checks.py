"""What an installation open to the public must say about itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def operator_is_named(**_options: Any) -> list[CheckMessage]:
    """Warn when people could not tell who keeps their record, or where to report a flaw."""
    return [
        Warning(f"{name} is not set: {consequence}", id=f"calepin.pwa.{number}")
        for number, (name, consequence) in enumerate(
            (
                ("OPERATOR_NAME", "/donnees-personnelles/ cannot name who is responsible for the data."),
                ("OPERATOR_EMAIL", "/donnees-personnelles/ cannot say where to ask for one's rights."),
                ("SECURITY_CONTACT", "/.well-known/security.txt is not served."),
            ),
            start=1,
        )
        if not getattr(settings, name)
    ]
