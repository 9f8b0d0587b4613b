"""Documents that cannot be read, made here: file name to bytes and the problem each is told with."""

from __future__ import annotations

import random
import zlib
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from gicrawl.parser.readers.ocr_engine import is_here
from gicrawl.sample import ReportSpec, generate_report
from gicrawl.sample.issuers import Issuer

_PAGES = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>endobj\n"
)
_ENCRYPTED = b"/Encrypt<</Filter/Standard/V 1/R 2/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">/P -1>>/ID[<00><00>]"
_PICTURE = b"q 500 0 0 700 20 20 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q"
_HUGE = bytes(200 << 20)


def pdf(content: bytes, *, head: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of one page without text."""
    stream = b"4 0 obj<</Length %d" % len(content) + head + b">>stream\n" + content + b"\nendstream endobj\n"
    return _PAGES + stream + b"trailer<</Root 1 0 R" + trailer + b">>\nstartxref\n0\n%%EOF\n"


def packed(parts: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def good_document() -> bytes:
    """A page that is a report."""
    office = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "县水利局")
    spec = ReportSpec(issuer=office, year=2022, published=date(2023, 1, 12), paste="plain")
    return generate_report(random.Random(7), spec).html


def bad_documents() -> dict[str, tuple[bytes, str]]:
    """All of them, in the order of their names."""
    whole = packed({"word/document.xml": bytes(range(256)) * 300})
    bomb = zlib.compress(b"0 0 m " * 20_000_000, 9)
    return {
        "bomb.docx": (packed({"word/document.xml": _HUGE}), "docx_too_large"),
        "bomb.pdf": (pdf(bomb, head=b"/Filter/FlateDecode"), "pdf_too_large"),
        "bomb.zip": (packed({"huge.txt": _HUGE}), "zip_too_large"),
        "crowd.zip": (packed({f"{number}.txt": b"" for number in range(10_001)}), "zip_too_large"),
        "cut.docx": (whole[:-40], "docx_damaged"),
        "cut.pdf": (pdf(_PICTURE)[:-60], "pdf_damaged"),
        "locked.pdf": (pdf(_PICTURE, trailer=_ENCRYPTED), "pdf_encrypted"),
        "other.docx": (packed({"readme.txt": b"hello", "data.csv": b"1,2"}), "zip_without_report"),
        "picture.pdf": (pdf(_PICTURE), "no_text_recognised" if is_here() else "needs_ocr"),
        "sheet.docx": (packed({"xl/workbook.xml": b"<workbook/>"}), "sheet_damaged"),
    }
