"""The state of an archive in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.corpus.status import Status

NAMED = "(URL)"
"""Stands for a portal's id where the user named a URL."""


def lines(stock: Status, lang: str) -> Iterator[str]:
    """What is there, then by portal and year, then what stands between us and a report."""
    yield text("status_totals", lang, archive=stock.archive, captures=stock.captures, bodies=stock.bodies)
    yield text(
        "status_documents",
        lang,
        reports=stock.reports,
        versions=stock.versions,
        misses=stock.near_misses,
        failed=stock.failed,
        unparsed=stock.unparsed,
    )
    if stock.withdrawn:
        yield text("status_withdrawn", lang, count=stock.withdrawn)
    yield text(
        "status_checks",
        lang,
        passed=stock.checks["pass"],
        failed=stock.checks["fail"],
        open=stock.checks["not_assessable"],
    )
    if stock.last_run is not None:
        run = stock.last_run
        ended = run.status or text("status_unfinished", lang)
        yield text("status_last_run", lang, kind=run.kind, started=run.started, status=ended)
    yield from table(stock)
    for standing in stock.standing:
        yield text(
            "status_standing",
            lang,
            portal=standing.portal or NAMED,
            fate=standing.fate,
            urls=standing.urls,
            example=standing.example,
        )


def table(stock: Status) -> Iterator[str]:
    """Reports by portal (rows) and year (columns); `!` where an identity fails in one of them."""
    if not stock.coverage:
        return
    years = sorted({c.year for c in stock.coverage}, key=lambda year: (year is None, year or 0))
    portals = list(dict.fromkeys(c.portal for c in stock.coverage))
    found = {(c.portal, c.year): c for c in stock.coverage}
    width = max(len(portal or NAMED) for portal in portals)
    yield " ".join([" " * width, *(f"{year or '?':>5}" for year in years)])
    for portal in portals:
        cells = []
        for year in years:
            cell = found.get((portal, year))
            cells.append(f"{'.' if cell is None else f'{cell.reports}' + '!' * bool(cell.wrong):>5}")
        yield " ".join([f"{portal or NAMED:<{width}}", *cells])
