"""What an index of another archive is asked, and what its rows say: the small interface behind both kinds of source."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from gicrawl.archive.records import OriginKind, WireMessage
    from gicrawl.crawling.elsewhere.client import Client

REVISIT = "warc/revisit"
"""Media type by which indexes mark a capture that only says: as before."""

_STAMP = re.compile(r"\d{14}")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_OK = 200
# The same facts by the names of the Internet Archive's server, pywb's and Common Crawl's.
_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_LONGEST_URL = 2083


class IndexUnreadable(Exception):  # noqa: N818 - says what is wrong, like the archive's errors
    """An answer is none an index gives; the message says what it begins with."""


class NotHad(Exception):  # noqa: N818 - says what is missing
    """A version that the index names could not be had; the message says why, in one line."""


class Match(StrEnum):
    """Which URLs an index is asked for."""

    EXACT = "exact"
    PREFIX = "prefix"
    HOST = "host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question to an index.

    Attributes:
        url: the page; for a prefix, what its URLs begin with.
        match: how `url` is meant.
        shape: a regular expression that the URLs must contain; None for all. Of the kind every regex engine knows.
        since: first year of interest.
    """

    url: str
    match: Match
    shape: str | None = None
    since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of an index: one capture of one URL.

    Attributes:
        url: of the page, without the default port that old captures carry.
        timestamp: when it was captured: 14 digits, UTC.
        status: HTTP status; None where the index does not say.
        mime: media type as the index has it.
        digest: SHA-1 of the payload, base32, as the index has it.
        place: where the bytes are: URL of the raw replay, or file, offset and length.
        told: the row, field and value, verbatim.
    """

    url: str
    timestamp: str
    status: int | None
    mime: str
    digest: str
    place: str
    told: tuple[tuple[str, str], ...]

    @property
    def time(self) -> datetime:
        """When it was captured."""
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    def field(self, name: str) -> str:
        """A field of the row; empty where it has none."""
        return dict(self.told).get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memento:
    """A version as the other archive gave it.

    Attributes:
        response: the message as it was once received; None where the archive shows it in a message of its own.
        body: the bytes of the page where there is no `response`.
        content: of the page, content-coding undone.
        content_type: declared when it was captured, or empty.
        declared_type, declared_charset, etag, last_modified, http_version, ip: as in `Capture`.
        status: as captured.
        torn: whether the other archive says that it has only a part.
        told: further facts of its provenance, for the capture's origin.
    """

    response: WireMessage | None
    body: bytes | None
    content: bytes
    content_type: str = ""
    declared_type: str | None = None
    declared_charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    http_version: str | None = None
    ip: str | None = None
    status: int | None = None
    torn: bool = False
    told: tuple[tuple[str, str], ...] = ()


class Source(Protocol):
    """Another web archive: an index to ask, and versions to be had."""

    @property
    def kind(self) -> OriginKind:
        """Goes into the origin of every capture."""

    @property
    def urls(self) -> tuple[str, ...]:
        """Of the machines that are asked: what the user named, or the public ones."""

    @property
    def revisits(self) -> bool:
        """Whether a version of which the index only says "as before" can be had."""

    def rows(self, client: Client, query: Query) -> AsyncIterator[Entry]:
        """Rows of the index that match, in its order.

        Raises:
            Unanswered, IndexUnreadable: the index cannot be read.
        """

    async def fetch(self, client: Client, entry: Entry) -> Memento:
        """Have a version.

        Raises:
            NotHad: not this one.
            Unanswered: the machine does not answer.
        """


def read_rows(content: bytes, where: str) -> tuple[list[dict[str, str]], str | None]:
    """Read one answer of an index: a JSON array of arrays whose first is the head, or a JSON object a line.

    Args:
        content: the answer.
        where: it came from, for the message.

    Returns:
        The rows, and the key with which the next answer begins, where the index gave one.

    Raises:
        IndexUnreadable: it is neither.
    """
    text = content.decode("utf-8", "replace").strip()
    if not text:
        return [], None
    try:
        if text.startswith("["):
            return _table(json.loads(text))
        return [_strings(json.loads(line)) for line in text.split("\n") if line.strip()], None
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        start = " ".join(text[:60].split())
        raise IndexUnreadable(f"{where}: no answer of an index (it begins with {start!r})") from error


def _table(rows: list[list[Any]]) -> tuple[list[dict[str, str]], str | None]:
    if not rows:
        return [], None
    names = [str(name) for name in rows[0]]
    resume = None
    if len(rows) > 1 and rows[-2] == []:  # the Internet Archive's way: an empty row, then the key
        resume = str(rows[-1][0])
        rows = rows[:-2]
    return [dict(zip(names, map(_text, row), strict=True)) for row in rows[1:] if row], resume


def _strings(row: dict[str, Any]) -> dict[str, str]:
    return {str(name): _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def entry_of(row: dict[str, str], place: str) -> Entry | None:
    """A row as an entry; None where it lacks what one needs or is none a page could have.

    Args:
        row: of `read_rows`.
        place: as in `Entry`; `{url}` and `{timestamp}` and further fields of the row are filled in.
    """
    facts = {_NAMES.get(name, name): value for name, value in row.items()}
    url, stamp = facts.get("url", ""), facts.get("timestamp", "")
    if not _STAMP.fullmatch(stamp) or len(url) > _LONGEST_URL or _CONTROL.search(url):
        return None
    try:
        plain = without_default_port(url)
        filled = place.format(**{**facts, "url": url, "timestamp": stamp})
        entry = Entry(
            url=plain,
            timestamp=stamp,
            status=int(facts["status"]) if facts.get("status", "").isdigit() else None,
            mime=facts.get("mime", ""),
            digest=facts.get("digest", ""),
            place=filled,
            told=tuple(row.items()),
        )
        _ = entry.time
    except (ValueError, KeyError):
        return None
    return entry


def without_default_port(url: str) -> str:
    """The URL as pages link to it.

    Raises:
        ValueError: it is no http(s) URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not a URL of the web")
    if parts.port != {"http": 80, "https": 443}[parts.scheme]:
        return parts._replace(fragment="").geturl()
    return parts._replace(netloc=parts.netloc.rpartition(":")[0], fragment="").geturl()


def versions(entries: Iterable[Entry], *, revisits: bool) -> Iterator[Entry]:
    """The entries that show something new: of each URL, by time, those whose digest is not that of the one before.

    A version that comes back after another one is told again. What was answered with an error is left out.

    Args:
        entries: in any order.
        revisits: whether a row that only says "as before" can be had; where not, it is left out.
    """
    before: dict[str, str] = {}
    for entry in sorted(entries, key=lambda entry: (page_key(entry.url), entry.timestamp, entry.place)):
        again = entry.mime == REVISIT
        if (again and not revisits) or (entry.status != _OK and not (again and entry.status is None)):
            continue
        key = page_key(entry.url)
        if not entry.digest or before.get(key) != entry.digest:
            before[key] = entry.digest
            yield entry


def page_key(url: str) -> str:
    """What makes two URLs of an index the same page: no scheme, no `www.` that came and went, no final slash."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}{'?' + parts.query if parts.query else ''}"


def matches(entry: Entry, query: Query) -> bool:
    """Whether an entry is what was asked for, whatever the index made of the question."""
    asked, found = page_key(query.url), page_key(entry.url)
    if query.match is Match.HOST:
        right = found.partition("/")[0] == asked.partition("/")[0]
    elif query.match is Match.PREFIX:
        right = found == asked or found.startswith(f"{asked}/")
    else:
        right = found == asked
    return right and (query.shape is None or re.search(query.shape, entry.url) is not None)
