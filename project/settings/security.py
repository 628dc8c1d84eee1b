"""Headers, cookies, content security policy."""

from __future__ import annotations

from csp.constants import NONE, SELF

from .environment import IS_PRODUCTION, env
from .prosante_connect import PSC_ORIGINS

CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Our fonts and scripts serve our pages alone.
WHITENOISE_ALLOW_ALL_ORIGINS = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = True
    # The machines that watch over us ask from inside, over plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^sante/"]
    SECURE_HSTS_SECONDS = 63072000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # Browsers hold a form to where its answer redirects: signing in and out leads to ProSanté Connect.
        "form-action": [SELF, *PSC_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
#: A professional who opens more records than this in ten minutes is stopped, and operations are told.
RECORDS_OPENED_IN_TEN_MINUTES: int = env.int("RECORDS_OPENED_IN_TEN_MINUTES", default=20)
