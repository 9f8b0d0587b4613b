"""OFD, the layout format of Chinese public bodies (GB/T 33190-2016): a ZIP of XML pages, read like a printed one.

A page holds characters and drawings at places in millimetres; tables are what its lines enclose, as in a PDF
(`pdf_document`). Places are given as those of a PDF: `page` from 1 and `box` in points from the upper left corner.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import refused
from gicrawl.parser.readers.containers import (
    MOST_PICTURES,
    OFD,
    ContainerError,
    LockedError,
    TooLargeError,
    ZipParts,
)

if TYPE_CHECKING:
    from gicrawl.parser.document import Context, Document

NAME: Final = "ofd"
LIBRARIES: Final = ("lxml",)
MEDIA_TYPES: Final = (OFD,)

_PICTURED: Final = re.compile(rb"\.(?:png|jpe?g|bmp|tiff?|gif)", re.IGNORECASE)
"""In the list of its parts, which is not packed."""


def beside(body: bytes) -> tuple[str, ...]:
    """OFD pages are laid out by the reader of PDFs, and those that are pictures read by that of pictures."""
    return ("pdf", "image") if _PICTURED.search(body) else ("pdf",)


def read(body: bytes, context: Context) -> Document:  # noqa: ARG001 - an OFD file needs to be told nothing
    """Read an OFD file.

    Args:
        body: the file.
        context: settles nothing here.

    Returns:
        Tables, lines and paragraphs in reading order. Nothing raises, whatever the bytes are.
    """
    # Loads what lays out PDF pages: who has neither shall not wait for it.
    from gicrawl.parser.readers.ofd_document import read_document  # noqa: PLC0415

    try:
        return read_document(ZipParts(body), ZipParts(body, MOST_PICTURES))
    except LockedError:
        return refused(OFD, "docx_encrypted")
    except TooLargeError:
        return refused(OFD, "ofd_too_large")
    except ContainerError as error:
        return refused(OFD, "ofd_damaged", ("part", str(error)))
