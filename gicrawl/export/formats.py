"""Formats: one module of this package each, found by looking. A new format is one new module, no edit elsewhere.

A format module has `FORMAT: Format`.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import IO, TYPE_CHECKING

import gicrawl.export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gicrawl.export.tables import Record, Table


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a table into a file.

    Attributes:
        name: what the user asks for.
        suffix: of the files, with its dot.
        write: writes the records of a table into a binary file and returns how many there were; the same records
            always give the same bytes.
    """

    name: str
    suffix: str
    write: Callable[[Table, Iterable[Record], IO[bytes]], int]


@cache
def formats() -> dict[str, Format]:
    """Every format by its name, sorted."""
    found = {}
    for module in pkgutil.iter_modules(gicrawl.export.__path__):
        candidate = getattr(import_module(f"gicrawl.export.{module.name}"), "FORMAT", None)
        if isinstance(candidate, Format):
            found[candidate.name] = candidate
    return dict(sorted(found.items()))
