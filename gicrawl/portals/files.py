"""The files a registry is kept in: which entries they hold, and on which lines.

A file that is wrong in one place is read around that place: a TOML file falls apart at its `[[portal]]` lines, and
each entry is read by itself.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import tomllib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gicrawl.portals.visiting import AMOUNTS, COUNTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_HEAD = re.compile(r"^[ \t]*\[+[ \t]*[\"']?portal\b", re.MULTILINE)
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_SUFFIXES = (".toml", ".csv")
_NUMBERS: dict[str, Callable[[str], float]] = {
    **dict.fromkeys(("delay", *AMOUNTS), float),
    **dict.fromkeys(COUNTS, int),
}
"""Keys whose values are numbers: a table has only texts."""
_BUNDLED = "bundled"


class FileError(Exception):
    """A file of a registry cannot be read at all; one line with the remedy."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place of a registry.

    Attributes:
        path: of the file.
        line: from 1; None: the whole file.
        portal: id of the entry, where it has one.
        text: what is wrong, and the remedy.
    """

    path: Path
    line: int | None
    portal: str | None
    text: str

    def __str__(self) -> str:
        """The problem on one line, its place first."""
        place = "" if self.line is None else f"line {self.line}"
        place += f" ({self.portal})" if self.portal else ""
        return ": ".join(part for part in (str(self.path), place.strip(), self.text) if part)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands in its file.

    Attributes:
        path: of the file.
        line: where it begins, from 1.
        fields: its keys and values, unchecked.
        lines: where its keys stand, as far as that is known.
    """

    path: Path
    line: int
    fields: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)

    def problem(self, key: str, text: str) -> Problem:
        """A problem with one of its keys, at the line of that key, else of the entry."""
        name = self.fields.get("id")
        portal = name if isinstance(name, str) and name else None
        return Problem(self.path, self.lines.get(key, self.line), portal, text)


@dataclass(frozen=True, slots=True)
class Content:
    """What a file or folder holds.

    Attributes:
        entries: in their order.
        problems: places that are no entries.
        bundled: it wants the bundled portals after its own.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()
    bundled: bool = False


def read(path: Path) -> Content:
    """Read a TOML file, a CSV file (by its suffix) or all such files of a folder, by name.

    Raises:
        FileError: a file cannot be read, or is not UTF-8.
    """
    if path.is_dir():
        parts = [_read_file(file) for file in sorted(path.iterdir()) if file.suffix.lower() in _SUFFIXES]
        return Content(
            entries=tuple(entry for part in parts for entry in part.entries),
            problems=tuple(problem for part in parts for problem in part.problems),
            bundled=any(part.bundled for part in parts),
        )
    return _read_file(path)


def _read_file(path: Path) -> Content:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}); check the path given as --portals") from None
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from None
    return _from_csv(path, text) if path.suffix.lower() == ".csv" else _from_toml(path, text)


def _from_csv(path: Path, text: str) -> Content:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="(beyond the last column)")
    if not reader.fieldnames:
        empty = "empty; the first line names the columns: id, body, level, home, …"
        return Content((), (Problem(path, None, None, empty),))
    entries: list[Entry] = []
    for row in reader:
        fields: dict[str, Any] = {
            key: value.strip() if isinstance(value, str) else value
            for key, value in row.items()
            if value not in (None, "")
        }
        for key in ("columns", "hosts"):
            if isinstance(fields.get(key), str):
                fields[key] = fields[key].split()
        for key, kind in _NUMBERS.items():
            if isinstance(fields.get(key), str):
                with contextlib.suppress(ValueError):  # stays a string, which is refused later with its value
                    fields[key] = kind(fields[key])
        if fields:
            entries.append(Entry(path, reader.line_num, fields))
    return Content(tuple(entries))


def _from_toml(path: Path, text: str) -> Content:
    starts = [match.start() for match in _HEAD.finditer(text)]
    blocks = [(text[:start].count("\n") + 1, text[start:end]) for start, end in pairwise([*starts, len(text)])]
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _apart(path, text, starts, blocks, error)
    listed = whole.pop("portal", [])
    problems, bundled = _top(path, whole)
    if not isinstance(listed, list):
        one_table = "[portal] is one table; write [[portal]] above each entry"
        return Content((), (*problems, Problem(path, blocks[0][0] if blocks else None, None, one_table)))
    placed = blocks if len(blocks) == len(listed) else [(1, "")] * len(listed)
    entries: list[Entry] = []
    for (line, block), fields in zip(placed, listed, strict=True):
        if isinstance(fields, dict):
            entries.append(Entry(path, line, fields, _lines(block, line, fields)))
        else:
            problems.append(Problem(path, line, None, "not a table; entries are [[portal]] tables"))
    return Content(tuple(entries), tuple(problems), bundled)


def _apart(
    path: Path, text: str, starts: list[int], blocks: list[tuple[int, str]], error: tomllib.TOMLDecodeError
) -> Content:
    """Read a file that is not TOML entry by entry, so that one broken line costs one entry."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    bundled = False
    head = text[: starts[0]] if starts else text
    try:
        top, bundled = _top(path, tomllib.loads(head))
        problems += top
    except tomllib.TOMLDecodeError as broken:
        problems.append(_broken(path, 1, head, broken))
    for line, block in blocks:
        try:
            listed = tomllib.loads(block).get("portal")
        except tomllib.TOMLDecodeError as broken:
            problems.append(_broken(path, line, block, broken))
            continue
        if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], dict):
            entries.append(Entry(path, line, listed[0], _lines(block, line, listed[0])))
        else:
            problems.append(Problem(path, line, None, "[portal] is one table; write [[portal]] above each entry"))
    if not problems:  # each part is TOML by itself, the whole is not
        problems.append(_broken(path, 1, text, error))
    return Content(tuple(entries), tuple(problems), bundled)


def _broken(path: Path, line: int, block: str, error: tomllib.TOMLDecodeError) -> Problem:
    said = str(error)
    found = _AT.search(said)
    if found is not None:
        said = said[: found.start()]
        line += int(found[1]) - 1 if found[1] else len(block.rstrip().splitlines()) - 1
    name = re.search(r"""^[ \t]*id[ \t]*=[ \t]*["']([^"'\n]*)""", block, re.MULTILINE)
    return Problem(path, line, name[1] if name else None, f"not TOML: {said}; mend that line")


def _top(path: Path, data: dict[str, Any]) -> tuple[list[Problem], bool]:
    """What stands above the entries: nothing but `bundled`."""
    problems = [
        Problem(path, None, None, f"unknown key {key!r} at the top; entries are [[portal]] tables")
        for key in data
        if key != _BUNDLED
    ]
    bundled = data.get(_BUNDLED, False)
    if not isinstance(bundled, bool):
        problems.append(Problem(path, None, None, f"bundled: {bundled!r} is neither true nor false"))
        bundled = False
    return problems, bundled


def _lines(block: str, line: int, fields: dict[str, Any]) -> dict[str, int]:
    """The lines of an entry's keys: the first that begins with each."""
    found: dict[str, int] = {}
    for offset, text in enumerate(block.splitlines()):
        key = text.partition("=")[0].strip().strip("\"'")
        if key in fields:
            found.setdefault(key, line + offset)
    return found
