"""What screens and probes read from the outbox."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, Value, When
from django.utils.translation import gettext

from apps.core.actor import Actor
from apps.core.presentation import Item, State
from apps.core.statements import Statement
from apps.notifications.models import MailboxMessage, Notice, NoticeQuerySet
from apps.reading import dates

NOTICES_SHOWN = 100
LETTERS_SHOWN = 100


def unread(*, user_id: UUID, record_id: UUID | None, limit: int, first: str = "") -> list[Notice]:
    """The newest notices this person has not read in this space, those of the kind `first` on top. One query."""
    return _unread(user_id=user_id, record_id=record_id, limit=limit, kind=first)


def _unread_rows(*, user_id: UUID, record_id: UUID | None, limit: int, kind: str) -> NoticeQuerySet:
    notices = Notice.objects.for_reader(user_id=user_id, record_id=record_id)
    is_first = Case(When(kind=kind, then=Value(0)), default=Value(1))
    unread: NoticeQuerySet = notices.unread().order_by(is_first, "-created_at")[:limit]
    return unread


_unread = Statement(_unread_rows)


def notice_items(actor: Actor) -> list[Item]:
    """The actor's notices in the space they stand in as lines of a list, unread first. One query."""
    return [_item(notice) for notice in Notice.objects.visible_to(actor).unread_first()[:NOTICES_SHOWN]]


def _item(notice: Notice) -> Item:
    sentence, action = notice.sentence, notice.action
    return Item(
        title=sentence,
        url=notice.path,
        category=notice.colour_category,
        pictogram=notice.pictogram,
        lines=(dates.moment(notice.created_at),),
        states=() if notice.read_at else (State(gettext("Nouveau"), "new"),),
        action=action,
        action_label=f"{action} : {sentence}",
    )


def mailbox_messages() -> list[MailboxMessage]:
    """The newest e-mails of the demonstration. One query."""
    return list(MailboxMessage.objects.order_by("-received_at")[:LETTERS_SHOWN])
