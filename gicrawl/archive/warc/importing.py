"""Bringing WARC files into the archive: our own captures as they were, everybody else's as captures of theirs.

What we wrote is restored from the metadata beside it. What others wrote becomes a capture where it is one, with the
place it came from; every record of theirs is kept verbatim as well, so that it leaves as it came. Records are known by
their ids: a second import adds nothing, and one that was killed goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from gicrawl.archive.ending import ending
from gicrawl.archive.folder import Remark
from gicrawl.archive.warc.ahead import read_ahead
from gicrawl.archive.warc.groups import Group, grouped
from gicrawl.archive.warc.looking import MissingError
from gicrawl.archive.warc.provenance import ProvenanceError
from gicrawl.archive.warc.reader import MAX_BLOCK, Damage, Reader, Record
from gicrawl.archive.warc.taking import RefusedError, Taker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO
    from uuid import UUID

    from gicrawl.archive.store import Archive
    from gicrawl.archive.writer import Writer

_BATCH = 400
_BATCH_BYTES = 32 << 20
_AHEAD = 64
"""Exchanges read before the first of them is taken: what they need from the archive is looked up together."""
_AHEAD_BYTES = 4 << 20
_LEVEL = 3
"""zstd's level, below that of a crawl, which waits for portals and has the time: an import is bound by it, and `gicrawl
compact` makes up for it."""


@dataclass(frozen=True, slots=True)
class WarcImported:
    """What an import did.

    Attributes:
        new: captures that are in the archive now and were not before.
        kept: records that are kept beside them and were not before, of which no capture is made.
        known: records that were there already.
        refused: what was left out, each told in a remark.
        run: of the import; None where nothing was new.
    """

    new: int
    kept: int
    known: int
    refused: int
    run: UUID | None


@dataclass(frozen=True, slots=True)
class _Later:
    """A group that needs what has not come yet: where it is, and how many records it has."""

    path: Path
    first: Record
    count: int


def import_warc(
    archive: Archive,
    paths: Sequence[Path],
    *,
    tell: Callable[[Remark], None],
    advance: Callable[[int, int], None] = lambda _done, _all: None,
    most_bytes: int = MAX_BLOCK,
) -> WarcImported:
    """Import WARC files, in any order: what refers to records of a later file waits for them.

    Args:
        archive: where they go.
        paths: the files; compressed as gzip or zstd, or not.
        tell: is called with what a person should look at, as it is met.
        advance: is told how many bytes of the files are done, of how many.
        most_bytes: larger blocks are refused.

    Raises:
        ArchiveError: the archive took no more; what was committed stays.
        OSError: a file cannot be read.
    """
    return _Importer(archive, paths, tell, most_bytes).run(advance)


class _Importer:
    """One import."""

    def __init__(
        self, archive: Archive, paths: Sequence[Path], tell: Callable[[Remark], None], most_bytes: int
    ) -> None:
        self._archive = archive
        self._paths = paths
        self._tell = tell
        self._most_bytes = most_bytes
        self._taker = Taker(archive, paths, tell)
        self._later: list[_Later] = []
        self._bytes = 0

    def run(self, advance: Callable[[int, int], None]) -> WarcImported:
        # a group is committed as one
        with ending(self._taker.finish), self._archive.writer(batch=1 << 30, seconds=1e9, level=_LEVEL) as writer:
            self._read(writer, advance)
            self._retry(writer)
        taker = self._taker
        return WarcImported(taker.new, taker.kept, taker.known, taker.refused, taker.run)

    def _read(self, writer: Writer, advance: Callable[[int, int], None]) -> None:
        sizes = [path.stat().st_size for path in self._paths]
        for number, path in enumerate(self._paths):
            with path.open("rb") as file, read_ahead(self._records(file), _weight) as records:
                for group in self._looked_for(grouped(records)):
                    if isinstance(group, Damage):
                        self._damage(path, group)
                    else:
                        self._take(writer, path, group, again=True)
                        advance(sum(sizes[:number]) + group.records[0].place.offset, sum(sizes))
            advance(sum(sizes[: number + 1]), sum(sizes))

    def _looked_for(self, found: Iterable[Group | Damage]) -> Iterator[Group | Damage]:
        """The same, after what is to be looked up for some dozens has been looked up together."""
        ahead: list[Group | Damage] = []
        size = 0
        for item in found:
            ahead.append(item)
            size += sum(len(record.block) for record in item.records) if isinstance(item, Group) else 0
            if len(ahead) >= _AHEAD or size > _AHEAD_BYTES:
                yield from self._looked(ahead)
                ahead, size = [], 0
        yield from self._looked(ahead)

    def _looked(self, ahead: list[Group | Damage]) -> list[Group | Damage]:
        self._taker.look_ahead(item for item in ahead if isinstance(item, Group))
        return ahead

    def _records(self, file: BinaryIO) -> Iterator[Record | Damage]:
        return iter(Reader(file, most_bytes=self._most_bytes))

    def _retry(self, writer: Writer) -> None:
        """Take what waited for something, until nothing more comes of it; say what it lacks of the rest."""
        more = True
        while self._later:
            waiting, self._later = self._later, []
            for later in waiting:
                with later.path.open("rb") as file:
                    found = islice(Reader(file, most_bytes=self._most_bytes).at(later.first.place), later.count)
                    for group in grouped(found):
                        if isinstance(group, Group):
                            self._take(writer, later.path, group, again=more)
            more = more and len(self._later) < len(waiting)

    # One group

    def _take(self, writer: Writer, path: Path, group: Group, *, again: bool) -> None:
        try:
            self._taker.take(writer, path.name, group, last=not again)
        except MissingError as error:
            if again:
                first = replace(group.records[0], block=b"")  # its place is what is needed of it
                self._later.append(_Later(path, first, len(group.records)))
            else:
                self._taker.refuse(str(path), group.records[0], "warc_unresolved", record=str(error))
        except ProvenanceError as error:
            self._taker.refuse(str(path), group.records[0], "warc_metadata", cause=str(error))
        except RefusedError as error:
            self._taker.refuse(str(path), group.records[0], error.code, **error.fields)
        self._bytes += sum(len(record.block) for record in group.records)
        if writer.pending >= _BATCH or self._bytes > _BATCH_BYTES:
            self._taker.flush(writer)
            self._bytes = 0

    def _damage(self, path: Path, damage: Damage) -> None:
        self._taker.refused += 1
        fields = (("file", str(path)), ("offset", str(damage.place)), ("cause", damage.cause))
        self._tell(Remark(damage.code, fields))


def _weight(item: Record | Damage) -> int:
    return len(item.block) if isinstance(item, Record) else 0
