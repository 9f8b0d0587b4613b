"""One report in several files: a page and its PDF, a notice and the DOCX it announces, three pictures.

What one file says is read from that file; where two say different things of one cell, neither is believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gicrawl.parser.align.tables import Tables
from gicrawl.parser.report import Cell, Fact, Identity, Issuer, Problem, RawGrid, State, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.document import Document, Evidence

DIFFERS = "renditions_differ"
"""Flag of a cell of which two files say different things, and code of the problem that counts them."""

BORROWED = "from_rendition"
"""Flag of a cell that could not be read in the file its table was read from, and could in another."""

DOUBTED = 0.5
"""Highest confidence of a number that another file has no number for."""

_SAID = (State.NUMBER, State.BLANK, State.NOT_APPLICABLE, State.TEXT)
_SEEN = frozenset({*_SAID, State.ILLEGIBLE, State.AMBIGUOUS})
_STATE = Cell._fields.index("state")
_ROWS = 8
"""Rows whose labels alone say that a statutory table was meant to be there; explanations of the form have them too."""
_SHOWN = 5  # cells named in a problem's message
_SETTLED_BY = {"year_not_found": "year", "issuer_not_found": "issuer", "title_not_found": "title"}
_SILENT = frozenset({"no_report_text"})
"""Why a page with the title of a report was taken for none: what it announces may stand in its attachments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a document, read.

    Attributes:
        number: 0 for the main body, then the attached ones in order, as in evidence.
        media_type: what it is, by its content.
        document: None where nothing could be read of it.
        tables: of the statutory forms.
        problems: of reading it.
        reader: name of the one that read it alone, where that is known; empty otherwise.
        undecided: it holds reports of several years, and which of them is meant cannot be told.
    """

    number: int
    media_type: str
    document: Document | None
    tables: Tables = field(default_factory=Tables)
    problems: tuple[Problem, ...] = ()
    undecided: bool = False
    reader: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it is an image, of which a page has many that are no report."""
        return self.media_type.startswith("image/")

    @property
    def has_cells(self) -> bool:
        """Whether anything stood in a cell of a statutory table, be it a blank or something nobody can place."""
        return any(cell[_STATE] in _SEEN for cell in self.tables.cells)

    @property
    def has_labels(self) -> bool:
        """Whether rows of a statutory table stand there of which no value could be read."""
        unread = {cell[:2] for cell in self.tables.cells if cell[_STATE] is State.UNREAD}
        return len(unread) >= _ROWS


def placed(number: int, evidence: Evidence) -> Evidence:
    """Evidence that says in which attached file the place is; unchanged for the main body."""
    return {"attachment": number, **evidence} if number else evidence


def unite_tables(parts: Sequence[Part]) -> Tables:
    """The tables of all parts: each from the first part that has it, the others compared with it.

    Two different numbers for one cell make it `ambiguous`, with both as candidates. Where only one part has a number,
    that of the earlier part counts and is doubted. What could not be read in one part is taken from another.
    """
    if len(parts) == 1:
        return parts[0].tables
    out = Tables()
    forms: dict[str, str] = {}
    cells: dict[tuple[str, str, str], Cell] = {}
    for part in parts:
        own = [_in_part(cell, part.number) for cell in part.tables.cells]
        known = set(forms)
        differing = []
        for cell in own:
            before = cells.get(cell.key)
            if cell.table not in known or before is None:
                cells[cell.key] = cell
                continue
            cells[cell.key], agrees = _both(before, cell)
            if not agrees:
                differing.append("/".join(cell.key))
        if differing:
            shown = ", ".join(sorted(differing)[:_SHOWN]) + (" …" if len(differing) > _SHOWN else "")
            fields = (("attachment", str(part.number)), ("cells", shown), ("count", str(len(differing))))
            out.problems.append(Problem(DIFFERS, fields))
        for table, form in part.tables.forms:
            forms.setdefault(table, form)
        out.grids += [
            RawGrid(caption=grid.caption, rows=grid.rows, evidence=placed(part.number, grid.evidence))
            for grid in part.tables.grids
        ]
        out.problems += in_part(part.number, part.tables.problems)
    out.forms = list(forms.items())
    out.cells = list(cells.values())
    return out


def _in_part(cell: Cell, number: int) -> Cell:
    if not number:
        return cell
    candidates = tuple((raw, placed(number, evidence)) for raw, evidence in cell.candidates)
    return cell._replace(evidence=placed(number, cell.evidence), candidates=candidates)


def _both(first: Cell, second: Cell) -> tuple[Cell, bool]:
    """One cell from two readings of it, and whether they agree."""
    if second.state not in _SAID or (first.state, first.value) == (second.state, second.value):
        return first, True
    if first.state not in _SAID:
        if any(flag == DIFFERS for flag in first.flags):
            return first, False
        return second._replace(flags=(*second.flags, BORROWED)), True
    if first.state is State.NUMBER and second.state is State.NUMBER:
        return Cell(
            table=first.table,
            row=first.row,
            column=first.column,
            state=State.AMBIGUOUS,
            raw=first.raw,
            unit=first.unit,
            flags=(*first.flags, DIFFERS),
            candidates=((first.raw or "", first.evidence), (second.raw or "", second.evidence)),
            evidence=first.evidence,
        ), False
    return first._replace(flags=(*first.flags, DIFFERS), confidence=min(first.confidence, DOUBTED)), False


def unite_facts(read: Iterable[tuple[int, Sequence[Fact]]]) -> tuple[Fact, ...]:
    """Facts of all parts, by number of the part: a fact that an earlier part states is not told twice."""
    out: list[Fact] = []
    for number, facts in read:
        known = {(fact.key, fact.scope, fact.kind) for fact in out}
        out += [
            replace(fact, evidence=placed(number, fact.evidence)) if number else fact
            for fact in facts
            if (fact.key, fact.scope, fact.kind) not in known
        ]
    return tuple(out)


def unite_identities(main: Identity, attached: Sequence[Identity]) -> Identity:
    """Whose report it is, by the main body first; where it is silent, by the attached reports in order."""
    reports = [identity for identity in attached if identity.status is Status.REPORT]
    if main.status is not Status.REPORT:
        if not reports or not (main.status is Status.FAILED or is_silent(main)):
            return main
        main, *reports = reports
    for other in reports:
        known = _is_known(main.issuer) and not (main.surmised and _is_known(other.issuer) and not other.surmised)
        issuer = main.issuer if known else other.issuer or main.issuer
        main = replace(
            main,
            title=main.title if main.title is not None else other.title,
            issuer=issuer,
            scope=other.scope if (main.scope == "unknown" or not known) and issuer == other.issuer else main.scope,
            surmised=main.surmised and known,
            year=main.year if main.year is not None else other.year,
            period=main.period or other.period,
            script=main.script or other.script,
            published=main.published if main.published is not None else other.published,
            published_source=main.published_source if main.published is not None else other.published_source,
        )
    settled = {
        "year": main.year is not None,
        "issuer": _is_known(main.issuer),
        "title": main.title is not None,
    }
    problems = tuple(problem for problem in main.problems if not settled.get(_SETTLED_BY.get(problem.code, ""), False))
    return main if problems == main.problems else replace(main, problems=problems)


def is_silent(identity: Identity) -> bool:
    """Whether a page only announces the report: it has the title of one, and nothing of its content."""
    return identity.status is Status.NOT_A_REPORT and any(problem.code in _SILENT for problem in identity.problems)


def is_another(part: Part, identity: Identity, main: Part, whose: Identity) -> bool:
    """Whether an attached file is a report of its own: of another year, or of another body beside one that is read."""
    if identity.status is not Status.REPORT:
        return False
    if None not in (identity.year, whose.year) and identity.year != whose.year:
        return True
    theirs, ours = _name(identity.issuer), _name(whose.issuer)
    return main.has_cells and part.has_cells and None not in (theirs, ours) and theirs != ours


def in_part(number: int, problems: Iterable[Problem]) -> list[Problem]:
    """Problems that say which attached file they are of; unchanged for the main body."""
    if not number:
        return list(problems)
    return [Problem(problem.code, (("attachment", str(number)), *problem.fields)) for problem in problems]


def _name(issuer: Issuer | None) -> str | None:
    return None if issuer is None else issuer.name


def _is_known(issuer: Issuer | None) -> bool:
    return _name(issuer) is not None
