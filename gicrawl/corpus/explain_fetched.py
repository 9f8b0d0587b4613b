"""What was fetched of an address: the archived spellings of it, captures, redirects, links, attached files.

Everything is looked up by the indexes on URLs and pages; no table is walked through.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from gicrawl.archive import reading as archived
from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.records import FileOrigin, IndexOrigin, Outcome, WarcOrigin
from gicrawl.archive.stored import from_microseconds
from gicrawl.archive.wire import header_values
from gicrawl.corpus.canonical import canonical_url
from gicrawl.corpus.explain_ends import end_of_captures
from gicrawl.corpus.explain_records import AttachmentChain, CaptureStep, LinkSeen

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from gicrawl.archive.records import Origin
    from gicrawl.archive.stored import Run, StoredCapture

_HOPS = 20
"""Redirects followed at most: Scrapy gives up after as many."""
_BACKWARDS = 5
"""Addresses that lead here shown at most: a portal may send every lost page to one."""

_CAPTURES = f"{archived.CAPTURES} WHERE c.url IN (SELECT value FROM json_each(?)) ORDER BY c.time, c.uuid"  # noqa: S608 - constants

_LINKS = """
SELECT url.url, page.url, links.position, text.text, title.text, links.date, captures.time, captures.id
FROM links
JOIN captures ON captures.id = links.page
JOIN urls AS page ON page.id = captures.url
JOIN urls AS url ON url.id = links.url
JOIN texts AS text ON text.id = links.text
LEFT JOIN texts AS title ON title.id = links.title
WHERE links.url IN (SELECT value FROM json_each(?)) AND links.role = 'article'
ORDER BY page.url, text.text, captures.time, captures.uuid
"""

_ATTACHED = """
SELECT url.url, links.role, text.text, links.position, captures.time
FROM links
JOIN captures ON captures.id = links.page
JOIN urls AS url ON url.id = links.url
JOIN texts AS text ON text.id = links.text
WHERE captures.url IN (SELECT value FROM json_each(?)) AND links.role <> 'article'
ORDER BY captures.time DESC, captures.uuid DESC, links.position
"""

_CARRIERS = """
SELECT DISTINCT page.url FROM links
JOIN captures ON captures.id = links.page
JOIN urls AS page ON page.id = captures.url
WHERE links.url IN (SELECT value FROM json_each(?)) AND links.role <> 'article'
UNION
SELECT DISTINCT page.url FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
JOIN captures AS referrer ON referrer.id = captures.referrer
JOIN urls AS page ON page.id = referrer.url
WHERE captures.url IN (SELECT value FROM json_each(?)) AND circumstances.role IN ('attachment', 'image')
ORDER BY 1
"""


def moment(microseconds: int) -> str:
    """A stored time for people and JSON: `2026-02-01T03:04:05Z`."""
    return from_microseconds(microseconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def spellings(connection: sqlite3.Connection, url: str) -> list[tuple[int, str]]:
    """(row number, URL) of every archived URL that means the same page: scheme, port and session ids aside."""
    wanted = canonical_url(url)
    exact = (url, urldefrag(url).url)
    found: dict[int, str] = dict(connection.execute("SELECT id, url FROM urls WHERE url IN (?, ?)", exact).fetchall())
    for prefix in _prefixes(url):
        rows = connection.execute(
            "SELECT id, url FROM urls WHERE url >= ? AND url < ?", (prefix, f"{prefix}\U0010ffff")
        )
        found |= {row: stored for row, stored in rows if canonical_url(stored) == wanted}
    return sorted(found.items(), key=lambda item: (item[1] != url, item[1]))


def _prefixes(url: str) -> tuple[str, ...]:
    """Beginnings under which other spellings of a URL stand in the index: its host, and its path up to a session id."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ()
    if parts.scheme not in {"http", "https"} or not host:
        return ()
    host = f"[{host}]" if ":" in host else host
    ports = ("", ":80", ":443") if port in {None, 80, 443} else (f":{port}",)
    path = _before_session(parts)
    return tuple(f"{scheme}://{host}{port}{path}" for scheme in ("http", "https") for port in ports)


def _before_session(parts: SplitResult) -> str:
    return (parts.path or "/").partition(";")[0]


def captures_of(connection: sqlite3.Connection, urls: Collection[int]) -> list[StoredCapture]:
    """All captures of some URLs (row numbers), oldest first."""
    rows = connection.execute(_CAPTURES, (json.dumps(sorted(urls)),))
    return [archived.stored_capture(row) for row in rows]


def location(capture: StoredCapture) -> str | None:
    """Where a redirect points, as an absolute URL; None where it is none or says nothing."""
    if capture.outcome is not Outcome.REDIRECT:
        return None
    values = header_values(capture.head, b"location")
    if not values:
        return None
    try:
        return urljoin(capture.final_url, values[0].decode("utf-8", "replace").strip())
    except ValueError:
        return None


def closure(connection: sqlite3.Connection, urls: Mapping[int, str]) -> tuple[dict[int, str], list[str]]:
    """The addresses one report has been asked for under: those that redirect here, and where these lead.

    Args:
        connection: of the archive.
        urls: row number and URL to start with.

    Returns:
        All of them, the start first, and the targets of redirects that were never fetched.
    """
    known = dict(urls)
    for asked in _asked_before(connection, urls)[:_BACKWARDS]:
        known |= dict(spellings(connection, asked))
    lost: list[str] = []
    new: Collection[int] = list(known)
    for _ in range(_HOPS):
        ahead = {row: url for row, url in _led_to(connection, new) if row not in known}
        for capture in captures_of(connection, new):
            target = location(capture)
            if target is None:
                continue
            there = dict(spellings(connection, target))
            if there:
                ahead |= {row: url for row, url in there.items() if row not in known}
            elif target not in lost:
                lost.append(target)
        if not ahead:
            break
        known |= ahead
        new = list(ahead)
    return known, lost


def _led_to(connection: sqlite3.Connection, asked: Collection[int]) -> list[tuple[int, str]]:
    """Where redirects ended up when these were asked for."""
    return connection.execute(
        "SELECT DISTINCT urls.id, urls.url FROM captures JOIN urls ON urls.id = captures.url "
        "WHERE captures.requested_url IN (SELECT value FROM json_each(?)) ORDER BY urls.url",
        (json.dumps(sorted(asked)),),
    ).fetchall()


def _asked_before(connection: sqlite3.Connection, urls: Mapping[int, str]) -> list[str]:
    """What was asked for when a redirect led to one of these, newest first."""
    rows = connection.execute(
        "SELECT urls.url FROM captures JOIN urls ON urls.id = captures.requested_url "
        "WHERE captures.url IN (SELECT value FROM json_each(?)) GROUP BY urls.url ORDER BY max(captures.time) DESC",
        (json.dumps(sorted(urls)),),
    )
    return [url for (url,) in rows]


def steps(
    connection: sqlite3.Connection, captures: Iterable[StoredCapture], runs: Mapping[UUID, Run]
) -> tuple[CaptureStep, ...]:
    """Captures as steps of the chain."""
    return tuple(
        CaptureStep(
            id=str(capture.id),
            time=capture.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            url=capture.final_url,
            requested_url=capture.requested_url,
            hop=capture.hop,
            role=capture.role.value,
            outcome=capture.outcome.value,
            status=capture.status,
            error=capture.error,
            judgement=None if capture.judgement is None else capture.judgement.value,
            signature=_signature(connection, capture.id),
            robots=capture.robots,
            body=None if capture.body_sha256 is None else capture.body_sha256.hex(),
            size=capture.body_size,
            media_type=capture.sniffed_type,
            revisit_of=None if capture.revisit_of is None else str(capture.revisit_of),
            location=location(capture),
            link_text=capture.link_text,
            file=_file(capture.origin),
            run=runs[capture.run].kind,
            run_id=str(capture.run),
        )
        for capture in captures
    )


def _signature(connection: sqlite3.Connection, capture: UUID) -> str | None:
    row = connection.execute(
        "SELECT judgements.signature FROM judgements JOIN captures ON captures.id = judgements.capture "  # noqa: S608 - constants
        f"WHERE captures.uuid = ? ORDER BY {NEWEST_FIRST} LIMIT 1",
        (capture.bytes,),
    ).fetchone()
    return None if row is None else row[0]


def links_to(connection: sqlite3.Connection, urls: Collection[int], columns: Mapping[str, str]) -> tuple[LinkSeen, ...]:
    """The links of list pages to some URLs, each once however often its page was visited.

    Args:
        connection: of the archive.
        urls: row numbers.
        columns: list page → first page of its column, as far as known.
    """
    seen = []
    rows = connection.execute(_LINKS, (json.dumps(sorted(urls)),))
    for (page, text), group in groupby(rows, key=lambda row: (row[1], row[3])):
        times = list(group)
        newest = times[-1]
        seen.append(
            LinkSeen(
                url=newest[0],
                page=page,
                column=columns.get(page),
                position=newest[2],
                text=text,
                title=newest[4],
                date=newest[5],
                first_seen=moment(times[0][6]),
                last_seen=moment(newest[6]),
                times=len({row[7] for row in times}),
            )
        )
    return tuple(sorted(seen, key=lambda link: (link.first_seen, link.page, link.position)))


def attachments_of(
    connection: sqlite3.Connection, urls: Collection[int], runs: Mapping[UUID, Run]
) -> tuple[AttachmentChain, ...]:
    """The files and pictures that pages link to, each with what became of it, in the order of the newest page."""
    found: dict[str, tuple[Any, ...]] = {}
    for row in connection.execute(_ATTACHED, (json.dumps(sorted(urls)),)):
        found.setdefault(row[0], row)
    chains = []
    for url, role, text, position, _ in found.values():
        known, lost = closure(connection, dict(spellings(connection, url)))
        made = steps(connection, captures_of(connection, known), runs)
        chains.append(
            AttachmentChain(
                url=url,
                role=role,
                text=text,
                position=position,
                captures=made,
                end=end_of_captures(url, made, lost),
            )
        )
    return tuple(sorted(chains, key=lambda chain: (chain.position, chain.url)))


def carriers(connection: sqlite3.Connection, urls: Collection[int]) -> list[str]:
    """The pages that carry some URLs as attached files or pictures."""
    rows = json.dumps(sorted(urls))
    return [page for (page,) in connection.execute(_CARRIERS, (rows, rows))]


def _file(origin: Origin | None) -> str | None:
    """The file an import was brought in by."""
    match origin:
        case None:
            return None
        case FileOrigin():
            return origin.path
        case WarcOrigin():
            return origin.file
        case IndexOrigin():
            return origin.place
