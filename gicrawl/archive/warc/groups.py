"""Which records of a file belong to one exchange."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from gicrawl.archive.warc.provenance import CAPTURE_FIELD, RUN_FIELD
from gicrawl.archive.warc.reader import Damage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gicrawl.archive.warc.reader import Record

_MAX_RECORDS = 16
"""Records of one exchange; a file that links more together gets several."""

MAIN = ("response", "revisit", "resource")
"""Types of records that bring what was found."""
_NAMES = UUID("b5a1f9d0-33d2-5e58-8a57-0b4f3a6f7c11")
"""Namespace of the UUIDs of captures whose record is not named by one; it must never change."""


@lru_cache(maxsize=1024)  # asked several times for each record, and nothing else of it is
def capture_uuid(record: str) -> UUID:
    """The capture that a record becomes: its own UUID, or one made of its id where that is another URI."""
    if record.lower().startswith("urn:uuid:"):
        try:
            return UUID(record[9:])
        except ValueError:
            pass
    return uuid5(_NAMES, record.encode("utf-8", "backslashreplace").decode())


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one exchange, in the order of the file.

    Attributes:
        records: at least one.
    """

    records: tuple[Record, ...]

    @property
    def main(self) -> Record | None:
        """The record that brings what was found: a response, a revisit or a resource."""
        return next((record for record in self.records if record.type in MAIN), None)

    @property
    def request(self) -> Record | None:
        """What was asked."""
        return next((record for record in self.records if record.type == "request"), None)

    @property
    def ours(self) -> Record | None:
        """The metadata by which a capture is restored as it was."""
        return next((r for r in self.records if own_line(r, CAPTURE_FIELD) is not None), None)


def own_line(record: Record, field: bytes) -> bytes | None:
    """The JSON that a metadata record of ours begins with; None in any other."""
    start = field + b": "
    if record.type != "metadata" or not record.block.startswith(start):
        return None
    return record.block[len(start) :].partition(b"\r\n")[0]


def grouped(items: Iterable[Record | Damage]) -> Iterator[Group | Damage]:
    """Put together what belongs together; only records that follow each other are.

    They say so themselves (WARC-Concurrent-To, WARC-Refers-To); a request and an answer to the same URL side by side
    belong together where they say nothing.
    """
    waiting: list[Record] = []
    for item in items:
        if isinstance(item, Damage):
            if waiting:
                yield Group(tuple(waiting))
                waiting = []
            yield item
            continue
        if waiting and not (len(waiting) < _MAX_RECORDS and _belongs(item, waiting)):
            yield Group(tuple(waiting))
            waiting = []
        waiting.append(item)
    if waiting:
        yield Group(tuple(waiting))


def _belongs(record: Record, waiting: list[Record]) -> bool:
    if record.type not in {*MAIN, "request", "metadata"} or own_line(record, RUN_FIELD) is not None:
        return False
    if record.type in MAIN and any(other.type in MAIN for other in waiting):
        return False
    ids = {other.id for other in waiting}
    if record.concurrent & ids or any(record.id in other.concurrent for other in waiting):
        return True
    if record.type == "metadata":
        refers = record.text(b"warc-refers-to")
        return refers is not None and refers.strip("<>") in ids
    if len(waiting) != 1 or {record.type, waiting[0].type} not in ({"request", kind} for kind in MAIN[:2]):
        return False
    target = record.get(b"warc-target-uri")
    silent = not record.concurrent and not waiting[0].concurrent
    return silent and target is not None and target == waiting[0].get(b"warc-target-uri")
