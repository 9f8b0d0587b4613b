"""The ledger of differences that somebody has looked at and accepted, each with the reason.

A file of lines: JSON Lines where its name ends in `.jsonl`, else TSV with a line of column names first. A line says
what a difference must be like; what it leaves out may be anything. `gicrawl diff --format jsonl` prints lines that
become such a ledger when each is given a `reason`.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gicrawl.corpus.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gicrawl.corpus.diff import Changed
    from gicrawl.corpus.diff_records import Difference

ASKED = ("kind", "report_id", "version", "url", "table", "row", "column", "key", "before", "after")
"""What a line may ask of a difference."""

IGNORED = ("issuer", "year", "old", "new", "old_parser", "new_parser")
"""What a line may hold besides, for people."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a ledger.

    Attributes:
        line: its number, from 1.
        asked: what a difference must be like, by the names of `ASKED`.
        reason: why it is accepted.
    """

    line: int
    asked: tuple[tuple[str, str], ...]
    reason: str


class Ledger:
    """Accepted differences; remembers which of its lines were needed."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self._used: set[int] = set()
        self._by_kind: dict[str | None, list[Entry]] = {}
        for entry in entries:
            self._by_kind.setdefault(dict(entry.asked).get("kind"), []).append(entry)

    def accepts(self, document: Changed, difference: Difference) -> bool:
        """Whether a line speaks of this difference."""
        told = facts_of_difference(document, difference)
        accepted = False
        for entry in (*self._by_kind.get(difference.kind, ()), *self._by_kind.get(None, ())):
            if all(told[name] == value for name, value in entry.asked):
                self._used.add(entry.line)
                accepted = True
        return accepted

    @property
    def unused(self) -> tuple[Entry, ...]:
        """Lines that no difference has asked for so far."""
        return tuple(entry for entry in self.entries if entry.line not in self._used)


def facts_of_difference(document: Changed, difference: Difference) -> dict[str, str | None]:
    """What a ledger can ask of a difference, by the names of `ASKED`."""
    return {
        "kind": difference.kind,
        "report_id": document.report_id,
        "version": document.version,
        "url": document.url,
        "table": difference.table,
        "row": difference.row,
        "column": difference.column,
        "key": difference.key,
        "before": difference.before,
        "after": difference.after,
    }


def read_ledger(path: Path | str) -> Ledger:
    """Read a ledger.

    Raises:
        LedgerError: the file cannot be read, or lines are wrong; every problem at once, each with its place and remedy.
    """
    source = Path(path)
    try:
        text = source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LedgerError([f"{source}: cannot be read ({error.strerror}); check the path given as --gate"]) from None
    except UnicodeDecodeError as error:
        raise LedgerError([f"{source}: not UTF-8 (byte {error.start}); save the file as UTF-8"]) from None
    lines = _from_jsonl(text) if source.suffix.lower() in {".jsonl", ".ndjson", ".json"} else _from_tsv(text)
    entries: list[Entry] = []
    problems: list[str] = []
    for number, said in lines:
        problem = said if isinstance(said, str) else _problem(said)
        if problem is not None:
            problems.append(f"{source}: line {number}: {problem}")
        elif not isinstance(said, str):
            asked = tuple((name, said[name]) for name in ASKED if said.get(name))
            entries.append(Entry(number, asked, said["reason"]))
    if problems:
        raise LedgerError(problems)
    return Ledger(tuple(entries))


def _from_jsonl(text: str) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    """Lines with their number; a text in place of a line is what is wrong with it."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except ValueError as error:
            yield number, f"not JSON ({error}); mend or remove it"
            continue
        if not isinstance(said, dict):
            yield number, 'not an object; write {"kind": …, "reason": …}'
            continue
        wrong = [name for name in (*ASKED, "reason") if not isinstance(said.get(name), str | None)]
        known = {name: value for name, value in said.items() if value is not None and name not in IGNORED}
        yield number, f"{', '.join(wrong)}: no text; put it in quotes" if wrong else known


def _from_tsv(text: str) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    rows = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    names = next(rows, [])
    for row in rows:
        if not row or row[0].startswith("#"):
            continue
        if len(row) != len(names):
            yield rows.line_num, f"{len(row)} fields where the first line names {len(names)}; mend it"
            continue
        yield (
            rows.line_num,
            {name: value for name, value in zip(names, row, strict=True) if value and name not in IGNORED},
        )


def _problem(said: Mapping[str, str]) -> str | None:
    unknown = [name for name in said if name not in {*ASKED, "reason"}]
    if unknown:
        return f"unknown column {unknown[0]!r}; known are {', '.join((*ASKED, 'reason'))}"
    if not said.get("reason", "").strip():
        return "no reason; say why the difference is accepted"
    if not any(said.get(name) for name in ASKED):
        return "accepts whatever differs; name at least a kind"
    return None
