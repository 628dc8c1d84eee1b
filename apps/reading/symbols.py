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
        "blood-drop",
        "calendar",
        "communication",
        "doctor",
        "doctor-female",
        "entry",
        "eye",
        "eye-outline",
        "fingerprint",
        "health-literacy",
        "home",
        "home-outline",
        "hospital",
        "i-certificate-paper",
        "i-documents-accepted",
        "i-training-class",
        "insurance-card",
        "magnifying-glass",
        "medical-records",
        "medicines",
        "mobile",
        "no",
        "nurse",
        "ok",
        "people",
        "pharmacy",
        "phone",
        "question-circle",
        "radiology",
        "stop",
        "syringe-vaccine",
        "test-tubes",
        "tooth",
        "ui-folder",
        "ui-folder-outline",
        "ui-secure",
        "ui-settings",
        "ui-settings-outline",
        "ui-user-profile",
        "yes",
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
        "info",
        "key",
        "lock",
        "log-out",
        "moon",
        "pencil",
        "plus",
        "printer",
        "rotate-ccw",
        "search",
        "shield",
        "siren",
        "smartphone",
        "sun",
        "trash",
        "triangle-alert",
        "upload",
        "user",
        "volume-2",
        "wifi-off",
        "x",
    }
)
