"""Reports of several years in one document: each table is that of the year it stands under, or nobody's.

A page may print this year's report and last year's below each other, each under its title or its period. Tables are
looked for once in a document, so that one year's would be taken as if the other's were not there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.cells import left_open
from gicrawl.parser.align.tables import Tables, raw_grid
from gicrawl.parser.document import Grid, Line, Paragraph
from gicrawl.parser.identity.dates import find_period, period_year
from gicrawl.parser.identity.lines import squeezed_blocks
from gicrawl.parser.identity.titles import may_be_title, read_title
from gicrawl.parser.pictures.recognised import tables_of
from gicrawl.parser.report import Cell, Problem, State
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.parser.document import Block, Document, Evidence
    from gicrawl.parser.report import Key
    from gicrawl.parser.several.renditions import Part

SEVERAL: Final = "several_years"
"""Code of the problem, and flag of a cell that has a value for each of several years."""

_TITLE: Final = 90  # characters: longer lines are prose
_LARGE: Final = 25  # cells and lines: what a report of several tables has at least, and an entry of a list never
_FIGURES: Final = 3  # figures that a table has at least to be one of its year
_YEAR_ALONE: Final = re.compile(
    r"[*#]*(?:\(?[一二三四五六七八九十\d]{1,2}\)?[、.]?)?\(?(20\d\d)年度?(?:同期)?(?:数据|情况|统计表)?\)?:?[*]*"
)
_WHOLE: Final = 1500  # characters: a line that may hold a whole report and the beginning of another
_PERIOD: Final = re.compile(r"统计期[限间][^。；;]{0,12}?20\d\d\s*年\s*1\s*月\s*1\s*日")
_PERIODS: Final = ("期限", "期间", "统计时间")
_SIGN: Final = "年"
_SIGNS: Final = (_SIGN, "公", "期")
"""One of them stands in each line that names a year, its title or its period."""
_COMPATIBLE: Final = "\uf98e"  # the only other character that folds to it
_PART: Final = re.compile(r"[*#]*[一二三四五六七八九]、.{2,40}(?:情况|事项)[*]*")
_SEEN: Final = frozenset({State.NUMBER, State.BLANK, State.NOT_APPLICABLE, State.TEXT, State.ILLEGIBLE})


def of_one_year(part: Part, year: int | None) -> Part:
    """A file with the tables of one report only, where it holds those of several years.

    Args:
        part: the file, read as a whole.
        year: of the report; None where that could not be settled.

    Returns:
        The part itself where its tables stand under one year. Where none of the years is the report's, every cell is
        ambiguous, with what each year has for it as a candidate, and `Part.undecided` is set.
    """
    if part.document is None or not part.has_cells:
        return part
    order = _ordered(part.document)
    pieces: dict[int | None, list[Block]] = {None: []}
    for named, block in order:
        pieces.setdefault(named, []).append(block)
    if sum(map(_is_large, pieces.values())) < 2:  # noqa: PLR2004 - several are two and more
        return part
    read = {
        named: tables_of(document)
        for named, blocks in pieces.items()
        if _is_large(blocks)
        for document in (replace(part.document, blocks=tuple(blocks)),)
    }
    read = {named: tables for named, tables in read.items() if _with_figures(tables)}
    if not _are_rivals(list(read.values())):
        return part
    # What stands before any year is named is the report's own, unless its year is named further down.
    own = year if year in pieces else None
    if year is None or own not in read:
        return _undecided(part, read)
    tables = read[own]
    head = own is not None and not (None in read and _with_figures(read[None]) & _with_figures(tables))
    kept = replace(part.document, blocks=tuple(block for named, block in order if named == own or (head and not named)))
    if head and None in read:  # tables that only stand where no year is named are the report's own
        tables = tables_of(kept)
    others = [block for named, block in order if named != own and (named or not head)]
    tables.grids += [raw_grid(block) for block in others if isinstance(block, Grid)]
    tables.problems.append(Problem(SEVERAL, (("years", _listed(read, year)), ("year", str(year)))))
    return replace(part, document=kept, tables=tables)


def _ordered(document: Document) -> list[tuple[int | None, Block]]:
    """The blocks of a document with the year whose title or period stands last before them, None before the first.

    A line that says nothing but a year (2022年：) names that of what follows it within its part of the report.
    """
    out: list[tuple[int | None, Block]] = []
    year: int | None = None
    alone: int | None = None
    for block, squeezed in zip(document.blocks, squeezed_blocks(document), strict=True):
        if isinstance(block, Grid) or (alone is None and not any(map(squeezed.__contains__, _SIGNS))):
            out.append((alone or year, block))  # as nearly all
            continue
        if _is_prose(block, squeezed):
            out.append((alone or year, block))
            continue
        for piece in _lines(block):
            if named := _named(piece, squeezed if piece is block else None):
                year, alone = named, None
            elif found := _alone(_first(piece)):
                alone = int(found[1])
            elif alone and _PART.fullmatch(squeeze(_first(piece))):
                alone = None
            out.append((alone or year, piece))
    return out


def _is_prose(block: Paragraph | Line, squeezed: str) -> bool:
    """Whether a block is one line that is longer than a title, tells no period, and holds no other report."""
    return (
        isinstance(block, Paragraph)
        and len(squeezed.strip("*#")) > _TITLE
        and len(block.text) < _WHOLE
        and "\n" not in block.text
        and not any(map(squeezed.__contains__, _PERIODS))
    )


def _alone(line: str) -> re.Match[str] | None:
    """The year of a line that says nothing else."""
    if _SIGN not in line and _COMPATIBLE not in line:  # nearly every line
        return None
    return _YEAR_ALONE.fullmatch(squeeze(line))


def _first(block: Block) -> str:
    """The first line of a block; empty where it has several fields, or is long."""
    if isinstance(block, Paragraph):
        line = block.text.partition("\n")[0]
    else:
        line = block.fields[0].text if isinstance(block, Line) and len(block.fields) == 1 else ""
    return line if len(line) <= _TITLE else ""


def _lines(block: Block) -> Iterator[Block]:
    """A block, a paragraph cut before each line, and within a line of whole reports each period, that names a year."""
    if not isinstance(block, Paragraph) or ("\n" not in block.text and len(block.text) < _WHOLE):
        yield block
        return
    begin = at = 0
    for line in block.text.split("\n"):
        if at > begin and (_year_of(line) is not None or _alone(line[:_TITLE])):
            yield _cut(block, begin, at - 1)
            begin = at
        if len(line) >= _WHOLE:
            for period in list(_PERIOD.finditer(line))[1:]:
                yield _cut(block, begin, at + period.start())
                begin = at + period.start()
        at += len(line) + 1
    yield _cut(block, begin, len(block.text)) if begin else block


def _cut(block: Paragraph, begin: int, end: int) -> Paragraph:
    start = block.evidence.get("start", 0)
    assert isinstance(start, int)
    evidence: Evidence = {**block.evidence, "start": start + begin, "end": start + end}
    return block._replace(text=block.text[begin:end], evidence=evidence)


def _named(block: Block, squeezed: str | None) -> int | None:
    if isinstance(block, Paragraph):
        line, several, _ = block.text.partition("\n")
        return _year_of(line, None if several else squeezed)
    return _year_of(block.text, squeezed) if isinstance(block, Line) else None


def _year_of(text: str, squeezed: str | None = None) -> int | None:
    """The year that a line names as the title or the period of a report."""
    if "公" not in text and "期" not in text and "统" not in text:  # spares nearly every line a closer look
        return None
    squeezed = (squeeze(text) if squeezed is None else squeezed).strip("*#")
    if any(map(squeezed.__contains__, _PERIODS)):
        return period_year(find_period(squeezed))
    if len(squeezed) > _TITLE or not may_be_title(squeezed):
        return None
    title = read_title(text.strip().strip("*#").strip())
    return title.year if title is not None and not title.other else None


def _is_large(blocks: Iterable[Block]) -> bool:
    """Whether there is as much as a report of several tables has."""
    size = 0
    for block in blocks:
        size += len(block.cells) if isinstance(block, Grid) else _weight(block)
        if size >= _LARGE:
            return True
    return False


def _weight(block: Paragraph | Line) -> int:
    """Lines, or fields of a line; a line that holds a whole table has one for each of its figures."""
    if isinstance(block, Line):
        return len(block.fields)
    return block.text.count("\n") + sum(map(str.isdigit, block.text.split())) + 1


def _with_figures(tables: Tables) -> frozenset[str]:
    """The tables in which numbers stand."""
    keys = [cell.table for cell in tables.cells if cell.state is State.NUMBER]
    return frozenset(key for key in keys if keys.count(key) >= _FIGURES)


def _are_rivals(read: Sequence[Tables]) -> bool:
    """Whether one table has figures under several years."""
    known: set[str] = set()
    for tables in read:
        own = _with_figures(tables)
        if known & own:
            return True
        known |= own
    return False


def _undecided(part: Part, read: dict[int | None, Tables]) -> Part:
    """The part with all that its years have for each cell."""
    said: dict[Key, list[Cell]] = {}
    for tables in read.values():
        for cell in tables.cells:
            said.setdefault(cell.key, []).append(cell)
    forms: dict[str, str] = {}
    for tables in read.values():
        for table, form in tables.forms:
            forms.setdefault(table, form)
    tables = Tables(
        cells=[_open(cells) for cells in said.values()],
        forms=list(forms.items()),
        problems=[Problem("several_years_undecided", (("years", _listed(read, None)),))],
        grids=part.tables.grids,
    )
    return replace(part, tables=tables, undecided=True)


def _open(cells: Sequence[Cell]) -> Cell:
    """One cell of all that stand for it."""
    candidates: list[tuple[str, Evidence]] = []
    for cell in cells:
        if cell.state is State.AMBIGUOUS:
            candidates += cell.candidates
        elif cell.state in _SEEN:
            candidates.append((cell.raw or "", cell.evidence))
    if not candidates:
        return cells[0]
    return left_open(cells[0].key, SEVERAL, candidates)


def _listed(read: Iterable[int | None], own: int | None) -> str:
    years = {own if year is None else year for year in read}
    return ", ".join(str(year) for year in sorted(year for year in years if year is not None))
