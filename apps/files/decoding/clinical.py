"""Clinical documents (HL7 CDA R2): hostile XML in, a flat list of plain elements out. Inside the sandbox only.

Nothing of the document acts: no DTD, no entity, no network, no style sheet, no include. What the outline keeps is
the ClinicalDocument element and what is inside; a style sheet around it ("auto-présentable" documents) is dropped.
Encoded files are taken out of the outline, which says their size and what their first bytes are.
"""

from __future__ import annotations

import binascii
import json
import re
import zlib
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

from apps.files.decoding import markup, rtf
from apps.files.decoding.kinds import decode_text
from apps.files.decoding.refusals import Code, Refusal

HL7 = "urn:hl7-org:v3"
_ROOT = f"{{{HL7}}}ClinicalDocument"
#: The prefix the outline gives to names of each namespace. Two laboratories' namespaces are in use.
_PREFIXES = {
    HL7: "",
    "urn:oid:1.3.6.1.4.1.19376.1.3.2": "lab:",
    "urn:hl7-org:lab": "lab:",
    "urn:hl7-org:sdtc": "sdtc:",
    "urn:ihe:pharm:medication": "pharm:",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
}
#: Official examples go 30 deep and hold 15,000 elements; who reads an outline pays for every one.
MAX_DEPTH = 100
MAX_ELEMENTS = 150_000
MAX_ATTRIBUTE = 10_000
#: Of one element. lxml takes a time that grows with their square: minutes for 100,000 of them.
MAX_ATTRIBUTES = 100
#: Copies of the document and its pictures; the largest official example holds 4.
MAX_ATTACHED = 20
#: What a compressed file inside unfolds to at most.
MAX_UNFOLDED = 50 * 1024 * 1024
#: HL7 CompressionAlgorithm, as the window that zlib asks for: deflate, zlib, gzip.
_COMPRESSIONS = {"DF": -zlib.MAX_WBITS, "ZL": zlib.MAX_WBITS, "GZ": 16 + zlib.MAX_WBITS}
#: Software forgets to say that a file is in base64. Nothing else looks like this for as long.
_BASE64 = re.compile(r"\s*(?:[A-Za-z0-9+/]\s*){200}")
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "text/rtf"),
    (b"GIF8", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a document: what its first bytes say, whatever the document declares."""

    media_type: str
    content: bytes


def read(content: bytes) -> etree._Element:
    """The ClinicalDocument element. Raises Refusal: TOO_HEAVY for a DTD or what nests too deep, CLINICAL_BROKEN."""
    plain = markup.plain(content, broken=Code.CLINICAL_BROKEN)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Refusal(Code.CLINICAL_BROKEN) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal(Code.TOO_HEAVY)
    found = root if root.tag == _ROOT else next(root.iter(_ROOT), None)
    if found is None:
        raise Refusal(Code.CLINICAL_BROKEN)
    return found


def outline(content: bytes) -> bytes:
    """The document as JSON: `[[parent, name, attributes, text, tail], …]`, parents before children.

    Raises Refusal: TOO_HEAVY beyond the limits of this module, and what `read` raises.
    """
    rows: list[list[object]] = []
    document = read(content)
    if document.xpath("count(descendant-or-self::*)") > MAX_ELEMENTS:
        raise Refusal(Code.TOO_HEAVY)
    waiting: list[tuple[int, int, etree._Element]] = [(-1, 0, document)]
    while waiting:
        parent, depth, element = waiting.pop()
        if depth > MAX_DEPTH:
            raise Refusal(Code.TOO_HEAVY)
        attributes = _attributes(element)
        text = element.text or ""
        data = _file_in(text, attributes)
        if data is not None:
            text = _describe(data, attributes)
        rows.append([parent, _name(str(element.tag)), attributes, text, "" if parent < 0 else element.tail or ""])
        number = len(rows) - 1
        waiting.extend((number, depth + 1, child) for child in reversed(element) if isinstance(child.tag, str))
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def attached(content: bytes) -> list[Attached]:
    """The files inside the document, its PDF copies first, as they were sent. Raises Refusal (see `read`)."""
    found: list[Attached] = []
    for element in read(content).iter():
        if isinstance(element.tag, str) and len(found) < MAX_ATTACHED:
            data = _file_in(element.text or "", element.attrib)
            if data:
                found.append(Attached(_media_type(data, element.get("mediaType", "")), data))
    return sorted(found, key=lambda file: file.media_type != "application/pdf")


def _attributes(element: etree._Element) -> dict[str, str]:
    if len(element.attrib) > MAX_ATTRIBUTES:
        raise Refusal(Code.TOO_HEAVY)
    attributes = {_name(str(name)): str(value) for name, value in element.attrib.items()}
    if any(len(value) > MAX_ATTRIBUTE for value in attributes.values()):
        raise Refusal(Code.TOO_HEAVY)
    return attributes


def _name(tag: str) -> str:
    namespace, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    return _PREFIXES.get(namespace, "other:" if namespace else "") + local


def _file_in(text: str, attributes: Mapping[str, str]) -> bytes | None:
    """The file an element holds (HL7 ED), decoded and unfolded: b"" when it is damaged, None for plain words."""
    declared = attributes.get("mediaType", "")
    if attributes.get("representation", "").upper() == "B64":
        return _unfolded(_decode(text), attributes.get("compression", ""))
    if declared in ("text/rtf", "application/rtf") and text.lstrip().startswith("{\\rtf"):
        return text.strip().encode("cp1252", "replace")
    if declared and not declared.startswith("text/") and _BASE64.match(text):
        return _unfolded(_decode(text), attributes.get("compression", ""))
    return None


def _describe(data: bytes, attributes: dict[str, str]) -> str:
    """Notes size and true type of a file inside; gives back its words when it is text, plain or rich."""
    attributes["#size"] = str(len(data))
    attributes["#type"] = _media_type(data, attributes.get("mediaType", "")) if data else ""
    with suppress(Refusal):
        if attributes["#type"] == "text/plain":
            return decode_text(data)
        if attributes["#type"] == "text/rtf":
            return rtf.words(data)
    return ""


def _decode(text: str) -> bytes:
    """From base64 as it travels: with line ends, spaces, or without the signs that fill its end."""
    try:
        written = "".join(text.split()).rstrip("=")
        return b64decode(written + "=" * (-len(written) % 4))
    except (binascii.Error, ValueError):
        return b""


def _unfolded(data: bytes, compression: str) -> bytes:
    """Raises Refusal for what unfolds without end."""
    if not compression:
        return data
    if compression not in _COMPRESSIONS:
        return b""
    unfolding = zlib.decompressobj(_COMPRESSIONS[compression])
    try:
        found = unfolding.decompress(data, MAX_UNFOLDED)
    except zlib.error:
        return b""
    if unfolding.unconsumed_tail:
        raise Refusal(Code.TOO_HEAVY)
    return found if unfolding.eof else b""


def _media_type(data: bytes, declared: str) -> str:
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "application/xml"
    try:
        data.decode("utf-8") if declared != "text/plain" else decode_text(data)
    except (UnicodeDecodeError, Refusal):
        return "application/octet-stream"
    return "text/plain"
