"""Web pages saved with their pictures in one file (MHTML, RFC 2557): the page in it, read as any page.

Browsers write them as .mht or .mhtml, Word also as .doc. Places are those in the page, with the number of its `part`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Document
from gicrawl.parser.readers.nested import read_nested

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from gicrawl.parser.document import Context

NAME: Final = "mhtml"
LIBRARIES: Final[tuple[str, ...]] = ()
MEDIA_TYPE: Final = "multipart/related"
MEDIA_TYPES: Final = (MEDIA_TYPE,)

_PAGES: Final = ("text/html", "application/xhtml+xml")
_MULTIPART: Final = re.compile(rb"multipart/|message/", re.IGNORECASE)
_MOST_NESTED: Final = 40
"""The standard library reads parts within parts by recursion; a saved page has two or three levels."""
_MOST_BYTES: Final = 64 * 1024 * 1024


def beside(body: bytes) -> tuple[str, ...]:
    """The page is read by the reader of pages."""
    del body
    return ("html",)


def read(body: bytes, context: Context) -> Document:
    """Read a saved page.

    Args:
        body: the file.
        context: its charset counts for nothing here; the page's own part declares one.

    Returns:
        What the reader of pages makes of the page; pictures and styles beside it are left out.
    """
    if len(body) > _MOST_BYTES or len(_MULTIPART.findall(body)) > _MOST_NESTED:
        return _failed()
    pages = list(_pages(message_from_bytes(body.lstrip())))
    for number, page, charset in pages:
        within = replace(context, declared_type=None, declared_charset=charset)
        document = read_nested(page, within, part=number)
        if document.blocks or (len(pages) == 1 and not document.failed):
            return replace(document, media_type=MEDIA_TYPE)
    return _failed()


def _failed() -> Document:
    return Document(MEDIA_TYPE, None, (), problems=(("mhtml_damaged", ()),), failed=True)


def _pages(message: Message) -> Iterator[tuple[int, bytes, str | None]]:
    """The pages among the parts, the one the others belong to first: its number, its bytes, the charset declared."""
    parts = list(message.walk())
    start = message.get_param("start")
    found = []
    for number, part in enumerate(parts):
        if part.get_content_type() not in _PAGES:
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            first = start is not None and part.get("Content-ID") == start
            found.append((not first, number, payload, part.get_content_charset()))
    found.sort(key=lambda page: page[:2])
    for _, number, payload, charset in found:
        yield number, payload, charset
