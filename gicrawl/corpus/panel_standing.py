"""Why a report is not there: what a portal showed, and what stood between us and the rest of it.

`not_found` is the strongest thing said here, and so it needs the most: every report column of the portal was read to
its end, its first page was read after the report was due, and every page that may hold the report was read and holds
another. Anything less is `unreachable` (something did not answer, or not with what it should have shown) or
`not_visited`. A page whose title names body and year, and that is archived but could not be made a report of, is
`found_unparsed`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.stored import from_microseconds
from gicrawl.parser.identity.titles import read_title
from gicrawl.parser.report import Status

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

UNREAD_PROBLEMS: Final = frozenset(
    {
        *("attachment_missing", "docx_damaged", "docx_encrypted", "docx_foreign_part", "docx_part_unread"),
        *("docx_too_large", "mhtml_damaged", "needs_libreoffice", "needs_ocr", "no_report_text", "no_text"),
        *("no_text_recognised", "ocr_too_long", "office_failed", "office_timeout", "ofd_damaged", "ofd_too_large"),
        *("pdf_damaged", "pdf_encrypted", "pdf_too_large", "picture_damaged", "picture_too_large"),
        *("pictures_without_tables", "several_reports"),
        *("sheet_damaged", "sheet_too_large"),
        *("table_in_picture", "table_over_edge", "table_unread", "tables_in_comment", "tables_in_script"),
        *("unknown_format", "zip_damaged", "zip_member_damaged", "zip_several", "zip_too_large", "zip_without_report"),
    }
)
"""Problems that leave part of a document unread: what was not seen in it may be there."""

_GOOD: Final = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.REDIRECT})
_YEAR: Final = re.compile(r"(?<!\d)20[0-4]\d(?!\d)")
_WAY: Final = (Role.HOME, Role.NAVIGATION, Role.LIST)
_MISSING_PAGE: Final = "missing_page"
_OTHER_REPORT: Final = "attached_other_report"
WITHHELD: Final = "withheld"
"""Reason for a report that is there and is shown to nobody; not even its address is told."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where reports are published, as captures name it: a portal's id, or where they name none, a host."""

    portal: str | None
    host: str | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A page that may hold a report and was not read as one.

    Attributes:
        url: its address.
        reason: an outcome, a judgement, a problem code, or one of `unparsed`, `failed`, `not_visited`,
            `year_unsettled`, `issuer_unsettled`, `withheld`.
        years: that its links, or the document itself, name; empty where none.
        bodies: that they name.
        archived: a document is there, and only reading it stands between us and a report.
    """

    url: str
    reason: str
    years: frozenset[int]
    bodies: frozenset[str]
    archived: bool

    def may_be(self, names: Collection[str], year: int) -> bool:
        """Whether it may hold the report of a body, by any of its names, on a year."""
        return (not self.years or year in self.years) and (not self.bodies or self.names(names))

    def names(self, names: Collection[str]) -> bool:
        """Whether it names the body; 县统计局 is a name of 甘泉县统计局."""
        return any(name.endswith(body) or body.endswith(name) for name in names for body in self.bodies)


@dataclass(frozen=True, slots=True)
class PlaceStanding:
    """What a place showed.

    Attributes:
        visited: whether anything on the way to its articles was ever asked for.
        trouble: (reason, URL) of a page of the way that did not show what it should; None where nothing does.
        to_its_end: every report column was read to its end.
        read: when the first pages of its columns were last read, the earliest of them, UTC.
        column: URL of that page.
        obstacles: by URL.
    """

    visited: bool
    trouble: tuple[str, str] | None
    to_its_end: bool
    read: datetime | None
    column: str | None
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """The state of a pair that no report was found for, with the reason and the page it is about."""

    state: str
    reason: str
    url: str | None


_RANK: Final = ("found_unparsed", "unreachable", "not_visited", "not_found")
NOWHERE: Final = Missing("not_visited", "no_portal", None)


def missing(places: Sequence[tuple[PlaceStanding, bool]], names: Collection[str], year: int, due: datetime) -> Missing:
    """What is known of a report that is not there.

    Args:
        places: where the body publishes, each with whether what names nobody there is the body's own.
        names: of the body.
        year: reported on.
        due: the first moment at which it was late.
    """
    found = [_missing(place, names, year, due, own=own) for place, own in places]
    return min(found, key=lambda one: _RANK.index(one.state), default=NOWHERE)


def _missing(place: PlaceStanding, names: Collection[str], year: int, due: datetime, *, own: bool) -> Missing:
    near = [obstacle for obstacle in place.obstacles if obstacle.may_be(names, year)]
    telling = [one for one in near if one.archived and one.years and (one.names(names) or (own and not one.bodies))]
    if telling:
        reason = telling[0].reason
        return Missing("found_unparsed", reason, None if reason == WITHHELD else telling[0].url)
    if place.trouble is not None:
        return Missing("unreachable", *place.trouble)
    if near:
        first = min(near, key=lambda one: (not one.years, one.reason == "not_visited"))
        state = "not_visited" if first.reason == "not_visited" else "unreachable"
        return Missing(state, first.reason, None if first.reason == WITHHELD else first.url)
    if not place.visited:
        return Missing("not_visited", "portal_not_visited", None)
    return _in_column(place, due)


def _in_column(place: PlaceStanding, due: datetime) -> Missing:
    if not place.to_its_end or place.read is None:
        return Missing("not_visited", "column_not_read_to_its_end", place.column)
    if place.read < due:
        return Missing("not_visited", "column_not_read_since_due", place.column)
    return Missing("not_found", "column_read_to_its_end", place.column)


_INDEX: Final = (
    """
    CREATE TEMP TABLE panel_circumstances AS
    SELECT portal, role, id FROM circumstances WHERE portal IS NOT NULL
    """,
    "CREATE INDEX temp.panel_circumstances_by_portal ON panel_circumstances (portal)",
    """
    CREATE TEMP TABLE panel_hosts AS
    SELECT urls.host, circumstances.role, captures.id FROM captures
    JOIN circumstances ON circumstances.id = captures.circumstances AND circumstances.portal IS NULL
    JOIN urls ON urls.id = captures.url
    WHERE urls.host IS NOT NULL
    """,
    "CREATE INDEX temp.panel_hosts_by_host ON panel_hosts (host)",
)
_OF_PORTAL: Final = """captures.circumstances IN (
    SELECT id FROM temp.panel_circumstances WHERE portal = :portal AND role IN (SELECT value FROM json_each(:roles))
)"""
_OF_HOST: Final = """captures.id IN (
    SELECT id FROM temp.panel_hosts WHERE host = :host AND role IN (SELECT value FROM json_each(:roles))
)"""

_ASKED = """
SELECT DISTINCT circumstances.portal, urls.host FROM urls
JOIN captures ON captures.url = urls.id
JOIN circumstances ON circumstances.id = captures.circumstances AND circumstances.method IS NOT NULL
WHERE urls.url IN (SELECT value FROM json_each(?))
"""

_VISITS = f"""
SELECT urls.url, circumstances.role, captures.time, captures.outcome, (
        SELECT json_array(judgement, pages_end) FROM judgements
        WHERE judgements.capture = captures.id ORDER BY {NEWEST_FIRST} LIMIT 1
    ), referrer_url.url
FROM captures
JOIN circumstances ON circumstances.id = captures.circumstances
JOIN urls ON urls.id = captures.url
LEFT JOIN captures AS referrer ON referrer.id = captures.referrer
LEFT JOIN urls AS referrer_url ON referrer_url.id = referrer.url
WHERE {{place}}
ORDER BY captures.time, captures.uuid
"""  # noqa: S608 - constants

_ARTICLES = f"""
SELECT urls.url, captures.outcome, (
        SELECT judgement FROM judgements WHERE judgements.capture = captures.id ORDER BY {NEWEST_FIRST} LIMIT 1
    ), document_captures.document IS NOT NULL AND current.document IS NULL, parses.status, parses.issuer_name,
    parses.year, parses.issuer_region_code IS NULL AND parses.issuer_level IS NOT 'national', (
        SELECT json_group_array(code) FROM problems WHERE problems.parse = parses.id
    ), texts.text, hidden.document IS NOT NULL, (
        SELECT json_group_array(json_extract(fields, '$.title')) FROM problems
        WHERE problems.parse = parses.id AND code = 'attached_other_report'
    )
FROM captures
JOIN urls ON urls.id = captures.url
LEFT JOIN texts ON texts.id = captures.link_text
LEFT JOIN document_captures ON document_captures.capture = captures.uuid
LEFT JOIN temp.every_current AS current ON current.document = document_captures.document
LEFT JOIN temp.hidden_documents AS hidden ON hidden.document = document_captures.document
LEFT JOIN parses ON parses.id = coalesce(current.parse, hidden.parse)
WHERE {{place}}
ORDER BY urls.url, captures.time, captures.uuid
"""  # noqa: S608 - constants

_LINKS = """
SELECT linked.url, json_group_array(texts.text), json_group_array(titles.text),
    EXISTS (SELECT 1 FROM captures AS seen WHERE seen.url = links.url OR seen.requested_url = links.url)
FROM captures
JOIN urls ON urls.id = captures.url
JOIN links ON links.page = captures.id
JOIN urls AS linked ON linked.id = links.url
JOIN texts ON texts.id = links.text
LEFT JOIN texts AS titles ON titles.id = links.title
WHERE links.role = 'article' AND {place}
GROUP BY links.url ORDER BY linked.url
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Index captures by place, once for the length of a block of `gicrawl.corpus.current.reading`."""
    there = "SELECT 1 FROM temp.sqlite_master WHERE name = 'panel_circumstances'"
    if connection.execute(there).fetchone() is not None:
        return
    for statement in _INDEX:
        connection.execute(statement)


def of_place(place: Place) -> str:
    """The condition on `captures` of a place, after `prepare`; parameters are `portal`, `host` and `roles` (JSON)."""
    return _OF_HOST if place.portal is None else _OF_PORTAL


def places_of(connection: sqlite3.Connection, urls: Iterable[str]) -> tuple[Place, ...]:
    """The places at which we asked for one of some URLs ourselves."""
    rows = connection.execute(_ASKED, [json.dumps(sorted(urls))]).fetchall()
    found = {Place(portal, None if portal is not None else host) for portal, host in rows}
    return tuple(sorted(found, key=lambda place: (place.portal or "", place.host or "")))


def standing(connection: sqlite3.Connection, place: Place) -> PlaceStanding:
    """What a place showed.

    Args:
        connection: of an archive, within `gicrawl.corpus.current.reading`, after `prepare`.
        place: which.
    """
    here = of_place(place)
    way = {"portal": place.portal, "host": place.host, "roles": json.dumps(_WAY)}
    visits = connection.execute(_VISITS.format(place=here), way).fetchall()
    texts: dict[str, list[str]] = {}
    unseen = []
    for url, said, titles, seen in connection.execute(_LINKS.format(place=here), way):
        texts[url] = [text for text in json.loads(said) + json.loads(titles) if text]
        if not seen:
            unseen.append(url)
    articles = connection.execute(_ARTICLES.format(place=here), way | {"roles": json.dumps([Role.ARTICLE])})
    obstacles = [one for url, rows in groupby(articles, itemgetter(0)) for one in _obstacles(url, list(rows), texts)]
    obstacles += [_obstacle(url, "not_visited", texts.get(url, ()), archived=False) for url in unseen]
    return _way(visits, tuple(sorted(obstacles, key=lambda one: (one.url, one.reason))))


def _obstacles(url: str, rows: list[tuple[Any, ...]], texts: dict[str, list[str]]) -> Iterator[Obstacle]:
    """What keeps an article from being read; nothing where it was read at any time."""
    told = [*texts.get(url, ()), *dict.fromkeys(row[9] for row in rows if row[9])]
    reasons = []
    for _, outcome, judgement, superseded, status, name, year, unplaced, problems, _, withheld, others in rows:
        if withheld and status == Status.REPORT:
            years = frozenset() if year is None else frozenset({year})
            yield Obstacle(url, WITHHELD, years, frozenset() if name is None else frozenset({name}), archived=True)
            return
        if superseded or outcome in {Outcome.NOT_MODIFIED, Outcome.REDIRECT}:
            continue  # an earlier capture still holds; a target has an address of its own
        if status == Status.REPORT:
            yield from _unsettled(url, name, year, unplaced=bool(unplaced), told=told)
            for title in json.loads(others):  # reports of their own among its files: there, and not read
                yield _obstacle(url, _OTHER_REPORT, (title,), archived=True)
            return
        reasons.append(_unread(outcome, judgement, status, problems))
    if reasons and None not in reasons:
        reason, archived = next((one for one in reasons if one and one[1]), reasons[-1] or ("", False))
        yield _obstacle(url, reason, told, archived=archived)


def _unread(outcome: str, judgement: str | None, status: str | None, problems: str) -> tuple[str, bool] | None:
    """(reason, whether it is archived); None where the page was read and is no report."""
    if outcome != Outcome.OK:
        return outcome, False
    if judgement not in {None, Judgement.CONTENT}:
        return judgement, False
    if status is None:
        return "unparsed", True
    codes = json.loads(problems)
    if _MISSING_PAGE in codes:
        return _MISSING_PAGE, False
    if reasons := sorted(UNREAD_PROBLEMS.intersection(codes)):
        return reasons[0], reasons[0] != "attachment_missing"
    return ("failed", True) if status == Status.FAILED else None


def _unsettled(
    url: str, name: str | None, year: int | None, *, unplaced: bool, told: Iterable[str]
) -> Iterator[Obstacle]:
    """A report that may be anybody's, or on any year, as far as it tells."""
    if year is None:
        yield _obstacle(url, "year_unsettled", told, archived=True, body=name)
    elif name is None or unplaced:
        bodies = frozenset() if name is None else frozenset({name})
        yield Obstacle(url, "issuer_unsettled", frozenset({year}), bodies, archived=True)


def _obstacle(url: str, reason: str, told: Iterable[str], *, archived: bool, body: str | None = None) -> Obstacle:
    years: set[int] = set()
    bodies = set() if body is None else {body}
    for text in told:
        title = read_title(text)
        years.update(title.years if title is not None and title.years else map(int, _YEAR.findall(text)))
        if title is not None and body is None:
            bodies.update(one.name for one in title.bodies)
    return Obstacle(url, reason, frozenset(years), frozenset(bodies), archived)


def _way(visits: list[tuple[Any, ...]], obstacles: tuple[Obstacle, ...]) -> PlaceStanding:
    """How far the way to the articles was gone."""
    newest: dict[str, str | None] = {}
    ends: dict[str, bool] = {}
    parents: dict[str, str | None] = {}
    read: dict[str, int] = {}
    lists: set[str] = set()
    for url, role, time, outcome, judged, referrer in visits:
        judgement, pages_end = (None, None) if judged is None else json.loads(judged)
        trouble = None if outcome in _GOOD else outcome
        trouble = judgement if judgement not in {None, Judgement.CONTENT} else trouble
        newest[url] = trouble
        if role != Role.LIST or outcome == Outcome.REDIRECT:
            continue
        lists.add(url)
        parents.setdefault(url, referrer)
        if trouble is None:
            read[url] = time
        if pages_end is not None:
            ends[url] = bool(pages_end)
    columns: dict[str, set[str]] = {}
    for url in lists:
        columns.setdefault(_first_page(url, parents), set()).add(url)
    # With a column at hand, what its home page did tonight does not matter; without one it is all there is.
    pages = sorted(lists) if read else list(reversed(newest))
    trouble_at = next((url for url in pages if newest[url] is not None), None)
    first = min((root for root in columns if root in read), key=lambda root: (read[root], root), default=None)
    return PlaceStanding(
        visited=bool(visits),
        trouble=None if trouble_at is None else (str(newest[trouble_at]), trouble_at),
        to_its_end=bool(columns) and all(any(ends.get(url) for url in pages) for pages in columns.values()),
        read=None if first is None or len(columns.keys() - read.keys()) else from_microseconds(read[first]),
        column=first,
        obstacles=obstacles,
    )


def _first_page(url: str, parents: dict[str, str | None]) -> str:
    """The first page of a column: the one no list page led to when it was first asked for."""
    seen = {url}
    while (above := parents[url]) in parents and above is not None and above not in seen:
        seen.add(above)
        url = above
    return url
