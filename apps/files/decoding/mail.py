"""Secure e-mails (MSSanté): hostile bytes in, the headers that matter and the sets inside out. Sandbox only."""

from __future__ import annotations

import email
import email.policy
import re
from base64 import b64encode
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from apps.files.decoding.refusals import Code, Refusal

MAX_PARTS = 200
MAX_SETS = 5
_MAX_HEADER = 2000
#: Whose mailbox it is, as the last server wrote it; else whom the sender named.
_DELIVERED = ("Delivered-To", "X-Original-To", "X-Delivered-To")
_NAMED = ("To", "Cc")
#: What every set holds, packed or not: the name of its folder.
_SET = re.compile(rb"IHE_XDM[/\\]", re.IGNORECASE)


def read(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The headers as plain values, and every IHE_XDM.ZIP attached, those of a forwarded message too.

    Raises Refusal: MAIL_BROKEN for what is no e-mail, TOO_HEAVY for too many parts.
    """
    message: Message = email.message_from_bytes(content, policy=email.policy.compat32)
    if message.get("From") is None:
        raise Refusal(Code.MAIL_BROKEN)
    facts = {
        "sender": _address(message, "From"),
        "sender_name": next((name for name, _address in getaddresses([_text(message, "From")])), "")[:_MAX_HEADER],
        "delivered": [address for name in _DELIVERED for address in _addresses(message, name)][:50],
        "recipients": [address for name in _NAMED for address in _addresses(message, name)][:50],
        "subject": _text(message, "Subject"),
        "message_id": _text(message, "Message-ID"),
        "software": _text(message, "X-MSS-NIL"),
        "types": [code.strip() for code in _text(message, "X-MSS-CODECDA").split(",") if code.strip()],
        "holds_ins": _text(message, "X-MSS-INS").upper(),
        "is_closed": _text(message, "X-MSS-MES").upper() == "FIN",
    }
    return facts, _sets(message)


def _sets(message: Message) -> list[bytes]:
    found: list[bytes] = []
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            raise Refusal(Code.TOO_HEAVY)
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        name = _decoded(str(part.get_filename() or "")).strip().lower()
        if isinstance(content, bytes) and content and _is_set(name, content):
            found.append(content)
    if len(found) > MAX_SETS:
        raise Refusal(Code.TOO_HEAVY)
    return found


def _is_set(name: str, content: bytes) -> bool:
    """True for what its name calls a set, however damaged, and for any ZIP that holds one, whatever its name and type.

    Another ZIP is an attachment like a picture: not this reader's.
    """
    return name in ("ihe_xdm.zip", "ihe_xdm") or (content.startswith(b"PK") and bool(_SET.search(content)))


def _text(message: Message, name: str) -> str:
    return _decoded(str(message.get(name, "")))[:_MAX_HEADER].strip()


def _decoded(raw: str) -> str:
    """A header's words; as they were sent when their encoding is none."""
    plain = " ".join(raw.split())
    try:
        return str(make_header(decode_header(plain)))
    except (HeaderParseError, MessageError, LookupError, ValueError):
        return plain


def _addresses(message: Message, name: str) -> list[str]:
    values = [str(value) for value in message.get_all(name, [])]
    return [address.strip().lower()[:_MAX_HEADER] for _name, address in getaddresses(values) if "@" in address]


def _address(message: Message, name: str) -> str:
    return next(iter(_addresses(message, name)), "")


def sample(attached: bytes) -> bytes:
    """A small e-mail that makes the libraries load all they need before they are confined."""
    return (
        b"From: =?utf-8?q?=C3=A9?= <a@b.invalid>\r\nTo: =?iso-8859-1?b?6Q==?= <c@d.invalid>\r\n"
        b"Subject: =?windows-1252?q?=E9?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"=C3=A9\r\n"
        b"--x\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''IHE%5FXDM.ZIP\r\n\r\n"
        + b64encode(attached)
        + b"\r\n--x--\r\n"
    )
