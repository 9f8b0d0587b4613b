"""`diff`: what changed between two versions of the parser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import FINDINGS, archive_option, cli, example, lang_option, say, tell
from gicrawl.cli.options import selection_options
from gicrawl.cli.output import emit, json_line

if TYPE_CHECKING:
    from gicrawl.corpus.diff import Changed, Comparison
    from gicrawl.corpus.diff_ledger import Ledger
    from gicrawl.corpus.diff_records import Difference
    from gicrawl.corpus.diff_summary import Summary
    from gicrawl.corpus.selection import Selection


@cli.command(
    epilog=example(
        "gicrawl diff",
        "gicrawl diff 0.1.0+3f2a --format jsonl",
        "gicrawl diff 3f2a 9c1d --region 32 --gate accepted.tsv",
    )
)
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="jsonl: all of it.",
)
@click.option("--limit", type=click.IntRange(min=0), help="Show at most so many documents; all are counted.")
@click.option(
    "--gate",
    metavar="LEDGER",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Leave out what this file accepts (TSV or JSON Lines); exit status 1 when anything is left.",
)
@selection_options
@archive_option
@lang_option
@click.pass_context
def diff(
    ctx: click.Context,
    *,
    old: str | None,
    new: str | None,
    form: str,
    limit: int | None,
    gate: Path | None,
    selection: Selection,
    archive_path: Path,
    lang: str,
) -> None:
    """Show what two versions of the parser say differently: cells, checks, facts, statuses, identities, problems.

    OLD and NEW are versions as `gicrawl parse`, `status` and `export` print them, or their beginnings; each stands for
    all readers of its time. Without NEW it is today's parser; without OLD, whatever parsed a document before that.

    First the counts by kind and by cause, then each document with both sides and where they stand in the source. Each
    line of a ledger names what a difference must be like (kind, report_id, version, url, table, row, column, key,
    before, after; what is left out may be anything) and the reason why it is accepted.
    """
    from gicrawl.archive.store import open_archive
    from gicrawl.corpus.diff import compare
    from gicrawl.corpus.diff_ledger import read_ledger
    from gicrawl.corpus.diff_summary import summarize

    ledger = None if gate is None else read_ledger(gate)
    with open_archive(archive_path) as archive, compare(archive, old, new, selection) as comparison:
        gauge = _Gauge(ledger)
        summary = summarize(comparison.changed(), gauge.wanted)
        if summary.count:
            _show(comparison, summary, _Gauge(ledger), form=form, lang=lang, limit=limit)
    if summary.count or not gauge.accepted:
        _tell(comparison, summary)
    if ledger is not None:
        tell(
            "diff_gate" if summary.count else "diff_gate_open",
            ledger=gate,
            accepted=gauge.accepted,
            left=summary.count,
        )
        for entry in ledger.unused:
            tell("diff_unused", ledger=gate, line=entry.line)
        if summary.count:
            ctx.exit(FINDINGS)


class _Gauge:
    """Which differences are shown: those that no ledger accepts."""

    def __init__(self, ledger: Ledger | None) -> None:
        self._ledger = ledger
        self.accepted = 0

    def wanted(self, document: Changed, difference: Difference) -> bool:
        if self._ledger is None or not self._ledger.accepts(document, difference):
            return True
        self.accepted += 1
        return False


def _show(comparison: Comparison, summary: Summary, gauge: _Gauge, *, form: str, lang: str, limit: int | None) -> None:
    from gicrawl.cli.differences import lines, overview, record

    if form == "text":
        for line in overview(summary, lang):
            emit(line)
    shown = 0
    for document in comparison.changed():
        found = [d for d in document.differences if gauge.wanted(document, d)]
        if not found:
            continue
        if limit is not None and shown == limit:
            tell("diff_cut", shown=shown, documents=summary.documents)
            return
        shown += 1
        if form == "text":
            for line in lines(document, found, lang):
                emit(line)
        else:
            for d in found:
                emit(json_line(record(document, d)))


def _tell(comparison: Comparison, summary: Summary) -> None:
    """One line on what was compared."""
    same = "diff_same" if comparison.compared else "diff_alone"
    tell(
        "diff_done" if summary.count else same,
        documents=summary.documents,
        count=summary.count,
        compared=comparison.compared,
        old=comparison.old or say("diff_before"),
        new=comparison.new,
        only_old=comparison.only_old,
        only_new=comparison.only_new,
    )
