"""How people sign in: django-allauth, second factors, passwords, sessions, limits on trying."""

from __future__ import annotations

from environs import validate

from .environment import env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:home"

# --- Passwords --------------------------------------------------------------------------------------------
# argon2id at 19 MiB, t=2, p=1 (OWASP's first choice): seven times more sign-ins a second than Django's own
# argon2 parameters for the same resistance class, and sign-in is what a national peak is made of.
PASSWORD_HASHERS = ["apps.accounts.hashers.Argon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "apps.accounts.validators.StrengthValidator"},
    {"NAME": "apps.accounts.validators.NotAboutThePersonValidator"},
    {"NAME": "apps.accounts.validators.NotCommonValidator"},
]

# --- Identifier and password, then a second factor; or a passkey alone ------------------------------------
ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "identifier"
ACCOUNT_USER_DISPLAY = "apps.accounts.adapters.display_name"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
#: Identifiers are stored in lower case, so that one indexed equality finds them.
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_PREVENT_ENUMERATION = True
#: The address that recovers an account belongs to one person.
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
#: The address is never a condition of signing in; a new one counts once its link was confirmed.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# An e-mailed code recovers a password. It never signs anybody in (ASVS 6.3.6): after a reset the person signs
# in with the new password and the second factor.
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_FORMS = {
    "login": "apps.accounts.forms.LoginForm",
    "reauthenticate": "apps.accounts.forms.PasswordAgainForm",
    "change_password": "apps.accounts.forms.ChangePasswordForm",
    "set_password": "apps.accounts.forms.ChoosePasswordForm",
    "reset_password": "apps.accounts.forms.RecoveryForm",
    "confirm_password_reset_code": "apps.accounts.forms.RecoveryCodeForm",
    "reset_password_from_key": "apps.accounts.forms.NewPasswordForm",
    "add_email": "apps.accounts.forms.ChangeAddressForm",
}

MFA_ADAPTER = "apps.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TRUST_ENABLED = False
MFA_TOTP_ISSUER = "Calepin"
#: People read a code, then type it: the code before and the one after are taken too. Each still works once.
MFA_TOTP_TOLERANCE = 1
#: A fingerprint, a face or a code each time. `http://localhost` is a secure origin to browsers and to fido2
#: alike, so no setting ever loosens the check of the origin.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
#: Accounts are opened by the installation, not by strangers: an unconfirmed address must not keep somebody
#: from protecting the account.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "apps.accounts.forms.SecondFactorForm",
    "reauthenticate": "apps.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "apps.accounts.forms.ActivateApplicationForm",
    "deactivate_totp": "apps.accounts.forms.DeactivateApplicationForm",
    "add_webauthn": "apps.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "apps.accounts.forms.RenamePasskeyForm",
}

# --- Limits on trying -------------------------------------------------------------------------------------
# Windows slide and never last longer than 15 minutes: nobody can lock somebody else out for a day. A success
# takes back its own try and no other (allauth counts that way; our second-factor form too).
SIGN_IN_POSTS_PER_MINUTE: int = env.int("SIGN_IN_POSTS_PER_MINUTE", default=30)
ACCOUNT_RATE_LIMITS = {
    "login": f"{SIGN_IN_POSTS_PER_MINUTE}/m/ip",
    "login_failed": "20/15m/ip,5/15m/key",
    "second_factor": "60/15m/ip,5/15m/key",
    "reset_password": "10/15m/ip,3/15m/key",
    "reset_password_from_key": "20/15m/ip",
    "confirm_reset_code": "30/15m/ip,10/15m/key",
    "reauthenticate": "10/5m/user",
    "change_password": "10/15m/user",
    "manage_email": "10/15m/user",
    "confirm_email": "1/3m/key",
    # Emergencies are rare; asking for one person after another is not an emergency.
    "emergency": "10/10m/user",
    # Codes of shares that open nothing. The share itself counts wrong answers, whoever they come from.
    "open_share": "20/15m/ip",
    "open_share_signed_in": "20/15m/ip,20/15m/user",
    # Patients come one by one; asking for one person after another is no consultation.
    "find_patient": "30/10m/user",
    # Each try to sign in by ProSanté Connect comes by twice: on the way out and on the way back.
    "prosante_connect": f"{2 * SIGN_IN_POSTS_PER_MINUTE}/m/ip",
}
MFA_RATE_LIMITS = {"webauthn_login": f"{SIGN_IN_POSTS_PER_MINUTE}/m/ip"}
#: Above this many wrong passwords in one minute, whoever they aim at and wherever they come from, passwords
#: wait for the next minute; passkeys go on working.
SIGN_IN_FAILURES_PER_MINUTE: int = env.int("SIGN_IN_FAILURES_PER_MINUTE", default=300)
#: Above this many codes that open nothing in one minute, from anywhere, people without an account wait for the next.
SHARE_UNKNOWN_CODES_PER_MINUTE: int = env.int("SHARE_UNKNOWN_CODES_PER_MINUTE", default=300)
#: `X-Forwarded-For` is a sentence anybody can write. It is read only for as many proxies as stand in front. With 0
#: behind a proxy, all people share its address, and what one of them tries counts for all.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0, validate=validate.Range(min=0))

# --- Sessions ---------------------------------------------------------------------------------------------
SESSION_ENGINE = "apps.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60
#: Without a page for so long, the session ends. Shared devices: ASVS 7.3.1 and the counter of a library.
SESSION_IDLE_SECONDS: int = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_IDLE_SECONDS_SHARED: int = env.int("SESSION_IDLE_SECONDS_SHARED", default=5 * 60)
