"""A stored file and the pictures drawn of it. Their bytes lie in the vault, under a key of the file's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import IdentifiedModel
from apps.files.decoders import Picture
from apps.files.decoding.refusals import Code
from apps.files.decoding.text import Words
from apps.files.errors import sentence
from apps.files.keys import KEY_ID_LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: A file that nobody began to prepare after this long was forgotten: its task was lost with the broker.
PATIENCE = timedelta(minutes=2)


class State(models.TextChoices):
    """Only READY files are ever read."""

    PENDING = "pending", _("en préparation")
    READY = "ready", _("prêt")
    REFUSED = "refused", _("non gardé")


class Scan(models.TextChoices):
    """What the antivirus said about the bytes as they were received."""

    UNKNOWN = "", _("pas encore fait")
    CLEAN = "clean", _("sans danger connu")
    NOT_SCANNED = "not_scanned", _("non analysé")


class StoredFileQuerySet(models.QuerySet["StoredFile", "StoredFile"]):
    """Names the sets of files that services and commands speak of."""

    def ready(self) -> Self:
        """Files that may be read."""
        return self.filter(state=State.READY)

    def overdue(self, at: datetime) -> Self:
        """Files that should be prepared by `at`: never begun, begun by a dead worker, to be tried again."""
        return self.filter(state=State.PENDING).filter(
            Q(attempts=0, created_at__lte=at - PATIENCE) | Q(attempts__gt=0, not_before__lte=at)
        )

    def claimable(self, at: datetime) -> Self:
        """Pending files that nobody is preparing at this moment."""
        return self.filter(state=State.PENDING).filter(Q(not_before__isnull=True) | Q(not_before__lte=at))


class StoredFile(IdentifiedModel):
    """One file: received (PENDING), then cleaned and drawn (READY), or not taken (REFUSED, without key or
    bytes).

    The name it came under is not kept. `media_type`, `size`, `sha256` (hexadecimal) and `page_count`
    describe the cleaned content, which is what people read; `received_*` describe what came in, which is
    destroyed when READY.
    """

    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    media_type = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    page_count = models.PositiveIntegerField()
    #: How many of them can be looked at one by one, from the first on.
    page_image_count = models.PositiveIntegerField(default=0)
    scan = models.CharField(max_length=12, choices=Scan, blank=True, default=Scan.UNKNOWN)
    refusal_code = models.CharField(max_length=32, blank=True)

    #: `[{"kind": media type, "size": bytes}, …]`: the uploads, in order, that lie one after the other in
    #: the vault.
    parts = models.JSONField(default=list)
    received_size = models.PositiveBigIntegerField()
    received_sha256 = models.CharField(max_length=64)

    key_id = models.CharField(max_length=KEY_ID_LENGTH, blank=True)
    wrapped_key = models.BinaryField(blank=True)
    storage_name = models.CharField(max_length=64, blank=True)

    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    #: How often preparing began; also tells a run that another has overtaken it.
    attempts = models.PositiveIntegerField(default=0)
    #: Until then the file belongs to the run that claimed it, or rests after one that failed.
    not_before = models.DateTimeField(null=True, blank=True)

    #: What the run that has just made it READY read in it, for whoever asked for that run. Never stored here.
    words: Words | None = None

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")
        constraints = [
            models.CheckConstraint(
                name="files_state_is_whole",
                condition=(
                    Q(state=State.PENDING, decided_at__isnull=True, sha256="", refusal_code="")
                    & ~Q(key_id="")
                    & ~Q(storage_name="")
                )
                | (
                    Q(state=State.READY, decided_at__isnull=False, refusal_code="")
                    & ~Q(sha256="")
                    & ~Q(scan="")
                    & ~Q(key_id="")
                    & ~Q(storage_name="")
                )
                | (
                    Q(state=State.REFUSED, decided_at__isnull=False, key_id="", storage_name="", sha256="")
                    & ~Q(refusal_code="")
                ),
            ),
            models.UniqueConstraint(
                name="files_storage_name_once", fields=["storage_name"], condition=~Q(storage_name="")
            ),
        ]
        indexes = [
            models.Index(name="files_pending", fields=["created_at"], condition=Q(state=State.PENDING)),
            models.Index(name="files_key", fields=["key_id"]),
        ]

    @property
    def refusal_message(self) -> _StrPromise | str:
        """Why the file was not taken, lazily, for the person who added it; "" when it was."""
        return sentence(Code(self.refusal_code)) if self.refusal_code else ""


class RenditionQuerySet(models.QuerySet["Rendition", "Rendition"]):
    """The pictures of a file."""

    def drawn(self) -> Self:
        """Those that there are, without those that were tried in vain."""
        return self.exclude(storage_name="")


class Rendition(models.Model):
    """A picture of a file: its thumbnail, or a page that somebody has looked at. Encrypted under the file's key.

    Without a `storage_name` it says that drawing the page was tried, in vain.
    """

    class Kind(models.TextChoices):
        """What a picture is for."""

        THUMBNAIL = "thumbnail", _("vignette")
        PAGE = "page", _("page")

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveIntegerField()
    media_type = models.CharField(max_length=40, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    storage_name = models.CharField(max_length=64, blank=True)

    objects = RenditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("image d’un fichier")
        verbose_name_plural = _("images de fichiers")
        constraints = [
            models.UniqueConstraint(name="files_one_picture_each", fields=["file", "kind", "number"]),
            models.CheckConstraint(name="files_picture_from_one", condition=Q(number__gte=1)),
            models.UniqueConstraint(
                name="files_picture_name_once", fields=["storage_name"], condition=~Q(storage_name="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.label} {self.pk}"

    @classmethod
    def of(cls, file: StoredFile, kind: str, number: int, picture: Picture) -> Self:
        """The row of a picture whose bytes are not stored yet."""
        return cls(
            file=file,
            kind=kind,
            number=number,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            size=len(picture.content),
        )

    @property
    def blob(self) -> str:
        """The name under which the picture is bound to its file's key."""
        return f"{self.kind}:{self.number}"
