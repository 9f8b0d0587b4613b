"""Which versions of the readers belong together: the parser as it was at one time, by the names its versions have.

A version of the parser is one of a reader: after a change of a form every reader has a new one, after a change of the
PDF reader only that has. What a user calls "the parser of last month" is a version for each reader, a generation. Each
re-parse notes the one it works with, so that naming any version of it is enough.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gicrawl.corpus.current import current_parsers
from gicrawl.corpus.errors import VersionUnknown
from gicrawl.corpus.rows import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from sqlite3 import Connection

    from gicrawl.archive.store import Archive

_NAMED = 6
"""At most so many versions are named in a message."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A version for each reader.

    Attributes:
        parsers: reader → version.
    """

    parsers: Mapping[str, str]

    @property
    def json(self) -> str:
        """The same as canonical JSON, as it is stored and given to queries."""
        return compact(dict(self.parsers))

    def __str__(self) -> str:
        """Each version with its readers, as people see it."""
        by_version: dict[str, list[str]] = {}
        for reader, version in sorted(self.parsers.items()):
            by_version.setdefault(version, []).append(reader)
        return ", ".join(f"{version} ({', '.join(readers)})" for version, readers in by_version.items())


@dataclass(slots=True)
class Recorder:
    """Notes the generation a re-parse works with, before the first parse by each reader is written."""

    archive: Archive
    version: Callable[[str], str]
    _noted: set[str] = field(default_factory=set)

    def note(self, readers: Iterable[str]) -> None:
        """Note that parses by these readers are about to be written.

        Raises:
            ArchiveError: the archive cannot be written.
        """
        new = set(readers) - self._noted
        if not new:
            return
        parsers = json.loads(current_parsers(self.archive, self.version))
        parsers |= {reader: self.version(reader) for reader in new | self._noted}
        made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with self.archive.transaction("noting the version of the parser") as connection:
            connection.execute(
                "INSERT INTO generations (parsers, made) VALUES (?, ?) ON CONFLICT (parsers) DO NOTHING",
                [compact(parsers), made],
            )
        self._noted |= new


def generations(connection: Connection) -> list[Generation]:
    """Every generation that has parsed something here, the newest first."""
    rows = connection.execute("SELECT parsers FROM generations ORDER BY made DESC, parsers DESC")
    return [Generation(json.loads(parsers)) for (parsers,) in rows]


def named(connection: Connection, name: str) -> Generation:
    """The generation a user means.

    Args:
        connection: of an archive.
        name: the beginning of a version as it is printed (`0.1.0+3f2a`), or of its last part (`3f2a`). Where a version
            is one of several generations (only another reader has changed), the newest of them.

    Raises:
        VersionUnknown: nothing here was parsed by such a version, or several generations have one.
    """
    known = generations(connection)
    found = {v for generation in known for v in generation.parsers.values() if _begins(v, name)}
    for generation in known:
        if found and found <= set(generation.parsers.values()):
            return generation
    versions = list(dict.fromkeys(v for generation in known for v in sorted(set(generation.parsers.values()))))
    several = [version for version in versions if version in found]
    said = ", ".join((several or versions)[:_NAMED]) or "none yet"
    if several:
        raise VersionUnknown(f"several parsers have a version {name!r}: {said}; give more of it")
    raise VersionUnknown(f"no document was parsed by a version {name!r}; there are, newest first: {said}")


def _begins(version: str, name: str) -> bool:
    return bool(name) and (version.startswith(name) or version.partition("+")[2].startswith(name))
