"""allauth finds by name every address it may need."""

from __future__ import annotations

import re
from pathlib import Path

import allauth
import pytest
from django.urls import NoReverseMatch, reverse

#: Names that allauth reverses only in flows that are off here, with the setting that keeps each off.
NEVER = {
    "account_signup": "sign-up is closed; the letter to unknown addresses is ours",
    "account_signup_by_passkey": "MFA_PASSKEY_SIGNUP_ENABLED is False",
    "mfa_signup_webauthn": "MFA_PASSKEY_SIGNUP_ENABLED is False",
    "account_request_login_code": "ACCOUNT_LOGIN_BY_CODE_ENABLED is False",
    "account_confirm_login_code": "ACCOUNT_LOGIN_BY_CODE_ENABLED is False",
    "account_verify_phone": "no telephone numbers",
    "account_change_phone": "no telephone numbers",
    "account_email_verification_sent": "ACCOUNT_EMAIL_VERIFICATION is none",
    "account_reset_password_done": "reset by code, not by link",
    "account_reset_password_from_key": "reset by code, not by link",
    "account_reset_password_from_key_done": "reset by code, not by link",
    "mfa_trust": "MFA_TRUST_ENABLED is False",
}
ARGUMENTS = {
    "account_confirm_email": ["key"],
    "mfa_edit_webauthn": [1],
    "mfa_remove_webauthn": [1],
}
SOURCES = ("account", "mfa", "usersessions", "core")


def names_in_allauth() -> set[str]:
    root = Path(allauth.__file__).parent
    files = [file for part in SOURCES for file in (root / part).rglob("*.py") if file.name != "urls.py"]
    pattern = re.compile(
        r"(?:reverse(?:_lazy)?|headed_redirect_response)\(\s*\"([a-z_]+)\"|urlname\s*=\s*\"([a-z_]+)\""
    )
    return {a or b for file in files for a, b in pattern.findall(file.read_text(encoding="utf-8"))}


def test_what_allauth_may_reverse_exists_or_is_off() -> None:
    missing = set()
    for name in names_in_allauth() - NEVER.keys():
        try:
            reverse(name, args=ARGUMENTS.get(name))
        except NoReverseMatch:
            missing.add(name)
    assert not missing


@pytest.mark.parametrize("name", sorted(NEVER))
def test_what_is_off_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
