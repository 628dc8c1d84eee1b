"""What a PDF of photographed sheets tells those who do not see it: its language, its title, each sheet in order.

ISO 32000-2, 14.8 (tagged PDF) and 14.9 (accessibility). No claim of PDF/UA is made: nobody can tell a machine what a
photographed sheet says. Inside the sandbox only.
"""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, String


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a joined PDF, in `language`; `sheet` takes `number` and `total`."""

    language: str
    title: str
    sheet: str


def introduce(pdf: pikepdf.Pdf, wording: Wording) -> None:
    """Says in what language the document is and what it is called, to be shown instead of a file's name."""
    pdf.Root.Lang = String(wording.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = wording.title
        metadata["dc:language"] = {wording.language}


def tag_sheets(pdf: pikepdf.Pdf, wording: Wording) -> None:
    """Makes each page a figure with a text instead, in order. Every page must have come from `marked`."""
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array()))
    parents: list[int | pikepdf.Object] = []
    total = len(pdf.pages)
    for index, page in enumerate(pdf.pages):
        text = wording.sheet.format(number=index + 1, total=total)
        figure = pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Figure, P=document, Pg=page.obj, K=0, Alt=String(text))
        )
        figure.A = Dictionary(O=Name.Layout, BBox=page.MediaBox, Placement=Name.Block)
        document.K.append(figure)
        parents += [index, pdf.make_indirect(Array([figure]))]
        page.obj.StructParents, page.obj.Tabs = index, Name.S
    root.K, root.ParentTreeNextKey = document, total
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(parents)))
    pdf.Root.StructTreeRoot, pdf.Root.MarkInfo = root, Dictionary(Marked=True)


def marked(drawing: str) -> bytes:
    """The content of a page that is one figure."""
    return f"/Figure <</MCID 0>> BDC {drawing} EMC".encode()
