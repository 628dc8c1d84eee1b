"""Abstract bases. No table belongs to this app."""

from __future__ import annotations

import uuid

from django.db import models


class IdentifiedModel(models.Model):
    """A row with a random identifier that can stand in a URL, and no name in its printed form."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.label} {self.pk}"
