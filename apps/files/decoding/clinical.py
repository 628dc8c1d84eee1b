"""Clinical documents (HL7 CDA R2): hostile XML in, a flat list of plain elements out. Inside the sandbox only.

Nothing of the document acts: no DTD, no entity, no network, no style sheet, no include. What the outline keeps is
the ClinicalDocument element and what is inside; a style sheet around it ("auto-présentable" documents) is dropped.
Encoded files are taken out of the outline, which says their size and what their first bytes are.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

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
#: Official examples go 30 deep and hold 15,000 elements.
MAX_DEPTH = 200
MAX_ELEMENTS = 400_000
MAX_ATTRIBUTE = 10_000
#: Copies of the document and its pictures; the largest official example holds 4.
MAX_ATTACHED = 20
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
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
    if _DOCTYPE.search(content):
        raise Refusal(Code.TOO_HEAVY)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
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
    waiting: list[tuple[int, int, etree._Element]] = [(-1, 0, read(content))]
    while waiting:
        parent, depth, element = waiting.pop()
        if depth > MAX_DEPTH or len(rows) >= MAX_ELEMENTS:
            raise Refusal(Code.TOO_HEAVY)
        attributes = _attributes(element)
        text = element.text or ""
        if attributes.get("representation") == "B64":
            text = _describe(text, attributes)
        rows.append([parent, _name(str(element.tag)), attributes, text, "" if parent < 0 else element.tail or ""])
        number = len(rows) - 1
        waiting.extend((number, depth + 1, child) for child in reversed(element) if isinstance(child.tag, str))
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def attached(content: bytes) -> list[Attached]:
    """The files inside the document, its PDF copies first, as they were sent. Raises Refusal (see `read`)."""
    found: list[Attached] = []
    for element in read(content).iter():
        if isinstance(element.tag, str) and element.get("representation") == "B64" and len(found) < MAX_ATTACHED:
            data = _decode(element.text or "")
            if data:
                found.append(Attached(_media_type(data), data))
    return sorted(found, key=lambda file: file.media_type != "application/pdf")


def _attributes(element: etree._Element) -> dict[str, str]:
    attributes = {_name(str(name)): str(value) for name, value in element.attrib.items()}
    if any(len(value) > MAX_ATTRIBUTE for value in attributes.values()):
        raise Refusal(Code.TOO_HEAVY)
    return attributes


def _name(tag: str) -> str:
    namespace, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    return _PREFIXES.get(namespace, "other:" if namespace else "") + local


def _describe(text: str, attributes: dict[str, str]) -> str:
    """Notes size and true type of an encoded file; gives back its words when it is plain text."""
    data = _decode(text)
    attributes["#size"] = str(len(data))
    attributes["#type"] = _media_type(data) if data else ""
    if attributes["#type"] == "text/plain":
        return data.decode("utf-8", "replace")
    return ""


def _decode(text: str) -> bytes:
    try:
        return b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def _media_type(data: bytes) -> str:
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/xml" if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "text/plain"
