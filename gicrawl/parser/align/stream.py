"""From blocks to atoms: one flat sequence of text pieces and values, each with its place.

Grids and flattened lines become the same thing here. A grid row or a line of several fields is a `row`: values of
different rows never belong together; values that stand on lines of their own have no row and flow together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate, repeat
from operator import add, itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from gicrawl.parser.align.fields import cut_field
from gicrawl.parser.align.numbers import Kind, Value, read_value
from gicrawl.parser.align.words import tell_words
from gicrawl.parser.document import Field, Grid, GridCell, Line
from gicrawl.parser.lines import PIPES, bars_are_rare, fields_of, has_pipe, is_rule
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Document, Evidence, Paragraph

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_DIGIT = re.compile(r"[0-9０-９/〇]")
_LABEL = 40  # characters: what is longer is no label, and does not come again
_LINE = 64  # the same of a line with a label and its figures
_SENTENCE = "。"
_PLACE = itemgetter(GridCell._fields.index("row"), GridCell._fields.index("column"))
_WIDEST = 1 << 20  # columns: no table has as many
_PIPE = re.compile(r"[|｜│┃┆┊║]")
_ONLY_PIPES = re.compile(r"[|｜│┃┆┊║\s]*")
_STRAY = re.compile(r"\s*[|｜│┃┆┊║][|｜│┃┆┊║\s]*$")
_PARTED = 3  # lines of several fields, in a document that has such lines at all
_NO_WORDS = re.compile(r"[^A-Za-z\u3400-\u9fff]{1,16}")
ENDS = "line_ends"
"""Flag of an empty field where its line has ended before others of its table."""
_END, _ENDED = Value(Kind.END, flags=(ENDS,)), f"{Kind.END.value} "


_new = tuple.__new__
"""Makes a named tuple of its fields in half the time that its own call takes: worth it where there are hundreds."""

NO_TABLE = -1
"""Table of an atom whose position in its line says nothing: it stands alone, or was cut out at blanks."""


class Atom(NamedTuple):
    """A piece of text or a value; a named tuple, because a document has hundreds.

    Attributes:
        raw: as printed.
        value: None for text.
        row: the printed row it stands in, or -1 for a value or text on a line of its own.
        left: first column it covers, within its row's table or line.
        right: column after the last it covers.
        table: number of the grid it stands in; for a line of n separated fields -1-n, because only lines of the same
            shape have their columns at the same places; `NO_TABLE` where positions say nothing.
        kind: what it is.
        han: its Han characters, folded: what labels are matched by.
        token: what it is and its Han characters, in one word: all that a layout knows of it (`layouts`).
    """

    raw: str
    value: Value | None
    row: int
    left: int
    right: int
    table: int
    evidence: Evidence
    kind: Kind
    han: str
    token: str


_Piece: TypeAlias = "tuple[int, int, int, bool, int, int, str, Value | None, Kind, str, str]"
"""A piece of a line: number of its field, where it begins and ends, whether it stands in a row, and of its atom left,
table, raw, value, kind, Han characters and token."""


class _Read(NamedTuple):
    """What the text of a field says by itself: the last of `Atom`'s attributes."""

    value: Value | None
    kind: Kind
    han: str
    token: str


def _told(text: str, value: Value | None) -> _Read:
    kind, characters = Kind.TEXT if value is None else value.kind, han(text)
    return _Read(value, kind, characters, f"{kind.value} {characters}")


def _read_cell(text: str) -> _Read:
    """The cell of a grid."""
    value = read_value(text)
    if value is not None and value.kind is Kind.GAP:
        value = Value(Kind.BLANK)  # the file itself says that there is a cell
    if value is None and not han(text):
        value = Value(Kind.ILLEGIBLE)
    return _told(text, value)


_read_short = lru_cache(maxsize=2048)(_read_cell)
"""A corpus has few different cells: small numbers, and the labels of the forms."""


class Stream:
    """The atoms of a document and their Han characters as one string to search.

    Attributes:
        atoms: in reading order.
        han: Han characters of all text atoms, folded, concatenated: what labels are matched against.
        ends: some lines end before others of their table.
    """

    __slots__ = ("_starts", "_text_atoms", "atoms", "ends", "han")

    def __init__(self, atoms: list[Atom]) -> None:
        """Index the atoms."""
        self.atoms = atoms
        self.ends = False
        self._text_atoms = [index for index, atom in enumerate(atoms) if atom.value is None and atom.han]
        pieces = [atoms[index].han for index in self._text_atoms]
        self._starts = list(accumulate(map(len, pieces[:-1]), initial=0)) if pieces else []
        self.han = "".join(pieces)

    def atom_at(self, position: int) -> int:
        """Index of the atom that holds the Han character at `position`."""
        return self._text_atoms[bisect_right(self._starts, position) - 1]

    def position_after(self, atom: int) -> int:
        """Position in `han` of the first character at or after the atom of that index."""
        at = bisect_right(self._text_atoms, atom - 1)
        return self._starts[at] if at < len(self._starts) else len(self.han)


def han(text: str) -> str:
    """The Han characters of a label, folded: what it is matched by."""
    return _han_of_label(text) if len(text) <= _LABEL else _han(text)


def _han(text: str) -> str:
    found = "".join(_HAN_RUN.findall(fold(text)))
    return found.replace("其它", "其他") if "它" in found else found


_han_of_label = lru_cache(maxsize=1024)(_han)
"""Labels come again and again, in a document and from one to the next; sentences do not."""


def stream(document: Document) -> Stream:
    """The atoms of a document, in reading order."""
    atoms: list[Atom] = []
    row = table = 0
    ends = False
    rare: bool | None = None
    parted = _parts_fields(document)
    for block in document.blocks:
        if isinstance(block, Grid):
            row = _grid_atoms(block, table, row, atoms)
            table += 1
        elif isinstance(block, Line):
            fields = _without_stray_pipes(block.fields, parted=parted)
            if fields is not block.fields and _may_be_figures(fields, block.fields):
                rare = _bars_are_rare(document) if rare is None else rare
                fields = block.fields if rare else fields
            row = _line_atoms(fields, block.path, row, atoms, block.evidence)
            if block.ended:
                ends = True
                atoms[-block.ended :] = [
                    atom._replace(value=_END, kind=Kind.END, token=_ENDED) for atom in atoms[-block.ended :]
                ]
        else:
            row = _paragraph_atoms(block, row, atoms, parted=parted)
    tell_words(atoms)
    found = Stream(atoms)
    found.ends = ends
    return found


def _parts_fields(document: Document) -> bool:
    """Whether lines hold several fields; where none do, a pipe at the end of a line parts nothing."""
    lines = 0
    for block in document.blocks:
        if isinstance(block, Line):
            lines += sum(not _ONLY_PIPES.fullmatch(printed.text) for printed in block.fields) > 1
        elif not isinstance(block, Grid) and has_pipe(block.text):
            lines += sum(len(list(filter(str.strip, _PIPE.split(line)))) > 1 for line in block.text.split("\n"))
        if lines >= _PARTED:
            return True
    return False


def _may_be_figures(bare: tuple[Field, ...], fields: tuple[Field, ...]) -> bool:
    """Whether bars that were taken off may be ones that somebody misread: alone in a field, or clinging to a figure."""
    return len(bare) == len(fields) and any(
        one is not other and (not one.text or one.text.isdigit()) for one, other in zip(bare, fields, strict=True)
    )


def _bars_are_rare(document: Document) -> bool:
    return bars_are_rare(block.text for block in document.blocks if not isinstance(block, Grid))


def _without_stray_pipes(fields: tuple[Field, ...], *, parted: bool) -> tuple[Field, ...]:
    """The fields of a line without the pipes at their ends, and without what only such pipes make of one field."""
    if len(fields) > 1 and not parted and not any(printed.text for printed in fields[1:]):
        fields = fields[:1]
    for printed in fields:
        if printed.text.endswith(PIPES):
            break
    else:
        return fields
    return tuple(
        Field(_STRAY.sub("", printed.text), printed.start) if printed.text.endswith(PIPES) else printed
        for printed in fields
    )


def _grid_atoms(grid: Grid, table: int, row: int, atoms: list[Atom]) -> int:
    """The atoms of a table, attribute by attribute: cell by cell it takes twice as long, and a page has hundreds."""
    cells = _in_order(grid)
    if cells:
        texts, below, lefts, _, across, places = zip(*cells, strict=True)
        read = [_read_short(text) if len(text) <= _LABEL else _read_cell(text) for text in texts]
        values, kinds, characters, tokens = zip(*read, strict=True)
        rows = [row + number for number in below]
        atoms += map(
            _new,
            repeat(Atom),
            zip(
                texts,
                values,
                rows,
                lefts,
                map(add, lefts, across),
                repeat(table),
                places,
                kinds,
                characters,
                tokens,
                strict=False,  # the number of the table has no end
            ),
        )
    return row + grid.rows


def _in_order(grid: Grid) -> Sequence[GridCell]:
    """The cells row by row. Nearly all come so: to see it takes a third of the time that sorting them takes."""
    places = [row * _WIDEST + column for _, row, column, _, _, _ in grid.cells]
    return grid.cells if places == sorted(places) else sorted(grid.cells, key=_PLACE)


def _line_atoms(
    fields: tuple[Field, ...], path: str | None, row: int, atoms: list[Atom], place: Evidence | None = None
) -> int:
    texts = tuple([printed.text for printed in fields])
    pieces = _pieces_kept(texts) if sum(map(len, texts)) <= _LINE else _pieces(texts)
    if path is None and not place:  # a text, of which every field is a cell
        for number, start, end, own, at, table, raw, value, kind, characters, token in pieces:
            begin = fields[number].start
            where: Evidence = {"start": begin + start, "end": begin + end}
            line = row if own else -1
            atoms.append(_new(Atom, (raw, value, line, at, at + 1, table, where, kind, characters, token)))
        return row + 1
    base = place.get("start", 0) if place else 0
    assert isinstance(base, int)
    for number, start, end, own, at, table, raw, value, kind, characters, token in pieces:
        evidence: Evidence = dict(place) if place else {}
        if path is not None:
            evidence["path"] = path
        begin = base + fields[number].start
        evidence["start"], evidence["end"] = begin + start, begin + end
        atoms.append(_new(Atom, (raw, value, row if own else -1, at, at + 1, table, evidence, kind, characters, token)))
    return row + 1


def _paragraph_atoms(block: Paragraph, row: int, atoms: list[Atom], *, parted: bool) -> int:
    """The atoms of running text, or of a table that was flattened into it."""
    place = block.evidence
    base = place.get("start", 0)
    assert isinstance(base, int)
    for line in block.text.split("\n"):
        comes_again = len(line) <= _LINE and _SENTENCE not in line
        pieces = _line_kept(line, parted) if comes_again else _line(line, parted)
        for _, start, end, own, at, table, raw, value, kind, characters, token in pieces or ():
            evidence = {**place, "start": base + start, "end": base + end}
            atoms.append(
                _new(Atom, (raw, value, row if own else -1, at, at + 1, table, evidence, kind, characters, token))
            )
        if pieces is not None:
            row += 1
        base += len(line) + 1
    return row


def _line(line: str, parted: bool) -> tuple[_Piece, ...] | None:  # noqa: FBT001 - keywords cost a cache its speed
    """The pieces of a line, their places counted from its beginning; None for one that only draws."""
    if not line or is_rule(line):
        return None
    if "\t" not in line and not has_pipe(line):
        return _pieces((line,))
    fields = _without_stray_pipes(fields_of(line, 0), parted=parted)
    out: list[_Piece] = []
    for piece in _pieces(tuple([printed.text for printed in fields])):
        begin = fields[piece[0]].start
        out.append((piece[0], begin + piece[1], begin + piece[2], *piece[3:]))
    return tuple(out)


_line_kept = lru_cache(maxsize=1024)(_line)


def _pieces(texts: tuple[str, ...]) -> tuple[_Piece, ...]:
    """What the fields of a line are by themselves."""
    if len(texts) == 1:
        pieces = list(cut_field(texts[0]))
        # Alone on its line: values of such lines flow together. Cut at blanks: count the pieces as columns.
        own = len(pieces) > 1
        placed = [(0, *piece, own, at, NO_TABLE) for at, piece in enumerate(pieces)]
    else:
        shape = NO_TABLE - len(texts)
        placed = [(at, *piece, True, at, shape) for at, text in enumerate(texts) for piece in cut_field(text)]
    out: list[_Piece] = []
    for number, raw, start, value, own, at, table in placed:
        if value is None and len(texts) > 1 and _NO_WORDS.fullmatch(raw) and _DIGIT.search(raw):
            value = Value(Kind.ILLEGIBLE)  # noqa: PLW2901 - a field of signs and digits is no label, and not empty
        read = _told(raw, value)
        out.append((number, start, start + len(raw), own, at, table, raw, value, *read[1:]))
    return tuple(out)


_pieces_kept = lru_cache(maxsize=1024)(_pieces)
"""Flattened tables have few different lines: labels of the forms, and small numbers."""
