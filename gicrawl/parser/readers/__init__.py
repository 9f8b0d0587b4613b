"""One module a file kind; each turns bytes into the same small Document.

A reader module has `NAME`, `LIBRARIES` (the distributions whose version its result depends on), `MEDIA_TYPES` and
`read(body, context) -> Document`. Adding a file kind is adding a module: nothing else lists them. What a reader needs
beside its module is named after it (`html_grid`), and is imported by it alone, maybe only when it reads.
"""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from gicrawl.parser.readers.containers import OLE, ZIP, ole_kind, zip_kind

if TYPE_CHECKING:
    from gicrawl.parser.document import Context, Document

NONE = "none"
"""Name of the reader of what nobody reads."""

JOINT = "+"
"""Between the names of readers that read one document together."""

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"PK\x03\x04", ZIP),
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|div|meta|title|article|ucap|p|span|h[1-6]|script)[\s>/]", re.IGNORECASE
)
_XML = re.compile(rb"\s*<\?xml\b")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HEAD = 4096
_BINARY = bytes([*range(9), 11, *range(14, 27), *range(28, 32), 127])  # controls that no text holds
_MAX_BINARY = 0.02


class Reader(Protocol):
    """What a reader module offers."""

    NAME: str
    LIBRARIES: tuple[str, ...]
    MEDIA_TYPES: tuple[str, ...]

    def read(self, body: bytes, context: Context) -> Document:
        """Turn bytes into blocks; pure."""


@cache
def readers() -> dict[str, Reader]:
    """Every reader by its name."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if "_" in module.name:
            continue
        reader = import_module(f"{__name__}.{module.name}")
        if hasattr(reader, "MEDIA_TYPES"):
            found[reader.NAME] = cast("Reader", reader)
    return found


def media_type(body: bytes) -> str:
    """What the bytes are, by themselves: declared types and file names are often wrong.

    Returns:
        A media type; `application/octet-stream` for what is none of the kinds met on portals.
    """
    if not body.strip():
        return "application/x-empty"
    for magic, kind in _MAGIC:
        if body.startswith(magic):
            return zip_kind(body) if kind == ZIP else ole_kind(body) if kind == OLE else kind
    head = body[:_HEAD]
    if head.startswith(_BOMS[1:]):
        head = head.decode("utf-16", "replace").encode()
    head = head.removeprefix(_BOMS[0])
    if len(head) - len(head.translate(None, _BINARY)) > _MAX_BINARY * len(head):
        return "application/octet-stream"
    if _HTML.search(head):
        return "text/html"
    return "application/xml" if _XML.match(head) else "text/plain"


def reader_for(*bodies: bytes) -> str:
    """Name of the reader for the bodies of a document; `none` where there is none yet.

    Where they are of several kinds, the readers' names are joined in the order they are first needed: `html+pdf`.
    """
    return JOINT.join(dict.fromkeys(reader_of(media_type(body)) for body in bodies))


def reader_of(kind: str) -> str:
    """Name of the reader for a media type; `none` where there is none yet."""
    for name, reader in readers().items():
        if kind in reader.MEDIA_TYPES:
            return name
    return NONE
