"""The Internet Archive's Wayback Machine, and whatever else speaks as it does (pywb, OpenWayback).

Its CDX server answers in parts: a part ends with the key of the next. Versions are had by raw replay (`id_`): the bytes
as archived, in a message of the Wayback Machine's own, with the original headers under other names. So such a capture
has a body and what is told of it, and no head.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gicrawl.archive.bodies import DecodeError, decode
from gicrawl.archive.records import OriginKind
from gicrawl.crawling.elsewhere.index import IndexUnreadable, Memento, NotHad, entry_of, matches, read_rows
from gicrawl.crawling.outcomes import charset_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gicrawl.crawling.elsewhere.client import Answer, Client
    from gicrawl.crawling.elsewhere.index import Entry, Query

INDEX = "https://web.archive.org/cdx/search/cdx"
REPLAY = "https://web.archive.org/web/"

ROWS = 5000
"""Of one answer; a busy index gives up on longer ones."""

_ORIGINAL = b"x-archive-orig-"
_GZIP = b"\x1f\x8b"
_OK = 200
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Wayback:
    """A Wayback Machine.

    Attributes:
        index: URL of its CDX server.
        replay: URL before the timestamp of its replay.
        rows_at_once: of one answer of the index.
    """

    index: str = INDEX
    replay: str = REPLAY
    rows_at_once: int = ROWS

    @property
    def kind(self) -> OriginKind:
        """Goes into the origin of every capture."""
        return OriginKind.WAYBACK

    @property
    def urls(self) -> tuple[str, ...]:
        """Of the machines that are asked."""
        return (self.index, self.replay)

    @property
    def revisits(self) -> bool:
        """The replay finds the body that a revisit speaks of."""
        return True

    async def rows(self, client: Client, query: Query) -> AsyncIterator[Entry]:
        """Rows of the index that match; errors as in `Source`."""
        place = f"{self.replay.rstrip('/').replace('{', '{{').replace('}', '}}')}/{{timestamp}}id_/{{url}}"
        asked = [
            ("url", query.url),
            ("matchType", query.match.value),
            ("output", "json"),
            ("limit", str(self.rows_at_once)),
            ("showResumeKey", "true"),
        ]
        if query.since is not None:
            asked.append(("from", str(query.since)))
        if query.shape is not None:
            asked.append(("filter", await self._filter(client, query, query.shape)))
        resume: str | None = None
        while True:
            more = [] if resume is None else [("resumeKey", resume)]
            answer = await client.get(f"{self.index}?{urlencode([*asked, *more])}")
            if answer.head.status == _NOT_FOUND:
                return
            if answer.head.status != _OK:
                raise IndexUnreadable(f"{answer.url}: status {answer.head.status}")
            rows, following = read_rows(answer.content, self.index)
            for row in rows:
                entry = entry_of(row, place)
                if entry is not None and matches(entry, query):
                    yield entry
            if following is None and len(rows) >= self.rows_at_once:
                raise IndexUnreadable(
                    f"{self.index}: says {len(rows)} rows of {query.url} and not how to go on; name a smaller column"
                )
            if following is None or following == resume:
                return
            resume = following

    async def _filter(self, client: Client, query: Query, shape: str) -> str:
        """A filter by URL as this server understands it: the Internet Archive's and pywb's name the field otherwise."""
        asked = [("url", query.url), ("matchType", query.match.value), ("output", "json"), ("limit", "1")]
        answer = await client.get(f"{self.index}?{urlencode(asked)}")
        is_table = answer.content.lstrip().startswith(b"[")
        return f"original:.*{shape}.*" if is_table else f"~url:.*{shape}.*"

    async def fetch(self, client: Client, entry: Entry) -> Memento:
        """Have a version; errors as in `Source`."""
        answer = await client.get(entry.place)
        if answer.head.status != _OK:
            raise NotHad(f"{entry.place}: status {answer.head.status}")
        shown = answer.header("memento-datetime")
        if shown is not None and _stamp(shown) != entry.timestamp:
            raise NotHad(f"{entry.place}: another version was shown, that of {shown}")
        told = _originals(answer)
        by_name = dict(told)
        content_type = by_name.get("x-archive-orig-content-type") or answer.header("content-type") or ""
        content = _plain(answer.content, by_name)
        return Memento(
            response=None,
            body=content,
            content=content,
            content_type=content_type,
            declared_type=content_type.partition(";")[0].strip().lower() or None,
            declared_charset=charset_of(content_type),
            etag=by_name.get("x-archive-orig-etag"),
            last_modified=by_name.get("x-archive-orig-last-modified"),
            status=entry.status,
            told=(*told, ("content-type", content_type)),
        )


def _stamp(date: str) -> str | None:
    """A date of an HTTP header as 14 digits, or None where it is none."""
    try:
        return parsedate_to_datetime(date).strftime("%Y%m%d%H%M%S")
    except ValueError:
        return None


def _originals(answer: Answer) -> tuple[tuple[str, str], ...]:
    """The headers the page once came with, as the replay passes them on."""
    found: dict[str, str] = {}
    for name, value in answer.head.headers:
        if name.lower().startswith(_ORIGINAL):
            key, text = name.lower().decode("latin-1"), value.decode("latin-1")
            found[key] = f"{found[key]}, {text}" if key in found else text
    return tuple(found.items())


def _plain(body: bytes, told: dict[str, str]) -> bytes:
    """The page, where the replay passes on a coding it does not declare."""
    coding = told.get("x-archive-orig-content-encoding", "").strip().lower()
    if coding in {"gzip", "x-gzip"} and body.startswith(_GZIP):
        try:
            return decode(body, ["gzip"])
        except DecodeError:
            return body
    return body
