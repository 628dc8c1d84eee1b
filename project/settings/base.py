"""Apps, templates, database, languages."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .environment import BASE_DIR, DATA_DIR, IS_DEMO, IS_PRODUCTION, IS_TEST, MODE, env, secret

CALEPIN_MODE = MODE
CALEPIN_BASE_DIR = BASE_DIR
CALEPIN_DATA_DIR = DATA_DIR
#: Opens "Essayer avec Camille" on the sign-in page. It exists in demo and test mode only: no variable opens it
#: in production.
DEMO_DOOR = IS_DEMO or IS_TEST

SECRET_KEY = secret("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["*"])
if IS_PRODUCTION and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts of this installation: * answers to any name.")

#: The address people type, used in e-mails, pushes and the codes that phones scan, without a trailing slash.
PUBLIC_URL: str = (
    env.str("PUBLIC_URL")
    if IS_PRODUCTION
    else env.str("PUBLIC_URL", default=f"http://localhost:{env.int('PORT', default=8000)}")
).rstrip("/")
if IS_PRODUCTION and not PUBLIC_URL.startswith("https://"):
    # A scanned code of a share would cross the network in clear before any redirection.
    raise ImproperlyConfigured("PUBLIC_URL must begin with https://: the codes of shares are part of its addresses.")
#: Years: from when a professional is offered to treat a minor in secret (CSP L1111-5 names no age).
SECRECY_MINIMUM_AGE: int = env.int("SECRECY_MINIMUM_AGE", default=12)
#: Patients' secure mailboxes are their INS number at this domain (MSSanté).
PATIENT_MAIL_DOMAIN: str = env.str("PATIENT_MAIL_DOMAIN", default="patient.mssante.fr").lower()

INSTALLED_APPS = [
    "apps.core",
    "apps.reading",
    "apps.files",
    "apps.accounts",
    "apps.audit",
    "apps.notifications",
    "apps.professionals",
    "apps.records",
    "apps.access",
    "apps.medical_profile",
    "apps.documents",
    "apps.agenda",
    "apps.card",
    "apps.catalogue",
    "apps.messaging",
    "apps.prescriptions",
    "apps.home",
    "apps.professional_portal",
    "apps.assistance",
    "apps.demo",
    "apps.api",
    "apps.fhir",
    "apps.pwa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_structlog",
    "drf_spectacular",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.TextGZipMiddleware",
    "apps.core.middleware.PrivateByDefaultMiddleware",
    "apps.core.middleware.PolicyMiddleware",
    "apps.core.middleware.RequestLogMiddleware",
    "apps.accounts.middleware.SessionCookieMiddleware",
    "apps.accounts.middleware.SessionLimitsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.reading.middleware.ReadingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.LoginRequiredMiddleware",
    "apps.accounts.middleware.SecondFactorMiddleware",
    "apps.access.middleware.ActorMiddleware",
    "apps.notifications.middleware.BrowserMiddleware",
    "apps.core.middleware.NoPageHereMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"

_loaders: Any = [
    (
        "django.template.loaders.cached.Loader",
        ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
    )
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": _loaders,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.reading.context.reading",
                "apps.access.context.space",
                "apps.accounts.context.device",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "apps.reading.templatetags.reading",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
# Django's default puts messages in a cookie first: "« Ordonnance » est masqué" would stay on the device.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

DATABASES: dict[str, Any] = {
    "default": env.dj_db_url("DATABASE_URL")
    if IS_PRODUCTION
    else env.dj_db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'calepin.sqlite3'}")
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
# A server that restarted leaves each thread a dead connection: without the question, its next page is an error.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at BEGIN, since upgrading a read
    # lock later fails at once with "database is locked" whatever the time-out. FULL syncs the log at each commit: with
    # NORMAL, a power cut takes back documents that people were told are kept, and who read what.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    # A file does not restart.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
    # A file in tests too: a live server's threads each open their own connection.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
#: Easy-to-read French is a language of its own: msgids are French, `fr-simple` holds their easy twins.
LANGUAGES = [("fr", "Français"), ("fr-simple", "Facile à lire")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if IS_PRODUCTION else DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
