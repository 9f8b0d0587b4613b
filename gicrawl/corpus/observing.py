"""Reads from the archive what a report's timeline is made of: visits of its page, links on it, fetches of its files."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag
from uuid import UUID

from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.timeline import Fetch, Page, Visit
from gicrawl.parser.document import Context

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from gicrawl.archive.store import Archive

_IN_THE_WAY = (Judgement.BLOCKED, Judgement.SOFT_404, Judgement.EMPTY)
"""What stands between us and a file is not the file."""

_FILE = """(
    EXISTS (SELECT 1 FROM origins WHERE origins.capture = captures.id AND origins.kind = 'warc')
    AND EXISTS (SELECT 1 FROM links WHERE links.url = captures.url AND links.role IN ('attachment', 'image'))
)"""
"""A file that came in a WARC of others, where nobody says why it was fetched, and that a page here says belongs to it:
what it reports, that page's report says."""

_NEW = """
SELECT urls.url, captures.id FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
JOIN urls ON urls.id = captures.url
WHERE captures.id > :captures AND circumstances.role = 'article' AND (
    captures.outcome = 'ok' AND captures.complete AND captures.body IS NOT NULL
    OR captures.run IN (SELECT run FROM merged_runs)
)
UNION
SELECT urls.url, page.id FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
JOIN links ON links.url = captures.url OR links.url = captures.requested_url
JOIN captures AS page ON page.id = links.page
JOIN urls ON urls.id = page.url
WHERE captures.id > :captures AND (
    circumstances.role IN ('attachment', 'image')
    OR EXISTS (SELECT 1 FROM origins WHERE origins.capture = captures.id AND origins.kind = 'warc')
) AND (
    captures.outcome = 'ok' AND captures.complete AND captures.body IS NOT NULL
    OR captures.run IN (SELECT run FROM merged_runs)
) AND links.role IN ('attachment', 'image')
UNION
SELECT urls.url, page.id FROM links
JOIN captures AS page ON page.id = links.page
JOIN urls ON urls.id = page.url
WHERE links.id > :links AND links.role IN ('attachment', 'image')
UNION
SELECT urls.url, captures.id FROM links
JOIN captures ON captures.url = links.url
JOIN origins ON origins.capture = captures.id AND origins.kind = 'warc'
JOIN urls ON urls.id = captures.url
WHERE links.id > :links AND links.role IN ('attachment', 'image')
ORDER BY 2
"""
"""What merely repeats what was seen changes nothing, unless it came in by a merge: then it may lie between others."""

_VISITS = f"""
SELECT captures.id, captures.uuid, captures.time, captures.run, captures.outcome, revisit_of, urls.url,
    circumstances.declared_type, circumstances.declared_charset, texts.text, bodies.sha256, digests.sha256
FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
JOIN urls ON urls.id = captures.url
LEFT JOIN texts ON texts.id = captures.link_text
LEFT JOIN bodies ON bodies.id = captures.body
LEFT JOIN digests ON digests.body = captures.body AND digests.kind = 'decoded' AND digests.rule = circumstances.coding
WHERE captures.url IN (SELECT id FROM urls WHERE url IN (SELECT value FROM json_each(?)))
    AND circumstances.role = 'article'
    AND (captures.outcome = 'not_modified'
        OR captures.outcome = 'ok' AND captures.complete AND captures.body IS NOT NULL)
    AND NOT {_FILE}
ORDER BY captures.time, captures.uuid
"""  # noqa: S608 - constants

_LINKS = """
SELECT links.page, urls.url, links.role FROM links JOIN urls ON urls.id = links.url
WHERE links.page IN (SELECT value FROM json_each(?)) AND links.role IN ('attachment', 'image')
ORDER BY links.page, links.position, urls.url
"""

_FETCHES = f"""
SELECT captures.uuid, captures.time, captures.run, captures.outcome, captures.complete, bodies.sha256, digests.sha256,
    (SELECT judgement FROM judgements WHERE judgements.capture = captures.id ORDER BY {NEWEST_FIRST} LIMIT 1)
FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
LEFT JOIN bodies ON bodies.id = captures.body
LEFT JOIN digests ON digests.body = captures.body AND digests.kind = 'decoded' AND digests.rule = circumstances.coding
WHERE captures.id IN (
    SELECT captures.id FROM captures JOIN urls ON urls.id = captures.url WHERE urls.url = :url
    UNION SELECT captures.id FROM captures JOIN urls ON urls.id = captures.requested_url WHERE urls.url = :url
) AND captures.outcome != 'redirect'
ORDER BY captures.time, captures.uuid
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the archive has been looked through: the highest row numbers seen.

    They hold in this file only, and only say where to go on.
    """

    captures: int = 0
    links: int = 0


def end_of(archive: Archive) -> Mark:
    """The mark behind everything that is in the archive now."""
    with archive.explaining("looking for new documents"):
        row = archive.db.conn.execute("SELECT (SELECT max(id) FROM captures), (SELECT max(id) FROM links)").fetchone()
    return Mark(*(0 if number is None else number for number in row))


def touched(archive: Archive, since: Mark) -> dict[bytes, set[str]]:
    """Reports of which something new came in since a mark: their ids, and the page URLs it came from.

    In the order in which their pages came in.
    """
    found: dict[bytes, set[str]] = defaultdict(set)
    with archive.explaining("looking for new documents"):
        rows = archive.db.conn.execute(_NEW, {"captures": since.captures, "links": since.links}).fetchall()
    for url, _ in rows:
        found[report_id(url)].add(url)
    return found


def visits_of(archive: Archive, urls: Iterable[str]) -> list[Visit]:
    """Every visit of a page, known under one or several URLs, that showed it; by time."""
    with archive.explaining("reading the visits of a page"):
        rows = archive.db.conn.execute(_VISITS, [json.dumps(sorted(urls))]).fetchall()
        links = _links(archive.db.conn, [row[0] for row in rows])
    brought = {row[0]: row[11] or row[10] for row in rows if row[4] == Outcome.OK}
    shared: dict[bytes, tuple[tuple[str, Role], ...]] = {}  # a run that ended too soon may have read no links
    for row in rows:
        content = brought.get(row[0] if row[4] == Outcome.OK else row[5])
        if content is not None and row[0] in links:
            shared.setdefault(content, links[row[0]])
    pages: dict[int, Page] = {}
    visits = []
    for row in rows:
        number, uuid, time, run, outcome, of = row[:6]
        if outcome == Outcome.OK:
            pages[number] = _page(row, shared)
        page = pages.get(number if outcome == Outcome.OK else of)
        if page is not None:
            visits.append(Visit(capture=UUID(bytes=uuid), time=time, run=run, page=page))
    return visits


def fetches_of(archive: Archive, url: str) -> list[Fetch]:
    """Every time a file was asked for, by time; redirects followed."""
    with archive.explaining("reading the visits of a file"):
        rows = archive.db.conn.execute(_FETCHES, {"url": url}).fetchall()
    return list(_fetches(rows))


def _fetches(rows: Iterable[tuple[object, ...]]) -> Iterator[Fetch]:
    for uuid, time, run, outcome, complete, body, decoded, judgement in rows:
        assert isinstance(uuid, bytes)
        assert isinstance(time, int)
        assert isinstance(run, int)
        whole = outcome == Outcome.OK and complete and judgement not in _IN_THE_WAY
        fetch = Fetch(time=time, run=run, capture=UUID(bytes=uuid))
        if whole and isinstance(body, bytes):
            content = decoded if isinstance(decoded, bytes) else body
            fetch = Fetch(time=time, run=run, capture=fetch.capture, body=body, content=content)
        yield fetch


def _page(row: tuple[object, ...], shared: dict[bytes, tuple[tuple[str, Role], ...]]) -> Page:
    _, uuid, _, _, _, _, url, kind, charset, text, body, decoded = row
    assert isinstance(uuid, bytes)
    assert isinstance(url, str)
    assert isinstance(body, bytes)
    content = decoded if isinstance(decoded, bytes) else body
    context = Context(
        url=urldefrag(url).url,  # the same bytes imported from two places are one document
        declared_type=_text(kind),
        declared_charset=_text(charset),
        link_text=_text(text),
    )
    return Page(
        capture=UUID(bytes=uuid), url=url, body=body, content=content, context=context, links=shared.get(content, ())
    )


def _text(value: object) -> str | None:
    assert value is None or isinstance(value, str)
    return value


def _links(connection: sqlite3.Connection, pages: list[int]) -> dict[int, tuple[tuple[str, Role], ...]]:
    """Attached URLs by page, in order, each once."""
    found: dict[int, dict[str, Role]] = {}
    for page, url, role in connection.execute(_LINKS, [json.dumps(pages)]):
        found.setdefault(page, {}).setdefault(url, Role(role))
    return {page: tuple(links.items()) for page, links in found.items()}
