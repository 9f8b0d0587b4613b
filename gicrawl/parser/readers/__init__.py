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

from gicrawl.parser.readers.compound import MAGIC as OLE_MAGIC
from gicrawl.parser.readers.compound import OLE, ole_kind
from gicrawl.parser.readers.containers import ZIP, zip_kind
from gicrawl.parser.readers.html_pictures import carries_pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.parser.document import Context, Document

NONE = "none"
"""Name of the reader of what nobody reads."""

JSON = "application/json"
"""Media type of JSON with markup in it, as services of portals answer; any other is text."""

JOINT = "+"
"""Between the names of readers that read one document together."""

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (OLE_MAGIC, OLE),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x97JB2\r\n\x1a\n", "application/x-jbig2"),
    (b"\xd7\xcd\xc6\x9a", "application/x-wmf"),
    (b"\x01\x00\x09\x00\x00\x03", "application/x-wmf"),
    (b"\x00\x00\x00\x0cjP  \r\n", "application/x-jp2"),
)
_TAR = 257
"""Where the head of the first file in a TAR archive says that it is one (POSIX.1-2017, pax)."""
_PATTERNS = (
    (re.compile(rb"\x01\0\0\0.{36} EMF", re.DOTALL), "application/x-emf"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    # A bitmap has only two letters of its own: its reserved bytes and the size of its header tell it from a text.
    (re.compile(rb"BM.{4}\0{4}.{2}\0\0[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL), "image/bmp"),
)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|div|meta|title|article|ucap|p|span|h[1-6]|script)[\s>/]", re.IGNORECASE
)
_PAGE = re.compile(rb"<(?:!doctype|head|meta|title)\b", re.IGNORECASE)
"""What only a page has, and nearly all of them at once."""
_XML = re.compile(rb"\s*<\?xml\b")
_MAIL = re.compile(
    rb"\s*(?:from|mime-version|date|subject|content-type|content-location|snapshot-content-location|x-[\w-]+):",
    re.IGNORECASE,
)
_MULTIPART = re.compile(rb"^content-type:\s*(?:multipart/[a-z]+|text/html)", re.IGNORECASE | re.MULTILINE)
_XML_KINDS = (
    (b"http://schemas.microsoft.com/office/2006/xmlPackage", "application/vnd.ms-word2006ml"),
    (b'progid="Word.Document"', "application/vnd.ms-wordml"),
    (b'progid="Excel.Sheet"', "application/vnd.ms-spreadsheetml"),
    (b"http://schemas.microsoft.com/office/word/2003/wordml", "application/vnd.ms-wordml"),
    (b"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-flat-xml"),
    (b"<uof:UOF", "application/vnd.uof+xml"),
)
"""Documents of office programs in one XML file, by what stands in their head."""
_JSON = re.compile(r"\s*(?:[\w.$]{1,80}\s*\(\s*)?[\[{]\s*[\"\[{]")
_JSON_MARKUP = re.compile(rb"(?:<|\\u003c|&lt;)\s*(?:table|p|div)\b", re.IGNORECASE)
_PAGE_TYPE = "text/html"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HEAD = 4096
_BINARY = bytes([*range(9), *range(14, 27), *range(28, 32), 127])  # controls that no text holds
_MAX_BINARY = 0.02


class Reader(Protocol):
    """What a reader module offers.

    Beside these, one that hands what it finds to other readers has `beside(body)`, the names of those readers, and one
    that asks a program outside of Python has `versions()`, pairs of its name and version: both are part of the version
    of a parse. One that shares modules with some other readers has `SHARES`, the first parts of their names (`ocr` for
    `ocr_page`, `ocr_text` …), which no other reader's version depends on.
    """

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
    if not body or body.isspace():
        return "application/x-empty"
    for magic, kind in _MAGIC:
        if body.startswith(magic):
            return zip_kind(body) if kind == ZIP else ole_kind(body) if kind == OLE else kind
    if body.startswith(b"ustar", _TAR):
        return "application/x-tar"
    for pattern, kind in _PATTERNS:
        if pattern.match(body):
            return kind
    head = body[:_HEAD]
    if head.startswith(_BOMS[1:]):
        head = head.decode("utf-16", "replace").encode()
    head = head.removeprefix(_BOMS[0])
    if len(head) - len(head.translate(None, _BINARY)) > _MAX_BINARY * len(head):
        return "application/octet-stream"
    return _textual(head, body)


def _textual(head: bytes, body: bytes) -> str:
    """What text is written in."""
    if is_json(head.decode("latin-1")) and _JSON_MARKUP.search(body) is not None:
        return JSON
    if _MAIL.match(head) and _MULTIPART.search(head):
        return "multipart/related"
    if _XML.match(head):
        return next((kind for mark, kind in _XML_KINDS if mark in head), _marked_up(head) or "application/xml")
    kind = _marked_up(head)
    if kind is None or _PAGE.search(head) is not None:
        return kind or "text/plain"
    from gicrawl.parser.readers.text_tables import is_text  # noqa: PLC0415 - few files need it

    return "text/plain" if is_text(body.decode("utf-8", "replace")) else kind


def is_json(text: str) -> bool:
    """Whether a text begins as JSON does, or as a call of a function with some (JSONP)."""
    return _JSON.match(text) is not None


def _marked_up(head: bytes) -> str | None:
    return "text/html" if _HTML.search(head) else None


def reader_for(*bodies: bytes) -> str:
    """Name of the reader for the bodies of a document; `none` where there is none yet.

    Where they are of several kinds, or hold other kinds, the readers' names are joined in the order they are first
    needed: `html+pdf`, `zip+docx`.
    """
    return JOINT.join(dict.fromkeys(name for body in bodies for name in _readers_of(body)))


def _readers_of(body: bytes) -> tuple[str, ...]:
    kind = media_type(body)
    name = reader_of(kind)
    if kind == _PAGE_TYPE and carries_pictures(body):
        return name, "image"
    beside: Callable[[bytes], tuple[str, ...]] | None = getattr(readers().get(name), "beside", None)
    return (name,) if beside is None else (name, *beside(body))


def reader_of(kind: str) -> str:
    """Name of the reader for a media type; `none` where there is none yet."""
    for name, reader in readers().items():
        if kind in reader.MEDIA_TYPES:
            return name
    return NONE
