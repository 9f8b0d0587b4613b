"""A history in words for people: one line an event, each with the capture behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.corpus.history_records import ChangeKind, What
from gicrawl.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.corpus.history_records import Address, Change, Event, History, LogicalReport, Seen

_SHORT = 12
"""Hexadecimal digits that tell digests apart for people; JSON has them whole."""
_MOST = 40
"""Differences of one change told at most; JSON has them all."""
_INDENT = " " * 22
"""As wide as a time, so that what belongs to an event stands under it."""
_NONE = "-"


def lines(told: History, lang: str) -> Iterator[str]:
    """All of it.

    Args:
        told: what was found.
        lang: `zh` or `en`.
    """
    for candidate in told.candidates:
        yield f"{candidate.name} {candidate.detail}  → {candidate.ask}"
    urls = {address.report_id: address.url for address in told.addresses}
    for report in told.reports:
        yield from _report(report, urls, lang)
    for address in told.addresses:
        yield from _address(address, lang)


def _report(report: LogicalReport, urls: dict[str, str], lang: str) -> Iterator[str]:
    yield text(
        "history_report",
        lang,
        issuer=report.issuer or text("issuer_unknown", lang),
        id=report.issuer_id,
        year=report.year,
        scope=report.scope,
        state=text(f"history_state_{report.state}", lang),
        versions=len(report.versions),
        addresses=len({one for one, _ in report.versions if one in urls}),
    )
    out = report.published
    said = text("history_date", lang, date=out.date, source=out.source) if out.date else text("history_no_date", lang)
    verdict = text(f"history_published_{out.verdict}", lang, days=out.days if out.days is not None else _NONE)
    yield "  " + text("history_published", lang, said=said, due=out.due, verdict=verdict)
    if out.not_yet is not None:
        yield "  " + text("history_not_yet", lang, **_of(out.not_yet))


def _address(address: Address, lang: str) -> Iterator[str]:
    yield ""
    yield text(
        "history_address",
        lang,
        url=address.url,
        portal=address.portal or "(URL)",
        state=text(f"history_state_{address.state}", lang),
        last=address.last_seen.time,
        visits=address.visits,
        versions=len(address.versions),
    )
    bodies = {version.number: version for version in address.versions}
    for event in address.events:
        version = "" if event.version is None else bodies[event.version].version[:_SHORT]
        yield f"{event.seen.time}  {_event(event, version, lang)}  [{event.seen.capture}]"
        if event.change is not None:
            yield from _change(event.change, lang)
        elif event.what is not What.FIRST_SEEN:
            yield from (_INDENT + text("history_visit", lang, **_of(one)) for one in event.evidence)


def _event(event: Event, version: str, lang: str) -> str:
    if event.change is not None:
        code = f"history_changed_{event.change.kind}"
    elif event.what is What.WITHDRAWN and event.answers:
        code = "history_withdrawn_unlisted"
    else:
        code = f"history_{event.what}"
    return text(
        code,
        lang,
        number=event.version or _NONE,
        version=version,
        visits=event.visits or _NONE,
        reason=event.reason or _NONE,
        target=event.target or _NONE,
        since=event.evidence[0].time if event.evidence else event.seen.time,
    )


def _change(change: Change, lang: str) -> Iterator[str]:
    if change.kind is not ChangeKind.REPORT:
        return
    if change.parsers is not None and change.parsers[0] != change.parsers[1]:
        yield _INDENT + text("history_parsers", lang, old=change.parsers[0], new=change.parsers[1])
    for one in change.differences[:_MOST]:
        place = "/".join(one.place) or one.key or ""
        before = _NONE if one.before is None else _line(one.before)
        after = _NONE if one.after is None else _line(one.after)
        yield f"{_INDENT}{one.kind} {place}: {before} → {after}"
    if len(change.differences) > _MOST:
        yield _INDENT + text("history_more", lang, count=len(change.differences) - _MOST)


def _line(said: str) -> str:
    return " ".join(said.split())


def _of(seen: Seen) -> dict[str, object]:
    return {"time": seen.time, "capture": seen.capture}
