"""Pictures of pages: scans, photographs, and tables that a page shows as pictures.

Reading them takes the extra `ocr`; without it a picture is recognised as one and `failed`. Places are given as `page`
(1-based: a TIFF may hold several) and `box` ([x0, y0, x1, y1] in pixels of the picture as stored).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.document import Document
from gicrawl.parser.readers.ocr_engine import LIBRARIES as OCR_LIBRARIES
from gicrawl.parser.readers.ocr_engine import is_here

if TYPE_CHECKING:
    from gicrawl.parser.document import Block, Context, Evidence, Reading

NAME = "image"
LIBRARIES: tuple[str, ...] = OCR_LIBRARIES
SHARES: tuple[str, ...] = ("ocr", "pdf")
MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/tiff", "image/bmp", "image/webp")

_Problems = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def read(body: bytes, context: Context) -> Document:
    """A picture as tables, lines and paragraphs, as far as they are legible."""
    del context  # a picture says what it is by itself
    from gicrawl.parser.readers import media_type  # noqa: PLC0415 - the package imports its modules, not the reverse

    kind = media_type(body)
    if not is_here():
        return _made(kind, problems=(("needs_ocr", (("pages", "1"),)),), failed=True)
    # Loading the recogniser takes longer than parsing a page of HTML: who has no picture shall not wait for it.
    from gicrawl.parser.readers.image_pages import read_pages  # noqa: PLC0415

    blocks, problems, readings = read_pages(body)
    return _made(kind, blocks, problems, readings, failed=not blocks)


def _made(
    kind: str,
    blocks: tuple[Block, ...] = (),
    problems: _Problems = (),
    readings: tuple[tuple[Evidence, Reading], ...] = (),
    *,
    failed: bool = False,
) -> Document:
    return Document(kind, None, blocks, problems=problems, failed=failed, readings=readings)
