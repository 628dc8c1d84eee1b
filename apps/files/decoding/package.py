"""Sets of documents (IHE_XDM.ZIP): a hostile ZIP and a hostile XML in, plain entries and bytes out. Sandbox only.

A set is `IHE_XDM/<any folder>/METADATA.XML` with the documents that it describes (IHE ITI TF-3, 4.2; ebRIM 3.0).
Nothing is written anywhere: a name in the ZIP is only ever compared with the URI of an entry. Elements are matched
by their local name, since software in use forgets to declare a prefix, or the namespace.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from apps.files.decoding import markup
from apps.files.decoding.refusals import Code, Refusal

MAX_FILES = 500
MAX_DOCUMENTS = 100
MAX_METADATA = 10 * 1024 * 1024
#: Times the size of the ZIP: clinical documents in XML shrink to a tenth, a bomb to a thousandth.
MAX_RATIO = 200
_METADATA = re.compile(r"(?:^|.*/)IHE_XDM/[^/]+/METADATA\.XML", re.IGNORECASE | re.DOTALL)
_MAX_VALUE = 2000

_AUTHOR = "93606bcf-9494-43ec-9b4e-a7748d1a838d"
_TYPE = "f0306f51-975f-434e-a61c-c59651d33983"
_CONFIDENTIALITY = "f4f85eac-e6cb-4883-b524-f2705394840f"
_PATIENT = "58a6f841-87b3-4a3e-92fd-a8ffeff98427"
_UNIQUE_ID = "2e82c1f6-a085-4c72-9da3-8640a32e42ab"
_SET_PATIENT = "6b5aea1a-874d-4603-a4bc-96a0a7b38446"

Entry = dict[str, Any]


def unpack(content: bytes, *, max_bytes: int, max_total: int) -> list[bytes]:
    """The entries as JSON, then the documents that are whole, in the order of their entries' `blob`.

    `max_bytes` for one document, `max_total` for all. An entry whose document is missing, too large, or not the one
    it describes says so in `trouble` ("missing", "too_large", "size", "hash") and has no blob.

    Raises Refusal: PACKAGE_UNSAFE for names that lead out of the folder or files that unfold without end,
    PACKAGE_BROKEN for what is no such set, TOO_HEAVY for a DTD.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = _files(archive, limit=min(max_total, MAX_RATIO * len(content)))
            entries: list[Entry] = []
            documents: list[bytes] = []
            for name in sorted(name for name in files if _METADATA.fullmatch(name)):
                folder = name.rpartition("/")[0] + "/"
                for entry in _entries(_read(archive, files[name], MAX_METADATA)):
                    entries.append(entry)
                    document = _document(archive, _find(files, folder, entry["uri"]), entry, max_bytes)
                    if document is not None:
                        entry["blob"] = len(documents)
                        documents.append(document)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Refusal(Code.PACKAGE_BROKEN) from error
    if not entries:
        raise Refusal(Code.PACKAGE_BROKEN)
    return [json.dumps(entries, ensure_ascii=False).encode("utf-8", "replace"), *documents]


def _files(archive: zipfile.ZipFile, *, limit: int) -> dict[str, zipfile.ZipInfo]:
    """The files of the ZIP by their names, and by looser spellings. Raises Refusal before anything is unfolded."""
    found: dict[str, zipfile.ZipInfo] = {}
    members = [info for info in archive.infolist() if not info.filename.endswith("/")]
    if len(members) > MAX_FILES or sum(info.file_size for info in members) > limit:
        raise Refusal(Code.PACKAGE_UNSAFE)
    for info in members:
        name = info.filename.replace("\\", "/")
        is_link = stat.S_ISLNK(info.external_attr >> 16)
        if is_link or not name or name.startswith("/") or ":" in name or ".." in name.split("/") or name in found:
            raise Refusal(Code.PACKAGE_UNSAFE)
        if info.flag_bits & 1:  # encrypted
            raise Refusal(Code.PACKAGE_BROKEN)
        found[name] = info
    spelled = {_loose(other): info for name, info in found.items() for other in _spellings(name, info)}
    return spelled | found


def _spellings(name: str, info: zipfile.ZipInfo) -> Iterator[str]:
    """A name as it may be meant: many programs write UTF-8 or Windows-1252 without saying so (APPNOTE, appendix D)."""
    if not info.flag_bits & 0x800:
        for encoding in ("cp1252", "utf-8"):
            with suppress(UnicodeError):
                yield name.encode("cp437").decode(encoding)
    yield name


def _loose(name: str) -> str:
    return unicodedata.normalize("NFC", name).upper()


def _find(files: dict[str, zipfile.ZipInfo], folder: str, uri: str) -> zipfile.ZipInfo | None:
    """The file that `uri` names: beside the metadata, else from the root; as an address with %20, too."""
    for name in dict.fromkeys((uri, unquote(uri))):
        for path in (folder + name, name.lstrip("/")):
            found = files.get(path) or files.get(_loose(path))
            if found is not None:
                return found
    return None


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """The content of one file; a byte more than it announces, or than `limit`, is a trap. Raises Refusal."""
    with archive.open(info) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise Refusal(Code.PACKAGE_UNSAFE)
    return content


def _document(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None, entry: Entry, limit: int) -> bytes | None:
    """The bytes that `entry` describes; None when they are not there or are others, which `trouble` then says."""
    if info is None or not entry["uri"]:
        entry["trouble"] = "missing"
        return None
    if info.file_size > limit:
        entry["trouble"] = "too_large"
        return None
    content = _read(archive, info, limit)
    if entry["size"] and entry["size"] != str(len(content)):
        entry["trouble"] = "size"
    elif entry["hash"] and entry["hash"] != hashlib.sha1(content, usedforsecurity=False).hexdigest():
        entry["trouble"] = "hash"
    return None if entry["trouble"] else content


def _entries(metadata: bytes) -> list[Entry]:
    root = _parse(metadata)
    extrinsic = [node for node in root.iter() if _local(node) == "ExtrinsicObject"]
    if len(extrinsic) > MAX_DOCUMENTS:
        raise Refusal(Code.PACKAGE_UNSAFE)
    identifiers, codes = _about(root, "ExternalIdentifier"), _about(root, "Classification")
    # A folder is a package, too: only a submission set says whose the documents are.
    packages = [node for node in root.iter() if _local(node) == "RegistryPackage"]
    set_patient = next(filter(None, (_identifier(identifiers, node, _SET_PATIENT) for node in packages)), "")
    replaced = _replaced(root)
    return [
        _entry(node, identifiers, codes, set_patient=set_patient, replaced=replaced.get(_value(node, "id"), [])[:20])
        for node in extrinsic
    ]


def _entry(node: Any, identifiers: Any, codes: Any, *, set_patient: str, replaced: list[str]) -> Entry:
    authors = _classified(codes, node, _AUTHOR)
    return {
        "id": _value(node, "id"),
        "media_type": _value(node, "mimeType"),
        "title": _name(node),
        "uri": _slot(node, "URI").replace("\\", "/").removeprefix("./"),
        "hash": _slot(node, "hash").lower(),
        "size": _slot(node, "size"),
        "act": _slot(node, "serviceStartTime"),
        "created": _slot(node, "creationTime"),
        "type": next((_value(found, "nodeRepresentation") for found in _classified(codes, node, _TYPE)), ""),
        "codes": [_value(found, "nodeRepresentation") for found in _classified(codes, node, _CONFIDENTIALITY)],
        "author": next((_slot(found, "authorPerson") for found in authors), ""),
        "institution": next((_slot(found, "authorInstitution") for found in authors), ""),
        "speciality": next((_slot(found, "authorSpecialty") for found in authors), ""),
        "patient": _identifier(identifiers, node, _PATIENT) or set_patient,
        "traits": _slots(node, "sourcePatientInfo"),
        "unique_id": _identifier(identifiers, node, _UNIQUE_ID),
        "replaces": replaced,
        "trouble": "",
        "blob": -1,
    }


def _parse(metadata: bytes) -> Any:
    """The root element. A prefix that nobody declared is forgiven, nothing else is. Raises Refusal."""
    plain = markup.plain(metadata, broken=Code.PACKAGE_BROKEN)
    for is_tolerant in (False, True):
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            recover=is_tolerant,
        )
        try:
            root = etree.fromstring(plain, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            continue
        is_forgiven = all(error.type_name == "NS_ERR_UNDEFINED_NAMESPACE" for error in parser.error_log)
        if root is not None and root.getroottree().docinfo.internalDTD is None and is_forgiven:
            return root
    raise Refusal(Code.PACKAGE_BROKEN)


def _local(node: Any) -> str:
    tag = node.tag if isinstance(node.tag, str) else ""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _children(node: Any, name: str) -> Iterator[Any]:
    return (child for child in node if _local(child) == name)


def _value(node: Any, name: str) -> str:
    return (node.get(name) or "").strip()[:_MAX_VALUE]


def _slots(node: Any, name: str) -> list[str]:
    return [
        (value.text or "").strip()[:_MAX_VALUE]
        for slot in _children(node, "Slot")
        if slot.get("name") == name
        for values in _children(slot, "ValueList")
        for value in _children(values, "Value")
    ][:20]


def _slot(node: Any, name: str) -> str:
    return next(iter(_slots(node, name)), "")


def _name(node: Any) -> str:
    return next((_value(text, "value") for name in _children(node, "Name") for text in name), "")


def _about(root: Any, kind: str) -> dict[str, list[Any]]:
    """Elements of `kind` by the identifier of what they are about, inside it or beside it."""
    found: dict[str, list[Any]] = {}
    for node in root.iter():
        if _local(node) == kind:
            inside = node.getparent().get("id") if node.getparent() is not None else None
            subject = node.get("classifiedObject") or node.get("registryObject") or inside or ""
            found.setdefault(subject, []).append(node)
    return found


def _scheme(node: Any, name: str) -> str:
    return _value(node, name).lower().removeprefix("urn:uuid:")


def _classified(codes: dict[str, list[Any]], node: Any, scheme: str) -> Sequence[Any]:
    about = codes.get(node.get("id") or "", ())
    return [found for found in about if _scheme(found, "classificationScheme") == scheme]


def _identifier(identifiers: dict[str, list[Any]], node: Any, scheme: str) -> str:
    about = identifiers.get(node.get("id") or "", ())
    return next((_value(n, "value") for n in about if _scheme(n, "identificationScheme") == scheme), "")


def _replaced(root: Any) -> dict[str, list[str]]:
    """What each entry takes the place of (association RPLC, or a transformation that replaces)."""
    found: dict[str, list[str]] = {}
    for node in root.iter():
        if _local(node) == "Association" and _value(node, "associationType").endswith("RPLC"):
            found.setdefault(_value(node, "sourceObject"), []).append(_value(node, "targetObject"))
    return found


def sample() -> bytes:
    """A small set, badly written, that makes the libraries load all they need before they are confined."""
    archive = io.BytesIO()
    metadata = (
        '<x:SubmitObjectsRequest><ExtrinsicObject id="a"><Slot name="URI"><ValueList><Value>été.txt</Value>'
        "</ValueList></Slot></ExtrinsicObject></x:SubmitObjectsRequest>"
    )
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("IHE_XDM/S/METADATA.XML", metadata)
        opened.writestr("IHE_XDM/S/été.txt", "a")
        opened.writestr("OLD.TXT", "a")
    # One name as old programs write it, in code page 437.
    return archive.getvalue().replace(b"OLD.TXT", b"\x82LD.TXT")
