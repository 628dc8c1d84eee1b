"""Names of devices, and the drawing of QR codes."""

from __future__ import annotations

import pytest

from apps.accounts.devices import describe, is_hand_held
from apps.accounts.qr import QUIET_ZONE, draw


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Mobile Safari/604.1",
            "Safari sur iPhone",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) CriOS/140.0 Mobile Safari/604.1", "Chrome sur iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge sur Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox sur Linux"),
        (
            "Mozilla/5.0 (Linux; Android 14) SamsungBrowser/27.0 Chrome/125 Mobile Safari/537.36",
            "Samsung Internet sur Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.4 Safari/605.1.15", "Safari sur Mac"),
        ("curl/8.0", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)
def test_a_device_has_a_name(user_agent: str, name: str) -> None:
    assert describe(user_agent) == name


def test_a_phone_is_held_in_the_hand() -> None:
    assert is_hand_held("Mozilla/5.0 (iPhone)")
    assert not is_hand_held("Mozilla/5.0 (Windows NT 10.0)")


def test_a_qr_code_is_drawn_inside_its_quiet_zone() -> None:
    code = draw("otpauth://totp/camille.martin?secret=JBSWY3DPEHPK3PXP&issuer=Calepin")
    assert code.path.startswith(f"M{QUIET_ZONE} {QUIET_ZONE}h1v1h-1z")
    assert set(code.path) <= set("Mhvz-0123456789 ")
    assert code.size > 21 + 2 * QUIET_ZONE
