"""The bytes of a WARC file decompressed, each with its place, as far as they are sound.

A WARC file is a row of gzip members, of zstd frames (IIPC's `warc.zst`, with a dictionary in front if they need one),
or is not compressed at all. Mostly a member holds one record, but nobody has to do it that way: some tools compress a
file as a whole, or in blocks. So records are read from one stream, and the places where members begin are kept
beside it: there reading can go on when something before is damaged.
"""

from __future__ import annotations

import re
import sys
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from gicrawl.archive.warc.engines import BROKEN, UNFOLD, Gunzip, Unzstd

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from gicrawl.archive.warc.engines import Engine

_READ = 1 << 15
"""Bytes read at once: a page of a portal compressed, so that little of what follows is read with it."""
_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""Magic of the skippable frame that holds the dictionary of a `warc.zst` (IIPC, WARC-zstd 1.0)."""
_MAX_DICTIONARY = 64 << 20
_SKIPPABLE = 8
"""Bytes of magic and length at the start of a skippable frame (RFC 8878 §3.1.2)."""

START = re.compile(rb"WARC/\d\.\d+\r?\n[A-Za-z]")
"""How a record begins."""
_START_MAX = 16
_PRIMER = 5  # len(b"WARC/")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file.

    Attributes:
        offset: of the gzip member or zstd frame it is in; of itself where the file is not compressed.
        within: decompressed bytes of that member or frame before it.
    """

    offset: int
    within: int = 0

    def __str__(self) -> str:
        return f"{self.offset}+{self.within}" if self.within else str(self.offset)


class DamageError(Exception):
    """The compressed bytes are damaged, or end too soon. The message says which, in a few words."""


class Stream:
    """A WARC file, decompressed.

    Attributes:
        buffer: what has been decompressed and not been taken.
        size: of the file.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Looks at the first bytes of a file to see how it is compressed.

        Raises:
            DamageError: its dictionary cannot be read.
            OSError: it cannot be read.
        """
        self._file = file
        self.size = file.seek(0, 2)
        file.seek(0)
        self.buffer = bytearray()
        self._begin = 0
        start = file.read(_SKIPPABLE)
        self._make: Callable[[], Engine] | None = None
        self._magic = b""
        if start.startswith(_GZIP[:2]):
            self._make, self._magic = Gunzip, _GZIP
        elif start.startswith((_ZSTD, _DICTIONARY)):
            dictionary = self._dictionary(start)
            self._make, self._magic = (lambda: Unzstd(dictionary)), _ZSTD
        self._set(self._begin)

    def _dictionary(self, start: bytes) -> zstd.ZstdDict | None:
        if not start.startswith(_DICTIONARY):
            return None
        length = int.from_bytes(start[4:], "little")
        if length > min(_MAX_DICTIONARY, self.size):
            raise DamageError("its dictionary is longer than the file")
        packed = self._file.read(length)
        self._begin = _SKIPPABLE + length
        try:
            plain = packed
            if packed.startswith(_ZSTD):
                plain = zstd.ZstdDecompressor().decompress(packed, _MAX_DICTIONARY)
            return zstd.ZstdDict(plain)
        except (zstd.ZstdError, ValueError) as error:
            raise DamageError("its dictionary is damaged") from error

    def _set(self, offset: int) -> None:
        """Begin anew at an offset of the file."""
        self._file.seek(offset)
        self._raw = b""
        self._raw_at = offset  # of the next byte to be decompressed
        self._engine: Engine | None = None
        self.buffer.clear()
        self._taken = 0  # decompressed bytes that left the buffer
        self._marks: deque[tuple[int, int]] = deque()  # (decompressed bytes before, offset of the member)

    @property
    def is_compressed(self) -> bool:
        """Whether it is a row of gzip members or zstd frames."""
        return self._make is not None

    @property
    def place(self) -> Place:
        """Where the next byte of the buffer stands."""
        if self._make is None:
            return Place(self._raw_at - len(self.buffer))
        while len(self._marks) > 1 and self._marks[1][0] <= self._taken:
            self._marks.popleft()
        if not self._marks:
            return Place(self._raw_at)
        before, offset = self._marks[0]
        return Place(offset, self._taken - before)

    def seek(self, place: Place) -> None:
        """Go to a place where something stood before.

        Raises:
            DamageError: it cannot be read up to there.
        """
        self._set(place.offset)
        left = place.within
        while left:
            if not self.buffer and not self.fill():
                raise DamageError("it ends too soon")
            taken = min(left, len(self.buffer))
            self.drop(taken)
            left -= taken

    def fill(self) -> bool:
        """Put more into the buffer; False at the end of the file.

        Raises:
            DamageError: what follows is damaged.
        """
        if self._make is None:
            piece = self._file.read(UNFOLD)
            self._raw_at += len(piece)
            self.buffer += piece
            return bool(piece)
        before = len(self.buffer)
        while len(self.buffer) == before:
            if not self._raw and (self._engine is None or self._engine.hungry):
                self._raw = self._file.read(_READ)
                if not self._raw:
                    if self._engine is not None:
                        raise DamageError("it ends in the middle of a record")
                    return False
            self._unfold()
        return True

    def _unfold(self) -> None:
        assert self._make is not None
        if self._engine is None:
            if len(self._raw) < len(self._magic):  # what was read at once ended in the middle of it
                self._raw += self._file.read(_READ)
            if not self._raw.startswith(self._magic[:2]):
                raise DamageError("what follows is not compressed as the rest is")
            self._engine = self._make()
            self._marks.append((self._taken + len(self.buffer), self._raw_at))
        fed = len(self._raw)
        try:
            self.buffer += self._engine.feed(self._raw)
        except BROKEN as error:
            raise DamageError("its compressed bytes are damaged") from error
        self._raw = b""
        self._raw_at += fed
        if self._engine.eof:
            self._raw = self._engine.unused
            self._raw_at -= len(self._raw)
            self._engine = None

    def has(self, count: int) -> bool:
        """Whether so many bytes are there, put into the buffer as far as they are; errors as in `fill`."""
        while len(self.buffer) < count:
            if not self.fill():
                return False
        return True

    def has_of_record(self, count: int) -> bool:
        """As `has`, for a record at the start of the buffer: gives up where another one begins with a member."""
        at_start = self._make is not None and self.place.within == 0
        while len(self.buffer) < count:
            between = at_start and self._engine is None
            before = len(self.buffer)
            if not self.fill():
                return False
            if between and before:
                while len(self.buffer) < before + _START_MAX and self._engine is not None:
                    if not self.fill():
                        return False
                if START.match(self.buffer, before):
                    return False
        return True

    def member(self) -> tuple[bytes, int] | None:
        """The whole of the next member, taken at once, and its offset; it is not empty.

        None where there is none, or it is damaged, or longer than what is unfolded at once: nothing is taken then, and
        it is read bit by bit.

        Raises:
            OSError: the file cannot be read.
        """
        if self._make is None or self._engine is not None or self.buffer:
            return None
        begin, engine, plain = self._raw_at, self._make(), b""
        fed = 0
        try:
            while not engine.eof:
                if len(self._raw) < len(self._magic):
                    self._raw += self._file.read(_READ)
                if not self._raw or not (fed or self._raw.startswith(self._magic[:2])):
                    break
                piece = engine.feed(self._raw)
                plain = plain + piece if plain else piece
                fed += len(self._raw)
                self._raw = engine.unused if engine.eof else b""
                if len(plain) >= UNFOLD:
                    break
        except BROKEN:
            plain = b""
        if not (plain and engine.eof):
            self._set(begin)
            return None
        self._raw_at = begin + fed - len(self._raw)
        self._marks.clear()
        self._marks.append((self._taken, begin))
        self._taken += len(plain)
        return plain, begin

    def put_back(self, member: bytes) -> None:
        """Have a member that was just taken in the buffer: it is to be read bit by bit."""
        self.buffer += member
        self._taken -= len(member)

    def settle(self) -> None:
        """See that a member of which all is taken ends as it should: its checksum stands behind its last byte.

        Raises:
            DamageError: it does not.
        """
        if self._engine is not None and not self.buffer:
            self.fill_member()

    def fill_member(self) -> None:
        """As `fill`, but not beyond the end of the member."""
        while not self.buffer and self._engine is not None:
            if not self._raw and self._engine.hungry:
                self._raw = self._file.read(_READ)
                if not self._raw:
                    raise DamageError("it ends in the middle of a record")
            self._unfold()

    def drop(self, count: int) -> None:
        """Take so many bytes off the front of the buffer."""
        del self.buffer[:count]
        self._taken += count

    def take(self, count: int) -> bytes:
        """So many bytes off the front of the buffer, which has them."""
        with memoryview(self.buffer) as view:
            taken = bytes(view[:count])
        self.drop(count)
        return taken

    def find_start(self) -> bool:
        """Go on to where the next record begins, within what can still be decompressed; False at the end.

        Raises:
            DamageError: there is damage before; `find_member` goes beyond it.
        """
        while True:
            found = START.search(self.buffer)
            if found is not None:
                self.drop(found.start())
                return True
            self.drop(max(0, len(self.buffer) - _START_MAX))
            if not self.fill():
                self.drop(len(self.buffer))
                return False

    def find_member(self) -> bool:
        """Go on behind damaged bytes, to where the next member holds a record; False where there is none."""
        assert self._make is not None  # what is not compressed cannot be damaged in this way
        offset = (self._marks[-1][1] if self._marks else self._begin) + 1
        if self._engine is None:  # between members
            offset = max(offset, self._raw_at)
        at, window = offset, b""
        while True:
            self._file.seek(at + len(window))
            piece = self._file.read(UNFOLD)
            if not piece:
                self._set(self.size)
                return False
            window += piece
            found = window.find(self._magic)
            while found >= 0:
                if self._is_member(at + found):
                    self._set(at + found)
                    return True
                found = window.find(self._magic, found + 1)
            kept = min(len(self._magic) - 1, len(window))
            at += len(window) - kept
            window = window[-kept:]

    def _is_member(self, offset: int) -> bool:
        """Whether a member that begins there holds a record."""
        assert self._make is not None
        self._file.seek(offset)
        engine = self._make()
        start = b""
        try:
            while len(start) < _PRIMER and not engine.eof:
                piece = self._file.read(1 << 10)
                if not piece:
                    return False
                start += engine.feed(piece)
        except BROKEN:
            return False
        return start.startswith(b"WARC/")
