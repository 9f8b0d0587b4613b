"""Common Crawl: one index for each of its crawls, and records had by byte range out of its WARC files.

The record has the message as it was received, so such a capture has a head. Common Crawl itself stores bodies without
chunked framing and decoded, under headers that say so; other archives behind the same interface may not.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from gicrawl.archive.bodies import DecodeError, decode
from gicrawl.archive.records import OriginKind, WireMessage
from gicrawl.archive.wire import codings, mismatch
from gicrawl.crawling.elsewhere.index import (
    IndexUnreadable,
    Memento,
    NotHad,
    entry_of,
    matches,
    page_key,
    read_rows,
)
from gicrawl.crawling.outcomes import header, media_type
from gicrawl.crawling.wire import MAX_BODY, ResponseReader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gicrawl.crawling.elsewhere.client import Client
    from gicrawl.crawling.elsewhere.index import Entry, Query

CRAWLS = "https://index.commoncrawl.org/collinfo.json"
DATA = "https://data.commoncrawl.org/"

_OK = 200
_PARTIAL = 206
_NOT_FOUND = 404
_GZIP = b"\x1f\x8b"
_MOST = 2 * MAX_BODY  # bytes of an unpacked record
_PLACE = "{filename}#{offset}+{length}"
_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class CommonCrawl:
    """Crawls of Common Crawl.

    Attributes:
        indexes: URL of the index of each crawl, in the order asked; see `indexes_of`.
        data: URL before the names of the WARC files.
    """

    indexes: tuple[str, ...]
    data: str = DATA

    @property
    def kind(self) -> OriginKind:
        """Goes into the origin of every capture."""
        return OriginKind.COMMONCRAWL

    @property
    def urls(self) -> tuple[str, ...]:
        """Of the machines that are asked."""
        return (*self.indexes, self.data)

    @property
    def revisits(self) -> bool:
        """A record of a revisit has no body."""
        return False

    async def rows(self, client: Client, query: Query) -> AsyncIterator[Entry]:
        """Rows of all indexes that match; errors as in `Source`."""
        for index in self.indexes:
            asked = [("url", query.url), ("matchType", query.match.value), ("output", "json")]
            if query.since is not None:
                asked.append(("from", str(query.since)))
            if query.shape is not None:
                asked.append(("filter", f"~url:.*{query.shape}.*"))
            for page in range(await _pages(client, index, asked)):
                answer = await client.get(f"{index}?{urlencode([*asked, ('page', str(page))])}")
                if answer.head.status == _NOT_FOUND:
                    break  # its way of saying that it has none
                if answer.head.status != _OK:
                    raise IndexUnreadable(f"{answer.url}: status {answer.head.status}")
                rows, _ = read_rows(answer.content, index)
                for row in rows:
                    entry = entry_of(row, _PLACE)
                    if entry is not None and matches(entry, query):
                        yield entry

    async def fetch(self, client: Client, entry: Entry) -> Memento:
        """Have a version; errors as in `Source`."""
        filename, offset, length = entry.field("filename"), entry.field("offset"), entry.field("length")
        if not offset.isdigit() or not length.isdigit() or not int(length):
            raise NotHad(f"{entry.place}: the index does not say where the record lies")
        first, last = int(offset), int(offset) + int(length) - 1
        url = f"{self.data.rstrip('/')}/{quote(filename.lstrip('/'))}"
        answer = await client.get(url, {"Range": f"bytes={first}-{last}"})
        if answer.head.status != _PARTIAL:
            raise NotHad(f"{entry.place}: status {answer.head.status} where a range of bytes was asked for")
        return memento_of(_unpacked(answer.message.body, entry.place), entry)


async def indexes_of(client: Client, url: str = CRAWLS) -> tuple[str, ...]:
    """The index of every crawl there is, oldest first.

    Raises:
        Unanswered, IndexUnreadable: the list cannot be read.
    """
    answer = await client.get(url)
    try:
        found = [str(crawl["cdx-api"]) for crawl in json.loads(answer.content)]
    except (ValueError, TypeError, KeyError) as error:
        raise IndexUnreadable(f"{url}: status {answer.head.status}, no list of crawls") from error
    return tuple(reversed(found))


async def _pages(client: Client, index: str, asked: list[tuple[str, str]]) -> int:
    """How many pages the answer has; an index that does not count them gives all at once."""
    answer = await client.get(f"{index}?{urlencode([*asked, ('showNumPages', 'true')])}")
    if answer.head.status == _NOT_FOUND:
        return 0
    try:
        counted = json.loads(answer.content)
    except ValueError:
        return 1  # rows: it knows no pages
    pages = counted.get("pages") if isinstance(counted, dict) else counted
    if not isinstance(pages, int) or isinstance(pages, bool):
        return 1
    if not 0 <= pages <= _MOST_PAGES:
        raise IndexUnreadable(f"{index}: says {pages} pages of {dict(asked)['url']}")
    return pages


def _unpacked(record: bytes, place: str) -> bytes:
    if not record.startswith(_GZIP):
        return record
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(record, _MOST)
    except zlib.error as error:
        raise NotHad(f"{place}: damaged ({error})") from error
    if not unpacker.eof:
        raise NotHad(f"{place}: {'too large' if unpacker.unconsumed_tail else 'torn'}")
    return unpacked


def memento_of(record: bytes, entry: Entry) -> Memento:
    """Read a WARC response record (ISO 28500 section 6.3).

    Raises:
        NotHad: it is none, torn, or of another page than the index says.
    """
    fields, block = _split(record, entry.place)
    kind, target = fields.get("warc-type", ""), fields.get("warc-target-uri", "").strip("<>")
    if kind != "response":
        raise NotHad(f"{entry.place}: a record of type {kind or '?'}, no response")
    if page_key(target) != page_key(entry.url):
        raise NotHad(f"{entry.place}: the record is of {target[:200]}, not of {entry.url}")
    told: list[tuple[str, str]] = [
        (name, fields[name])
        for name in ("warc-record-id", "warc-date", "warc-target-uri", "warc-payload-digest", "warc-truncated")
        if name in fields
    ]
    reader = ResponseReader("GET", max_body=MAX_BODY)
    reader.feed(block)
    reader.eof()
    head = reader.head
    if head is None:
        raise NotHad(f"{entry.place}: no HTTP response in the record")
    torn = "warc-truncated" in fields
    message: WireMessage | None = reader.message()
    assert message is not None
    body: bytes | None = None
    if not torn and (reader.fault is not None or mismatch(message, status=head.status, method="GET") is not None):
        # Unpacked by whoever archived it, and the headers still speak of what was sent: the bytes are what they are.
        body = block[len(message.interim) + len(message.head) :]
        told.append(("head", message.head.decode("latin-1")))
        message = None
    content_type = header(head, b"content-type") or ""
    declared_type, declared_charset = media_type(head)
    return Memento(
        response=message,
        body=body,
        content=_content(message, body),
        content_type=content_type,
        declared_type=declared_type,
        declared_charset=declared_charset,
        etag=header(head, b"etag"),
        last_modified=header(head, b"last-modified"),
        http_version=head.version,
        ip=fields.get("warc-ip-address"),
        status=head.status,
        torn=torn,
        told=tuple(told),
    )


def _content(message: WireMessage | None, body: bytes | None) -> bytes:
    if message is None:
        assert body is not None
        return body
    try:
        return decode(message.body, codings(message.head))
    except DecodeError:
        return message.body


def _split(record: bytes, place: str) -> tuple[dict[str, str], bytes]:
    """The named fields of a record, names in lower case, and its block."""
    end = record.find(b"\r\n\r\n")
    if not record.startswith(b"WARC/") or end < 0:
        raise NotHad(f"{place}: no WARC record there")
    fields: dict[str, str] = {}
    for line in record[:end].split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            fields.setdefault(name.strip().lower().decode("latin-1"), value.strip().decode("utf-8", "replace"))
    length = fields.get("content-length", "")
    block = record[end + 4 :]
    if not length.isdigit() or len(block) < int(length):
        raise NotHad(f"{place}: torn")
    return fields, block[: int(length)]
