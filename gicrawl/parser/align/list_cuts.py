"""Labels of a list that were cut over several printed rows: one entry again, or no blank.

Annexes pasted from a PDF or a worksheet give each line of a wrapped label a row of its own, and the figure stands
beside one of them. Whether lines belong together the forms tell: together they are a label, and by itself none of them
is another one's.
"""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Final

from gicrawl.parser.align.list_entries import Entry
from gicrawl.parser.align.list_labels import GROUP, ROW, UNIT, Token, is_unit, segment
from gicrawl.parser.align.numbers import EMPTY, Kind
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.align.stream import Atom

_LINES = 3  # a label is cut into, at the most
_BEGINS: Final = re.compile(r"\s*(?:其中|\([一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十\d]{1,3}\s*[、.])")


def joined(atoms: Sequence[Atom], entries: Sequence[Entry]) -> list[Entry]:
    """The entries, those whose lines make one label together as one."""
    for entry, following in pairwise(entries):
        _take_back(atoms, entry, following)
    out: list[Entry] = []
    at = 0
    while at < len(entries):
        for size in range(_LINES, 1, -1):
            if (whole := _whole(atoms, entries[at : at + size], size)) is not None:
                out.append(whole)
                at += size
                break
        else:
            out.append(entries[at])
            at += 1
    return out


def goes_on(atoms: Sequence[Atom], entry: Entry, following: Entry) -> bool:
    """Whether the row below an empty one may be the rest of its label: a figure beside words that begin no row."""
    return (
        entry.row >= 0
        and not _figures(atoms, entry)
        and following.table == entry.table
        and any(atoms[index].kind is Kind.NUMBER for index in following.values)
        and (line := _line(atoms, following)) != ""
        and not _BEGINS.match(line)
    )


def _take_back(atoms: Sequence[Atom], entry: Entry, following: Entry) -> None:
    """Give lines below a row of text to its label where they are the rest of it: they stand before the next label."""
    below = list(takewhile(lambda index: atoms[index].row < 0, following.texts[:_LINES]))
    if entry.row < 0 or entry.table >= 0 or not below or not entry.values or not (line := _line(atoms, entry)):
        return
    words, _, last = line.rpartition(" ")
    stuck = is_unit(last) and bool(words.strip())
    units = [atoms[index].raw.strip() for index in entry.texts if _is_unit(atoms, entry, index)]
    for size in range(len(below), 0, -1):
        rest = "".join(atoms[index].raw.strip() for index in below[:size])
        if _BEGINS.match(fold(rest)) or _label(rest) is not None:
            continue
        token = _label((words.strip() if stuck else line) + rest)
        if token is not None and token.role == ROW:
            entry.label, entry.unit = token, last if stuck else next(iter(units), entry.unit)
            following.texts = following.texts[size:]
            return


def _whole(atoms: Sequence[Atom], parts: Sequence[Entry], size: int) -> Entry | None:
    """Entries as one, where they are the lines of one label; None otherwise."""
    if len(parts) < size or sum(_figures(atoms, part) for part in parts) > 1:
        return None
    if any(part.row < 0 or part.table != parts[0].table or not part.values for part in parts):
        return None
    if any(atoms[index].row != part.row for part in parts[1:] for index in part.texts):
        return None
    lines = [_line(atoms, part) for part in parts]
    if not all(lines) or any(_BEGINS.match(line) for line in lines[1:]):
        return None
    token = _label("".join(lines))
    if token is None or any((own := _label(line)) is not None and own.senses != token.senses for line in lines):
        return None
    units = [index for part in parts for index in part.texts if _is_unit(atoms, part, index)]
    words = [index for part in parts for index in part.texts if not _is_unit(atoms, part, index)]
    holder = next((part for part in parts if _figures(atoms, part)), parts[0])
    unit = next((part.unit for part in parts if part.unit), "")
    return Entry([*words, *units], holder.values, holder.row, holder.table, unit)


def _label(text: str) -> Token | None:
    """The row or heading that a text is as it stands."""
    tokens = segment(text)
    return tokens[0] if len(tokens) == 1 and tokens[0].role in {ROW, GROUP} else None


def _line(atoms: Sequence[Atom], entry: Entry) -> str:
    """What an entry's own printed row says before its figures, units left out."""
    own = (index for index in entry.texts if atoms[index].row == entry.row and not _is_unit(atoms, entry, index))
    return fold("".join(atoms[index].raw.strip() for index in own))


def _is_unit(atoms: Sequence[Atom], entry: Entry, index: int) -> bool:
    """Whether a field beside the label is a unit."""
    tokens = segment(atoms[index].raw)
    return atoms[index].row == entry.row and len(tokens) == 1 and tokens[0].role == UNIT


def _figures(atoms: Sequence[Atom], entry: Entry) -> bool:
    return any(atoms[index].kind not in EMPTY for index in entry.values)
