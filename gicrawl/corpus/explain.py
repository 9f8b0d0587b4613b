"""The whole chain behind a report or its absence, and where it stops.

Expected, portal, column, list page, link, captures, parses, checks, panel.
Everything is read from one moment of the archive (`gicrawl.corpus.current.reading`) and nothing is written. What is
said here is codes and facts; the sentences about them are the command line's.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.archive.records import Role
from gicrawl.archive.tombstones import hidden
from gicrawl.corpus import explain_who as who
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.current import current_parsers, reading
from gicrawl.corpus.explain_cell import stories
from gicrawl.corpus.explain_ends import current_parse, end_of_article, end_of_portal, farthest, placed
from gicrawl.corpus.explain_fetched import (
    attachments_of,
    captures_of,
    carriers,
    closure,
    links_to,
    spellings,
    steps,
)
from gicrawl.corpus.explain_panel import ISSUER_ID, bodies_meant, by_id, panel_of
from gicrawl.corpus.explain_parsed import today_of, versions_of
from gicrawl.corpus.explain_portals import Place, entry_of, first_pages, hosts_of, standing, visits_of
from gicrawl.corpus.explain_records import ArticleChain, Candidate, End, Explanation, Stop
from gicrawl.corpus.withholding import hidden_captures
from gicrawl.parser.report import Status

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import Run, StoredCapture
    from gicrawl.corpus.explain_records import PortalStanding
    from gicrawl.parser.report import Key
    from gicrawl.portals.registry import Portal, Registry

_NOWHERE = Place(None, None)
"""Where an imported file without an address was found."""
_MOST = 20
"""Articles or candidates told at most."""
_ARTICLES = frozenset({Role.ARTICLE.value, Role.ATTACHMENT.value, Role.IMAGE.value})

_FILES = """
SELECT DISTINCT urls.url, origins.place FROM origins
JOIN captures ON captures.id = origins.capture
JOIN urls ON urls.id = captures.url
WHERE origins.place = :name OR substr(origins.place, -length(:name) - 1) = '/' || :name
ORDER BY origins.place, urls.url
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every step needs at hand."""

    archive: Archive
    connection: sqlite3.Connection
    registry: Registry
    runs: dict[UUID, Run]
    today: dict[str, str]
    hidden: frozenset[bytes]

    @property
    def as_of(self) -> str | None:
        """Start of the newest run."""
        started = max((run.started for run in self.runs.values()), default=None)
        return None if started is None else started.strftime("%Y-%m-%dT%H:%M:%SZ")

    def standing(self, place: Place) -> PortalStanding:
        """How a portal stands."""
        return standing(self.connection, place, entry_of(self.registry, place), self.registry, self.runs)


@contextmanager
def opened(archive: Archive, registry: Registry) -> Iterator[Desk]:
    """One moment of an archive, and what is asked of it again and again."""
    with reading(archive) as connection:
        runs = {run.id: run for run in archive.runs()}
        yield Desk(archive, connection, registry, runs, today_of(current_parsers(archive)), hidden_captures(archive))


def explain_address(archive: Archive, asked: str, registry: Registry, *, cell: Key | None = None) -> Explanation:
    """The chain behind an address.

    Args:
        archive: where to look.
        asked: URL of a report as asked for, as redirected, in another spelling, or of a file attached to it; or the
            path or name of an imported file.
        registry: of portals.
        cell: to be traced back to its source as well.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with opened(archive, registry) as desk:
        base = Explanation(
            archive=str(archive.path), asked=asked, year=None, known_as="nothing", end=End(stop=Stop.UNKNOWN)
        )
        known_as, urls = recognised(desk, asked)
        if len(urls) > 1:
            candidates = tuple(Candidate(name=url, detail=known_as, ask=url) for url in urls[:_MOST])
            return replace(
                base,
                known_as=known_as,
                candidates=candidates,
                end=End(stop=Stop.SEVERAL, fields={"asked": asked, "year": "-"}),
            )
        if not urls:
            return _unknown_address(desk, base)
        article = _article(desk, urls[0])
        known = article.end.stop is Stop.WITHHELD or any(step.role in _ARTICLES for step in article.captures)
        if not known and not article.links:
            return _page_of_the_way(desk, replace(base, known_as="page"), article)
        place = _place(article)
        portals = () if place == _NOWHERE else (desk.standing(place),)
        found = replace(base, known_as=known_as, portals=portals, articles=(article,), end=article.end)
        return _finished(desk, found, cell)


def recognised(desk: Desk, asked: str) -> tuple[str, list[str]]:
    """How an address is known, and the articles it stands for."""
    connection = desk.connection
    known = spellings(connection, asked)
    if known:
        rows = [row for row, _ in known]
        pages = carriers(connection, rows)
        if pages:
            return "attachment", pages
        exact = any(url == asked for _, url in known)
        return ("address" if exact else "canonical"), [known[0][1]]
    files = connection.execute(_FILES, {"name": asked}).fetchall()
    urls = list(dict.fromkeys(url for url, _ in files))
    carried = [page for url in urls for page in carriers(connection, [row for row, _ in spellings(connection, url)])]
    return "file", list(dict.fromkeys(carried)) or urls


def _article(desk: Desk, url: str) -> ArticleChain:
    connection = desk.connection
    known, lost = closure(connection, dict(spellings(connection, url)))
    captured = captures_of(connection, known)
    if desk.hidden:
        there, captured = captured, [one for one in captured if one.id.bytes not in desk.hidden]
        if there and not captured:
            return _withheld(desk, url, there[-1])
    captures = steps(connection, captured, desk.runs)
    portal = next((one.portal for one in reversed(captured) if one.portal is not None), None)
    links = links_to(connection, known, {})
    if links:
        columns = first_pages(visits_of(connection, Place(portal, None if portal else _host(links[-1].page))))
        links = tuple(replace(link, column=columns.get(link.page)) for link in links)
        if not captured:
            portal = _portal_of(connection, links[-1].page)
    attachments = attachments_of(connection, known, desk.runs)
    versions = versions_of(connection, known.values(), desk.today)
    return ArticleChain(
        url=url,
        portal=portal,
        links=links,
        captures=captures,
        attachments=attachments,
        versions=versions,
        end=end_of_article(url, captures, lost, attachments, versions),
    )


def _withheld(desk: Desk, url: str, capture: StoredCapture) -> ArticleChain:
    """An article of which nothing is shown but who withheld it, and why."""
    names = {report_id(url), report_id(capture.final_url), capture.body_sha256}
    said = [one for one in hidden(desk.archive) if one.subject.digest in names]
    fields: dict[str, str | int] = {"url": url, "who": "-", "why": "-", "since": "-"}
    for one in said[-1:]:
        fields |= {"who": one.who, "why": one.why, "since": one.time.date().isoformat()}
    end = End(stop=Stop.WITHHELD, fields=fields)
    return ArticleChain(url=url, portal=capture.portal, links=(), captures=(), attachments=(), versions=(), end=end)


def _portal_of(connection: sqlite3.Connection, page: str) -> str | None:
    row = connection.execute(
        "SELECT circumstances.portal FROM captures JOIN circumstances ON circumstances.id = captures.circumstances "
        "JOIN urls ON urls.id = captures.url WHERE urls.url = ? ORDER BY captures.time DESC LIMIT 1",
        (page,),
    ).fetchone()
    return None if row is None else row[0]


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _place(article: ArticleChain) -> Place:
    where = article.links[-1].page if article.links else article.url
    return Place(article.portal, None if article.portal is not None else _host(where))


def _page_of_the_way(desk: Desk, base: Explanation, page: ArticleChain) -> Explanation:
    """A home page, a list page, robots.txt: no report, but its portal can be told of."""
    portal = desk.standing(_place(page))
    newest = page.captures[-1] if page.captures else None
    fields: dict[str, str | int] = {
        "url": page.url,
        "role": "-" if newest is None else newest.role,
        "portal": portal.id or portal.home,
    }
    return replace(base, portals=(portal,), articles=(page,), end=End(stop=Stop.PORTAL_PAGE, fields=fields))


def _unknown_address(desk: Desk, base: Explanation) -> Explanation:
    """Nothing led to the address: what is known of its host is all there is to tell."""
    host = _host(base.asked)
    fields: dict[str, str | int] = {"url": base.asked, "archive": str(desk.archive.path)}
    if host is None:
        return replace(base, end=End(stop=Stop.UNKNOWN, fields=fields))
    entry = next((portal for portal in desk.registry if host in hosts_of(portal)), None)
    seen = desk.connection.execute(
        "SELECT circumstances.portal FROM urls JOIN captures ON captures.url = urls.id "
        "JOIN circumstances ON circumstances.id = captures.circumstances "
        "WHERE urls.url >= ? AND urls.url < ? OR urls.url >= ? AND urls.url < ? LIMIT 1",
        [bound for scheme in ("http", "https") for bound in (f"{scheme}://{host}", f"{scheme}://{host}\U0010ffff")],
    ).fetchone()
    if seen is None and entry is None:
        return replace(base, end=End(stop=Stop.UNKNOWN, fields=fields))
    place = Place(entry.id, None) if entry is not None else Place(seen[0], None if seen[0] is not None else host)
    portal = desk.standing(place)
    if seen is None and portal.last_visit is None:
        return replace(base, portals=(portal,), end=end_of_portal(portal))
    stop = Stop.UNKNOWN_ON_HOST
    return replace(
        base, portals=(portal,), end=End(stop=stop, fields={**end_of_portal(portal).fields, **fields, "host": host})
    )


def explain_issuer(
    archive: Archive, asked: str, year: int, registry: Registry, *, cell: Key | None = None
) -> Explanation:
    """The chain behind the report of a body for a year.

    Args:
        archive: where to look.
        asked: a name (official, printed, in either script, without 人民政府), a region code of six digits, or an
            `issuer_id`.
        year: the report is about.
        registry: of portals.
        cell: to be traced back to its source as well.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with opened(archive, registry) as desk:
        base = Explanation(
            archive=str(archive.path), asked=asked, year=year, known_as="issuer", end=End(stop=Stop.UNKNOWN_ISSUER)
        )
        meant = whom(desk, asked, year)
        wanted, one, found, entries = meant.wanted, meant.one, meant.found, meant.entries
        if meant.several:
            end = End(stop=Stop.SEVERAL, fields={"asked": asked, "year": year})
            return replace(base, candidates=meant.several[:_MOST], end=end)
        issuer = who.issuer_asked(wanted, one)
        expected = who.expected(issuer, year, found=found, entries=entries, wanted=wanted, as_of=desk.as_of)
        base = replace(base, issuer=issuer, expected=expected)
        places = list(
            dict.fromkeys([*(Place(entry.id, None) for entry in entries), *who.places_of(desk.connection, found)])
        )
        places = [place for place in places if place != _NOWHERE]
        own = [report for report in found if report.year == year]
        articles = _articles(desk, wanted, year, places, [report.url for report in own])
        portals = tuple(desk.standing(place) for place in places)
        if any(article.links for article in articles):
            expected = replace(expected, reasons=(*expected.reasons, "announced"))
        base = replace(base, expected=expected, portals=portals, articles=articles)
        return _finished(desk, _ended(desk, base, wanted), cell, meant.issuers)


@dataclass(frozen=True, slots=True)
class Meant:
    """Who was asked for.

    Attributes:
        one: a report of the body; None where the archive has none.
        found: its reports of all years.
        entries: of the registry where it would publish.
        several: who fits, where it may be several.
        issuers: its ids in the panel.
    """

    wanted: who.Asked
    one: who.Found | None
    found: Sequence[who.Found]
    entries: Sequence[Portal]
    several: tuple[Candidate, ...]
    issuers: frozenset[str]


def whom(desk: Desk, asked: str, year: int) -> Meant:
    """Who is asked for: by a name, a region code or an issuer_id."""
    typed = asked.strip()
    known = by_id(desk.connection, desk.registry, typed, year) if ISSUER_ID.fullmatch(typed) else None
    if known is not None:
        wanted, found, entries = known
        own = [one for one in found if one.year == year] or found
        one = own[-1] if own else None
        wanted = who.narrowed(wanted, None if one is None else one.name)
        return Meant(wanted, one, found, entries, (), frozenset({typed}))
    wanted = who.read_asked(asked, year)
    found = who.reports_by(desk.connection, wanted)
    one, several = who.settle(wanted, found, year)
    entries = who.entries_for(desk.registry, wanted)
    if not several and one is None and not entries:
        several = who.of_divisions(wanted, year)
    wanted = who.narrowed(wanted, None if one is None else one.name)
    return Meant(wanted, one, found, entries, several, bodies_meant(desk.connection, desk.registry, wanted, found))


def _articles(
    desk: Desk, wanted: who.Asked, year: int, places: Sequence[Place], reports: Sequence[str]
) -> tuple[ArticleChain, ...]:
    """The reports found, and what list pages announce as such under a title that names body and year."""
    chains = [_article(desk, url) for url in dict.fromkeys(reports)]
    told = {step.url for chain in chains for step in chain.captures}
    for place in places:
        for url in who.links_naming(desk.connection, place, wanted, year, entry_of(desk.registry, place)):
            if url in told or len(chains) >= _MOST:
                continue
            chain = _article(desk, url)
            told |= {url, *(step.url for step in chain.captures)}
            counted = current_parse(chain.versions)
            if (
                counted is None or counted[1].status != Status.REPORT or not placed(counted[1])
            ):  # a report of another body or year says so itself
                chains.append(chain)
    return tuple(chains)


def _ended(desk: Desk, base: Explanation, wanted: who.Asked) -> Explanation:
    """Where the search for a report of body and year ends."""
    end = farthest(base.articles)
    if end is not None:
        return replace(base, end=end)
    assert base.expected is not None  # set before the articles were looked for
    fields: dict[str, str | int] = {
        "issuer": (base.issuer.name if base.issuer is not None else None) or base.asked,
        "asked": base.asked,
        "year": base.year if base.year is not None else "-",
    }
    if not base.portals:
        if base.expected.reasons:
            return replace(base, end=End(stop=Stop.NO_PORTAL, fields=fields))
        near = who.near_names(desk.connection, wanted, desk.registry)
        return replace(base, candidates=near, end=End(stop=Stop.UNKNOWN_ISSUER, fields=fields))
    ends = [end_of_portal(portal) for portal in base.portals]
    last = next((one for one in ends if one.stop is not Stop.NOT_LISTED), ends[0])  # what is unread may hold it
    due, as_of = base.expected.due, base.expected.as_of
    if last.stop is Stop.NOT_LISTED and due is not None and as_of is not None and as_of[:10] <= due:
        return replace(base, end=End(stop=Stop.NOT_DUE, fields={**last.fields, **fields, "due": due}))
    return replace(base, end=End(stop=last.stop, fields={**last.fields, **fields}))


def _finished(desk: Desk, base: Explanation, cell: Key | None, issuers: frozenset[str] = frozenset()) -> Explanation:
    """With the panel's word, and the cell asked for."""
    cells = () if cell is None else stories(desk.archive, desk.connection, base.articles, cell)
    return replace(base, panel=panel_of(desk.connection, desk.registry, base, issuers), cells=cells)
