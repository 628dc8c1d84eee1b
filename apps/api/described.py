"""How the description says that a call may be refused."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from apps.api.problems import ProblemSerializer

_MEANINGS = {
    400: "La demande n’a pas été comprise : `by_field` dit où.",
    401: "Personne n’est connecté.",
    403: "Visible, mais pas permis ; ou jeton CSRF absent ; ou deuxième protection manquante.",
    404: "N’existe pas pour vous.",
    413: "Le lot est trop lourd.",
    422: "Le fichier est refusé : `detail` dit pourquoi, à montrer tel quel.",
}


def described_problems(*codes: int) -> dict[int, Any]:
    """The answers 401, 403 and `codes`, as the description lists them."""
    return {code: OpenApiResponse(ProblemSerializer, description=_MEANINGS[code]) for code in (401, 403, *codes)}
