"""ProSanté Connect: how professionals prove who they are."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .base import PUBLIC_URL
from .environment import IS_PRODUCTION, IS_TEST, env

#: True when Calepin's own simulator plays ProSanté Connect: never in production, nor where an issuer is named.
PSC_SIMULATED = not IS_PRODUCTION and not env.str("PSC_ISSUER", default="")
# In tests nobody listens there: a test that signs in starts a provider and names it.
_SIMULATOR = ("http://127.0.0.1:9" if IS_TEST else PUBLIC_URL) + "/simulateur-prosante-connect"

#: The issuer, as its tokens name it. Empty: nobody signs in by ProSanté Connect, and no page offers it.
PSC_ISSUER: str = env.str("PSC_ISSUER", default="").rstrip("/") or (_SIMULATOR if PSC_SIMULATED else "")
PSC_CLIENT_ID: str = env.str("PSC_CLIENT_ID", default="calepin" if PSC_SIMULATED else "")
PSC_CLIENT_SECRET: str = env.str("PSC_CLIENT_SECRET", default="of-the-simulator-only" if PSC_SIMULATED else "")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


#: Where professionals type their number: ProSanté Connect keeps that page on another host than its issuer.
PSC_SIGN_IN_ORIGIN: str = env.str("PSC_SIGN_IN_ORIGIN", default="").rstrip("/") or _origin(PSC_ISSUER)
#: Where the browser of somebody who signs in or out may be sent.
PSC_ORIGINS = sorted({_origin(PSC_ISSUER), PSC_SIGN_IN_ORIGIN} - {""})
#: Where ProSanté Connect opens doors, no password opens a professional's: there is no way round it.
PSC_REQUIRED = IS_PRODUCTION and bool(PSC_ISSUER)

if PSC_ISSUER and not (PSC_CLIENT_ID and PSC_CLIENT_SECRET):
    raise ImproperlyConfigured("PSC_ISSUER needs PSC_CLIENT_ID and PSC_CLIENT_SECRET.")
if IS_PRODUCTION and any(not origin.startswith("https://") for origin in PSC_ORIGINS):
    raise ImproperlyConfigured("PSC_ISSUER and PSC_SIGN_IN_ORIGIN must be https:// addresses.")

#: Twenty minutes without a page, and at most the four hours that ProSanté Connect's own session lasts.
PSC_IDLE_SECONDS = 20 * 60
PSC_SESSION_SECONDS = 4 * 60 * 60
