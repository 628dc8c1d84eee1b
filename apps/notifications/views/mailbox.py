"""The demonstration's mailbox in the browser: e-mails of fictional people, open to whoever tries the product."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.notifications import selectors
from apps.notifications.models import MailboxMessage


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest messages. Exists in a demonstration only."""
    _require_mailbox()
    return render(request, "notifications/mailbox.html", {"letters": selectors.mailbox_messages()})


@login_not_required
@require_safe
def mailbox_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message as it would have been sent."""
    _require_mailbox()
    letter = get_object_or_404(MailboxMessage, pk=message_id)
    return render(request, "notifications/mailbox_message.html", {"letter": letter})


def _require_mailbox() -> None:
    if not settings.LOCAL_MAILBOX:
        raise Http404
