"""The INS Datamatrix of an identity, as the geometry of one SVG path."""

from __future__ import annotations

from typing import Any, cast

from apps.accounts.qr import QrCode
from apps.records import datamatrix
from apps.records.models import HealthIdentity

#: Light modules around the code; ECC 200 asks for one, phones like more.
QUIET_ZONE = 2


def draw_ins(identity: HealthIdentity) -> QrCode | None:
    """The Datamatrix of `identity`; None unless it is qualified, which is the rule for printing an INS (rule 29).

    None, too, for a name that the format cannot carry.
    """
    if not identity.is_qualified:
        return None
    try:
        return draw(datamatrix.write(payload_of(identity)))
    except datamatrix.NotReadable:
        return None


def payload_of(identity: HealthIdentity) -> datamatrix.Payload:
    """What the Datamatrix of `identity` says."""
    return datamatrix.Payload(
        ins_number=identity.ins_number,
        ins_oid=identity.ins_oid,
        birth_given_names=identity.birth_given_names,
        birth_name=identity.birth_name,
        sex=identity.sex,
        birth_date=identity.birth_date,
        birth_place_code=identity.birth_place_code,
    )


def draw(text: str) -> QrCode:
    """The square Datamatrix (ECC 200) of `text`, GS kept."""
    # Loaded where it draws: few pages do, and its binding prints a complaint when any process ends.
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    image: Any = code.to_image(add_quiet_zones=False)
    rows = cast(list[list[int]], memoryview(image).tolist())
    dark = (
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, luminance in enumerate(row)
        if luminance == 0
    )
    return QrCode(size=len(rows) + 2 * QUIET_ZONE, path="".join(dark))
