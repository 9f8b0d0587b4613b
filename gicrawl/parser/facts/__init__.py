"""Numbers stated in prose, with unit, scope, and whether they count the year or everything so far.

What counts as which fact is data: the wordings of whole sentences (`facts.toml`), and the labels of lists
(`items.toml`). A sentence that is not worded so says nothing here: a wrong fact is worse than a missing one.
Approximate numbers (300 余次, 近百次) are no facts, but those of people and visits, which nobody counts exactly
(340 余人次).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.facts.circumstances import after_another_year, of_another_year, scope_stated
from gicrawl.parser.facts.items import listed
from gicrawl.parser.facts.sentences import evidence_of, sentences_of
from gicrawl.parser.facts.wordings import worded
from gicrawl.parser.report import Fact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Document, Paragraph
    from gicrawl.parser.facts.circumstances import Stated
    from gicrawl.parser.report import Number

__all__ = ["of_another_year", "read_facts", "scope_stated"]


def read_facts(document: Document, scope: str, year: int | None, issuer: str | None = None) -> tuple[Fact, ...]:
    """Read the facts of a report's prose.

    Args:
        document: the report.
        scope: whose numbers these are where a sentence does not say: the scope of the report.
        year: the report year; clauses that name another year are left alone.
        issuer: the name of the body, where it is known; numbers of others that a sentence names are left alone.

    Returns:
        Facts in reading order, each value once for each key, scope and kind. Contradicting sentences all stay. The
        evidence is that of the paragraph, and for text files the exact offsets of the number.
    """
    facts: dict[tuple[str, str, str, Number], Fact] = {}
    before: list[Stated] = []
    within: Sequence[Paragraph] = ()
    another = False
    for sentence, printed, run in sentences_of(document.blocks):
        another, skipped = after_another_year(sentence.folded, year, another=another and run is within)
        if skipped:
            within, before = run, []
            continue
        told = sorted(worded(sentence, scope, year, issuer), key=_place)
        goes_on = run is within and sentence.folded.startswith("其中")
        for stated in (*told, *listed(sentence, scope, year, [*(before if goes_on else ()), *told])):
            fact = Fact(
                key=stated.key,
                value=stated.value,
                unit=stated.unit,
                scope=stated.scope,
                kind=stated.kind,
                sentence=printed,
                evidence=evidence_of(run, stated.first, stated.last),
            )
            facts.setdefault((stated.key, stated.scope, stated.kind, stated.value), fact)
        within, before = run, told[-1:]
    return tuple(facts.values())


def _place(stated: Stated) -> int:
    return stated.first
