"""The chain of `gicrawl explain` in words for people: one line a step, the end and what to do last."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from gicrawl.corpus.explain_ends import current_parse, unread_cells
from gicrawl.corpus.explain_parsed import gone_since
from gicrawl.corpus.explain_records import Stop
from gicrawl.corpus.wording import problem_text
from gicrawl.messages import text
from gicrawl.parser.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gicrawl.corpus.explain_records import (
        ArticleChain,
        CaptureStep,
        CellStory,
        Explanation,
        ParseStep,
        PortalStanding,
        VersionStep,
    )

_WIDTH = 12
"""Columns of a terminal that the first word of a line takes; a Chinese character takes two of them."""
_SHORT = 12
"""Hexadecimal digits that tell digests apart for people; JSON has them whole."""
_NONE = "-"


def lines(told: Explanation, lang: str, *, bundled: str) -> Iterator[str]:
    """The whole chain.

    Args:
        told: what was found.
        lang: `zh` or `en`.
        bundled: path of the registry that needs no naming in the commands proposed.
    """
    yield _line("asked", _asked(told, lang), lang)
    yield from (_line("candidate", f"{c.name} {c.detail}  → {c.ask}", lang) for c in told.candidates)
    yield from _expected(told, lang)
    for portal in told.portals:
        yield from _portal(portal, lang)
    for article in told.articles:
        yield from _article(article, lang)
    yield from _panel(told, lang)
    for cell in told.cells:
        yield from _cell(cell, lang)
    yield from ending(told, lang, bundled=bundled)


def ending(told: Explanation, lang: str, *, bundled: str) -> Iterator[str]:
    """Where it stops, and what to do."""
    fields = end_fields(told, lang, bundled=bundled)
    code = told.end.stop.value
    if told.end.stop is Stop.REACHED and (fields["failed"] or fields["unread"]):
        code = "reached_doubted"
    yield _line("end", text(f"explain_stop_{code}", lang, **fields), lang)
    yield _line("todo", text(f"explain_todo_{code}", lang, **fields), lang)


def end_fields(told: Explanation, lang: str, *, bundled: str) -> dict[str, object]:
    """Everything a sentence about the end may name."""
    named: tuple[str, ...]
    named = ("url", "portal", "since", "time", "status", "error", "signature", "title", "parser", "column", "target")
    fields: dict[str, object] = dict.fromkeys(
        (*named, "attachment", "reason", "role", "due", "archive", "host", "who", "why"), _NONE
    )
    fields |= {"issuer": told.asked, "asked": told.asked, "year": told.year or _NONE, "failed": 0, "unread": 0}
    fields |= told.end.fields
    if "target" not in told.end.fields:
        fields["target"] = _target(told, bundled)
    article = next((one for one in told.articles if one.end == told.end), None)
    counted = None if article is None else current_parse(article.versions)
    fields["problem"] = _NONE if counted is None else _first(_problems(counted[1], lang))
    if counted is not None and counted[1].checks is not None:
        errors = [check for check in counted[1].checks.failures if check["severity"] == "error"]
        fields |= {"failed": len(errors), "unread": unread_cells(counted[1])}
    return fields


def _target(told: Explanation, bundled: str) -> str:
    """What to name in `gicrawl crawl` to visit the portal the chain ends at."""
    name = told.end.fields.get("portal")
    portal = next((one for one in told.portals if name in {one.id, one.home}), None)
    portal = portal or (told.portals[0] if told.portals else None)
    if portal is None:
        return str(told.end.fields.get("url", "URL"))
    if portal.registry is None or portal.id is None:
        return portal.home
    return portal.id if portal.registry == bundled else f"{portal.id} --portals {portal.registry}"


def _line(label: str, said: str, lang: str) -> str:
    head = text(f"explain_label_{label}", lang)
    wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in head)
    return f"{head}{' ' * max(1, _WIDTH - wide)}{' '.join(said.split())}"


def _asked(told: Explanation, lang: str) -> str:
    issuer = told.issuer
    return text(
        f"explain_known_{told.known_as}",
        lang,
        asked=told.asked,
        year=told.year or _NONE,
        name=_NONE if issuer is None else issuer.name or _NONE,
        region="" if issuer is None else issuer.region_code or "",
        kind="" if issuer is None else issuer.kind or "",
    )


def _expected(told: Explanation, lang: str) -> Iterator[str]:
    expected = told.expected
    if expected is None:
        return
    years = " ".join(map(str, expected.years)) or str(told.year)
    reasons = "; ".join(text(f"explain_reason_{reason}", lang, years=years) for reason in expected.reasons)
    said = text("explain_expected_yes", lang, reasons=reasons) if reasons else text("explain_expected_open", lang)
    rule = text("explain_rule_old" if expected.article == "2008-31" else "explain_rule_new", lang)
    code = "explain_expected_due" if expected.due is not None else "explain_expected_due_open"
    yield _line("expected", f"{said}; {text(code, lang, due=expected.due, article=rule)}", lang)


def _portal(portal: PortalStanding, lang: str) -> Iterator[str]:
    code = "explain_portal_registered" if portal.registry is not None else "explain_portal_unregistered"
    named = {"portal": portal.id or "(URL)", "name": portal.name, "home": portal.home, "registry": portal.registry}
    said = text(code, lang, **named)
    if portal.last_visit is None:
        yield _line("portal", f"{said}; {text('explain_portal_not_visited', lang)}", lang)
        return
    visited = text(
        "explain_portal_visited",
        lang,
        first=portal.first_visit,
        last=portal.last_visit,
        run=portal.run,
        run_id=portal.run_id,
    )
    yield _line("portal", f"{said}; {visited}", lang)
    if portal.robots is not None:
        yield _line("robots", portal.robots, lang)
    if portal.trouble is not None:
        trouble = {"trouble": portal.trouble, "since": portal.since, "detail": portal.detail}
        yield _line("robots", text("explain_portal_trouble", lang, **trouble), lang)
    for column in portal.columns:
        yield _line(
            "column",
            text(
                "explain_column_read" if column.to_its_end else "explain_column_open",
                lang,
                url=column.url,
                pages=column.pages,
                layout=column.layout or "?",
                links=column.links,
                time=column.last_read,
                trouble=column.trouble or "",
            ),
            lang,
        )


def _article(article: ArticleChain, lang: str) -> Iterator[str]:
    yield _line("article", article.url, lang)
    if not article.links and not all(step.file is not None for step in article.captures):
        yield _line("link", text("explain_no_link", lang), lang)
    for link in article.links:
        yield _line(
            "link",
            text(
                "explain_link",
                lang,
                text=link.title or link.text,
                date=link.date or "",
                position=link.position + 1,
                page=link.page,
                first=link.first_seen,
                last=link.last_seen,
                times=link.times,
            ),
            lang,
        )
    yield from _captures(article.captures, article.url, lang)
    for attached in article.attachments:
        said = {"role": attached.role, "text": attached.text, "url": attached.url, "stop": attached.end.stop.value}
        yield _line("attachment", text("explain_attachment", lang, **said), lang)
        yield from _captures(attached.captures, attached.url, lang)
    for version in article.versions:
        yield from _version(version, lang)


def _captures(captures: tuple[CaptureStep, ...], named: str, lang: str) -> Iterator[str]:
    """Captures, oldest first; a row of visits that all said the same is its first and a count."""
    for _, group in groupby(captures, key=_told):
        same = list(group)
        yield _line("capture", _capture(same[0], named, lang), lang)
        if len(same) > 1:
            yield _line("capture", text("explain_more", lang, count=len(same) - 1, time=same[-1].time), lang)


def _told(step: CaptureStep) -> tuple[object, ...]:
    return step.url, step.role, step.outcome, step.status, step.judgement, step.body, step.error, step.revisit_of


def _capture(step: CaptureStep, named: str, lang: str) -> str:
    """One capture; the address `named` above it is not said again."""
    parts = [step.time, step.role, step.outcome, str(step.status or "")]
    if step.judgement is not None:
        parts.append(step.judgement + (f" ({step.signature})" if step.signature else ""))
    if step.body is not None:
        parts.append(f"{step.size} B {step.media_type} {step.body[:_SHORT]}")
    if step.url != named:
        parts.append(step.url)
    if step.location is not None:
        parts.append(text("explain_redirects", lang, target=step.location))
    if step.requested_url != step.url:
        parts.append(text("explain_asked_as", lang, url=step.requested_url))
    if step.revisit_of is not None:
        parts.append(text("explain_revisit", lang, capture=step.revisit_of))
    if step.file is not None:
        parts.append(text("explain_file", lang, file=step.file))
    if step.robots is not None:
        parts.append(f"robots {step.robots}")
    if step.error is not None:
        parts.append(step.error)
    return " ".join(part for part in parts if part)


def _version(version: VersionStep, lang: str) -> Iterator[str]:
    count = len(version.attached)
    said = text(
        "explain_version",
        lang,
        version=version.version[:_SHORT],
        report=version.report_id[:_SHORT],
        time=version.captured or _NONE,
        captures=version.captures,
        body=version.body[:_SHORT],
        attached=text("explain_version_attached", lang, count=count) if count else "",
    )
    yield _line("version", said, lang)
    if version.superseded:
        yield _line("version", text("explain_version_superseded", lang), lang)
    if not version.parses:
        yield _line("parse", text("explain_not_parsed", lang), lang)
    for parse in version.parses:
        yield from _parse(parse, lang)


def _parse(parse: ParseStep, lang: str) -> Iterator[str]:
    counts = "explain_parse_current" if parse.up_to_date else "explain_parse_outdated"
    said = text(
        "explain_parse",
        lang,
        status=parse.status,
        parser=parse.parser,
        reader=parse.reader,
        seconds=f"{parse.seconds:.2f}",
        made=parse.made,
        current=text(counts, lang) if parse.current else "",
    )
    yield _line("parse", said, lang)
    if not parse.current:
        return
    yield from (_line("parse", problem, lang) for problem in _problems(parse, lang))
    if parse.status != "report":
        return
    issuer = {name: value or _NONE for name, value in parse.issuer.items()}
    yield _line(
        "identity",
        text(
            "explain_identity",
            lang,
            name=issuer["name"],
            printed=issuer["printed"],
            region=issuer["region_code"],
            level=issuer["level"],
            kind=issuer["kind"],
            year=parse.year or text("year_unknown", lang),
            scope=parse.scope,
            published=parse.published or _NONE,
            source=parse.published_source or _NONE,
        ),
        lang,
    )
    for table, found in parse.tables.items():
        states = ", ".join(f"{count} {_state(state, lang)}" for state, count in found["states"].items())
        yield _line("table", text("explain_table", lang, table=table, form=found["form"], states=states), lang)
    if parse.facts:
        yield _line("table", text("explain_facts", lang, count=parse.facts), lang)
    if parse.checks is not None:
        made = parse.checks
        counted = {"passed": made.passed, "failed": made.failed, "open": made.not_assessable}
        yield _line("check", text("explain_checks", lang, **counted), lang)
        yield from (_line("check", _failure(check), lang) for check in made.failures)


def _state(state: str, lang: str) -> str:
    """A state as a count of it is told: the codes are English words."""
    return state if lang == "en" else text(f"state_{state}", lang)


def _failure(check: Mapping[str, Any]) -> str:
    place = "/".join(part for part in (check["table"], check["row"], check["column"]) if part)
    return f"{check['id']} {place}: {check['left']} ≠ {check['right']} ({check['severity']})"


def _problems(parse: ParseStep, lang: str) -> list[str]:
    """What the parser did not understand, each once with its count."""
    said = Counter(problem_text(Problem(code, tuple(sorted(fields.items()))), lang) for code, fields in parse.problems)
    return [sentence if count == 1 else f"{sentence} (×{count})" for sentence, count in said.items()]


def _first(problems: list[str]) -> str:
    """The first of several sentences, and how many more there are: all of them stand under the parse."""
    more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
    return problems[0] + more if problems else _NONE


def _panel(told: Explanation, lang: str) -> Iterator[str]:
    if not told.panel and told.year is not None and told.issuer is not None:
        yield _line("panel", text("explain_panel_no_row", lang), lang)
    for step in told.panel:
        pair = {"issuer": step.issuer or text("issuer_unknown", lang), "year": step.year, "scope": step.scope}
        if step.report_id is None or step.version is None:
            why = {"reason": step.reason or _NONE, "url": step.reason_url or ""}
            yield _line("panel", text("explain_panel_none", lang, **pair, state=step.report_state, **why), lang)
            continue
        counts = {"report": step.report_id[:_SHORT], "version": step.version[:_SHORT]}
        yield _line("panel", text("explain_panel_found", lang, **pair, **counts, state=step.report_state), lang)
        for report in step.others:
            yield _line("panel", text("explain_panel_other", lang, report=report[:_SHORT]), lang)
    for article in told.articles:
        since = gone_since(article)
        if since is not None:
            yield _line("panel", text("explain_gone", lang, since=since), lang)


def _cell(story: CellStory, lang: str) -> Iterator[str]:
    key = "/".join(story.key)
    if story.cell is None:
        yield _line("cell", text("explain_cell_none", lang, key=key), lang)
        return
    cell = story.cell
    yield _line(
        "cell",
        text(
            "explain_cell",
            lang,
            key=key,
            state=text(f"state_{cell['state']}", lang),
            raw=_NONE if cell["raw"] is None else f'"{" ".join(cell["raw"].split())}"',
            value=_NONE if cell["value"] is None else f"{cell['value']}{cell['unit'] or ''}",
            confidence=cell["confidence"],
            flags="".join(f", {flag}" for flag in cell["flags"]),
        ),
        lang,
    )
    for candidate in cell["candidates"]:
        said = {"raw": candidate["raw"], "place": _place(candidate["evidence"])}
        yield _line("cell", text("explain_cell_candidate", lang, **said), lang)
    where = {"url": story.source, "media_type": story.media_type, "body": story.body[:_SHORT]}
    yield _line("source", text("explain_cell_place", lang, place=_place(cell["evidence"]), **where), lang)
    if story.found is None:
        if cell["evidence"]:
            yield _line("source", text("explain_cell_not_found", lang), lang)
    else:
        around = {"before": _beside(story.before), "found": story.found, "after": _beside(story.after)}
        yield _line("source", text("explain_cell_text", lang, **around), lang)
    for check in story.checks:
        yield _line(
            "check", f"{check['status']} {_failure(check)}" if check["status"] == "fail" else _passed(check), lang
        )


def _passed(check: Mapping[str, Any]) -> str:
    place = "/".join(part for part in (check["table"], check["row"], check["column"]) if part)
    return f"{check['status']} {check['id']} {place}"


def _beside(printed: str | None) -> str:
    return f" {printed} " if printed else ""


def _place(evidence: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in evidence.items()) or _NONE
