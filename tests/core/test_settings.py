"""Production starts with its own secrets and services, or not at all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.CALEPIN_BASE_DIR)
EXAMPLE = ROOT / ".env.example"
#: Read by the demonstration's commands and by compose.yaml, not by a production process.
ELSEWHERE = {"PORT", "POSTGRES_PASSWORD"}
SECRETS = {
    "SECRET_KEY": "s" * 60,
    "FILE_KEYS": "k1:" + "ab" * 32,
    "AUDIT_KEY": "cd" * 32,
    "VAPID_PRIVATE_KEY": settings.VAPID_PRIVATE_KEY,
}


def _example() -> dict[str, str]:
    pairs = re.findall(r"^([A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: value.strip("'") for name, value in pairs}


def _start(environment: dict[str, str], code: str = "") -> subprocess.CompletedProcess[str]:
    command = f"import django; django.setup(); from django.conf import settings; {code}"
    base = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "project.settings"}
    return subprocess.run(
        [sys.executable, "-c", command],
        env=base | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_names_every_variable_that_settings_read() -> None:
    read: set[str] = set()
    for path in (ROOT / "project/settings").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        read |= set(re.findall(r"""(?:env\.\w+|secret|environ\.get)\(\s*["']([A-Z0-9_]+)["']""", text))
    assert len(read) > 25
    assert read - ELSEWHERE == _example().keys() - ELSEWHERE


def test_the_readme_explains_every_variable() -> None:
    explained = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert _example().keys() <= explained


def test_production_starts_as_the_example_says_and_keeps_the_demonstration_s_door_shut(tmp_path: Path) -> None:
    environment = _example() | SECRETS | {"CALEPIN_DATA_DIR": str(tmp_path)}
    done = _start(environment, "print(settings.DEMO_DOOR, settings.DEBUG, settings.SECURE_HSTS_SECONDS > 0)")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "False", "True"]
    assert not list(tmp_path.iterdir()), "production makes no secrets of its own"


@pytest.mark.parametrize(
    "missing", [*SECRETS, "PUBLIC_URL", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "EMAIL_URL", "VAPID_CONTACT"]
)
def test_production_refuses_to_start_without(missing: str, tmp_path: Path) -> None:
    environment = _example() | SECRETS | {"CALEPIN_DATA_DIR": str(tmp_path)}
    del environment[missing]
    done = _start(environment)
    assert done.returncode != 0
    assert missing in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CALEPIN_MODE", "prod"),
        ("FILE_MAX_BYTES", "20 MB"),
        ("FILES_ALLOW_UNSCANNED", "perhaps"),
        ("NOTICES_KEPT_DAYS", "0"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "calepin.example,*"),
        ("PUBLIC_URL", "http://calepin.example"),
        ("PUBLIC_URL", "calepin.example"),
    ],
)
def test_a_value_that_cannot_be_read_stops_the_start(name: str, value: str, tmp_path: Path) -> None:
    done = _start(_example() | SECRETS | {"CALEPIN_DATA_DIR": str(tmp_path), name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


def test_a_demonstration_keeps_the_secrets_it_made_to_its_owner(tmp_path: Path) -> None:
    environment = {"CALEPIN_MODE": "demo", "CALEPIN_DATA_DIR": str(tmp_path / "var")}
    first = _start(environment, "print(settings.SECRET_KEY)")
    second = _start(environment, "print(settings.SECRET_KEY)")
    assert first.returncode == second.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert (tmp_path / "var/secrets.json").stat().st_mode & 0o777 == 0o600


PSC = {
    "PSC_ISSUER": "https://auth.example/realm",
    "PSC_CLIENT_ID": "calepin",
    "PSC_CLIENT_SECRET": "secret",
    "PSC_SIGN_IN_ORIGIN": "https://wallet.example",
}


def test_production_has_the_door_of_prosante_connect_when_it_is_named(tmp_path: Path) -> None:
    policy = "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']"
    code = f"print(settings.PSC_SIMULATED, settings.PSC_REQUIRED, *{policy})"
    environment = _example() | SECRETS | {"CALEPIN_DATA_DIR": str(tmp_path)}
    assert _start(environment, code).stdout.split() == ["False", "False", "'self'"]
    done = _start(environment | PSC, code)
    assert done.stdout.split() == ["False", "True", "'self'", "https://auth.example", "https://wallet.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PSC_CLIENT_ID", ""),
        ("PSC_CLIENT_SECRET", ""),
        ("PSC_ISSUER", "http://auth.example"),
        ("PSC_SIGN_IN_ORIGIN", "http://wallet.example"),
    ],
)
def test_production_refuses_half_a_door(name: str, value: str, tmp_path: Path) -> None:
    done = _start(_example() | SECRETS | PSC | {"CALEPIN_DATA_DIR": str(tmp_path), name: value})
    assert done.returncode != 0
    assert "PSC_" in done.stderr.splitlines()[-1]


def test_production_s_cookies_belong_to_this_host_and_travel_encrypted_only(tmp_path: Path) -> None:
    """A23: a browser takes a `__Host-` cookie over TLS only, and from no other host of the domain."""
    names = [
        f"{kind}_COOKIE_{what}" for kind in ("SESSION", "CSRF") for what in ("NAME", "SECURE", "HTTPONLY", "SAMESITE")
    ]
    names += ["SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "SECURE_SSL_REDIRECT"]
    code = f"print(*[getattr(settings, name) for name in {names}])"
    done = _start(_example() | SECRETS | {"CALEPIN_DATA_DIR": str(tmp_path)}, code)
    session, csrf = "__Host-session True True Lax", "__Host-csrf True True Lax"
    assert done.stdout.strip() == f"{session} {csrf} None None / True", done.stderr
