"""E-mail and Web Push."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from .environment import IS_DEMO, IS_PRODUCTION, env, secret

#: A demonstration sends nothing: its e-mails stay in a mailbox readable at /boite-aux-lettres/.
LOCAL_MAILBOX = IS_DEMO
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Calepin <ne-pas-repondre@calepin.invalid>")
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = "apps.notifications.mailbox.LocalMailboxBackend"

if not LOCAL_MAILBOX:
    #: `smtp://` (a relay on this machine or network), `submission://` (STARTTLS) or `smtps://` (TLS from the
    #: first byte), then user:password@host:port, percent-encoded.
    _url = urlsplit(env.str("EMAIL_URL") if IS_PRODUCTION else env.str("EMAIL_URL", default="smtp://localhost"))
    _ports = {"smtp": 25, "submission": 587, "smtps": 465}
    if _url.scheme not in _ports or not _url.hostname:
        raise ImproperlyConfigured("EMAIL_URL must be smtp://host, submission://host or smtps://host.")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _url.hostname
    EMAIL_PORT = _url.port or _ports[_url.scheme]
    EMAIL_HOST_USER = unquote(_url.username or "")
    EMAIL_HOST_PASSWORD = unquote(_url.password or "")
    EMAIL_USE_TLS = _url.scheme == "submission"
    EMAIL_USE_SSL = _url.scheme == "smtps"

#: A P-256 private key in PEM, line ends may be written \n: browsers tie their subscriptions to it.
VAPID_PRIVATE_KEY = secret("VAPID_PRIVATE_KEY").replace("\\n", "\n")
#: The e-mail address where a push service can complain about us (RFC 8292).
VAPID_CONTACT: str = (
    env.str("VAPID_CONTACT") if IS_PRODUCTION else env.str("VAPID_CONTACT", default="contact@calepin.invalid")
)
#: Push services of Chromium, Firefox, Edge and Safari, with their subdomains.
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)
#: Other origins (`http://127.0.0.1:9000`) that may receive pushes, for tests and trials on one machine.
PUSH_EXTRA_ORIGINS: list[str] = env.list("PUSH_EXTRA_ORIGINS", default=[])
if IS_PRODUCTION and any(not origin.startswith("https://") for origin in PUSH_EXTRA_ORIGINS):
    raise ImproperlyConfigured("PUSH_EXTRA_ORIGINS must be https:// origins.")

#: A worker silent for so long is taken for dead, and what it was sending is sent by another.
DELIVERY_LEASE_SECONDS: int = env.int("DELIVERY_LEASE_SECONDS", default=120)
