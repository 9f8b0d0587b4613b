"""Do the numbers of one document agree with each other? Three-valued checks of the identities in `identities.toml`.

A check passes or fails only on printed numbers. A blank is never a 0: where one is needed the check is not assessable,
and says beside it how it would end if the blanks were zeros.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Check, CheckStatus, Severity, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gicrawl.parser.report import Cell, Key, Number

_LIST: Final = "statistics"
_EMPTY: Final = frozenset([State.BLANK, State.NOT_APPLICABLE])
"""What people write for zero; anything else that is no number (torn, ambiguous, not read) may be any number."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A rule that must hold between the cells of one table.

    Attributes:
        forms: the forms it holds for.
        each: whether there is one check for every row (terms are columns) or for every column (terms are rows).
        only: the rows or columns it is limited to; empty for all.
        left: terms summed on the left. Terms the table's form does not have are left out.
        relation: `equal`, or `at_most` where left may be smaller.
        right: terms summed on the right.
        row: the row an identity of columns is named by, where several have one id; empty otherwise.
        of_list: of an annex, whose rows and columns vary: what the document does not print is no term.
    """

    id: str
    severity: Severity
    table: str
    forms: frozenset[str]
    each: Literal["row", "column"]
    only: tuple[str, ...]
    left: tuple[str, ...]
    relation: Literal["equal", "at_most"]
    right: tuple[str, ...]
    row: str = ""
    of_list: bool = False


@cache
def load_identities() -> tuple[Identity, ...]:
    """The identities of `identities.toml`, in its order.

    Raises:
        ValueError: an entry names a form, row or column that no form has: a slip in the data file.
    """
    text = files(__package__).joinpath("identities.toml").read_text(encoding="utf-8")
    return tuple(_identity(entry) for entry in tomllib.loads(text)["identity"])


def _identity(entry: dict[str, str | list[str]]) -> Identity:
    each, relation = entry["each"], entry["relation"]
    if each not in ("row", "column") or relation not in ("equal", "at_most"):
        raise ValueError(f"identities.toml: {entry['id']} has each = {each!r}, relation = {relation!r}")
    identity = Identity(
        id=str(entry["id"]),
        severity=Severity(str(entry["severity"])),
        table=str(entry["table"]),
        forms=frozenset(entry["forms"]),
        each="row" if each == "row" else "column",
        only=tuple(entry.get("only", ())),
        left=tuple(entry["left"]),
        relation="equal" if relation == "equal" else "at_most",
        right=tuple(entry["right"]),
        row=str(entry.get("row", "")),
        of_list=entry["table"] == _LIST,
    )
    known: set[str] = set()
    for form in identity.forms:
        axes = _axes(form, identity.table)
        if axes is None:
            raise ValueError(f"identities.toml: {identity.id}: no form {form} with a table {identity.table}")
        known.update(axes[0] if identity.each == "column" else axes[1])
    if strange := [term for term in (*identity.left, *identity.right) if term not in known]:
        raise ValueError(f"identities.toml: {identity.id}: no form has {', '.join(strange)}")
    return identity


@cache
def _axes(form: str, table: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Keys of the rows and of the columns of a table of a form; None when there is no such form or table."""
    for candidate in load_forms():
        if candidate.id == form:
            for part in candidate.tables:
                if part.key == table:
                    return tuple(row.key for row in part.rows), tuple(column.key for column in part.columns)
    return None


def run_checks(cells: Mapping[Key, Cell], forms: Mapping[str, str]) -> tuple[Check, ...]:
    """Check every identity that applies.

    Args:
        cells: the cells read, by their canonical name. One that is missing here makes its checks not assessable.
        forms: form of each table the document has, e.g. `{"applications": "form2021"}`. Tables not named here were not
            read and are not checked.

    Returns:
        One check for every row or column of the form each identity applies to, in the order of `identities.toml`; of an
        annex, for those the document has.
    """
    checks: list[Check] = []
    for identity in load_identities():
        form = forms.get(identity.table)
        if form not in identity.forms or (axes := _axes(form, identity.table)) is None:
            continue
        rows, columns = axes
        places, terms = (rows, columns) if identity.each == "row" else (columns, rows)
        for place in places:
            if identity.only and place not in identity.only:
                continue
            present = {
                term for term in terms if not identity.of_list or _is_printed(_key(identity, place, term), cells)
            }
            left = [term for term in identity.left if term in present]
            right = [term for term in identity.right if term in present]
            if left and right:
                checks.append(_check(identity, place, left, right, cells))
    return tuple(checks)


def _check(
    identity: Identity, place: str, left: Sequence[str], right: Sequence[str], cells: Mapping[Key, Cell]
) -> Check:
    by_row = identity.each == "row"
    left_keys = [_key(identity, place, term) for term in left]
    right_keys = [_key(identity, place, term) for term in right]
    left_sum, right_sum = _sum(left_keys, cells), _sum(right_keys, cells)
    holds_if_zero: bool | None = None
    if left_sum is not None and right_sum is not None:
        status = CheckStatus.PASS if _holds(identity, left_sum, right_sum) else CheckStatus.FAIL
    else:
        status = CheckStatus.NOT_ASSESSABLE
        left_zero = _sum(left_keys, cells, blank_is_zero=True)
        right_zero = _sum(right_keys, cells, blank_is_zero=True)
        if left_zero is not None and right_zero is not None:
            holds_if_zero = _holds(identity, left_zero, right_zero)
    return Check(
        id=identity.id,
        status=status,
        severity=identity.severity,
        table=identity.table,
        row=place if by_row else identity.row or None,
        column=None if by_row else place,
        left=_number(left_sum),
        right=_number(right_sum),
        holds_if_blank_is_zero=holds_if_zero,
        cells=(*left_keys, *right_keys),
    )


def _key(identity: Identity, place: str, term: str) -> Key:
    return (identity.table, place, term) if identity.each == "row" else (identity.table, term, place)


def _is_printed(key: Key, cells: Mapping[Key, Cell]) -> bool:
    return key in cells and cells[key].state is not State.ABSENT


def _holds(identity: Identity, left: Decimal, right: Decimal) -> bool:
    return left == right if identity.relation == "equal" else left <= right


def _sum(keys: Iterable[Key], cells: Mapping[Key, Cell], *, blank_is_zero: bool = False) -> Decimal | None:
    """Exact sum of printed numbers; None when one of the cells is no number."""
    total = Decimal(0)
    for key in keys:
        cell = cells.get(key)
        if cell is None:
            return None
        if cell.state is State.NUMBER and cell.value is not None:
            # repr of a float is the shortest decimal that reads back as it: what was printed, not its binary neighbour
            total += Decimal(repr(cell.value))
        elif not (blank_is_zero and cell.state in _EMPTY):
            return None
    return total


def _number(value: Decimal | None) -> Number | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
