"""Web pages saved with their pictures in one file (MHTML, RFC 2557): the page in it, read as any page.

Browsers write them as .mht or .mhtml, Word also as .doc. Places are those in the page, with the number of its `part`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid, Picture, refused
from gicrawl.parser.readers.nested import read_nested

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from gicrawl.parser.document import Context, Document

NAME: Final = "mhtml"
LIBRARIES: Final[tuple[str, ...]] = ()
MEDIA_TYPE: Final = "multipart/related"
MEDIA_TYPES: Final = (MEDIA_TYPE,)

_PAGES: Final = ("text/html", "application/xhtml+xml")
_PICTURED: Final = re.compile(rb"^content-type:\s*image/", re.IGNORECASE | re.MULTILINE)
_MULTIPART: Final = re.compile(rb"multipart/|message/", re.IGNORECASE)
_MOST_NESTED: Final = 40
"""The standard library reads parts within parts by recursion; a saved page has two or three levels."""
_MOST_BYTES: Final = 64 * 1024 * 1024


def beside(body: bytes) -> tuple[str, ...]:
    """The page is read by the reader of pages, pictures of its tables by that of pictures."""
    return ("html", "image") if _PICTURED.search(body) else ("html",)


def read(body: bytes, context: Context) -> Document:
    """Read a saved page.

    Args:
        body: the file.
        context: its charset counts for nothing here; the page's own part declares one.

    Returns:
        What the reader of pages makes of the page; styles beside it are left out.
    """
    if len(body) > _MOST_BYTES or len(_MULTIPART.findall(body)) > _MOST_NESTED:
        return refused(MEDIA_TYPE, "mhtml_damaged")
    message = message_from_bytes(body.lstrip())
    pages = list(_pages(message))
    shown: Document | None = None
    for number, page, charset in pages:
        within = replace(context, declared_type=None, declared_charset=charset)
        document = read_nested(page, within, part=number)
        if shown is None and (document.blocks or (len(pages) == 1 and not document.failed)):
            shown = document
        elif shown is not None and _has_table(document) and not _has_table(shown):
            shown = replace(shown, blocks=(*shown.blocks, *document.blocks))  # a frame of it, which holds the article
    if shown is None:
        return refused(MEDIA_TYPE, "mhtml_damaged")
    return replace(shown, media_type=MEDIA_TYPE, pictures=tuple(_pictures(message, len(shown.blocks))))


def _has_table(document: Document) -> bool:
    return any(isinstance(block, Grid) for block in document.blocks)


def _pictures(message: Message, at: int) -> Iterator[Picture]:
    """The pictures the page shows, after its text: saved in the order in which it shows them."""
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "image" and isinstance(payload := part.get_payload(decode=True), bytes):
            yield Picture(at, {"part": number, "picture": f"part {number}"}, payload)


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
