"""`nightly`: the scheduled run, and its report for people."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from gicrawl.cli.crawling import choose, log_to_stderr
from gicrawl.cli.group import (
    FINDINGS,
    USAGE,
    Failure,
    archive_option,
    cli,
    example,
    lang_option,
    one_line,
    portals_option,
    say,
    tell,
)
from gicrawl.cli.options import bounds_options, contact_option, delay_option, selection_options
from gicrawl.cli.output import emit
from gicrawl.cli.registered import read_registry
from gicrawl.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gicrawl.bounds.limits import Bounds
    from gicrawl.corpus.selection import Selection
    from gicrawl.nightly.alarms import Alarm, Standing
    from gicrawl.nightly.news import Named
    from gicrawl.nightly.run import Night

SHOWN = 20
"""Lines of one kind in a report: whoever wants them all asks `status`, `check` or `export`."""


def parse_moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """A moment in ISO 8601 with its zone."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter("a moment with its zone: 2027-01-15T02:00:00+08:00")
    return moment


@cli.command(
    epilog=example(
        "gicrawl nightly --portals portals.toml --contact me@example.org",
        "gicrawl nightly --region 32 --lang zh",
    )
)
@selection_options
@delay_option
@click.option("--workers", type=click.IntRange(min=1), help="Processes that parse; default: one a processor.")
@bounds_options
@contact_option
@click.option("--verbose", "-v", is_flag=True, help="Log every step, not only what somebody should look at.")
# For tests: another moment than the clock's decides what is due. Captures keep the clock's time.
@click.option("--at", "moment", callback=parse_moment, hidden=True)
@archive_option
@portals_option
@lang_option
@click.pass_context
def nightly(
    ctx: click.Context,
    *,
    selection: Selection,
    delay: float,
    workers: int | None,
    bounds: Bounds,
    contact: str | None,
    verbose: bool,
    moment: datetime | None,
    archive_path: Path,
    portals_file: Path | None,
    lang: str,
) -> None:
    """Crawl what is due of the registered portals, parse what is new, check it, and print a short report.

    Meant for a timer. Started while one runs on the same archive, it says so and ends (exit status 0). Killed at any
    moment, the next start goes on. Exit status 1 only for an alarm that is new or has got worse since the last report,
    3 when it could not do its work.
    """
    from gicrawl.nightly.lock import AlreadyRunning
    from gicrawl.nightly.run import NightOptions
    from gicrawl.nightly.run import nightly as run_night

    registry = read_registry(portals_file)
    targets = choose((), registry, selection=selection, everything=True)
    if not targets:
        raise Failure(say("nothing_registered"), USAGE)
    shows = verbose or sys.stderr.isatty()
    log_to_stderr(verbose=verbose)
    options = NightOptions(
        archive=archive_path,
        contact=contact,
        delay=delay,
        years=selection.years,
        workers=workers,
        bounds=bounds,
        others=frozenset(portal.id for portal in registry) - {target.portal or "" for target in targets},
    )
    try:
        night = run_night(
            targets,
            options,
            tell=lambda night: _print(night, archive_path, lang),
            begin=lambda phase: tell(f"nightly_begin_{phase}") if shows else None,
            now=moment,
        )
    except AlreadyRunning as error:
        emit(_running(error, archive_path))
        return
    if night.dark:
        raise Failure(say("nightly_dark", archive=archive_path))
    if night.is_alarming:
        ctx.exit(FINDINGS)


def _running(error: Exception, archive_path: Path) -> str:
    from gicrawl.nightly.lock import AlreadyRunning

    assert isinstance(error, AlreadyRunning)
    holder = error.holder
    if holder is None:
        return say("nightly_running_unnamed", archive=archive_path)
    since = holder.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return say("nightly_running", archive=archive_path, since=since, process=holder.process, host=holder.host)


def _print(night: Night, archive_path: Path, lang: str) -> None:
    for portal, problem in night.problems:
        tell("portal_problem", portal=portal, problem=problem)
    for line in lines(night, archive_path, lang):
        emit(line)


def lines(night: Night, archive_path: Path, lang: str) -> Iterator[str]:
    """The report of a night: six lines of figures, each with what is behind it, then the alarms."""
    from gicrawl.nightly.due import SHANGHAI

    news = night.news
    how = Counter(str(standing) for _, standing in night.alarms)
    gone = sum(len(alarm.members) for alarm, _ in night.alarms if alarm.kind == "reports_gone")
    date = night.time.astimezone(SHANGHAI).date().isoformat()
    yield text("nightly_headline", lang, archive=archive_path, date=date)
    yield text(
        "nightly_portals",
        lang,
        visited=len(night.visited),
        failed=len(night.failed),
        resting=night.resting,
        not_due=night.not_due,
    )
    yield from _some([text("nightly_failed", lang, portal=portal) for portal in night.failed], lang)
    yield text("nightly_fetched", lang, requests=night.requests, bodies=night.bodies)
    yield text("nightly_reports", lang, new=len(news.new), changed=len(news.changed), gone=gone)
    yield from _some([_report("nightly_new", report, lang) for report in _sorted(news.new)], lang)
    yield from _some([_report("nightly_changed", report, lang) for report in _sorted(news.changed)], lang)
    yield text("nightly_checks", lang, failed=len(news.failed_checks))
    yield from _some(list(_checks(night, lang)), lang)
    yield text("nightly_documents", lang, failed=len(news.failed_new), unparsed=news.unparsed)
    yield from _some([text("nightly_unreadable", lang, url=url) for url in news.failed_new], lang)
    yield text(
        "nightly_alarms", lang, new=how["new"], worsened=how["worsened"], known=how["known"], ended=len(night.ended)
    )
    for alarm, standing in sorted(night.alarms, key=lambda pair: pair[1] == "known"):
        yield _alarm(alarm, standing, lang)


def _sorted(found: Sequence[Named]) -> list[Named]:
    """By issuer and year, what is not known last."""
    return sorted(
        found,
        key=lambda one: (one.issuer is None, one.issuer or "", one.year is None, -1 if one.year is None else one.year),
    )


def _checks(night: Night, lang: str) -> Iterator[str]:
    from gicrawl.cli.findings import place

    for failed in night.news.failed_checks:
        where = place(failed.check, lang) or "-"
        yield _report("nightly_failed_check", failed.report, lang, check=failed.check.id, place=where)


def _report(code: str, report: Named, lang: str, **fields: str) -> str:
    issuer = report.issuer or text("issuer_unknown", lang)
    year = report.year or text("year_unknown", lang)
    return text(code, lang, issuer=issuer, year=year, url=report.url, **fields)


def _alarm(alarm: Alarm, standing: Standing, lang: str) -> str:
    said = text(
        f"nightly_alarm_{alarm.kind}", lang, portal=alarm.portal or "-", count=len(alarm.members), **alarm.fields
    )
    severity = text(f"nightly_severity_{alarm.severity}", lang)
    named = text(f"nightly_standing_{standing}", lang)
    return one_line(text("nightly_alarm", lang, standing=named, severity=severity, message=said))


def _some(found: Sequence[str], lang: str) -> Iterator[str]:
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        yield text("nightly_more", lang, count=len(found) - SHOWN)
