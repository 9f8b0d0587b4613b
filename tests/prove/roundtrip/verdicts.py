"""What was read against what is printed, counted as the rules for the parser say."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from roundtrip.sheets import BLANK, NOT_APPLICABLE, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.parser.report import Cell, Report
    from roundtrip.printing import Made
    from roundtrip.sheets import Figure, Key

SURE, SUREST = 0.9, 0.99
_CLAIMS = {NUMBER, BLANK, NOT_APPLICABLE}
_EMPTY = {BLANK, NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class Slip:
    """A cell that was not read as it is printed."""

    what: str
    key: Key
    printed: str
    read: str
    confidence: float


@dataclass(slots=True)
class Verdict:
    """Counts over the cells of a document.

    `counts` has: cells (printed value cells), printed (those with a number), nonzero; exact, exact_nonzero; wrong
    (another number, a number for a blank, a blank for a number), false_zero, denied (`absent` for a printed number),
    missed (no claim), extra (claims for cells the document does not have); sure and surest: wrong or extra at 0.9
    and 0.99 or more; backed and surely_backed: exact at these; misplaced: evidence that does not hold what was read.
    `levels` counts claims by confidence: (confidence, right or not).
    """

    counts: Counter[str] = field(default_factory=Counter)
    levels: Counter[tuple[float, bool]] = field(default_factory=Counter)
    slips: list[Slip] = field(default_factory=list)


def outcome(want: Figure | None, cell: Cell | None) -> str:
    """exact, wrong, denied, missed, or for cells that are not printed extra and nothing."""
    state = cell.state.value if cell is not None else "none"
    if want is None:
        return "extra" if state in _CLAIMS else "nothing"
    if want.open:
        return "wrong" if state in _CLAIMS else "exact"
    if want.state == NUMBER:
        if cell is not None and state == NUMBER:
            return "exact" if cell.value == want.value and _unit(want, cell) else "wrong"
        return "wrong" if state in _EMPTY else "denied" if state == "absent" else "missed"
    return "exact" if state in _EMPTY else "wrong" if state == NUMBER else "missed"


def _unit(want: Figure, cell: Cell) -> bool:
    return cell.unit == want.unit or (
        want.unit is None and (cell.table == "statistics" or cell.column.endswith("_wan"))
    )


def judge(made: Made) -> Verdict:
    """Parse a document and judge it."""
    return judged(made, parse([Source(made.body)]))


def judged(made: Made, report: Report) -> Verdict:
    verdict = Verdict()
    counts = verdict.counts
    cells = {cell.key: cell for cell in report.cells}
    counts["documents"] = 1
    counts["not_reports"] = report.status.value != "report"
    counts["wrong_year"] = report.status.value == "report" and report.identity.year != made.year
    for key in made.truth | dict.fromkeys(cells):
        want, cell = made.truth.get(key), cells.get(key)
        what = outcome(want, cell)
        confidence = cell.confidence if cell is not None else 0.0
        claim = cell is not None and cell.state.value in _CLAIMS
        if want is not None:
            counts["cells"] += 1
            counts["printed"] += want.state == NUMBER and not want.open
            nonzero = want.value not in (None, 0) and not want.open
            counts["nonzero"] += nonzero
            counts["exact_nonzero"] += nonzero and what == "exact"
        counts[what] += 1
        if what == "exact":
            counts["backed"] += confidence >= SURE or not claim
            counts["surely_backed"] += confidence >= SUREST or not claim
        if claim:
            verdict.levels[round(confidence, 4), what == "exact"] += 1
        if what in {"wrong", "extra"}:
            counts["false_zero"] += cell is not None and cell.value == 0
            counts["sure"] += confidence >= SURE
            counts["surest"] += confidence >= SUREST
        if what not in {"exact", "nothing"}:
            printed = "-" if want is None else repr(want.value) if want.state == NUMBER else want.state
            read = "none" if cell is None else repr(cell.value) if cell.state.value == NUMBER else cell.state.value
            verdict.slips.append(Slip(what, key, printed, read, confidence))
    if report.media_type.startswith(("text/plain", "text/markdown")):
        for key in misplaced(made.body, report.cells):
            counts["misplaced"] += 1
            verdict.slips.append(Slip("misplaced", key, "-", "-", 1.0))
    counts["documents_surely_wrong"] = bool(counts["sure"])
    del counts["nothing"]
    return verdict


def misplaced(body: bytes, cells: Iterable[Cell]) -> list[Key]:
    """Numbers whose place in the text does not hold them, or is another's."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("gb18030")
    taken, out = set(), []
    for cell in cells:
        if cell.state.value != NUMBER:
            continue
        start, end = cell.evidence.get("start"), cell.evidence.get("end")
        if (
            not isinstance(start, int)
            or not isinstance(end, int)
            or (start, end) in taken
            or _squeezed(text[start:end]) != _squeezed(cell.raw or "")
        ):
            out.append(cell.key)
        taken.add((start, end))
    return out


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
