"""Files made to harm, made here and nowhere stored: the same ones at each run.

`everything()` yields (label, name, content, verdict). The verdict is REFUSED when receiving must refuse, SAFE when
the file may also be taken, because what Calepin makes of it can do nothing.
"""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

import pikepdf
from PIL import Image

from tests.files import samples

REFUSED = "refused"
SAFE = "safe"
File = tuple[str, str, bytes, str]

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<script>window.XSSRAN=true</script>"


def everything() -> Iterator[File]:
    """All of them, well over three hundred."""
    for family in (wrong_types, pages, polyglots, archives, pdfs, cut_short, flipped, pixel_floods, odd_names, texts):
        yield from family()


def wrong_types() -> Iterator[File]:
    """Formats Calepin does not take, under their own name and under names it takes."""
    gif, webp, bmp = (samples.encoded(samples.picture((32, 32)), kind) for kind in ("GIF", "WEBP", "BMP"))
    contents = {
        "gif": gif,
        "webp": webp,
        "bmp": bmp,
        "ico": samples.encoded(samples.picture((32, 32)), "ICO"),
        "ppm": samples.encoded(samples.picture((32, 32)), "PPM"),
        "tga": samples.encoded(samples.picture((32, 32)), "TGA"),
        "jp2": samples.encoded(samples.picture((32, 32)), "JPEG2000"),
        "avif": b"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(64),
        "mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(64),
        "exe": b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200) + b"PE\x00\x00",
        "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
        "class": b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(64),
        "wasm": b"\x00asm\x01\x00\x00\x00",
        "dcm": bytes(128) + b"DICM\x02\x00\x00\x00UL" + bytes(32),
        "dcm-as-tiff": b"II*\x00".ljust(128, b"\x00") + b"DICM\x02\x00\x00\x00UL" + bytes(64),
        "gz": b"\x1f\x8b\x08\x00" + bytes(64),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(64),
        "rar": b"Rar!\x1a\x07\x01\x00" + bytes(64),
        "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        "rtf": rb"{\rtf1\ansi {\field{\*\fldinst DDEAUTO c:\\windows\\system32\\cmd.exe}}}",
        "ps": b"%!PS-Adobe-3.0\n(hello) show showpage\n",
        "bigtiff": b"II+\x00\x08\x00\x00\x00" + bytes(64),
        "sqlite": b"SQLite format 3\x00" + bytes(100),
        "pickle": b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
        "utf16": "<html>".encode("utf-16"),
        "zeros": bytes(5000),
        "noise": random.Random(7).randbytes(5000),
        "lnk": b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(64),
    }
    for label, content in contents.items():
        for name in (f"document.{label}", "document.pdf", "photo.jpg", "note.txt"):
            yield f"type:{label}:{name}", name, content, REFUSED


def pages() -> Iterator[File]:
    """Web pages, drawings with scripts, programs in text form."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="XSSRAN=true">' + SCRIPT + b"</svg>"
    contents = {
        "html": b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>",
        "bare": SCRIPT,
        "late": b"Compte rendu de consultation.\n" * 400 + SCRIPT,
        "bom": b"\xef\xbb\xbf<html>" + SCRIPT,
        "spaces": b" \t\n" * 50 + b"<html>" + SCRIPT,
        "case": b"<ScRiPt >window.XSSRAN=true</sCrIpT>",
        "svg": svg,
        "svg-xml": b'<?xml version="1.0"?>' + svg,
        "xxe": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "laughs": b'<!DOCTYPE a [<!ENTITY b "ha">' + b'<!ENTITY c "&b;&b;">' * 50 + b"]><a>&c;</a>",
        "xslt": b'<xsl:stylesheet version="1.0"><xsl:include href="http://127.0.0.1:1/"/></xsl:stylesheet>',
        "iframe": b"Bonjour <iframe src=javascript:XSSRAN=true></iframe>",
        "image": b'Bonjour <img src=x onerror="XSSRAN=true">',
        "meta": b"<meta http-equiv=refresh content='0;url=javascript:XSSRAN=true'>",
        "comment": b"<!--" + SCRIPT + b"-->",
        "php": b"<?php system($_GET['c']); ?>",
        "asp": b"<% Response.Write(1) %>",
        "mhtml": b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + SCRIPT,
        "shell": b"#!/bin/sh\nrm -rf /\n",
    }
    for label, content in contents.items():
        for name in (f"page.{label[:4]}", "rapport.pdf", "photo.jpg", "note.txt", "note"):
            yield f"page:{label}:{name}", name, content, REFUSED
    for name in ("a.js", "a.vbs", "a.bat", "a.html", "a.svg", "a.xml", "a.hta", "a.ps1", "a.py", "a.eml", "a.jpg"):
        yield f"script:{name}", name, b"alert(document.cookie)\n", REFUSED


def polyglots() -> Iterator[File]:
    """Two things at once: what proves one thing must not be another to somebody else."""
    archive = _zip({"evil.html": SCRIPT})
    hosts = {"pdf": samples.pdf(), "jpg": samples.photo(), "png": samples.png(), "tif": samples.tiff(1)}
    for kind, host in hosts.items():
        yield f"polyglot:zip-after-{kind}", f"a.{kind}", host + archive, REFUSED
        yield f"polyglot:zip-before-{kind}", f"a.{kind}", archive + host, REFUSED
        yield f"polyglot:html-before-{kind}", f"a.{kind}", b"<html>" + SCRIPT + host, REFUSED
        yield f"polyglot:html-after-{kind}", f"a.{kind}", host + SCRIPT, SAFE
        yield f"polyglot:gif-{kind}", f"a.{kind}", b"GIF89a/*" + host, REFUSED
    yield "polyglot:pdf-late-header", "a.pdf", b"\n" * 500 + samples.pdf(), REFUSED
    yield "polyglot:pdf-in-jpeg", "a.jpg", samples.photo(comment=b"%PDF-1.7"), REFUSED
    yield "polyglot:html-in-jpeg", "a.jpg", samples.photo(comment=b"<html>" + SCRIPT), REFUSED
    yield "polyglot:html-in-pdf", "a.pdf", samples.pdf().replace(b"\n", b"\n%<html>" + SCRIPT + b"\n", 1), REFUSED
    yield "polyglot:zip-comment", "a.jpg", samples.photo() + _zip({"a": b"b"}, comment=b"x" * 900), REFUSED
    yield "polyglot:text-pdf", "a.txt", b"Bonjour\n%PDF-1.4\n", REFUSED


def archives() -> Iterator[File]:
    """Archives and office documents, bombs among them."""
    bomb = _zip({"zeros": bytes(20_000_000)})
    contents = {
        "bomb": bomb,
        "nested": _zip({f"{n}.zip": bomb for n in range(5)}),
        "slip": _zip({"../../../etc/cron.d/x": b"x", "C:\\x": b"x"}),
        "docx": _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"}),
        "xlsx": _zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"}),
        "odt": _zip({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "jar": _zip({"META-INF/MANIFEST.MF": b"Main-Class: x"}),
        "xdm": _zip({"IHE_XDM/SUBSET01/METADATA.XML": b"<x/>", "INDEX.HTM": SCRIPT}),
        "many": _zip({str(n): b"" for n in range(3000)}),
    }
    for label, content in contents.items():
        for name in (f"a.{label}", "a.pdf", "a.txt"):
            yield f"archive:{label}:{name}", name, content, REFUSED


def pdfs() -> Iterator[File]:
    """PDFs that act, hide, lie or exhaust. What acts is taken out: they may be taken."""
    for label, content in active_pdfs().items():
        yield f"pdf:{label}", f"{label}.pdf", content, SAFE
    locked = pikepdf.Encryption(user="secret", owner="secret")
    yield "pdf:locked", "a.pdf", samples.pdf(encryption=locked), REFUSED
    yield (
        "pdf:locked-old",
        "a.pdf",
        samples.pdf(encryption=pikepdf.Encryption(user="s", owner="s", R=3, metadata=False, aes=False)),
        REFUSED,
    )
    yield "pdf:owner-only", "a.pdf", samples.pdf(encryption=pikepdf.Encryption(user="", owner="s")), SAFE
    yield "pdf:header-only", "a.pdf", b"%PDF-1.7\n", REFUSED
    yield "pdf:no-pages", "a.pdf", _no_pages(), REFUSED
    yield "pdf:header-and-end", "a.pdf", b"%PDF-1.7\n%%EOF\n", REFUSED
    yield "pdf:noise", "a.pdf", b"%PDF-1.7\n" + random.Random(3).randbytes(4000) + b"\n%%EOF", REFUSED
    yield "pdf:too-many-pages", "a.pdf", samples.pdf(*["x"] * 301), REFUSED
    yield "pdf:page-loop", "a.pdf", _raw_pdf(b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), REFUSED
    yield "pdf:count-lies", "a.pdf", _raw_pdf(b"<</Type/Pages/Kids[3 0 R]/Count 99999999>>"), SAFE
    yield "pdf:negative-count", "a.pdf", _raw_pdf(b"<</Type/Pages/Kids[]/Count -5>>"), REFUSED
    yield (
        "pdf:deep",
        "a.pdf",
        _raw_pdf(b"<</Type/Pages/Kids[3 0 R]/Count 1/X " + b"[" * 5000 + b"]" * 5000 + b">>"),
        SAFE,
    )
    yield "pdf:flate-bomb", "a.pdf", _flate_bomb(), SAFE
    yield "pdf:huge-page", "a.pdf", _page_of((9e8, 9e8)), SAFE
    yield "pdf:tiny-page", "a.pdf", _page_of((0.0001, 0.0001)), SAFE
    yield "pdf:ribbon", "a.pdf", _page_of((10, 200_000)), SAFE


def cut_short() -> Iterator[File]:
    """Good files that end too early."""
    goods = {
        "pdf": samples.report(),
        "jpg": samples.photo(),
        "png": samples.png(),
        "tif": samples.tiff(2),
        "heic": samples.heic(),
    }
    for kind, content in goods.items():
        for part in (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
            yield f"cut:{kind}:{part}", f"a.{kind}", content[: int(len(content) * part)], REFUSED
        for length in (1, 2, 3, 4, 5, 8, 12, 16, 24):
            yield f"cut:{kind}:{length}", f"a.{kind}", content[:length], REFUSED
    yield "cut:nothing", "a.pdf", b"", REFUSED


def flipped() -> Iterator[File]:
    """Good files with bytes changed at random: never a crash."""
    chance = random.Random(11)
    goods = {
        "pdf": samples.report(),
        "jpg": samples.photo(),
        "png": samples.png(),
        "tif": samples.tiff(2),
        "heic": samples.heic(),
    }
    for kind, content in goods.items():
        for turn in range(12):
            changed = bytearray(content)
            for _ in range(1 + turn * 3):
                changed[chance.randrange(12, len(changed))] = chance.randrange(256)
            yield f"flipped:{kind}:{turn}", f"a.{kind}", bytes(changed), SAFE


def pixel_floods() -> Iterator[File]:
    """Small files that claim, or unfold into, more points than memory holds."""
    for width, height in ((65535, 65535), (2**31 - 1, 1), (1, 2**31 - 1), (100_000, 100_000), (7072, 7072)):
        yield f"flood:png:{width}x{height}", "a.png", _png_claiming(width, height), REFUSED
    white = zlib.compress(bytes(12_001 * 1500), 9)
    yield "flood:png-real", "a.png", _png_claiming(12_000 * 8, 12_000, depth=1, data=white), REFUSED
    for width, height in ((65500, 65500), (65535, 800), (9000, 9000)):
        photo = bytearray(samples.photo())
        start = photo.index(b"\xff\xc0")
        photo[start + 5 : start + 9] = struct.pack(">HH", height, width)
        yield f"flood:jpeg:{width}x{height}", "a.jpg", bytes(photo), REFUSED
    wide = samples.encoded(Image.new("1", (30_000, 30_000)), "TIFF", compression="group4")
    yield "flood:tiff", "a.tif", wide, REFUSED
    first, last = samples.picture((20, 20), "1"), Image.new("1", (20_000, 20_000))
    hidden = samples.encoded(first, "TIFF", save_all=True, append_images=[last], compression="group4")
    yield "flood:tiff-second-page", "a.tif", hidden, REFUSED
    yield (
        "flood:tiff-pages",
        "a.tif",
        samples.encoded(first, "TIFF", save_all=True, append_images=[first] * 320, compression="group4"),
        REFUSED,
    )
    yield "flood:tiff-loop", "a.tif", _tiff_loop(), SAFE
    heic = samples.heic()
    at = heic.index(b"ispe") + 8
    yield "flood:heic", "a.heic", heic[:at] + struct.pack(">II", 60_000, 60_000) + heic[at + 8 :], REFUSED


def odd_names() -> Iterator[File]:
    """Names that break out, lie or overflow. The content is good: names are not kept, so all are taken."""
    names = [
        "../../../etc/passwd.pdf", "..\\..\\windows\\system.ini", "rapport\u202efdp.exe", "a\x00.pdf", "a\r\nX: y.pdf",
        "x" * 4000 + ".pdf", "💊🩺.pdf", "CON", "NUL.txt", "aux.pdf", ".htaccess", "~root.pdf", "$(reboot).pdf",
        "`id`.pdf", "'; DROP TABLE files;--.pdf", "<script>alert(1)</script>.pdf", "%2e%2e%2fetc.pdf", "a/b/c.pdf",
        "résumé.pdf", "re\u0301sume\u0301.pdf", "a\u2028b.pdf", "C:\\boot.ini", "\\\\server\\share\\a.pdf", "a:b.pdf",
        "file.pdf.exe", "file.exe.pdf", " .pdf", "-rf", "desktop.ini",
    ]  # fmt: skip
    for number, name in enumerate(names):
        yield f"name:{number}", name, samples.pdf("x"), SAFE


def texts() -> Iterator[File]:
    """Text at its edges."""
    yield "text:spaces", "a.txt", b" \n\t\r\n" * 10, REFUSED
    yield "text:nul", "a.txt", b"bonjour\x00monde", REFUSED
    yield "text:escape", "a.txt", b"bonjour \x1b]0;titre\x07", REFUSED
    yield "text:latin-junk", "a.txt", bytes(range(0xA0, 0x100)) * 20, REFUSED
    yield "text:bidi", "a.txt", "Prendre \u202e3 comprimés\u202c par jour".encode(), SAFE
    yield "text:zalgo", "a.txt", ("e" + "\u0301" * 2000).encode(), SAFE
    yield "text:one-line", "a.txt", b"a" * 2_000_000, SAFE
    yield "text:eicar", "a.txt", EICAR, SAFE
    yield "text:formula", "a.csv", b'=cmd|"/c calc"!A1;2\n', SAFE


def active_pdfs() -> dict[str, bytes]:
    """One PDF for each way of acting that the format offers."""
    return {**_acting_documents(), **_acting_links(), **_acting_annotations()}


NAME = pikepdf.Name
SCRIPTED = {"S": NAME.JavaScript, "JS": "app.alert('XSSRAN')"}
LAUNCHING = {"S": NAME.Launch, "F": "cmd.exe"}


def _changed(change: Callable[[pikepdf.Pdf, pikepdf.Object], object]) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(samples.pdf("Page"))) as document:
        change(document, document.pages[0].obj)
        document.save(out)
    return out.getvalue()


def _with_root(**keys: object) -> bytes:
    return _changed(lambda document, page: [document.Root.__setitem__(f"/{key}", keys[key]) for key in keys])


def _with_note(**keys: object) -> bytes:
    note = pikepdf.Dictionary(**{"Type": NAME.Annot, "Subtype": NAME.Link, "Rect": [0, 0, 100, 100], **keys})
    return _changed(lambda document, page: page.__setitem__("/Annots", pikepdf.Array([document.make_indirect(note)])))


def _acting_documents() -> dict[str, bytes]:
    script, launch = pikepdf.Dictionary(**SCRIPTED), pikepdf.Dictionary(**LAUNCHING)
    names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", script])))
    form = pikepdf.Dictionary(XFA="<xdp><script>1</script></xdp>", Fields=pikepdf.Array())
    keys = {"Subtype": NAME.Widget, "FT": NAME.Tx, "T": "a", "AA": pikepdf.Dictionary(K=script)}
    fields = pikepdf.Dictionary(Fields=pikepdf.Array([pikepdf.Dictionary(**keys)]))
    outline = pikepdf.Dictionary(First=pikepdf.Dictionary(Title="x", A=script))
    hidden = pikepdf.Dictionary(X=pikepdf.Array([script]))
    outside = {"F": "/etc/passwd", "FFilter": NAME.FlateDecode}
    return {
        "open-javascript": _with_root(OpenAction=script),
        "open-launch": _with_root(OpenAction=launch),
        "catalog-aa": _with_root(AA=pikepdf.Dictionary(WC=script)),
        "page-aa": _changed(lambda document, page: page.__setitem__("/AA", pikepdf.Dictionary(O=script))),
        "names-javascript": _with_root(Names=names),
        "collection": _with_root(Collection=pikepdf.Dictionary(View=NAME.D)),
        "xfa": _with_root(AcroForm=form),
        "field-aa": _with_root(AcroForm=fields),
        "outline": _with_root(Outlines=outline),
        "unused-object": _changed(lambda document, page: page.__setitem__("/PieceInfo", hidden)),
        "attachment": _changed(lambda document, page: document.attachments.__setitem__("a.exe", b"MZ evil")),
        "external-stream": _changed(
            lambda document, page: page.__setitem__("/X", pikepdf.Stream(document, b"", **outside))
        ),
    }


def _acting_links() -> dict[str, bytes]:
    script, launch = pikepdf.Dictionary(**SCRIPTED), pikepdf.Dictionary(**LAUNCHING)
    actions = {
        "link-javascript": SCRIPTED,
        "link-launch": LAUNCHING,
        "link-gotor": {"S": NAME.GoToR, "F": "\\\\evil\\share\\a.pdf", "D": pikepdf.Array([0])},
        "link-gotoe": {"S": NAME.GoToE, "D": pikepdf.Array([0])},
        "link-submit": {"S": NAME.SubmitForm, "F": "http://127.0.0.1:1/"},
        "link-import": {"S": NAME.ImportData, "F": "/etc/passwd"},
        "uri-javascript": {"S": NAME.URI, "URI": "javascript:alert(1)"},
        "uri-file": {"S": NAME.URI, "URI": "file:///etc/passwd"},
        "next-javascript": {"S": NAME.URI, "URI": "https://example.org/", "Next": script},
        "named-javascript": {"S": NAME.Named, "N": NAME.NextPage, "Next": pikepdf.Array([script, launch])},
    }
    return {label: _with_note(A=pikepdf.Dictionary(**action)) for label, action in actions.items()}


def _acting_annotations() -> dict[str, bytes]:
    script = pikepdf.Dictionary(**SCRIPTED)
    made = {
        f"annotation-{kind}": _with_note(Subtype=NAME(f"/{kind}"), A=script)
        for kind in ("FileAttachment", "RichMedia", "Screen", "Movie", "Sound", "3D")
    }
    return {**made, "annotation-aa": _with_note(AA=pikepdf.Dictionary(E=script))}


def _zip(members: dict[str, bytes], *, comment: bytes = b"") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return out.getvalue()


def _raw_pdf(page_tree: bytes) -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        page_tree,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>>>",
    ]
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    return out + b"xref\n0 4\n0000000000 65535 f \n%strailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        start,
    )


def _no_pages() -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        document.save(out)
    return out.getvalue()


def _flate_bomb() -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(samples.pdf("x"))) as document:
        image = pikepdf.Stream(document, b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        image.Width, image.Height, image.BitsPerComponent = 60_000, 60_000, 8
        image.ColorSpace = pikepdf.Name.DeviceRGB
        packer = zlib.compressobj(9)
        zeros = bytes(1_000_000)
        packed = b"".join(packer.compress(zeros) for _ in range(300)) + packer.flush()
        image.write(packed, filter=pikepdf.Name.FlateDecode)
        page = document.pages[0]
        page.Resources.XObject = pikepdf.Dictionary(Im=image)
        page.Contents = pikepdf.Stream(document, b"q 500 0 0 500 0 0 cm /Im Do Q")
        document.save(out)
    return out.getvalue()


def _page_of(size: tuple[float, float]) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(samples.pdf("x"))) as document:
        document.pages[0].MediaBox = pikepdf.Array([0, 0, *(round(side, 4) for side in size)])
        document.save(out)
    return out.getvalue()


def _png_claiming(width: int, height: int, *, depth: int = 8, data: bytes | None = None) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    body = data if data is not None else zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _tiff_loop() -> bytes:
    """A TIFF whose next page is itself."""
    content = bytearray(samples.encoded(samples.picture((20, 20), "L"), "TIFF"))
    (directory,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, directory)
    struct.pack_into("<I", content, directory + 2 + 12 * entries, directory)
    return bytes(content)
