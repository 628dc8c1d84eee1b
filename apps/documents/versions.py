"""Versions of one document: the newest stands in the lists, the older ones can be read from it (facts, rule 10).

All functions run inside the caller's transaction.
"""

from __future__ import annotations

from django.db.models import F, Q

from apps.documents.models import Comment, Document, DocumentQuerySet


def take_place(document: Document) -> None:
    """Puts a document that arrives before those it replaces, or behind a newer one that came first.

    It replaces what its header names, and lower versions of its own set; and only what the same professional, or
    the same organisation, deposited: nobody withdraws the document of another. A mask the patient set stays, and a
    minor's secret covers all versions. What is withheld waits beside the version that the patient reads meanwhile.
    """
    family = _family(document)
    if not family:
        return
    _keep_secret([document, *family])
    # Nothing that the patient may read goes behind what still waits to be announced to them.
    ahead = [other for other in family if document.is_withheld or not other.is_withheld]
    newer = [other for other in ahead if other.replaces != document.unique_id and _is_newer(other, document)]
    newer += [other for other in ahead if other.replaces == document.unique_id]
    if newer:
        head = max(newer, key=_rank)
        _everything().filter(pk=document.pk).update(
            replaced_by=head, masked_at=head.masked_at, masked_by=head.masked_by_id
        )
        document.refresh_from_db(fields=["replaced_by", "masked_at", "masked_by"])
        return
    older = [other for other in family if _is_replaced(other, by=document)]
    masked = next((other for other in older if other.is_masked), None)
    if masked and masked.masked_at:
        document.mask(by=masked.masked_by_id, at=masked.masked_at)
    if document.is_withheld:
        return
    keys = [other.pk for other in older]
    _everything().filter(Q(pk__in=keys) | Q(replaced_by__in=keys)).update(
        replaced_by=document, masked_at=document.masked_at, masked_by=document.masked_by_id
    )
    _hand_over(older, document)


def step_down(document: Document) -> None:
    """Gives the place back to the version before, when the newest is withdrawn by who deposited it."""
    before = older_than(document).first()
    if before is None:
        return
    _everything().filter(pk=before.pk).update(replaced_by=None)
    _everything().filter(replaced_by=document.pk).update(replaced_by=before.pk)
    _hand_over([document], before)


def follow_mask(document: Document) -> None:
    """Masks, or unmasks, the older versions as the one in force."""
    _everything().filter(replaced_by=document.pk).update(masked_at=document.masked_at, masked_by=document.masked_by_id)


def older_than(document: Document) -> DocumentQuerySet:
    """The versions that `document` replaced, newest first."""
    rows: DocumentQuerySet = _everything().filter(replaced_by=document.pk, deleted_at__isnull=True)
    return rows.order_by(F("version").desc(nulls_last=True), "-act_on", "-added_at")


def _hand_over(versions: list[Document], document: Document) -> None:
    """Gives `document` the place, the pin and the comment that the patient's side gave one of `versions`."""
    document.folder_id = next((one.folder_id for one in versions if one.folder_id), document.folder_id)
    document.pinned_at = next((one.pinned_at for one in versions if one.pinned_at), document.pinned_at)
    document.save(update_fields=["folder", "pinned_at"])
    _everything().filter(pk__in=[one.pk for one in versions]).update(folder=None, pinned_at=None)
    comments = Comment.objects.unscoped(why="the comment stays with the version in force")
    noted = comments.filter(document__in=versions).order_by("-written_at").first()
    if noted is not None:
        comments.filter(pk=document.pk).delete()
        comments.filter(pk=noted.pk).update(document=document.pk)


def _keep_secret(family: list[Document]) -> None:
    """Hides all versions from who acts for the patient, as soon as one is."""
    if not any(other.hidden_from_representatives for other in family):
        return
    keys = [other.pk for other in family]
    _everything().filter(Q(pk__in=keys) | Q(replaced_by__in=keys)).update(hidden_from_representatives=True)
    for other in family:
        other.hidden_from_representatives = True


def _family(document: Document) -> list[Document]:
    """What stands in the lists and belongs to the same set, is replaced by the document or replaces it."""
    if not document.unique_id:
        return []
    related = Q(replaces=document.unique_id)
    if document.replaces:
        related |= Q(unique_id=document.replaces)
    if document.set_id:
        related |= Q(set_id=document.set_id)
    rows = _everything().filter(related, _same_hand(document), record=document.record_id, replaced_by__isnull=True)
    rows = rows.filter(arrived_at__isnull=False, deleted_at__isnull=True).exclude(pk=document.pk)
    # Locked: a mask that the patient sets at this moment must not be written over.
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _same_hand(document: Document) -> Q:
    """What the same professional or organisation wrote; for what came by mail, what carries the same signature."""
    if document.author is None:
        return Q(author__isnull=True, author_label=document.author_label)
    theirs = Q(author=document.author_id)
    if document.author.organisation_id:
        theirs |= Q(author__organisation=document.author.organisation_id)
    return theirs


def _is_replaced(other: Document, *, by: Document) -> bool:
    return other.unique_id == by.replaces or _is_newer(by, other)


def _is_newer(one: Document, other: Document) -> bool:
    is_same_set = bool(one.set_id) and one.set_id == other.set_id
    return is_same_set and one.version is not None and other.version is not None and one.version > other.version


def _rank(document: Document) -> int:
    return document.version or 0


def _everything() -> DocumentQuerySet:
    everything: DocumentQuerySet = Document.objects.unscoped(why="the versions of a document follow one another")
    return everything
