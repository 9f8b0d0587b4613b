"""Differences between parses in words for people, and as JSON objects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gicrawl.cli.findings import label
from gicrawl.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gicrawl.corpus.diff import Changed
    from gicrawl.corpus.diff_records import Difference
    from gicrawl.corpus.diff_summary import Cause, Summary

NAMED = 4
"""At most so many rows or columns of a cause are named; more are counted."""


def overview(summary: Summary, lang: str) -> Iterator[str]:
    """How much differs, by kind, then by cause with the first documents of each."""
    yield text("diff_kinds", lang)
    for kind, count, documents in summary.kinds:
        yield f"  {kind}: {text('diff_counts', lang, count=count, documents=documents)}"
    yield text("diff_causes", lang)
    for cause in summary.causes:
        named = "  ".join(part for part in (cause.kind, _span(cause, lang), cause.key) if part)
        yield f"  {named}: {text('diff_counts', lang, count=cause.count, documents=cause.documents)}"
        for url in cause.examples:
            yield f"      {url}"


def lines(document: Changed, found: Iterable[Difference], lang: str) -> Iterator[str]:
    """One document: a headline, then each difference with what leads back to the source on both sides."""
    yield text(
        "diff_headline",
        lang,
        url=document.url,
        issuer=document.issuer or text("issuer_unknown", lang),
        year=document.year or text("year_unknown", lang),
        old=document.old_parser,
        new=document.new_parser,
    )
    nothing = text("diff_nothing", lang)
    for d in found:
        named = "  ".join(part for part in (d.kind, _place(d, lang), d.key) if part)
        yield f"  {named}: {nothing if d.before is None else d.before} → {nothing if d.after is None else d.after}"
        for side, told in (("diff_old", d.old), ("diff_new", d.new)):
            if told is not None and (trace := _trace(told)):
                yield f"      {text(side, lang)} {trace}"


def record(document: Changed, difference: Difference) -> dict[str, object]:
    """A difference as a JSON object; with a `reason` it is a line of a ledger."""
    return {
        "kind": difference.kind,
        "report_id": document.report_id,
        "version": document.version,
        "url": document.url,
        "issuer": document.issuer,
        "year": document.year,
        "table": difference.table,
        "row": difference.row,
        "column": difference.column,
        "key": difference.key,
        "before": difference.before,
        "after": difference.after,
        "old": difference.old,
        "new": difference.new,
        "old_parser": document.old_parser,
        "new_parser": document.new_parser,
    }


def _place(difference: Difference, lang: str) -> str:
    parts = (("table", difference.table), ("row", difference.row), ("column", difference.column))
    return "/".join(_named(kind, key, difference.table, lang) for kind, key in parts if key is not None)


def _span(cause: Cause, lang: str) -> str:
    """The table of a cause with its rows and columns; many of them are counted, not named."""
    if cause.table is None:
        return ""
    said = [_named("table", cause.table, None, lang)]
    for kind, keys in (("row", cause.rows), ("column", cause.columns)):
        if len(keys) > NAMED:
            said.append(text(f"diff_many_{kind}s", lang, count=len(keys)))
        elif keys:
            said.append(",".join(_named(kind, key, cause.table, lang) for key in keys))
    return "/".join(said)


def _named(kind: str, key: str, table: str | None, lang: str) -> str:
    return label(kind, key, table) if lang == "zh" else key


_TRACES: Mapping[str, Callable[[Any], str]] = {
    "raw": lambda raw: json.dumps(raw, ensure_ascii=False),
    "sentence": lambda sentence: json.dumps(sentence, ensure_ascii=False),
    "candidates": lambda found: " | ".join(json.dumps(one, ensure_ascii=False) for one in found),
    "flags": ",".join,
    "confidence": str,
    "cells": lambda keys: ", ".join("/".join(key) for key in keys),
    "evidence": lambda place: json.dumps(place, ensure_ascii=False, sort_keys=True),
}
"""What of a piece leads back to the source, and how it is shown."""


def _trace(told: Mapping[str, Any]) -> str:
    return "  ".join(show(told[name]) for name, show in _TRACES.items() if told.get(name))
