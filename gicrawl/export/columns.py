"""What a table of open data is: its columns, what they hold and mean, and where its rows come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from gicrawl.corpus.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.panel import VersionChoice
    from gicrawl.export.errors import Lost
    from gicrawl.portals.registry import Portal

Record: TypeAlias = "tuple[Any, ...]"
"""Values in the order of a table's columns: str, int, float, bool, None, Decimal where the kind is `decimal`, and JSON
values where it is `json`."""


class Kind(StrEnum):
    """What a column holds; every column may be null."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: its name in flat formats.
        kind: what it holds.
        meaning: one sentence.
        unit: of its numbers, where they have one.
        group: in nested formats, the object it belongs to and its name there; `issuer_name` is `issuer.name`.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str | None = None
    group: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an export is about.

    Attributes:
        selection: bodies and years.
        portals: the registry: who is expected to publish where.
        version: which version of a report the panel shows.
        lose: is told of each capture that cannot be read, and is left out; without it, an export of damaged captures
            fails.
    """

    selection: Selection = field(default_factory=Selection)
    portals: tuple[Portal, ...] = ()
    version: VersionChoice = "latest"
    lose: Callable[[Lost], None] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: of its file, too.
        meaning: what a row is.
        columns: in order.
        rows: its records, sorted by public ids.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Callable[[Archive, Wanted], Iterator[Record]]


def text(name: str, meaning: str) -> Column:
    """A column of text."""
    return Column(name, Kind.TEXT, meaning)


def json(name: str, meaning: str) -> Column:
    """A column of lists or objects."""
    return Column(name, Kind.JSON, meaning)


def issuer(name: str, meaning: str) -> Column:
    """A column of the object `issuer`."""
    return Column(f"issuer_{name}", Kind.TEXT, meaning, group=("issuer", name))


REPORT_ID = text("report_id", "SHA-256 of the report's canonical URL, 64 hex digits; the same for all its versions.")
VERSION = text("version", "Digest of the document, 64 hex digits: changes whenever what the parser sees changes.")
PARSER = text("parser", "Version of the parser that made this row.")
SHA256 = text("sha256", "SHA-256 of the main body as received, 64 hex digits.")


def utc(time: datetime) -> str:
    """A moment in UTC, ISO 8601 with microseconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
