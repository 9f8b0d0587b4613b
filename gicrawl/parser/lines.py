"""One line of flattened text: its fields, parted by tabs or pipes.

Shared by the text reader and by pages that print their tables as lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gicrawl.parser.document import Field

if TYPE_CHECKING:
    from collections.abc import Iterable

_RULE = re.compile(r"[|｜:\-+=\s\u2500-\u257f]*")  # box drawing too
_MARKS = ("**", "__")
_BOLD = re.compile(r"(?:\*\*|__)\s*([^*_]+?)\s*(?:\*\*|__)")
_DRAWN = re.compile(r"[|｜\u2500-\u257f]")
PIPES = tuple("|｜│┃┆┊║")
_PIPE = re.compile(f"[{''.join(PIPES)}]")
_SHORT = 40  # characters
_new = tuple.__new__  # makes a named tuple in half the time that its own call takes
_SEVERAL = 20  # lines that show whether bars are usual
_RARE = 0.1  # of the lines


def is_rule(line: str) -> bool:
    """Whether the line only draws: `|---|---|`, `||||`. How many pipes there are says nothing reliable."""
    return not line[:1].isalnum() and _RULE.fullmatch(line) is not None and _DRAWN.search(line) is not None


def has_pipe(text: str) -> bool:
    """Whether a pipe stands anywhere; in a long text each kind is looked for, which takes a tenth of the time."""
    return _PIPE.search(text) is not None if len(text) <= _SHORT else any(map(text.__contains__, PIPES))


def bars_are_rare(lines: Iterable[str]) -> bool:
    """Whether bars part nothing in a text: hardly any of its lines has one. Beside a figure one may be a misread 1.

    Args:
        lines: of the text; empty ones do not count.
    """
    printed = [line for line in lines if line.strip()]
    return len(printed) >= _SEVERAL and sum(map(has_pipe, printed)) <= _RARE * len(printed)


def fields_of(line: str, start: int) -> tuple[Field, ...]:
    """The fields of a line; one where it has no separators.

    Args:
        line: without its line end.
        start: offset of its first character.
    """
    if "\t" in line and not _is_framed(line):
        return tuple(_split(line, start))
    if has_pipe(line):
        return tuple(_piped(line, start))
    return (_new(Field, (line, start)),)


def _is_framed(line: str) -> bool:
    """Whether pipes stand around each cell of a line and tabs only in the blanks beside them: a page's indentation."""
    bare = line.strip()
    if not bare.startswith(PIPES) or not bare.endswith(PIPES):
        return False
    return all("\t" not in cell.strip() and cell.strip(" ") != "\t" for cell in _PIPE.split(bare))


def _split(line: str, start: int) -> list[Field]:
    out = []
    for part in line.split("\t"):
        out.append(_new(Field, (part, start)))
        start += len(part) + 1
    return out


def _piped(line: str, start: int) -> list[Field]:
    """Fields between pipes; blanks around them belong to the layout, so an empty one is empty."""
    inner = line.rstrip()
    at, end = 0, len(inner)
    if _PIPE.match(inner.lstrip()):
        at = inner.index(inner.lstrip()[0]) + 1
    if _PIPE.match(inner[-1:]):
        end -= 1
    out = []
    for part in _PIPE.split(inner[at:end]):
        bare = part.strip()
        if bare.startswith(_MARKS) and (bold := _BOLD.fullmatch(bare)):
            bare = bold[1]
        out.append(_new(Field, (bare, start + at + (part.index(bare) if bare else 0))))
        at += len(part) + 1
    return out
