"""Documents of a record, and who has opened them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.access.habilitation import readable_types
from apps.access.matrix import Permission, Section, permissions
from apps.accounts.models import User
from apps.core.actor import Actor, Capacity
from apps.core.models import IdentifiedModel
from apps.core.presentation import Piece
from apps.core.querysets import ScopedManager, ScopedQuerySet, UnscopedQuery
from apps.documents import types
from apps.documents.confidentiality import Level
from apps.documents.filing.models import Comment, Folder
from apps.documents.problems.models import Problem
from apps.documents.search.folding import fold
from apps.documents.search.models import ListStamp, SearchIndex, SearchText
from apps.documents.sharing.models import Share, SharedDocument
from apps.files.models import StoredFile
from apps.professionals.models import Professional
from apps.records.models import HealthRecord

__all__ = [
    "TITLE_MAX_LENGTH",
    "Comment",
    "Document",
    "DocumentQuerySet",
    "Folder",
    "ListStamp",
    "Opening",
    "Problem",
    "SearchIndex",
    "SearchText",
    "Share",
    "SharedDocument",
]

if TYPE_CHECKING:
    from apps.documents.search.matches import Matches

TITLE_MAX_LENGTH = 150
AUTHOR_MAX_LENGTH = 200
UNIQUE_ID_MAX_LENGTH = 200
#: What stands apart from a list, and what a list may hold, as their indexes know it.
_APART = Q(arrived_at__isnull=True) | Q(pinned_at__isnull=False) | Q(withheld_until__isnull=False)
#: What is kept from somebody of the patient's side: all that `_open_to` can refuse.
_KEPT = Q(withheld_until__isnull=False) | Q(hidden_from_representatives=True)
#: What a list shows of a document, or looks at to show it.
_SHOWN = (
    "type_code",
    "title",
    "has_technical_title",
    "act_on",
    "author_label",
    "added_by",
    "opened_at",
    "professional_openings",
    "masked_at",
    "withheld_until",
    "hidden_from_representatives",
    "pinned_at",
)
_LISTED = Q(arrived_at__isnull=False, deleted_at__isnull=True, replaced_by__isnull=True)


class DocumentQuerySet(ScopedQuerySet["Document"]):
    def rows_visible_to(self, actor: Actor) -> Self:
        """Which documents exist for whom.

        Nobody sees one before its file was proven safe, nor after its deletion. A professional sees what the
        matrice d'habilitation allows their profession, except what the patient masked (CSP R1111-49), unless the
        patient lets them see that too; an author always sees what they wrote. The patient's side sees what is not
        kept from it (`_open_to`). A version that another replaced is in no list (facts, rule 10).
        """
        return self._rows_readable_by(actor).filter(replaced_by__isnull=True)

    def readable_to(self, actor: Actor) -> Self:
        """What is visible, and the versions it replaced: out of every list, but still to be read from the new one."""
        return self._rows_readable_by(actor).scoped(f"readable_to:{actor.capacity}", actor)

    def _rows_readable_by(self, actor: Actor) -> Self:
        if Permission.DOCUMENTS_VIEW not in permissions(Section.DOCUMENTS, actor.capacity):
            return self.none()
        rows = self.filter(record_id=actor.record_id, arrived_at__isnull=False, deleted_at__isnull=True)
        return rows.filter(self._allowed_to(actor) if actor.is_professional else self._open_to(actor))

    @staticmethod
    def _allowed_to(actor: Actor) -> Q:
        """What a professional's profession may read and the patient did not mask to them, and what they wrote."""
        allowed = Q(type_code__in=readable_types(actor.profession or ""))
        if not actor.sees_masked:
            allowed &= Q(masked_at__isnull=True)
        # Whoever wrote nothing is not the author of what has none.
        return allowed if actor.professional_id is None else allowed | Q(author_id=actor.professional_id)

    @staticmethod
    def _open_to(actor: Actor) -> Q:
        """What is no minor's secret, for whoever acts for the patient (CSP L1111-5; facts, rule 20); and, for all of
        the patient's side, what does not wait to be announced (CSP R1111-53)."""
        if actor.is_professional or actor.capacity == Capacity.SYSTEM:
            return Q()
        if actor.capacity == Capacity.SUPPORT:
            return Q(pk__in=Problem.objects.open_to_support().values("document"))
        return DocumentQuerySet._not_secret_to(actor) & Q(withheld_until__isnull=True)

    def known_to(self, actor: Actor) -> Self:
        """Those of some rows, seen as somebody else sees them, that are not kept from `actor`."""
        return self.filter(self._open_to(actor))

    @staticmethod
    def _not_secret_to(actor: Actor) -> Q:
        return Q() if actor.capacity == Capacity.HOLDER else Q(hidden_from_representatives=False)

    def visible_among(self, keys: Iterable[UUID], actor: Actor) -> Self:
        """What is visible of a few documents known by their keys, each looked up by itself: asked both questions at
        once, SQLite would walk through the whole record to find these few."""
        is_visible = Exists(self.visible_to(actor).filter(pk=OuterRef("pk")))
        return self.filter(is_visible, pk__in=list(keys)).scoped(f"visible_to:{actor.capacity}", actor)

    def kept_from(self, actor: Actor) -> Self:
        """What the record holds and this reader of it must not know of, for a question inside another one."""
        if actor.is_professional:
            return self.filter(~self._allowed_to(actor), record_id=actor.record_id).scoped("kept_from", None)
        is_open = self._open_to(actor)
        # `_KEPT` adds nothing: it is said for the index that holds only these rows, in a record of thousands.
        rows = self.filter(_KEPT, ~is_open, record_id=actor.record_id) if is_open else self.none()
        return rows.scoped("kept_from", None)

    def waiting_for(self, actor: Actor) -> Self:
        """What the patient was told to see a professional about. Never its content: only who announces it."""
        if actor.is_professional or Permission.DOCUMENTS_VIEW not in permissions(Section.DOCUMENTS, actor.capacity):
            return self.none().scoped("waiting_for", None)
        rows = self.filter(record_id=actor.record_id, withheld_until__isnull=False, waiting_told_at__isnull=False)
        rows = rows.filter(self._not_secret_to(actor), arrived_at__isnull=False, deleted_at__isnull=True)
        return rows.scoped("waiting_for", None)

    def arriving_for(self, actor: Actor) -> Self:
        """What this person added and whose file is still being checked, or was refused. Never its content."""
        rows = self.filter(record_id=actor.record_id, added_by_id=actor.user_id, arrived_at__isnull=True)
        # No actor on the scope: what still arrives is not visible, and policy must not take it for such.
        return rows.filter(deleted_at__isnull=True).scoped("arriving_for", None)

    def apart_for(self, actor: Actor) -> Self:
        """What stands apart from the list, in one query: what still arrives, what waits for a consultation, and what
        the patient's side pinned. A list shows no content of the first two."""
        apart = self.arriving_for(actor) | self.waiting_for(actor)
        if Permission.DOCUMENTS_VIEW_NOTES in permissions(Section.DOCUMENTS, actor.capacity):
            apart = apart | self.rows_visible_to(actor).filter(pinned_at__isnull=False)
        # Said again for the index that holds only these rows.
        return apart.filter(_APART, record_id=actor.record_id).scoped("apart_for", None)

    def deleted_for(self, actor: Actor) -> Self:
        """The bin: what the patient's side deleted and may still take back."""
        if Permission.DOCUMENTS_DELETE not in permissions(Section.DOCUMENTS, actor.capacity) or actor.is_professional:
            return self.none().scoped("deleted_for", None)
        rows = self.filter(record_id=actor.record_id, deleted_at__isnull=False)
        return rows.added_by_patient().scoped("deleted_for", None)

    def news_for(self, readers: Iterable[tuple[Actor, datetime]]) -> Self:
        """What arrived for each reader after the instant that stands beside them, and they did not write themselves.

        One question for many records: a professional's patients.
        """
        rows = self.none()
        for actor, since in readers:
            fresh = self.rows_visible_to(actor).filter(arrived_at__gt=since)
            rows |= fresh.exclude(author_id=actor.professional_id) if actor.professional_id else fresh
        return rows.scoped("news_for", None)

    def around(self, document: Document) -> tuple[Self, Self]:
        """What stands before `document` in the order of `newest_first`, nearest first, and what stands after it."""
        key = (document.act_on, document.added_at, document.pk)
        fields = ("act_on", "added_at", "id")
        newer, older = Q(), Q()
        for index, field in enumerate(fields):
            same = dict(zip(fields[:index], key[:index], strict=True))
            newer |= Q(**same, **{f"{field}__gt": key[index]})
            older |= Q(**same, **{f"{field}__lt": key[index]})
        return self.filter(newer).order_by("act_on", "added_at", "id"), self.filter(older).newest_first()

    def newest_first(self) -> Self:
        """By date of the act, then of arrival."""
        return self.order_by("-act_on", "-added_at", "-id")

    def to_list(self, *more: str) -> Self:
        """With what a list shows, and `more`: a third of the columns, and of the time that reading them takes."""
        return self.only(*_SHOWN, *more)

    def of_family(self, family: str) -> Self:
        """Those drawn as `family` (see `types.FAMILIES`)."""
        return self.filter(type_code__in=types.codes_of(family))

    def added_by_patient(self) -> Self:
        """Those no carer wrote."""
        return self.filter(author_label="")

    def matching(self, words: str) -> Matches:
        """Those that say every word of `words` in title, author, type or text, whatever the accents and case.

        For a reader, so after `visible_to`. Narrow and order the documents first: what is found keeps both.
        """
        # Searching reads this model, so it is looked up when needed.
        from apps.documents.search.matches import Matches

        if self._scope_actor is None:
            raise UnscopedQuery("matching() searches in what somebody sees: say who, with .visible_to(actor).")
        return Matches(lambda: self, words, actor=self._scope_actor, with_file=bool(self.query.select_related))


class Document(IdentifiedModel):
    """One document of a record. Its bytes are a `StoredFile`; its words here are what a list needs."""

    record = models.ForeignKey(HealthRecord, on_delete=models.PROTECT, related_name="documents")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="document")
    type_code = models.CharField(max_length=20)
    title = models.CharField(_("Titre"), max_length=TITLE_MAX_LENGTH)
    #: The title is a clinical document's own, which software wrote: it goes by its type (see `name`).
    has_technical_title = models.BooleanField(default=False)
    act_on = models.DateField(_("Date"))
    author = models.ForeignKey(Professional, null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    #: Who wrote it, as a list shows it: kept as it was that day, since people move and organisations merge. Empty for
    #: the patient's side's own papers, and for nothing else.
    author_label = models.CharField(max_length=AUTHOR_MAX_LENGTH, blank=True)
    folded = models.TextField(editable=False)
    #: The name and the author as lists sort them, whatever the accents and case.
    title_key = models.CharField(max_length=TITLE_MAX_LENGTH, editable=False, default="")
    author_key = models.CharField(max_length=AUTHOR_MAX_LENGTH, editable=False, default="")
    added_at = models.DateTimeField()
    #: Nobody, for what came by secure mail: then `author_label` says who sent it.
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="added_documents")
    #: When its file was proven safe, or refused; neither while it is being checked.
    arrived_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    #: When the patient's side first opened it: until then what somebody else wrote is new.
    opened_at = models.DateTimeField(null=True, blank=True)
    #: How many different professionals opened it. Both are kept here so that a list needs no second look.
    professional_openings = models.PositiveIntegerField(default=0)
    masked_at = models.DateTimeField(null=True, blank=True)
    masked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="masked_documents"
    )
    #: How delicate its author finds it (JDV_J08): kept as written.
    confidentiality = models.CharField(max_length=1, choices=Level.choices, default=Level.NORMAL)
    #: Kept from the patient's side while set: until then, or until its author says that it was announced.
    withheld_until = models.DateTimeField(null=True, blank=True)
    #: When the patient was told that something waits and whom to see.
    waiting_told_at = models.DateTimeField(null=True, blank=True)
    #: A minor's secret: of those who are not professionals, the holder alone sees it.
    hidden_from_representatives = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="deleted_documents"
    )

    #: How the patient's side keeps it; no professional knows.
    folder = models.ForeignKey(
        Folder, null=True, blank=True, on_delete=models.SET_NULL, related_name="documents", db_index=False
    )
    pinned_at = models.DateTimeField(null=True, blank=True)

    #: What the header of a clinical document says: its own identifier, its family of versions, its number there,
    #: and the identifier of what it replaces. Only for those a professional deposited.
    unique_id = models.CharField(max_length=UNIQUE_ID_MAX_LENGTH, null=True, blank=True)  # noqa: DJ001 - unique
    set_id = models.CharField(max_length=UNIQUE_ID_MAX_LENGTH, blank=True)
    #: How the sets that bring a document name it (XDS entryUUID): a later set may replace it by that name.
    entry_id = models.CharField(max_length=UNIQUE_ID_MAX_LENGTH, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    replaces = models.CharField(max_length=UNIQUE_ID_MAX_LENGTH, blank=True)
    #: The version in force, for one that was replaced: all old versions point at the newest.
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="older_versions"
    )

    #: When its words entered the search; None for what has not arrived, or came before Calepin read inside.
    indexed_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: What a search found in it, for the page that shows it.
    excerpt: tuple[Piece, ...] = ()

    objects = ScopedManager.of(DocumentQuerySet)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                # What nobody of Calepin's added may have come masked.
                condition=Q(masked_at__isnull=True, masked_by__isnull=True)
                | (Q(masked_at__isnull=False) & (Q(masked_by__isnull=False) | Q(added_by__isnull=True))),
                name="a_document_is_masked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withheld_until__isnull=True, hidden_from_representatives=False) | ~Q(author_label=""),
                name="only_what_carers_write_is_kept_from_the_patient",
            ),
            models.CheckConstraint(
                condition=Q(added_by__isnull=False) | ~Q(author_label=""),
                name="a_document_is_added_by_somebody_or_sent_by_a_carer",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True, deleted_by__isnull=True)
                | Q(deleted_at__isnull=False, deleted_by__isnull=False),
                name="a_document_is_deleted_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="a_document_has_a_title"),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True) | Q(refused_at__isnull=True),
                name="a_document_arrives_or_is_refused",
            ),
            models.UniqueConstraint(
                fields=["record", "unique_id"],
                condition=Q(unique_id__isnull=False, deleted_at__isnull=True, refused_at__isnull=True),
                name="a_clinical_document_is_stored_once",
            ),
            models.CheckConstraint(condition=~Q(unique_id=""), name="an_identifier_is_not_empty"),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | ~Q(replaced_by=F("id")),
                name="a_document_does_not_replace_itself",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["record", "-act_on", "-added_at", "-id"],
                condition=_LISTED,
                name="documents_of_a_record",
            ),
            # Holds all that counting a list asks: no row is looked at.
            models.Index(
                fields=[
                    "record",
                    "withheld_until",
                    "hidden_from_representatives",
                    "deleted_at",
                    "replaced_by",
                    "arrived_at",
                ],
                condition=_LISTED,
                name="documents_counted",
            ),
            models.Index(fields=["record", "title_key", "id"], condition=_LISTED, name="documents_by_title"),
            models.Index(
                fields=["record", "author_key", "-act_on", "-added_at", "-id"],
                condition=_LISTED,
                name="documents_by_author",
            ),
            models.Index(
                fields=["record", "author", "-act_on", "-added_at", "-id"],
                condition=_LISTED,
                name="documents_of_an_author",
            ),
            models.Index(
                fields=["folder", "-act_on", "-added_at", "-id"],
                condition=Q(folder__isnull=False),
                name="documents_of_a_folder",
            ),
            models.Index(fields=["record"], condition=_KEPT, name="documents_kept_from_somebody"),
            # Counts a folder without looking at the rest of the record.
            models.Index(
                fields=["folder", "record", "withheld_until", "hidden_from_representatives"],
                condition=_LISTED & Q(folder__isnull=False),
                name="documents_in_a_folder",
            ),
            models.Index(
                fields=["record", "-act_on", "-added_at", "-id"],
                condition=_LISTED & Q(masked_at__isnull=False),
                name="documents_masked",
            ),
            models.Index(
                fields=["record", "-pinned_at", "-added_at"],
                condition=_APART,
                name="documents_apart",
            ),
            models.Index(
                fields=["record", "added_by"],
                condition=Q(arrived_at__isnull=True),
                name="documents_arriving",
            ),
            models.Index(
                fields=["withheld_until"],
                condition=Q(withheld_until__isnull=False),
                name="documents_withheld",
            ),
            models.Index(
                fields=["record", "set_id"],
                condition=~Q(set_id=""),
                name="documents_of_a_set",
            ),
            models.Index(
                fields=["id"],
                condition=Q(arrived_at__isnull=False, indexed_at__isnull=True),
                name="documents_to_index",
            ),
        ]

    def fold_words(self) -> None:
        """Notes what a search in titles looks at. `save` does it; who inserts rows otherwise calls it."""
        self.folded = fold(f"{self.title} {self.author_label} {self.type.plain} {self.type.label}")
        # A ligature unfolds into two letters.
        self.title_key = fold(self.name)[:TITLE_MAX_LENGTH]
        self.author_key = fold(self.author_label)[:AUTHOR_MAX_LENGTH]

    def save(self, *args: object, **kwargs: object) -> None:
        self.fold_words()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def type(self) -> types.DocumentType:
        """The official type. Raises KeyError on a code the value set does not hold."""
        return types.get(self.type_code)

    @property
    def name(self) -> str:
        """What it goes by on every screen: the title a person gave it; for a clinical document, the plain name of
        its type."""
        return self.type.plain if self.has_technical_title else self.title

    @property
    def subtitle(self) -> str:
        """What stands under the name of a clinical document: its own title, if that says anything else; else ""."""
        says_more = self.has_technical_title and _letters(self.title) != _letters(self.name)
        return self.title if says_more else ""

    @property
    def is_from_care(self) -> bool:
        """True for what a professional or their software wrote, false for the patient's side's own papers."""
        return bool(self.author_label)

    @property
    def is_withheld(self) -> bool:
        """True while the patient's side must not know of it (CSP R1111-53)."""
        return self.withheld_until is not None

    @property
    def is_masked(self) -> bool:
        """True when professionals other than its author do not see it."""
        return self.masked_at is not None

    def mask(self, *, by: UUID | None, at: datetime) -> None:
        """Marks it masked; `by` is nobody for what came masked by mail. The caller has the right and saves the
        trail."""
        self.masked_at, self.masked_by_id = at, by
        self.save(update_fields=["masked_at", "masked_by"])

    def note_first_opening(self, *, by_professional: bool, at: datetime) -> None:
        """Remembers that somebody opened it for the first time: one more professional, or the patient's side."""
        if by_professional:
            self.professional_openings = F("professional_openings") + 1
            self.save(update_fields=["professional_openings"])
            self.refresh_from_db(fields=["professional_openings"])
        elif self.opened_at is None:
            self.opened_at = at
            self.save(update_fields=["opened_at"])

    def unmask(self) -> None:
        """Lets professionals see it again."""
        self.masked_at, self.masked_by_id = None, None
        self.save(update_fields=["masked_at", "masked_by"])


def _letters(words: str) -> str:
    return "".join(character for character in fold(words) if character.isalnum())


class Opening(models.Model):
    """Somebody has opened a document, for the first time, and for the last: in which capacity, and when.

    It tells the pages of one reading from a new reading, and one professional from two. The history of every
    single reading is the audit trail's.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=24)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "user"], name="one_opening_per_person"),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk}"
