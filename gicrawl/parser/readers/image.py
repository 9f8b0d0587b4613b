"""Pictures: recognised as what they are. Reading them needs optical character recognition, which is not here yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.document import Document

if TYPE_CHECKING:
    from gicrawl.parser.document import Context

NAME = "image"
LIBRARIES: tuple[str, ...] = ()
MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/tiff", "image/bmp", "image/webp")


def read(body: bytes, context: Context) -> Document:
    """Say that a picture is one: it is `failed`, never an empty report."""
    del context  # a picture says what it is by itself
    from gicrawl.parser.readers import media_type  # noqa: PLC0415 - the package imports its modules, not the reverse

    return Document(
        media_type=media_type(body), charset=None, blocks=(), problems=(("needs_ocr", (("pages", "1"),)),), failed=True
    )
