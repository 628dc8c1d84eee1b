"""What the screens of shares show, on both sides of the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.qr import QrCode, draw
from apps.core.actor import Actor
from apps.core.addresses import address_of
from apps.core.presentation import Item, State
from apps.documents.models import Document
from apps.documents.sharing import codes
from apps.documents.sharing.models import Share, SharedDocument, ShareQuerySet
from apps.documents.sharing.openers import Opener
from apps.reading.dates import hour, long_date, moment, short_date

#: What is offered beside the document one came from.
OFFERED = 30
KEPT_MONTHS = timedelta(days=365)
LONGEST_LIST = 100


@dataclass(frozen=True, slots=True)
class ShareScreen:
    """A share on the screen of whoever shares: `state` is "waiting", "opened" or "over"."""

    id: UUID
    state: str
    sentence: str
    remaining: str
    minutes: int
    titles: tuple[str, ...]
    audience: str
    code: str = ""
    letters: str = ""
    qr: QrCode | None = None


@dataclass(frozen=True, slots=True)
class ShareList:
    """Those that run, with the way to stop them, and those of the last twelve months."""

    running: tuple[ShareScreen, ...]
    over: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a recipient sees: the documents still shown, and until when."""

    items: tuple[SharedDocument, ...]
    label: str
    is_professional: bool
    ends_at: datetime


def offered(*, actor: Actor, document: Document) -> list[tuple[str, str]]:
    """The other documents one may show at the same time, newest first: identifier and label. One query."""
    rows = Document.objects.visible_to(actor).exclude(pk=document.pk).newest_first()[:OFFERED]
    return [(str(row.pk), _label(row)) for row in rows]


def chosen(*, actor: Actor, document: Document, others: list[str]) -> list[Document]:
    """`document`, then those of `others` that exist for `actor`, in the order in which they were chosen."""
    found = {str(row.pk): row for row in Document.objects.visible_to(actor).filter(pk__in=others)}
    return [document, *(found[pk] for pk in others if pk in found)]


def screen(*, share: Share, at: datetime) -> ShareScreen:
    """One share, live. Its code and its QR show only while they open something. One query."""
    waiting = share.opened_at is None and share.is_running(at)
    code = codes.code_of(share.pk) if waiting else ""
    return ShareScreen(
        id=share.pk,
        state=_state(share, at),
        sentence=_sentence(share, at),
        remaining=_remaining(share, at),
        minutes=_minutes(share, at),
        titles=tuple(_titles(share)),
        audience=share.audience,
        code=code,
        letters=codes.spoken(code),
        qr=draw(f"{settings.PUBLIC_URL}/p/{code}/") if code else None,
    )


def entrance() -> str:
    """The address to type for somebody who cannot scan, as people say it: without "https://"."""
    return settings.PUBLIC_URL.partition("://")[2] + "/p/"


def share_list(*, actor: Actor, at: datetime) -> ShareList:
    """The record's shares. Two queries, whatever their number."""
    rows = _with_documents(Share.objects.visible_to(actor), actor).filter(created_at__gt=at - KEPT_MONTHS)
    shares = list(rows.newest_first()[:LONGEST_LIST])
    return ShareList(
        running=tuple(screen(share=share, at=at) for share in shares if share.is_running(at)),
        over=tuple(_over_item(share, at) for share in shares if not share.is_running(at)),
    )


def visible_share(*, actor: Actor, share_id: UUID) -> Share | None:
    """The share called `share_id`, with its documents, when it exists for `actor`. Two queries."""
    found: Share | None = _with_documents(Share.objects.visible_to(actor), actor).filter(pk=share_id).first()
    return found


def shown(*, share: Share, opener: Opener) -> Shown:
    """What `opener` sees of a share that is theirs. One query."""
    rows = SharedDocument.objects.filter(share=share)
    items = rows.still_shown().select_related("document__file")
    return Shown(tuple(items), opener.name.label, opener.professional is not None, share.ends_at)


def stamp_of(*, opener: Opener, share: Share, at: datetime) -> str:
    """What is drawn across each page: who looks, when, and by which share."""
    return f"{opener.name.label} · {short_date(at)} · {hour(at)} · {str(share.pk)[:8]}"


def _with_documents(rows: ShareQuerySet, actor: Actor) -> ShareQuerySet:
    """With the documents that still exist for who looks: what was deleted or hidden since keeps no title here."""
    kept = SharedDocument.objects.filter(document__in=Document.objects.readable_to(actor)).select_related("document")
    return rows.prefetch_related(Prefetch("shared_documents", queryset=kept))


def _titles(share: Share) -> list[str]:
    return [item.document.name for item in share.shared_documents.all()]


def _label(document: Document) -> str:
    label = f"{document.name}, {short_date(document.act_on)}"
    return _("{label} (masqué aux soignants)").format(label=label) if document.is_masked else label


def _state(share: Share, at: datetime) -> str:
    if not share.is_running(at):
        return "over"
    return "waiting" if share.opened_at is None else "opened"


def _sentence(share: Share, at: datetime) -> str:
    """What happens now, in a sentence."""
    if share.locked_at is not None:
        return _("Partage arrêté : trop de réponses fausses. Personne n’a rien vu.")
    if share.is_running(at):
        if share.opened_at is None:
            return _("En attente : personne n’a encore ouvert le partage.")
        return _("{who} a ouvert le partage à {hour}.").format(who=share.opener_label, hour=hour(share.opened_at))
    if share.opened_at is None:
        return _("Partage terminé. Personne ne l’a ouvert.")
    return _("Partage terminé. {who} a ouvert le partage à {hour}.").format(
        who=share.opener_label, hour=hour(share.opened_at)
    )


def _minutes(share: Share, at: datetime) -> int:
    """Whole minutes left, the one that has begun included."""
    left = (share.over_at - at).total_seconds()
    return max(0, -int(-left // 60))


def _remaining(share: Share, at: datetime) -> str:
    if not share.is_running(at):
        return ""
    minutes = _minutes(share, at)
    if minutes > 60:
        return _("Le partage s’arrête tout seul à {hour}.").format(hour=hour(share.ends_at))
    return ngettext(
        "Le partage s’arrête tout seul dans {minutes} minute.",
        "Le partage s’arrête tout seul dans {minutes} minutes.",
        minutes,
    ).format(minutes=minutes)


def _over_item(share: Share, at: datetime) -> Item:
    titles = _titles(share)
    first = titles[0] if titles else _("Document supprimé")
    others = len(titles) - 1
    title = first
    if others > 0:
        title = ngettext("{title} et {others} autre", "{title} et {others} autres", others).format(
            title=first, others=others
        )
    opened = share.opened_at is not None
    state = State(_("Ouvert"), "", "eye") if opened else State(_("Jamais ouvert"))
    return Item(
        title=title,
        url=address_of("sharing:share", share.pk),
        category="prescription" if opened else "own",
        pictogram="eye" if opened else "ui-folder",
        lines=tuple(line for line in (share.opener_label, moment(share.created_at)) if line),
        states=(state,),
        action=_("Voir le partage"),
        action_label=_("Voir le partage : {title}, {date}").format(title=title, date=long_date(share.created_at)),
    )
