"""What differs between two parses of one document, piece by piece. Knows nothing of archives.

Pieces that are equal in everything are left out first. What is left is paired by what names it (a cell by its key, a
check by its rule and place, …), in the order of the text; each pair, and each piece without a partner, is one
difference, named after the most telling thing that differs.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from gicrawl.parser.output import cell_json, fact_json
from gicrawl.parser.report import State

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from gicrawl.parser.report import Cell, Check, Fact, Problem, RawGrid

Piece = TypeVar("Piece")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Everything one parse says of a document.

    Attributes:
        parser: the version that said it.
        status: `report`, `not_a_report` or `failed`.
        identity: issuer, year, title and so on, by the names of the columns of `parses`.
        forms: table → form.
    """

    parser: str
    status: str
    identity: Mapping[str, str | int | None]
    forms: Mapping[str, str] = field(default_factory=dict)
    cells: Sequence[Cell] = ()
    facts: Sequence[Fact] = ()
    checks: Sequence[Check] = ()
    grids: Sequence[RawGrid] = ()
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that two parses say differently.

    Attributes:
        kind: what happened, in words that stay: `cell number→absent`, `check pass→fail`, `cell added`, …
        table: of a cell, a check or a form.
        row: of a cell or a check.
        column: of a cell or a check.
        key: rule of a check, key of a fact, code of a problem, name of an identity field, caption of a grid.
        before: what the old parse says, short; None where it says nothing.
        after: what the new one says, short; None where it says nothing.
        old: all of it, as the JSON objects of `gicrawl parse` (raw text and evidence included), or None.
        new: the same of the new parse.
    """

    kind: str
    table: str | None = None
    row: str | None = None
    column: str | None = None
    key: str | None = None
    before: str | None
    after: str | None
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None

    @property
    def place(self) -> tuple[str, ...]:
        """Table, row and column, as far as there are any."""
        return tuple(part for part in (self.table, self.row, self.column) if part is not None)


def differences(old: Parsed, new: Parsed) -> Iterator[Difference]:
    """Everything that differs, the weightiest first: status, identity, forms, cells, checks, facts, problems, grids."""
    if old.status != new.status:
        yield _field(f"status {old.status}→{new.status}", None, old.status, new.status)
    for name in dict.fromkeys((*old.identity, *new.identity)):
        before, after = old.identity.get(name), new.identity.get(name)
        if before != after:
            yield _field(f"identity {_turn(before, after)}", name, before, after)
    for table in sorted({*old.forms, *new.forms}):
        before, after = old.forms.get(table), new.forms.get(table)
        if before != after:
            yield _field(f"form {_turn(before, after)}", None, before, after, table=table)
    yield from _cells(old, new)
    yield from _checks(old, new)
    yield from _facts(old, new)
    yield from _problems(old, new)
    yield from _grids(old, new)


def paired(
    old: Iterable[Piece], new: Iterable[Piece], name: Callable[[Piece], Hashable]
) -> Iterator[tuple[Piece | None, Piece | None]]:
    """Pair what differs.

    Args:
        old: pieces of the old parse, in order.
        new: pieces of the new parse, in order.
        name: what a piece has in common with its partner on the other side.

    Yields:
        (old, new) in the order of the names' first appearance; None where there is no partner. Equal pieces are left
        out, each against one.
    """
    was, now = list(old), list(new)
    common = Counter(map(_told, was)) & Counter(map(_told, now))
    left: dict[Hashable, tuple[list[Piece], list[Piece]]] = {}
    for side, pieces in enumerate((was, now)):
        equal = common.copy()
        for piece in pieces:
            told = _told(piece)
            if equal[told]:
                equal[told] -= 1
            else:
                left.setdefault(name(piece), ([], []))[side].append(piece)
    for before, after in left.values():
        for at in range(max(len(before), len(after))):
            yield before[at] if at < len(before) else None, after[at] if at < len(after) else None


def _told(piece: object) -> str:
    """All a piece says, as one comparable text; 1 and 1.0 are two things, for one of them was printed with a point."""
    return repr(piece)


def _turn(before: object, after: object) -> str:
    """Whether something came, went or changed."""
    if before is None:
        return "added"
    return "removed" if after is None else "changed"


def _field(
    kind: str, key: str | None, before: str | int | None, after: str | int | None, *, table: str | None = None
) -> Difference:
    said = [None if value is None else str(value) for value in (before, after)]
    sides = [None if value is None else {"value": value} for value in (before, after)]
    return Difference(kind=kind, table=table, key=key, before=said[0], after=said[1], old=sides[0], new=sides[1])


def _cells(old: Parsed, new: Parsed) -> Iterator[Difference]:
    for before, after in paired(old.cells, new.cells, lambda cell: cell.key):
        one = before or after
        assert one is not None  # a pair has at least one side
        yield Difference(
            kind=f"cell {_cell_turn(before, after)}",
            table=one.table,
            row=one.row,
            column=one.column,
            before=None if before is None else _cell_said(before),
            after=None if after is None else _cell_said(after),
            old=None if before is None else cell_json(before),
            new=None if after is None else cell_json(after),
        )


def _cell_turn(before: Cell | None, after: Cell | None) -> str:
    if before is None or after is None:
        return _turn(before, after)
    if before.state is not after.state:
        return f"{before.state}→{after.state}"
    for name in ("value", "unit", "raw", "candidates", "flags", "evidence"):
        was, now = getattr(before, name), getattr(after, name)
        if _told(was) != _told(now):
            return f"{name} changed"
    return "confidence changed"


def _cell_said(cell: Cell) -> str:
    if cell.state is State.NUMBER:
        return f"{cell.value}{'' if cell.unit is None else f' {cell.unit}'}"
    raw = " ".join((cell.raw or "").split())
    return f"{cell.state} {raw}" if raw else str(cell.state)


def _checks(old: Parsed, new: Parsed) -> Iterator[Difference]:
    for before, after in paired(old.checks, new.checks, lambda c: (c.id, c.table, c.row, c.column)):
        one = before or after
        assert one is not None  # a pair has at least one side
        if before is None or after is None:
            turn = _turn(before, after)
        elif before.status is not after.status:
            turn = f"{before.status}→{after.status}"
        else:
            turn = "changed"
        yield Difference(
            kind=f"check {turn}",
            table=one.table,
            row=one.row,
            column=one.column,
            key=one.id,
            before=None if before is None else _check_said(before),
            after=None if after is None else _check_said(after),
            old=None if before is None else asdict(before),
            new=None if after is None else asdict(after),
        )


def _check_said(check: Check) -> str:
    said = f"{check.status}: {check.left} = {check.right}" if check.left is not None else str(check.status)
    if check.holds_if_blank_is_zero is None:
        return said
    return f"{said}, {'holds' if check.holds_if_blank_is_zero else 'breaks'} if blanks are zeros"


def _facts(old: Parsed, new: Parsed) -> Iterator[Difference]:
    for before, after in paired(old.facts, new.facts, lambda fact: fact.key):
        one = before or after
        assert one is not None  # a pair has at least one side
        yield Difference(
            kind=f"fact {_fact_turn(before, after)}",
            key=one.key,
            before=None if before is None else _fact_said(before),
            after=None if after is None else _fact_said(after),
            old=None if before is None else fact_json(before),
            new=None if after is None else fact_json(after),
        )


def _fact_turn(before: Fact | None, after: Fact | None) -> str:
    if before is None or after is None:
        return _turn(before, after)
    for name in ("value", "unit", "scope", "kind", "sentence"):
        if _told(getattr(before, name)) != _told(getattr(after, name)):
            return f"{name} changed"
    return "evidence changed"


def _fact_said(fact: Fact) -> str:
    return f"{fact.value}{fact.unit or ''} ({fact.scope}, {fact.kind})"


def _problems(old: Parsed, new: Parsed) -> Iterator[Difference]:
    for before, after in paired(old.problems, new.problems, lambda problem: problem.code):
        one = before or after
        assert one is not None  # a pair has at least one side
        yield Difference(
            kind=f"problem {_turn(before, after)}",
            key=one.code,
            before=None if before is None else _problem_said(before),
            after=None if after is None else _problem_said(after),
            old=None if before is None else {"code": before.code, "fields": dict(before.fields)},
            new=None if after is None else {"code": after.code, "fields": dict(after.fields)},
        )


def _problem_said(problem: Problem) -> str:
    said = ", ".join(f"{name} {value}" for name, value in problem.fields)
    return f"{problem.code} ({said})" if said else problem.code


def _grids(old: Parsed, new: Parsed) -> Iterator[Difference]:
    for before, after in paired(old.grids, new.grids, lambda grid: grid.caption):
        one = before or after
        assert one is not None  # a pair has at least one side
        moved = before is not None and after is not None and before.rows == after.rows
        yield Difference(
            kind="grid evidence changed" if moved else f"grid {_turn(before, after)}",
            key=one.caption,
            before=None if before is None else _grid_said(before),
            after=None if after is None else _grid_said(after),
            old=None if before is None else asdict(before),
            new=None if after is None else asdict(after),
        )


def _grid_said(grid: RawGrid) -> str:
    cells = sum(1 for row in grid.rows for text in row if text)
    first = next((text for row in grid.rows for text in row if text), "")
    return f"{len(grid.rows)} rows, {cells} texts, the first {json.dumps(first, ensure_ascii=False)}"
