"""Do the numbers of one document agree with each other? Three-valued checks of the identities in `identities.toml`.

A check passes or fails only on printed numbers. A blank is never a 0: where one is needed the check is not assessable,
and says beside it how it would end if the blanks were zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from gicrawl.parser.data import read_data
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Check, CheckStatus, Severity, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gicrawl.parser.report import Cell, Key, Number

_Exact: TypeAlias = "int | Decimal"
_Sums: TypeAlias = "tuple[tuple[Key, ...], tuple[_Sum, ...]]"
"""The cells of a table, and sums over them."""
_Taking: TypeAlias = "Callable[[Sequence[Any]], Sequence[Any]]"

_LIST: Final = "statistics"
_VALUE: Final = 4
"""Place of the value in a cell: asked of hundreds, by its name at four times the time."""
_WHOLE: Final = {int}
_PASS, _FAIL = CheckStatus.PASS, CheckStatus.FAIL  # members of enumerations are found ten times as slowly as names
_EMPTY: Final = frozenset([State.BLANK, State.NOT_APPLICABLE])
"""What people write for zero; anything else that is no number (torn, ambiguous, not read) may be any number."""


# Loaded once and compared by identity, as the forms are.
@dataclass(frozen=True, slots=True, eq=False)
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
    return tuple(_identity(entry) for entry in read_data(__package__, "identities.toml")["identity"])


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
    values = {key: cell[_VALUE] for key, cell in cells.items()}
    listed = _printed(cells) if _LIST in forms else frozenset()
    for identity in load_identities():
        form = forms.get(identity.table)
        if form is None or form not in identity.forms:
            continue
        keys, sums = _of_list(identity, form, listed) if identity.of_list else _of_form(identity, form)
        numbers = list(map(values.get, keys))
        if set(map(type, numbers)) == _WHOLE:
            checks += [_of_whole(one, numbers) for one in sums]
            continue
        zeroed = numbers if None not in numbers else [_zeroed(cells.get(key)) for key in keys]
        checks += [_check(one, numbers, zeroed) for one in sums]
    return tuple(checks)


@dataclass(frozen=True, slots=True, eq=False)
class _Sum:
    """An identity at one row or column.

    Attributes:
        row: by which the check is named.
        column: the same.
        left: the cells summed on the left.
        right: and on the right.
        takes: what takes the numbers of either side out of those of the whole table.
        partial: of what bounds the left side some is not printed: that side may well be more than the rest.
    """

    identity: Identity
    row: str | None
    column: str | None
    left: tuple[Key, ...]
    right: tuple[Key, ...]
    takes: tuple[_Taking, _Taking]
    partial: bool


def _sums(identity: Identity, form: str, terms_at: Callable[[str], Collection[str]]) -> _Sums:
    """An identity at every place, over those of its terms that there are; nowhere where a side has none."""
    places, terms = _places(identity, form)
    places = tuple(place for place in places if not identity.only or place in identity.only)
    asked = {*identity.left, *identity.right}
    keys = tuple(_key(identity, place, term) for place in places for term in terms if term in asked)
    at = {key: number for number, key in enumerate(keys)}
    sums = []
    for place in places:
        there = terms_at(place)
        left, right = (
            tuple([_key(identity, place, term) for term in side if term in there])
            for side in (identity.left, identity.right)
        )
        if left and right:
            row, column = (place, None) if identity.each == "row" else (identity.row or None, place)
            takes = _taking([at[key] for key in left]), _taking([at[key] for key in right])
            partial = identity.relation == "at_most" and len(right) < len(identity.right)
            sums.append(_Sum(identity, row, column, left, right, takes, partial))
    return keys, tuple(sums)


def _taking(at: Sequence[int]) -> _Taking:
    """What takes items out of a sequence, one too as a sequence."""
    return itemgetter(*at) if len(at) > 1 else itemgetter(slice(at[0], at[0] + 1))


@cache
def _of_form(identity: Identity, form: str) -> _Sums:
    """The sums over a table: the same in every document of a form."""
    terms = _places(identity, form)[1]
    return _sums(identity, form, lambda _: terms)


@lru_cache(maxsize=128)
def _of_list(identity: Identity, form: str, printed: frozenset[Key]) -> _Sums:
    """The sums over an annex: over what the document prints, which is the same in those that a body wrote."""
    terms = _places(identity, form)[1]
    return _sums(identity, form, lambda place: {term for term in terms if _key(identity, place, term) in printed})


def _places(identity: Identity, form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rows or columns an identity is checked at, and the columns or rows its terms are among."""
    rows, columns = _axes(form, identity.table) or ((), ())
    return (rows, columns) if identity.each == "row" else (columns, rows)


def _zeroed(cell: Cell | None) -> Number | None:
    return 0 if cell is not None and cell.state in _EMPTY else None if cell is None else cell.value


def _check(one: _Sum, numbers: Sequence[Number | None], zeroed: Sequence[Number | None]) -> Check:
    """A sum as a check.

    Args:
        one: the sum.
        numbers: of the whole table, None for what is none.
        zeroed: the same with what people leave empty for zero.
    """
    left, right = (_total(take(numbers)) for take in one.takes)
    if left is not None and right is not None:
        status = _PASS if _holds(one.identity, left, right) else _FAIL
        return _told(one, status, _number(left), _number(right), None)
    left_zero, right_zero = (_total(take(zeroed)) for take in one.takes)
    holds = None if left_zero is None or right_zero is None else _holds(one.identity, left_zero, right_zero)
    return _told(one, CheckStatus.NOT_ASSESSABLE, _number(left), _number(right), holds)


def _of_whole(one: _Sum, numbers: Sequence[Any]) -> Check:
    """The same for whole numbers only, as in nearly every table."""
    take_left, take_right = one.takes
    left, right = sum(take_left(numbers)), sum(take_right(numbers))
    holds = left == right if one.identity.relation == "equal" else left <= right
    return _told(one, _PASS if holds else _FAIL, left, right, None)


@lru_cache(maxsize=2048)
def _told(
    one: _Sum,
    status: CheckStatus,
    left: Number | None,
    right: Number | None,
    holds_if_zero: bool | None,  # noqa: FBT001 - keywords cost a cache its speed
) -> Check:
    """The check; cached, because most rows of most reports add up to the same few small numbers."""
    return Check(
        id=one.identity.id,
        status=CheckStatus.NOT_ASSESSABLE if one.partial and status is _FAIL else status,
        severity=one.identity.severity,
        table=one.identity.table,
        row=one.row,
        column=one.column,
        left=left,
        right=right,
        holds_if_blank_is_zero=holds_if_zero,
        cells=(*one.left, *one.right),
    )


def _total(terms: Sequence[Number | None]) -> _Exact | None:
    """Exact sum of printed numbers; None when one of the terms is none."""
    try:
        total: Number = sum(terms)  # type: ignore[arg-type]
    except TypeError:
        return None
    if isinstance(total, int):
        return total
    # repr of a float is the shortest decimal that reads back as it: what was printed, not its binary neighbour
    return sum((Decimal(repr(term)) for term in terms), Decimal(0))


def _key(identity: Identity, place: str, term: str) -> Key:
    return (identity.table, place, term) if identity.each == "row" else (identity.table, term, place)


def _printed(cells: Mapping[Key, Cell]) -> frozenset[Key]:
    """The cells of an annex that a document prints."""
    return frozenset([key for key, cell in cells.items() if key[0] == _LIST and cell.state is not State.ABSENT])


def _holds(identity: Identity, left: _Exact, right: _Exact) -> bool:
    return left == right if identity.relation == "equal" else left <= right


def _number(value: _Exact | None) -> Number | None:
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
