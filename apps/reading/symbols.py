"""Names of the symbols in `static/icons.svg`: what `{% pictogram %}` and `{% icon %}` may ask for.

A pictogram is a filled drawing of a concept (Health Icons, 48-unit grid), always beside a word. An icon is a
line glyph of the interface (Lucide, 24-unit grid). To add one: put its name here, then run
`project/tools/icons.py`.
"""

from __future__ import annotations

from typing import Final

PICTOGRAMS: Final = frozenset(
    {
        "accident-and-emergency",
        "alert-circle",
        "ambulance",
        "communication",
        "doctor",
        "eye",
        "eye-outline",
        "fingerprint",
        "health-literacy",
        "home",
        "home-outline",
        "hospital",
        "i-certificate-paper",
        "i-training-class",
        "magnifying-glass",
        "medical-records",
        "medicines",
        "mobile",
        "ok",
        "people",
        "pharmacy",
        "phone",
        "radiology",
        "stop",
        "syringe-vaccine",
        "test-tubes",
        "ui-folder",
        "ui-folder-outline",
        "ui-secure",
        "ui-settings",
        "ui-settings-outline",
        "ui-user-profile",
    }
)

ICONS: Final = frozenset(
    {
        "arrow-left",
        "bell",
        "camera",
        "check",
        "chevron-down",
        "chevron-left",
        "chevron-right",
        "circle-alert",
        "download",
        "eye",
        "eye-off",
        "file-plus",
        "flag",
        "folder",
        "info",
        "key",
        "log-out",
        "message-square",
        "pencil",
        "pin",
        "plus",
        "printer",
        "rotate-ccw",
        "search",
        "share-2",
        "siren",
        "sliders-horizontal",
        "smartphone",
        "trash",
        "triangle-alert",
        "upload",
        "user",
        "volume-2",
        "wifi-off",
        "x",
    }
)
