"""From atoms to the entries of a list: a label, its unit, and the values after it.

An entry is what stands between the last value before a label and the first words after its own values. In tables and
lines of fields no entry goes over the end of a printed row; what is printed one field a line flows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.list_labels import (
    FOREIGN,
    ROW,
    UNIT,
    VALUES,
    Token,
    heading,
    is_scrap,
    is_unit,
    pieces_of,
    segment,
    without_notes,
)
from gicrawl.parser.align.numbers import EMPTY, Kind
from gicrawl.parser.align.stream import NO_TABLE
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.align.stream import Atom

_SIGNS: Final = re.compile(r"[\d\s()、.,:;。]*")
_CLOSES_ORDINAL: Final = re.compile(r"\s*[、.)](?!\d)")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_HEADING = 8  # Han characters of a heading that no list we know has
_WRAPPED = 8  # atoms a label may be wrapped over
_HEADINGS = frozenset({*VALUES, "name", "unit_head", "code", "remark"})
_BEHIND = frozenset({UNIT, "note"})
_SUMS = frozenset({"合计", "小计", "总计"})  # fields beside a label that its own figure follows
_PARTED = 3  # columns: a sum and two of what it is of


@dataclass(slots=True)
class Entry:
    """A label and its values.

    Attributes:
        texts: indices of the atoms before the values, since the values before them.
        values: indices of the atoms of the values, empty fields included.
        row: the printed row of the values; -1 where they flow.
        table: the grid or shape of line they stand in.
        unit: the unit printed behind the values, where none stands before them.
        label: of lines around the values, where no text before them is it.
    """

    texts: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    row: int = -1
    table: int = NO_TABLE
    unit: str = ""
    label: Token | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a column and where it stands.

    Attributes:
        scrap: it is no more than a part of some heading.
    """

    role: str
    left: int
    right: int
    scrap: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """The headings of a list.

    Attributes:
        headings: in the order printed.
        table: the grid or shape of line whose positions they have; `NO_TABLE` where they have none.
        width: columns of that grid.
        words: as printed, for telling what kind of figures stand below.
    """

    headings: tuple[Heading, ...]
    table: int
    width: int
    words: tuple[str, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the columns that hold something to read, codes included, up to the next heading of names."""
        roles = [one.role for one in self.headings]
        if "name" in roles and "name" in (rest := roles[roles.index("name") + 1 :]):
            roles = roles[: roles.index("name") + 1 + rest.index("name")]  # the same columns side by side
        return tuple(role for role in roles if role in VALUES or role in {"code", "unknown"})

    def block(self, left: int) -> int:
        """Which of the lists that stand side by side a position is in, from 0."""
        starts = [one.left for one in self.headings if one.role == "name"][1:]
        return sum(left >= start for start in starts)

    @property
    def numbered(self) -> bool:
        """Whether a number is printed before each label."""
        return bool(self.headings) and self.headings[0].role == "code"


def meanings(atoms: Sequence[Atom], first: int, last: int) -> Iterator[tuple[int, bool]]:
    """Indices of atoms with whether they are values: numbers that belong to words (1 、, 2017 年) are none."""
    for index in range(first, last):
        atom = atoms[index]
        if atom.kind is Kind.NOISE:
            continue
        maybe = atom.row < 0 and atom.kind in {Kind.NUMBER, Kind.ILLEGIBLE}
        yield index, not (atom.kind is Kind.TEXT or (maybe and _of_words(atoms, index, last)))


def _of_words(atoms: Sequence[Atom], index: int, last: int) -> bool:
    text = fold(atoms[index].raw).strip()
    if atoms[index].kind is Kind.ILLEGIBLE:
        return _SIGNS.fullmatch(text) is not None
    after = index + 1
    while after < last and text.isdigit() and len(text) < 4 and atoms[after].raw.strip().isdigit():  # noqa: PLR2004 - a year
        text += fold(atoms[after].raw).strip()  # 201, 7, 年
        after += 1
    following = fold(atoms[after].raw).strip() if after < last and atoms[after].row < 0 else ""
    if re.fullmatch(r"(?:19|20)\d\d", text) and following.startswith("年"):
        return True
    return after == index + 1 and text.isdigit() and _CLOSES_ORDINAL.match(following) is not None


def entries_of(atoms: Sequence[Atom], first: int, last: int) -> list[Entry]:
    """The entries among `atoms[first:last]`, the last one perhaps without values."""
    out: list[Entry] = []
    now = Entry()
    worded = -1  # the printed row in which words were met
    for index, is_value in meanings(atoms, first, last):
        atom = atoms[index]
        if is_value and atom.row >= 0 and worded != atom.row and _words_follow(atoms, index, last):
            continue  # numbers of rows, blank cells beside a group: what stands before the label is none of its values
        if not is_value:
            worded = atom.row
            if now.values:
                if not now.unit and not _has_unit(atoms, now) and _is_unit(atom) and atom.row == now.row:
                    now.unit = atom.raw.strip()
                    continue
                out.append(now)
                now = Entry()
            now.texts.append(index)
            continue
        if now.values and atom.row != now.row:
            out.append(now)
            now = Entry()
        if not now.values:
            now.row, now.table = atom.row, atom.table
        now.values.append(index)
    return [*out, now] if now.texts or now.values else out


def _words_follow(atoms: Sequence[Atom], index: int, last: int) -> bool:
    row = atoms[index].row
    for atom in atoms[index + 1 : last]:
        if atom.row != row:
            return False
        if atom.kind is Kind.TEXT:
            return True
    return False


def _is_unit(atom: Atom) -> bool:
    tokens = segment(atom.raw)
    return len(tokens) == 1 and tokens[0].role == UNIT


def _has_unit(atoms: Sequence[Atom], entry: Entry) -> bool:
    return any(_is_unit(atoms[index]) for index in entry.texts)


@dataclass(frozen=True, slots=True)
class Named:
    """An entry with its label read.

    Attributes:
        before: what stands before the label: headings, rows that have no values, words of no meaning.
        label: the row it names; None where none could be told.
        unit: as printed beside it.
        words: what the last fields say, more of them each time, where the label was not told.
        alone: nothing foreign stands between the values before and the label.
        passed: a second unit stands before the values: they are those of a row whose label is gone.
    """

    before: tuple[Token, ...]
    label: Token | None
    unit: str
    words: tuple[str, ...]
    alone: bool
    passed: bool = False


def named(atoms: Sequence[Atom], entry: Entry) -> Named:
    """Read the label of an entry: the longest one that its last fields are, and nothing else."""
    texts = [atoms[index].raw for index in entry.texts]
    if entry.label is not None:
        before = segment(
            "\n".join(raw for raw, at in zip(texts, entry.texts, strict=True) if atoms[at].row != entry.row)
        )
        alone = not before or before[-1].role != FOREIGN
        return Named(before, entry.label, entry.unit, (), alone)
    worded = [at for at, text in enumerate(texts) if pieces_of(text)]
    best: Named | None = None
    for size in range(1, min(_WRAPPED, len(worded)) + 1):
        start = worded[-size]
        tokens = segment("\n".join(texts[start:]))
        behind = _behind_headings(tokens)
        at = next((n for n, token in enumerate(tokens) if n >= behind and token.role == ROW), None)
        beside = atoms[entry.texts[start]].row == entry.row >= 0  # 行政复议数量 | 合计, a heading that has a figure
        if at is None or not all(
            token.role in _BEHIND or (beside and token.text in _SUMS) for token in tokens[at + 1 :]
        ):
            continue
        label = tokens[at]
        if any(token.role == FOREIGN for token in tokens[behind:at]):
            if size == 1 or best is None:
                break  # part of a longer text: not this label as it stands
            continue
        if best is not None and best.label is not None and len(label.text) <= len(best.label.text):
            continue
        before = segment("\n".join(texts[:start])) + tokens[:at]
        unit = next((token.text for token in tokens[at + 1 :] if token.role == UNIT), entry.unit)
        alone = not before or before[-1].role != FOREIGN or atoms[entry.texts[start]].table >= 0
        passed = sum(map(is_unit, without_notes("\n".join(texts[start:])).split())) > 1
        best = Named(tuple(before), label, unit, (), alone, passed)
    if best is not None:
        return best
    texts = [text for text in texts if pieces_of(text)]
    labels = [text for text in texts if not _only_units(text)]
    unit = next((text.strip() for text in reversed(texts) if _only_units(text)), entry.unit)
    words = tuple(_without_units(labels[-size:]) for size in range(1, min(3, len(labels)) + 1))
    return Named(tuple(segment("\n".join(labels))), None, unit, words, alone=True)


def _behind_headings(tokens: Sequence[Token]) -> int:
    """Where the headings of a list end that are printed in one line with what stands before them; 0 without any."""
    end = max((at + 1 for at, token in enumerate(tokens) if token.role in _HEADINGS), default=0)
    run = {token.role for token in takewhile(lambda token: token.role in _HEADINGS, reversed(tokens[:end]))}
    return end if "name" in run and not run.isdisjoint(VALUES) else 0


def _without_units(texts: Sequence[str]) -> str:
    """Words of fields with the unit at their end left out: Han characters, pieces parted by blanks."""
    pieces = list(pieces_of("\n".join(texts)))
    while len(pieces) > 1 and _only_units(pieces[-1]):
        pieces.pop()
    return " ".join(pieces)


def _only_units(text: str) -> bool:
    return all(token.role == UNIT for token in segment(text))


def grid_header(atoms: Sequence[Atom], index: int) -> Header | None:
    """The header that a printed row is which begins with this atom; None where it is none.

    A header names its columns, at least one of figures, and holds no figures.
    """
    row, table = atoms[index].row, atoms[index].table
    cells = []
    for atom in atoms[index:]:
        if atom.row != row:
            break
        cells.append(atom)
    if any(atom.kind in {Kind.NUMBER, Kind.NOT_APPLICABLE} and not is_year(atom.raw) for atom in cells):
        return None
    printed = [(atom, "annual" if is_year(atom.raw) else heading(atom.raw)) for atom in cells if atom.kind not in EMPTY]
    found = _of_all(_own_year(printed))
    roles = [role for _, role in found]
    if not any(role in VALUES for role in roles) or not any(role in {"name", "unit_head", "code"} for role in roles):
        return None
    headings = tuple(
        Heading(role or "unknown", atom.left, atom.right, scrap=role is None and is_scrap(atom.raw))
        for atom, role in found
    )
    width = max(atom.right for atom in cells)
    return Header(headings, table, width, tuple("".join(pieces_of(atom.raw)) for atom, _ in found))


def _own_year(found: list[tuple[Atom, str | None]]) -> list[tuple[Atom, str | None]]:
    """Headings with their roles: of years side by side the last is the report's own, the others are strange."""
    years = {
        at: int(year[0])
        for at, (atom, role) in enumerate(found)
        if role == "annual" and (year := _YEAR.match(fold(atom.raw).strip())) is not None
    }
    if len(set(years.values())) < 2 or len(years) < sum(role == "annual" for _, role in found):  # noqa: PLR2004 - side by side
        return found
    own = max(years.values())
    return [(atom, "unknown" if years.get(at, own) != own else role) for at, (atom, role) in enumerate(found)]


def _of_all(found: list[tuple[Atom, str | None]]) -> list[tuple[Atom, str | None]]:
    """Headings with their roles: of parts of a whole side by side (区本级, 乡镇街道) their sum is the list's."""
    sums = [atom for atom, _ in found if "".join(pieces_of(atom.raw)) in _SUMS]
    strange = sum(role is None for _, role in found)
    if len(sums) != 1 or strange < _PARTED or any(role in VALUES for _, role in found):
        return found
    return [(atom, "value" if atom is sums[0] else role) for atom, role in found]


def is_year(printed: str) -> bool:
    """Whether a number may be the year above a column."""
    return _YEAR.fullmatch(printed.strip()) is not None


def flow_header(tokens: Sequence[Token]) -> Header | None:
    """The header among the words before the first label, where fields have no positions."""
    known = {*VALUES, "name", "unit_head", "code", "remark"}
    found = [token for token in tokens if token.role in known]
    start = max((at for at, token in enumerate(found) if token.role == "name"), default=None)
    if start is None:
        return None
    if start and found[start - 1].role == "code":
        start -= 1
    found = _with_strangers(tokens, found[start:])
    if not any(token.role in VALUES for token in found):
        return None
    headings = tuple(
        Heading(token.role if token.role in known else "unknown", at, at + 1) for at, token in enumerate(found)
    )
    return Header(headings, NO_TABLE, len(headings), tuple(token.text for token in found))


def _with_strangers(tokens: Sequence[Token], found: list[Token]) -> list[Token]:
    """The headings with those of other columns among them (上年同期数): what stands between two, and is no scrap."""
    first, last = (next(at for at, token in enumerate(tokens) if token is one) for one in (found[0], found[-1]))
    return [
        token
        for token in tokens[first : last + 1]
        if any(token is one for one in found)
        or (token.role == FOREIGN and 1 < len(token.text) <= _HEADING and not is_scrap(token.text))
    ]


def column_by_column(atoms: Sequence[Atom], entries: list[Entry]) -> list[Entry]:
    """The entries in the order they are meant: of lists side by side in one grid, the left one first."""
    out: list[Entry] = []
    waiting: list[tuple[int, Entry]] = []
    header: Header | None = None
    for entry in entries:
        begun = printed_header(atoms, entry)
        if begun is not None or header is None or entry.table != header.table:
            out += [held for _, held in sorted(waiting, key=lambda one: one[0])]
            waiting = []
        header = begun or header
        if header is not None and header.table == entry.table and (entry.texts or entry.values):
            tells = (entry.texts or entry.values)[-1]  # a row without words stands between two others
            waiting.append((header.block(atoms[tells].left), entry))
        else:
            out.append(entry)
    return out + [held for _, held in sorted(waiting, key=lambda one: one[0])]


def printed_header(atoms: Sequence[Atom], entry: Entry) -> Header | None:
    """The last header with positions among the words before the figures of an entry."""
    seen = -1
    found: Header | None = None
    for index in entry.texts:
        if atoms[index].row >= 0 and atoms[index].row != seen:
            seen = atoms[index].row
            start = index
            while start and atoms[start - 1].row == seen:
                start -= 1
            below = list(takewhile(lambda atom: atom.row == seen, atoms[start:]))  # noqa: B023 - used up at once
            found = grid_header(atoms, start) or (found and _of_the_sum(found, below))
    return found


def _of_the_sum(header: Header, below: Sequence[Atom]) -> Header:
    """The header with the heading that stands over several columns over that of their sum, where one is named so."""
    out: list[Heading] = []
    for one in header.headings:
        parts = [atom for atom in below if atom.table == header.table and one.left <= atom.left < one.right]
        sums = [atom for atom in parts if "".join(pieces_of(atom.raw)) in _SUMS]
        if one.role in VALUES and len(parts) > 1 and len(sums) == 1 and all(atom.kind is Kind.TEXT for atom in parts):
            out += [
                Heading(one.role if atom is sums[0] else "unknown", atom.left, atom.right, scrap=False)
                for atom in parts
            ]
        else:
            out.append(one)
    return Header(tuple(out), header.table, header.width, header.words)
