"""Files as people have them: reports, photographs with a place in them, scans, notes."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw

DATA = Path(__file__).parent / "data"


def pdf(*pages: str, **options: object) -> bytes:
    """A PDF with a line of text on each page. `options` go to pikepdf's save."""
    out = BytesIO()
    with pikepdf.new() as document:
        for text in pages or ("Laboratoire des Remparts",):
            document.add_blank_page(page_size=(595, 842))
            page = document.pages[-1]
            font = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            page.Contents = pikepdf.Stream(document, f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode("latin-1"))
        document.save(out, **options)
    return out.getvalue()


@cache
def report() -> bytes:
    """A laboratory report of one page as WeasyPrint writes them, with one abnormal value in red."""
    rows = "".join(f"<tr><td>Analyse {n}</td><td>{n * 3.1:.1f}</td><td>g/L</td></tr>" for n in range(25))
    html = (
        "<html lang=fr><h1>Laboratoire des Remparts</h1><p>Camille Rousseau, née le 3 mars 1980</p>"
        f"<p style='color: #c00'>Glycémie à jeun : 1,42 g/L</p><table>{rows}</table></html>"
    )
    return printed(html)


def printed(html: str) -> bytes:
    """A PDF as WeasyPrint writes it."""
    import weasyprint

    return bytes(weasyprint.HTML(string=html).write_pdf())


def picture(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """A sheet with something written top left, so that one sees which side is up."""
    image = Image.new("RGB", size, "#f4efe6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 4, size[1] // 4), fill="#205080")
    draw.line((0, size[1] - 1, size[0], size[1] - 1), fill="#a03030", width=3)
    return image.convert(mode)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    """`image` as `format`."""
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def photo(size: tuple[int, int] = (640, 480), *, orientation: int = 1, comment: bytes = b"chez Camille") -> bytes:
    """A JPEG as phones take them: GPS position, maker's name, orientation, a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x010E] = orientation, "Canari Phone", "canari-exif"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return encoded(picture(size), "JPEG", quality=80, exif=exif, comment=comment)


def png(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> bytes:
    """A screenshot."""
    return encoded(picture(size, mode), "PNG")


def tiff(pages: int = 3, mode: str = "1") -> bytes:
    """A fax."""
    sheets = [picture((850, 1100), mode) for _ in range(pages)]
    return encoded(sheets[0], "TIFF", save_all=True, append_images=sheets[1:], compression="tiff_deflate")


def heic() -> bytes:
    """A photograph as iPhones keep them, with a GPS position; encoded once, since that is slow."""
    return (DATA / "photo.heic").read_bytes()


NOTE = "Prise de sang à jeun mercredi.\nPenser à la carte Vitale : « œuvre » d’Éloïse, 12 €.\n"
