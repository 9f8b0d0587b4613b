"""PDF: tables from their ruling lines, text around them, page breaks undone; scanned pages read as pictures.

Pages are read with PDFium (`pypdfium2`), which is loaded only when there is a PDF to read. Places are given as `page`
(1-based) and `box` ([x0, y0, x1, y1] in points from the upper left corner of the page as shown); what a page break
parts has `last_page` and `last_box` as well.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import refused
from gicrawl.parser.readers.ocr_engine import LIBRARIES as OCR_LIBRARIES

if TYPE_CHECKING:
    from gicrawl.parser.document import Context, Document

NAME = "pdf"
LIBRARIES: tuple[str, ...] = ("pypdfium2", *OCR_LIBRARIES)
SHARES: tuple[str, ...] = ("ocr", "image")
MEDIA_TYPES = ("application/pdf",)

_TAIL: Final = re.compile(rb"startxref\s+\d+")
_OBJECT: Final = re.compile(rb"\d\s+\d+\s+obj\b")
_STREAM: Final = re.compile(rb"stream\r?\n")
_DEFLATED: Final = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_BINARY_STREAMS: Final = re.compile(rb"/Image\b|/Length1\b|/FontFile|/CIDFontType0C|/Type1C|/OpenType|/ICCBased")
_HEADER: Final = 600  # bytes before a stream that may tell what it is
_MOST_INFLATED: Final = 64_000_000
"""Bytes of drawing instructions in a document; reports of a hundred pages have some three million."""
_CHUNK: Final = 1 << 20


def read(body: bytes, context: Context) -> Document:  # noqa: ARG001 - a PDF needs to be told nothing
    """A PDF as tables, lines and paragraphs in reading order."""
    if _is_torn(body):
        return refused(MEDIA_TYPES[0], "pdf_damaged")
    if _inflates_too_far(body):
        return refused(MEDIA_TYPES[0], "pdf_too_large")
    # Loading PDFium takes longer than parsing a page of HTML: who has no PDF shall not wait for it.
    from gicrawl.parser.readers.pdf_document import read_document  # noqa: PLC0415

    return read_document(body)


def _is_torn(body: bytes) -> bool:
    """Whether the end of the file is missing.

    Every file ends with a cross-reference offset (ISO 32000-1, 7.5.5), and so does each update appended to it. PDFium
    repairs a file without one silently, with whatever pages happen to be there.
    """
    last = _TAIL.search(body, max(0, body.rfind(b"startxref")))
    return last is None or _OBJECT.search(body, last.end()) is not None


def _inflates_too_far(body: bytes) -> bool:
    """Whether the drawing instructions take more room than any report's, unpacked once or twice."""
    left = _MOST_INFLATED
    for match in _STREAM.finditer(body):
        start = match.end()
        if body[start : start + 2] not in _DEFLATED or _BINARY_STREAMS.search(
            body, body.rfind(b"obj", max(0, start - _HEADER), start), start
        ):
            continue
        left -= _inflated(body, start, left)
        if left <= 0:
            return True
    return False


def _inflated(data: bytes, start: int, most: int) -> int:
    """Bytes in a deflated stream, unpacked again where it is deflated twice; it stops at `most`."""
    machine = zlib.decompressobj()
    inner: zlib._Decompress | None = None
    total, given = 0, memoryview(data)[start:]
    first = True
    try:
        out = machine.decompress(given, _CHUNK)
        while out and total < most:
            total += len(out)
            if first and out[:2] in _DEFLATED:
                inner = zlib.decompressobj()
            first = False
            if inner is not None:
                total += _drained(inner, out, most - total)
            out = machine.decompress(machine.unconsumed_tail, _CHUNK)
    except zlib.error:
        return total  # no deflated stream after all, or a damaged one: PDFium reads no more of it either
    return total


def _drained(machine: zlib._Decompress, data: bytes, most: int) -> int:
    total = 0
    out = machine.decompress(data, _CHUNK)
    while out and total < most:
        total += len(out)
        out = machine.decompress(machine.unconsumed_tail, _CHUNK)
    return total
