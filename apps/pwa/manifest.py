"""The web app manifest: what a phone needs to know to put Calepin among its apps.

There is no `share_target`: a phone shares a file by a POST without CSRF token, which the upload view rightly
refuses.
"""

from __future__ import annotations

from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import translation
from django.utils.translation import gettext as _

from .shell import EMERGENCY

#: `--colour-background` of tokens.css and the hero's colour; a test compares them with the style sheet.
BACKGROUND_COLOUR = "#f8f6f1"
THEME_COLOUR = "#f8f6f1"
ADD_DOCUMENT = "/documents/ajouter/"

#: Name, size in pixels, purpose (W3C Web Application Manifest, "purpose member").
ICONS = (
    ("icons/icon-192.png", 192, "any"),
    ("icons/icon-512.png", 512, "any"),
    ("icons/icon-maskable-512.png", 512, "maskable"),
    ("icons/icon-monochrome-512.png", 512, "monochrome"),
)


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {
        "src": staticfiles_storage.url(name),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


def manifest() -> dict[str, object]:
    """The manifest as a JSON-ready dictionary, in standard French whatever the reading mode of who asks."""
    with translation.override("fr"):
        return {
            "id": "/?source=pwa",
            "start_url": "/?source=pwa",
            "scope": "/",
            "display": "standalone",
            "lang": "fr",
            "dir": "auto",
            "name": "Calepin",
            "short_name": "Calepin",
            "description": _("Votre carnet de santé personnel."),
            "categories": ["health", "medical"],
            "theme_color": THEME_COLOUR,
            "background_color": BACKGROUND_COLOUR,
            "icons": [_icon(*icon) for icon in ICONS],
            "shortcuts": [
                {"name": _("Urgence"), "url": EMERGENCY},
                {"name": _("Ajouter un document"), "url": ADD_DOCUMENT},
            ],
        }
