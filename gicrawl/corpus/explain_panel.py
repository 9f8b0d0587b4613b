"""What the panel says of whom a chain is about, by the panel's own rules; and who is meant by an `issuer_id`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.corpus.calendar import last_due
from gicrawl.corpus.explain_ends import current_parse, placed
from gicrawl.corpus.explain_records import UNKNOWN, PanelStep, Stop
from gicrawl.corpus.explain_who import Asked, Found, entries_for, publishes, read_asked, reports_by
from gicrawl.corpus.issuers import body_of, body_of_portal, whereabouts
from gicrawl.corpus.panel import of_bodies
from gicrawl.corpus.panel_index import issuers_with_reports, newest_capture
from gicrawl.parser.identity.titles import read_title
from gicrawl.parser.report import Status
from gicrawl.regions.table import with_code

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.corpus.explain_records import ArticleChain, Explanation
    from gicrawl.corpus.panel import PanelEntry
    from gicrawl.portals.registry import Portal, Registry

ISSUER_ID: Final = re.compile(r"\d{6}-government|(?:\d{6}|national|unsettled)-[0-9a-f]{16}")
"""Every form an `issuer_id` can have: `gicrawl.corpus.issuers` has the rule."""
_SILENT: Final = UNKNOWN | {Stop.UNPLACED, Stop.NOT_A_REPORT, Stop.PORTAL_PAGE}
"""Ends after which no pair of body and year is being talked about, unless one was asked for."""


def by_id(
    connection: sqlite3.Connection, registry: Registry, issuer: str, year: int
) -> tuple[Asked, list[Found], list[Portal]] | None:
    """Who is meant by an `issuer_id`: names, reports of all years, entries of the registry.

    Args:
        connection: of the archive, within `gicrawl.corpus.current.reading`.
        registry: of portals.
        issuer: the id.
        year: of the report.

    Returns:
        None where neither the archive nor the registry has such a body.
    """
    known = next(issuers_with_reports(connection, registry, {issuer}), None)
    if known is None:
        return None
    found = [
        Found(one.name, one.printed, one.region_code, one.kind, one.level, one.year, one.url, one.report_id)
        for one in known.reports
    ]
    names = [one.name or one.printed for one in reversed(known.reports)] + [entry.body for entry in known.portals]
    lineage = known.body.lineage
    code = None if lineage is None else lineage.code(year)
    asked = Asked(
        typed=issuer,
        names=tuple(dict.fromkeys(name for name in names if name)),
        code=code if known.body.government else None,
        divisions=with_code(code, year) if code is not None and known.body.government else (),
    )
    return asked, found, list(known.portals) or entries_for(registry, asked)


def bodies_meant(
    connection: sqlite3.Connection, registry: Registry, asked: Asked, found: Iterable[Found]
) -> frozenset[str]:
    """The ids of the bodies a question is about: those of its reports, and its own entry in the registry."""
    ids = {
        body_of(
            name=one.name,
            printed=one.printed,
            region_code=one.code,
            level=one.level,
            year=one.year,
            found_at=whereabouts(one.url, one.report_id),
        ).id
        for one in found
    }
    moment = newest_capture(connection)
    own = (entry for entry in registry if publishes(entry, asked))
    return frozenset(ids | {body_of_portal(entry, last_due(entry.kind, moment)).id for entry in own})


def panel_of(
    connection: sqlite3.Connection, registry: Registry, told: Explanation, issuers: frozenset[str]
) -> tuple[PanelStep, ...]:
    """The rows of the panel a chain is about.

    A report that was read stands where the panel has it; other bodies and years are those asked for, else those that
    the titles of the links to an article name.

    Args:
        connection: of the archive, within `gicrawl.corpus.current.reading`.
        registry: who publishes where.
        told: the chain up to here.
        issuers: ids of the bodies asked for; empty for an address.
    """
    read = {pair for article in told.articles for pair in _read(article)}
    asked = {(issuer, year) for issuer, year, _ in read}
    if told.year is not None:
        asked |= {(issuer, told.year) for issuer in issuers}
    elif not read and told.end.stop not in _SILENT:
        asked |= {pair for article in told.articles for pair in _announced(connection, registry, article)}
    steps = []
    for entry in of_bodies(connection, registry, asked) if asked else ():
        pair = (entry.issuer.issuer_id, entry.year)
        scopes = {scope for issuer, year, scope in read if (issuer, year) == pair}
        if not scopes or entry.scope in scopes:
            steps.append(_step(entry))
    return tuple(steps)


def _step(entry: PanelEntry) -> PanelStep:
    return PanelStep(
        issuer_id=entry.issuer.issuer_id,
        issuer=entry.name,
        year=entry.year,
        scope=entry.scope,
        report_state=entry.report_state,
        reason=entry.reason,
        reason_url=entry.reason_url,
        report_id=None if entry.report is None else entry.report.report_id,
        version=None if entry.report is None else entry.report.version,
        others=entry.others,
    )


def _read(article: ArticleChain) -> Iterator[tuple[str, int, str]]:
    """Body, year and scope of the report an article was read to be."""
    counted = current_parse(article.versions)
    if counted is None or counted[1].status != Status.REPORT or not placed(counted[1]):
        return
    version, parse = counted
    assert parse.year is not None  # placed
    body = body_of(
        name=parse.issuer["name"],
        printed=parse.issuer["printed"],
        region_code=parse.issuer["region_code"],
        level=parse.issuer["level"],
        year=parse.year,
        found_at=whereabouts(version.url, version.report_id),
    )
    yield body.id, parse.year, parse.scope


def _announced(connection: sqlite3.Connection, registry: Registry, article: ArticleChain) -> Iterator[tuple[str, int]]:
    """Bodies and years that the links to an article name; what names nobody is the portal's own body's."""
    texts = [text for link in article.links for text in (link.title, link.text)]
    texts += [step.link_text for step in article.captures]
    own = [entry.body for entry in registry if entry.id == article.portal]
    for text in dict.fromkeys(text for text in texts if text):
        title = read_title(text)
        if title is None:
            continue
        names: Sequence[str] = [body.name for body in title.bodies] or own
        for name in names:
            for year in title.years:
                asked = read_asked(name, year)
                for issuer in bodies_meant(connection, registry, asked, reports_by(connection, asked)):
                    yield issuer, year
