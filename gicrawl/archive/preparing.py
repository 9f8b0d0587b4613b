"""Captures made ready to be written, outside any transaction: bodies hashed, looked up, and on their way to zstd."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from gicrawl.archive.bodies import Decoded, Earlier, describe_decoded
from gicrawl.archive.dictionaries import AT_HAND
from gicrawl.archive.interning import host_of
from gicrawl.archive.packing import Body, Packer
from gicrawl.archive.wire import codings

if TYPE_CHECKING:
    from gicrawl.archive.records import Capture
    from gicrawl.archive.store import Archive

_BODILESS = frozenset({204, 304})
_STORED = "SELECT size, sniffed_type FROM bodies WHERE sha256 = ?"
_DICTIONARIES = "SELECT sha256, site, data FROM dictionaries WHERE site = ? ORDER BY id DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A capture ready to be written.

    Attributes:
        body: its body, hashed and on its way to be compressed; None where it has none.
        codings: content-codings of the response.
        decoded: what the body says decoded; None without content-coding or where that failed.
    """

    capture: Capture
    body: Body | None
    codings: tuple[str, ...]
    decoded: Decoded | None


class Preparer:
    """Makes captures ready for a writer.

    Args:
        archive: where they will go; a body that is stored there already is not compressed again.
        level: zstd's level.
    """

    def __init__(self, archive: Archive, level: int) -> None:
        self._archive = archive
        self._packer = Packer(self._dictionaries, level)
        self._packing: dict[bytes, Body] = {}

    def capture(self, capture: Capture) -> Prepared:
        """A capture, its body hashed and on its way to be compressed."""
        message = capture.response
        if capture.body is not None:
            return Prepared(capture, self.body(capture.body, None), (), None)
        applied = () if message is None else codings(message.head)
        if message is None or (not message.body and (capture.status in _BODILESS or not message.complete)):
            return Prepared(capture, None, applied, None)
        body = self.body(message.body, host_of(capture.final_url))
        decoded = describe_decoded(message.body, applied) if applied and message.body else None
        return Prepared(capture, body, applied, decoded)

    def body(self, body: bytes, host: str | None) -> Body:
        """A body on its way to be compressed; `host` is where it came from, None: from nowhere with pages in common."""
        digest = sha256(body).digest()
        there = self._packing.get(digest) or self._stored(digest)
        if there is None:
            there = self._packing[digest] = self._packer.pack(body, digest, host)
        return there

    def committed(self) -> None:
        """What was made ready is in the archive, where it is found from now on."""
        self._packing.clear()

    def close(self) -> None:
        """Make nothing ready any more."""
        self._packer.close()

    def _stored(self, digest: bytes) -> Body | None:
        """A body that is stored already: it need not be compressed again."""
        rows = self._archive.select("looking for a body", _STORED, [digest])
        if not rows:
            return None
        size, sniffed_type = rows[0]
        return Body(digest, size, sniffed_type, None)

    def _dictionaries(self, host: str) -> list[Earlier]:
        """The newest dictionaries of a host."""
        rows = self._archive.select("looking for dictionaries", _DICTIONARIES, [host, AT_HAND])
        return [Earlier(*row) for row in rows]
