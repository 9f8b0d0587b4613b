"""Where a chain ends, decided from its steps alone: pure functions, so that every way to stop can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.corpus.explain_records import UNKNOWN, End, Stop
from gicrawl.parser.report import State, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.corpus.explain_records import (
        ArticleChain,
        AttachmentChain,
        CaptureStep,
        ColumnStanding,
        ParseStep,
        PortalStanding,
        VersionStep,
    )

_BY_OUTCOME = {
    Outcome.NOT_FOUND: Stop.MISSING,
    Outcome.GONE: Stop.MISSING,
    Outcome.HTTP_ERROR: Stop.HTTP_ERROR,
    Outcome.RATE_LIMITED: Stop.RATE_LIMITED,
    Outcome.TRUNCATED: Stop.TORN,
    Outcome.TOO_LARGE: Stop.TOO_LARGE,
    Outcome.DNS_ERROR: Stop.UNREACHABLE,
    Outcome.TLS_ERROR: Stop.UNREACHABLE,
    Outcome.NETWORK_ERROR: Stop.UNREACHABLE,
    Outcome.ROBOTS_DENIED: Stop.ROBOTS_DENIED,
    Outcome.REFUSED_BY_GUARD: Stop.REFUSED,
}
_BY_JUDGEMENT = {
    Judgement.BLOCKED: Stop.BLOCKED,
    Judgement.SOFT_404: Stop.SOFT_404,
    Judgement.EMPTY: Stop.EMPTY,
}
_ORDER = {stop: place for place, stop in enumerate(Stop)}
GOOD = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})
"""Outcomes after which we have what the server has."""


def stop_of(step: CaptureStep) -> Stop | None:
    """What stands between us and the page in one capture; None where nothing does, or it leads elsewhere."""
    judgement = None if step.judgement is None else Judgement(step.judgement)
    if judgement in _BY_JUDGEMENT:
        return _BY_JUDGEMENT[judgement]
    return _BY_OUTCOME.get(Outcome(step.outcome))


def end_of_captures(url: str, captures: Sequence[CaptureStep], lost: Sequence[str]) -> End:
    """Where the fetching of an address ended: what it gave last, and since when it has been so.

    Args:
        url: to be named.
        captures: of it and where it redirects to, oldest first.
        lost: targets of redirects that were never fetched.
    """
    telling = [step for step in captures if step.outcome != Outcome.REDIRECT]
    if not telling:
        if captures:
            return End(stop=Stop.REDIRECT_LOST, fields={"url": url, "target": lost[0] if lost else url})
        return End(stop=Stop.NOT_FETCHED, fields={"url": url})
    newest = telling[-1]
    stop = stop_of(newest)
    if stop is None:
        return End(stop=Stop.REACHED, fields={"url": newest.url})
    since = newest
    for step in reversed(telling):
        if stop_of(step) is None:
            break
        since = step
    return End(
        stop=stop,
        fields={
            "url": newest.url,
            "portal": newest.url,
            "since": since.time,
            "time": newest.time,
            "status": newest.status if newest.status is not None else "-",
            "error": newest.error or newest.outcome,
            "signature": newest.signature or newest.judgement or "-",
        },
    )


def current_parse(versions: Sequence[VersionStep]) -> tuple[VersionStep, ParseStep] | None:
    """The parse that counts of the newest version that has one; a report before anything else."""
    found = [
        (version, parse) for version in versions if not version.superseded for parse in version.parses if parse.current
    ]
    found.sort(key=lambda pair: (pair[1].status == Status.REPORT, pair[0].captured or "", pair[0].version))
    return found[-1] if found else None


def end_of_article(
    url: str,
    captures: Sequence[CaptureStep],
    lost: Sequence[str],
    attachments: Sequence[AttachmentChain],
    versions: Sequence[VersionStep],
) -> End:
    """Where the chain of an article ends. What was captured once and read is not lost by what happened later."""
    fetched = end_of_captures(url, captures, lost)
    counted = current_parse(versions)
    if counted is None:
        alive = [version for version in versions if not version.superseded]
        if fetched.stop is Stop.REACHED or alive:
            return End(stop=Stop.UNPARSED, fields={"url": url})
        return fetched
    version, parse = counted
    fields: dict[str, str | int] = {
        "url": version.url,
        "version": version.version[:12],
        "parser": parse.parser,
        "title": parse.title or "-",
        "since": fetched.fields.get("since", ""),
    }
    if parse.status == Status.REPORT:
        return End(stop=Stop.REACHED if placed(parse) else Stop.UNPLACED, fields=fields)
    if fetched.stop is not Stop.REACHED:
        return fetched
    return _unread(parse, attachments, fields)


def placed(parse: ParseStep) -> bool:
    """Whether a report is told to be somebody's for some year, without which it stands in no row of the panel."""
    return parse.year is not None and bool(parse.issuer["name"] or parse.issuer["printed"])


def _unread(parse: ParseStep, attachments: Sequence[AttachmentChain], fields: dict[str, str | int]) -> End:
    codes = {code for code, _ in parse.problems}
    if codes & {"needs_ocr", "no_text_recognised"}:
        return End(stop=Stop.NEEDS_OCR, fields=fields)
    missing = [attached for attached in attachments if attached.end.stop is not Stop.REACHED]
    if parse.status == Status.NOT_A_REPORT:  # a picture that is missing makes no news a report
        missing = [attached for attached in missing if attached.role != Role.IMAGE]
    if missing:
        fields |= {"attachment": missing[0].url, "reason": missing[0].end.stop.value}
        return End(stop=Stop.ATTACHMENT_MISSING, fields=fields)
    if parse.status == Status.NOT_A_REPORT:
        return End(stop=Stop.NOT_A_REPORT, fields=fields)
    return End(stop=Stop.FAILED if parse.up_to_date else Stop.FAILED_BEFORE, fields=fields)


def end_of_portal(portal: PortalStanding) -> End:
    """Why nothing led to a report from this portal."""
    name = portal.id or portal.home
    fields: dict[str, str | int] = {
        "portal": name,
        "url": portal.home,
        "since": portal.since or "-",
        "error": portal.detail or portal.trouble or "-",
        "signature": portal.detail or "-",
        "time": portal.last_visit or "-",
        "registry": portal.registry or "-",
    }
    if portal.last_visit is None:
        return End(stop=Stop.NEVER_VISITED, fields=fields)
    if portal.trouble is not None:
        stop = {Judgement.BLOCKED.value: Stop.PORTAL_BLOCKED, Outcome.ROBOTS_DENIED.value: Stop.PORTAL_DENIED}.get(
            portal.trouble, Stop.PORTAL_FAILED
        )
        return End(stop=stop, fields=fields)
    if not portal.columns:
        return End(stop=Stop.COLUMN_NOT_FOUND, fields=fields)
    column = min(portal.columns, key=_order)
    fields |= {"column": column.url, "pages": column.pages, "time": column.last_read, "error": column.trouble or "-"}
    if column.to_its_end:
        return End(stop=Stop.NOT_LISTED, fields=fields)
    unknown = column.layout is None or (column.trouble or "").endswith(Judgement.LAYOUT_UNKNOWN.value)
    return End(stop=Stop.LAYOUT_UNKNOWN if unknown else Stop.COLUMN_UNFINISHED, fields=fields)


def _order(column: ColumnStanding) -> tuple[bool, str]:
    """An unfinished column before those that are read to their end: what is missing may stand in it."""
    return column.to_its_end, column.url


def farthest(articles: Sequence[ArticleChain]) -> End | None:
    """The end of the article that got farthest: a report, else what is nearest to one."""
    ends = [article.end for article in articles]
    return min(ends, key=lambda end: _ORDER[end.stop], default=None)


def explained(end: End) -> bool:
    """Whether there was something to explain."""
    return end.stop not in UNKNOWN


def unread_cells(parse: ParseStep) -> int:
    """Cells that are there and could not be read."""
    states = (State.UNREAD.value, State.ILLEGIBLE.value, State.AMBIGUOUS.value)
    return sum(int(table["states"].get(state, 0)) for table in parse.tables.values() for state in states)
