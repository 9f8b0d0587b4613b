"""What the parser says of a document. The shape of `gicrawl parse`'s output, as records."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from gicrawl.parser.document import Evidence

Number: TypeAlias = "int | float"
Key: TypeAlias = "tuple[str, str, str]"
"""(table, row, column): the canonical name of a cell, see `gicrawl/parser/forms/`."""


class Status(StrEnum):
    """What the document turned out to be."""

    REPORT = "report"
    NOT_A_REPORT = "not_a_report"
    FAILED = "failed"


class State(StrEnum):
    """What stands in a cell. Only `number` has a value: a blank is never a 0."""

    NUMBER = "number"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    TEXT = "text"
    ILLEGIBLE = "illegible"
    AMBIGUOUS = "ambiguous"
    UNREAD = "unread"
    ABSENT = "absent"

    __hash__ = str.__hash__  # that of `Enum` is Python, and every cell is asked


class CheckStatus(StrEnum):
    """Outcome of a check: a check that needs a blank cell is not assessable, not passed."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    NOT_ASSESSABLE = "not_assessable"

    __hash__ = str.__hash__  # as above


class Severity(StrEnum):
    """How bad a failed check is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_NOWHERE: Final[Evidence] = {}
"""Evidence of what stands nowhere; shared, and like all evidence never written to."""


class Cell(NamedTuple):
    """One cell of a statutory table.

    A named tuple and no dataclass, because a report has hundreds: making frozen dataclasses would take a quarter of the
    time of a whole parse. To be made with keywords, and changed with `_replace`.

    Attributes:
        value: the number as printed, sign and decimals kept; None unless `state` is `number`.
        raw: what stands in the cell, as printed.
        unit: 元 or 万元 where it stands with the number; None elsewhere.
        confidence: 0 to 1, how sure we are that this value belongs to this cell.
        candidates: for `ambiguous`, the raw values that could stand here, each with its evidence.
    """

    table: str
    row: str
    column: str
    state: State
    value: Number | None = None
    raw: str | None = None
    unit: str | None = None
    confidence: float = 0.0
    flags: tuple[str, ...] = ()
    candidates: tuple[tuple[str, Evidence], ...] = ()
    evidence: Evidence = _NOWHERE

    @property
    def key(self) -> Key:
        """The canonical name."""
        return self.table, self.row, self.column


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A number stated in prose."""

    key: str
    value: Number
    unit: str | None
    scope: str
    kind: str
    sentence: str
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule applied to one row, column or place.

    Attributes:
        printed: the passage it is about, where that is no cell; squeezed.
        evidence: where the passage stands. Neither of the two is part of what a check says, and the archive keeps
            neither: they are for whoever has the document before him.
    """

    id: str
    status: CheckStatus
    severity: Severity
    table: str | None = None
    row: str | None = None
    column: str | None = None
    left: Number | None = None
    right: Number | None = None
    holds_if_blank_is_zero: bool | None = None
    cells: tuple[Key, ...] = ()
    printed: str | None = field(default=None, compare=False)
    evidence: Evidence = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawGrid:
    """A table that fits no form: kept, not dropped and not forced."""

    caption: str | None
    rows: tuple[tuple[str, ...], ...]
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something our reading did not understand. Codes are stable; `fields` fill the message of `problems.toml`."""

    code: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who reports.

    Attributes:
        name: official name in Simplified script; None where it could not be settled.
        printed: what stands in the document.
        level: national, province, prefecture, county, township, or None.
        kind: government, office, department, development_zone, other, or None.
    """

    name: str | None
    printed: str | None
    region_code: str | None = None
    level: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Statistics period, ISO dates; `printed` where it stands in the document damaged."""

    start: str | None
    end: str | None
    printed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose report it is, of which year, and whether it is one.

    Attributes:
        surmised: only a label of the page or site names the issuer; the files beside it may know better.
    """

    status: Status
    title: str | None = None
    issuer: Issuer | None = None
    scope: str = "unknown"
    year: int | None = None
    period: Period | None = None
    script: str | None = None
    published: str | None = None
    published_source: str | None = None
    problems: tuple[Problem, ...] = ()
    surmised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything read from one document."""

    sha256: str
    media_type: str
    parser: str
    reader: str
    identity: Identity
    forms: tuple[tuple[str, str], ...] = ()
    cells: tuple[Cell, ...] = ()
    facts: tuple[Fact, ...] = ()
    checks: tuple[Check, ...] = ()
    grids: tuple[RawGrid, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def status(self) -> Status:
        """Whether it is a report at all."""
        return self.identity.status
