"""Formats: one module of this package each, found by looking. A new format is one new module, no edit elsewhere.

A format module has `FORMAT: Format`.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import IO, TYPE_CHECKING, Protocol

import gicrawl.export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gicrawl.export.columns import Record, Table


class Write(Protocol):
    """Writes a table."""

    def __call__(self, table: Table, records: Iterable[Record], file: IO[bytes], *, about: Mapping[str, str]) -> int:
        """See `Format`."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a table into a file.

    Attributes:
        name: what the user asks for.
        suffix: of the files, with its dot.
        write: writes the records of a table into a binary file, with what is to be said about all of them where the
            format has a place for it, and returns how many there were; the same always gives the same bytes.
        require: raises ExportError, before anything is written, where something the format needs is not installed.
    """

    name: str
    suffix: str
    write: Write
    require: Callable[[], None] = lambda: None


@cache
def formats() -> dict[str, Format]:
    """Every format by its name, sorted."""
    found = {}
    for module in pkgutil.iter_modules(gicrawl.export.__path__):
        candidate = getattr(import_module(f"gicrawl.export.{module.name}"), "FORMAT", None)
        if isinstance(candidate, Format):
            found[candidate.name] = candidate
    return dict(sorted(found.items()))
