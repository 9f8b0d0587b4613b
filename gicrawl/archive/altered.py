"""Whether the tables, indexes, views and triggers of a file are as this gicrawl makes them: SQLite checks none of it.

A flipped bit in the text of a view is noticed by whoever uses it first, in SQLite's words ("no such column: urk").
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlite_utils import Database

from gicrawl.archive import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_TEXT = "its schema is no text any more"

_SQL = "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL"


def unlike(conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """What is not as we make it: its name, and one sentence; by name."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        schema.register(fresh)
        schema.prepare(Database(fresh, execute_plugins=False))
        ours = {name: (kind, _one_line(text)) for name, kind, text in fresh.execute(_SQL)}
    found = {name: (kind, _one_line(text)) for name, kind, text in conn.execute(_SQL)}
    for name, (kind, text) in sorted(ours.items()):
        if name in found:
            if found[name] != (kind, text):
                yield name, f"the {kind} {name} is not as this gicrawl makes it"
        elif kind != "trigger":  # without one all is as it was; with one it may not be
            yield name, f"the {kind} {name} is gone"


def altered(path: Path) -> str | None:
    """What is not as we make it in the archive at a path, one sentence; None where all is, or that cannot be told."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            return next((sentence for _, sentence in unlike(conn)), None)
    except UnicodeDecodeError:
        return _NO_TEXT
    except sqlite3.Error as error:
        return None if hasattr(error, "sqlite_errorcode") else _NO_TEXT  # SQLite takes no offence, its module does


def _one_line(text: str) -> str:
    return " ".join(text.split())
