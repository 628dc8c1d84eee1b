"""How people sign in: django-allauth, second factors, passwords."""

from __future__ import annotations

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "identifier"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:home"
