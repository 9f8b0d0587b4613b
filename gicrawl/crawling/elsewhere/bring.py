"""Brings the versions that another web archive keeps of a portal's reports into ours, each once.

The walk is that of a crawl, through the index instead of the portal: the report columns and all below them, the reports
their lists once linked to, the files and pictures of those. A version is named by where it lies and what its bytes are,
and the archive is the state: killed half way and run again, it asks the index again and has only what is missing, and
what is here is read again for its links.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from gicrawl.archive.ending import ending
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.folder import Remark
from gicrawl.archive.history import reading_of
from gicrawl.archive.importing import KIND
from gicrawl.archive.records import Capture, IndexOrigin, Judgement, Outcome, Role, Verdict
from gicrawl.crawling.elsewhere.client import HostDown, Unanswered
from gicrawl.crawling.elsewhere.index import (
    IndexUnreadable,
    Match,
    NotHad,
    Query,
    page_key,
    versions,
)
from gicrawl.crawling.elsewhere.making import content_type_of, link_of, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gicrawl.archive.store import Archive
    from gicrawl.archive.writer import Writer
    from gicrawl.crawling.elsewhere.client import Client
    from gicrawl.crawling.elsewhere.errands import Errand
    from gicrawl.crawling.elsewhere.index import Entry, Memento, Source
    from gicrawl.crawling.elsewhere.reading import PageFound, Reader

_NAMES = UUID("6b0f3c0a-4f57-5f0b-8d0e-0b9f8b8f4d11")
"""Namespace (RFC 9562 §5.5) of the UUIDs of versions from elsewhere; it must never change."""

_SEEN_LIVE = """
SELECT u.url, l.role, t.text, c.uuid FROM links AS l
JOIN urls AS u ON u.id = l.url JOIN texts AS t ON t.id = coalesce(l.title, l.text)
JOIN captures AS c ON c.id = l.page JOIN circumstances AS o ON o.id = c.circumstances
WHERE o.portal = ? AND NOT EXISTS (SELECT 1 FROM origins AS g WHERE g.capture = c.id)
ORDER BY c.time, c.id, l.position
"""

_HERE = """
SELECT c.uuid FROM captures AS c JOIN urls AS u ON u.id = c.url JOIN origins AS g ON g.capture = c.id
WHERE u.url = ? AND g.kind = ? AND g.place = ?
"""

_READ = frozenset({Role.LIST, Role.ARTICLE})
_STANDS_IN_THE_WAY = frozenset({Judgement.BLOCKED, Judgement.SOFT_404, Judgement.EMPTY})


class Unfinished(Exception):  # noqa: N818 - says what it is
    """The other archive stopped answering; what was had is in ours, and the same command goes on from there."""


@dataclass(slots=True)
class Brought:
    """What an import did.

    Attributes:
        new: versions that are in the archive now and were not before.
        known: versions that were in it already.
        refused: versions and questions to the index that came to nothing, each told in a remark.
        requests: sent.
    """

    new: int = 0
    known: int = 0
    refused: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Orders:
    """What is to be brought, and how.

    Attributes:
        source: where from.
        errands: one a portal.
        reader: reads the pages.
        arguments: of the run, JSON values.
        user_agent: of the run.
        max_versions: of each errand that are fetched at most; None for all.
    """

    source: Source
    errands: Sequence[Errand]
    reader: Reader
    arguments: Mapping[str, object]
    user_agent: str
    max_versions: int | None = None


async def bring(
    archive: Archive,
    orders: Orders,
    client: Client,
    *,
    tell: Callable[[Remark], None],
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> Brought:
    """Bring what is asked for.

    Args:
        archive: where it goes.
        orders: what, and from where.
        client: asks.
        tell: is called with what a person should look at, as it is met.
        advance: is told how many errands are done, of how many.

    Raises:
        Unfinished: the other archive stopped answering.
        ArchiveError: ours took no more; what was committed stays.
    """
    run = _Run(archive, orders, client, tell)
    with ending(run.finish, interruptions=(KeyboardInterrupt, asyncio.CancelledError)):
        try:
            with archive.writer() as writer:
                run.writer = writer
                for done, errand in enumerate(orders.errands, 1):
                    await _Walk(run, errand).go()
                    advance(done, len(orders.errands))
        except HostDown as error:
            raise Unfinished(str(error)) from error
    return run.brought


class _Run:
    """What the errands of one import share."""

    writer: Writer

    def __init__(self, archive: Archive, orders: Orders, client: Client, tell: Callable[[Remark], None]) -> None:
        self.archive = archive
        self.orders = orders
        self.client = client
        self.brought = Brought()
        self.taken: set[str] = set()
        self._tell = tell
        self._run: UUID | None = None

    @property
    def id(self) -> UUID:
        """Of the run in the archive, which begins with its first version."""
        if self._run is None:
            orders = self.orders
            self._run = self.archive.start_run(KIND, orders.arguments, user_agent=orders.user_agent, vantage=None)
        return self._run

    def remark(self, code: str, what: str) -> None:
        """Tell of something that was left out."""
        self.brought.refused += 1
        self._tell(Remark(code, (("what", what),)))

    def here(self, entry: Entry) -> UUID | None:
        """The capture of a version that is in the archive."""
        key = (entry.url, self.orders.source.kind.value, entry.place)
        with self.archive.explaining("looking for a version"):
            row = self.archive.db.conn.execute(_HERE, key).fetchone()
        return None if row is None else UUID(bytes=row[0])

    def finish(self, status: str) -> None:
        """End the run, where one began."""
        self.brought.requests = self.client.requests
        if self._run is None:
            return
        with self.archive.explaining("counting"):  # what a batch that failed held is not in it
            (new,) = self.archive.db.conn.execute(
                "SELECT count(*) FROM captures WHERE run = (SELECT id FROM runs WHERE uuid = ?)", [self._run.bytes]
            ).fetchone()
        done = self.brought
        summary = {"new": new, "known": done.known, "refused": done.refused, "requests": done.requests}
        self.archive.finish_run(self._run, status, summary)


@dataclass(frozen=True, slots=True)
class _Want:
    """A page to be had in all its versions."""

    url: str
    role: Role
    text: str | None = None
    referrer: UUID | None = None


class _Walk:
    """One errand."""

    def __init__(self, run: _Run, errand: Errand) -> None:
        self._run = run
        self._errand = errand
        self._source = run.orders.source
        self._found: dict[str, list[Entry]] = {}  # by page, in the order of the index
        self._covered: list[Query] = []
        self._linked: deque[_Want] = deque(_Want(url, Role.LIST) for url in errand.columns)
        self._shaped: deque[_Want] = deque()
        self._done: set[str] = set()
        self._fetched = 0

    async def go(self) -> None:
        """Have everything; lists first, so that what they link to is known by the words of the link."""
        for query in self._errand.queries:
            await self._ask(query)
        self._sort_by_shape()
        self._linked.extend(self._seen_live())
        while self._linked or self._shaped:
            want = (self._linked or self._shaped).popleft()
            if page_key(want.url) not in self._done:
                self._done.add(page_key(want.url))
                await self._have(want)

    async def _ask(self, query: Query) -> None:
        try:
            rows = [entry async for entry in self._source.rows(self._run.client, query)]
        except HostDown:
            raise
        except (Unanswered, IndexUnreadable) as error:
            self._run.remark("import_index_unread", str(error))
            return
        for entry in rows:
            self._found.setdefault(page_key(entry.url), []).append(entry)
        self._covered.append(query)

    def _sort_by_shape(self) -> None:
        articles: list[_Want] = []
        for entries in self._found.values():
            for entry in entries:
                shape = self._run.orders.reader.shape(entry.url, entry.mime)
                if shape is not None:
                    want = _Want(entry.url, Role(shape))
                    (self._linked if want.role is Role.LIST else articles).append(want)
                    break
        self._shaped.extend(articles)

    def _seen_live(self) -> list[_Want]:
        """What the portal's own pages linked to when we crawled them: an article that is gone may be kept elsewhere."""
        if self._errand.portal is None:
            return []
        with self._run.archive.explaining("looking for known reports"):
            rows = self._run.archive.db.conn.execute(_SEEN_LIVE, [self._errand.portal]).fetchall()
        return [_Want(url, Role(role), text or None, UUID(bytes=uuid)) for url, role, text, uuid in rows]

    async def _have(self, want: _Want) -> None:
        """Take every version of a page."""
        key = page_key(want.url)
        if key not in self._found:
            question = Query(url=want.url, match=Match.EXACT, since=self._errand.queries[0].since)
            if any(query.shape is None and _covers(query, want.url) for query in self._covered):
                return  # the index has none
            await self._ask(question)
        for entry in versions(self._found.get(key, ()), revisits=self._source.revisits):
            await self._take(entry, want)

    async def _take(self, entry: Entry, want: _Want) -> None:
        run = self._run
        if entry.place in run.taken:
            return
        run.taken.add(entry.place)
        known = run.here(entry)
        if known is not None:
            run.brought.known += 1
            self._again(known, want)
            return
        if run.orders.max_versions is not None and self._fetched >= run.orders.max_versions:
            return
        if run.writer.due():
            run.writer.flush()
        self._fetched += 1
        try:
            memento = await self._source.fetch(run.client, entry)
        except HostDown:
            raise
        except (NotHad, Unanswered) as error:
            run.remark("import_version_missing", str(error))
            return
        self._keep(entry, memento, want)

    def _keep(self, entry: Entry, memento: Memento, want: _Want) -> None:
        run = self._run
        page = self._read(entry.url, memento.content, memento.content_type, want)
        capture = self._capture(entry, memento, want, Role(page.role))
        head = b"" if memento.response is None else memento.response.head
        run.writer.add(capture)
        run.brought.new += 1
        verdict = verdict_of(capture, head, memento.content, page)
        if verdict is not None:
            run.writer.judge(verdict)
        self._follow(capture.id, verdict, page)

    def _again(self, known: UUID, want: _Want) -> None:
        """Read a version that is here for its links: the import that brought it may not have come so far."""
        run = self._run
        stored = run.archive.capture(known)
        if stored.body_sha256 is None:
            return
        try:
            content = run.archive.content(stored)
        except ArchiveError:
            return  # its coding cannot be undone; it was not read then either
        told = dict(stored.origin.told) if isinstance(stored.origin, IndexOrigin) else {}
        content_type = told.get("content-type") or content_type_of(stored.declared_type, stored.declared_charset)
        page = self._read(stored.final_url, content, content_type, want)
        verdict = verdict_of(stored, stored.head, content, page)
        if verdict is not None and reading_of(run.archive, known).verdict is None:
            run.writer.judge(verdict)
        self._follow(known, verdict, page)

    def _read(self, url: str, content: bytes, content_type: str, want: _Want) -> PageFound:
        return self._run.orders.reader.read(url, content, content_type, role=want.role.value, text=want.text)

    def _follow(self, capture: UUID, verdict: Verdict | None, page: PageFound) -> None:
        """Write the links of a page, and want what they lead to."""
        if Role(page.role) not in _READ or (verdict is not None and verdict.judgement in _STANDS_IN_THE_WAY):
            return
        for link in page.links:
            self._run.writer.link(link_of(capture, link))
            if link.wanted:
                self._linked.append(_Want(link.url, Role(link.role), link.title or link.text or None, capture))

    def _capture(self, entry: Entry, memento: Memento, want: _Want, role: Role) -> Capture:
        message = memento.response
        content = memento.body if message is None else message.head + message.body
        assert content is not None
        kind = self._source.kind
        name = json.dumps([kind.value, entry.place, entry.url, entry.timestamp, sha256(content).hexdigest()])
        return Capture(
            id=uuid5(_NAMES, name),
            run=self._run.id,
            time=entry.time,
            requested_url=entry.url,
            final_url=entry.url,
            hop=0,
            method=None,
            outcome=Outcome.TRUNCATED if memento.torn else Outcome.OK,
            role=role,
            error="the archive it comes from has only a part of it" if memento.torn else None,
            status=memento.status,
            http_version=memento.http_version,
            response=message,
            ip=memento.ip,
            declared_type=memento.declared_type,
            declared_charset=memento.declared_charset,
            etag=memento.etag,
            last_modified=memento.last_modified,
            portal=self._errand.portal,
            referrer=want.referrer,
            link_text=want.text,
            origin=IndexOrigin(kind=kind, place=entry.place, told=(*entry.told, *memento.told)),
            body=memento.body,
        )


def _covers(query: Query, url: str) -> bool:
    """Whether a question that was asked would have brought every row of a URL."""
    asked, found = page_key(query.url), page_key(url)
    return found == asked or (query.match is Match.PREFIX and found.startswith(f"{asked}/"))
