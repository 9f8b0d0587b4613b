"""Offsets in texts that are read without some of their characters, as those of the file: for whom evidence is shown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gicrawl.parser.document import Evidence
    from gicrawl.parser.report import Report
    from gicrawl.parser.several.renditions import Part

Cuts = tuple[tuple[int, int], ...]


class Shortened(NamedTuple):
    """A text without what means nothing in it.

    Attributes:
        text: the rest.
        cuts: (offset in the rest, characters left out before it) in order.
    """

    text: str
    cuts: Cuts


def replaced(text: str, marks: Iterable[re.Match[str]], shown: Callable[[re.Match[str]], str]) -> Shortened:
    """A text with what its marks mean in their place.

    Args:
        text: of a file, decoded.
        marks: in it, in order, none over another.
        shown: what stands for a mark, of any length.
    """
    parts: list[str] = []
    cuts: list[tuple[int, int]] = []
    done = length = lost = 0
    for mark in marks:
        meant = shown(mark)
        parts += (text[done : mark.start()], meant)
        length += mark.start() - done + len(meant)
        lost += len(mark[0]) - len(meant)
        cuts.append((length, lost))
        done = mark.end()
    return Shortened("".join([*parts, text[done:]]), tuple(cuts))


def in_files(report: Report, parts: Sequence[Part]) -> Report:
    """A report with all its evidence as places in its files; the same one where nothing was left out.

    Args:
        report: with offsets in the texts as they were read.
        parts: what was read of its files.
    """
    cuts = {
        part.number: [([at for at, _ in own], [lost for _, lost in own]) for own in part.document.cuts]
        for part in parts
        if part.document is not None and part.document.cuts
    }
    if not cuts:
        return report
    return replace(
        report,
        cells=tuple(
            cell._replace(
                evidence=_in_file(cell.evidence, cuts),
                candidates=tuple((raw, _in_file(place, cuts)) for raw, place in cell.candidates),
            )
            for cell in report.cells
        ),
        facts=tuple(replace(fact, evidence=_in_file(fact.evidence, cuts)) for fact in report.facts),
        checks=tuple(replace(check, evidence=_in_file(check.evidence, cuts)) for check in report.checks),
        grids=tuple(replace(grid, evidence=_in_file(grid.evidence, cuts)) for grid in report.grids),
    )


def _in_file(evidence: Evidence, cuts: Mapping[int, Sequence[tuple[list[int], list[int]]]]) -> Evidence:
    start, end = evidence.get("start"), evidence.get("end")
    number = evidence.get("attachment", 0)
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(number, int):
        return evidence
    for places, lost in cuts.get(number, ()):
        before, within = bisect_right(places, start), bisect_left(places, end)
        start += lost[before - 1] if before else 0
        end += lost[within - 1] if within else 0
    return {**evidence, "start": start, "end": end}
