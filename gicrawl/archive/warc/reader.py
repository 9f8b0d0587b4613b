"""Reads the records of anybody's WARC file, one after the other, and goes on behind what is damaged."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from gicrawl.archive.warc.stream import DamageError, Place, Stream
from gicrawl.archive.wire import head_end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MAX_BLOCK = 256 << 20
"""Bytes of a block we take: it has to fit into memory, and into a row. The largest report seen has some 30 MB."""

_MAX_HEADER = 4 << 20
_END = re.compile(rb"\r?\n\r?\n")
_VERSION = re.compile(rb"WARC/\d\.\d+\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_LENGTH = re.compile(rb"\d{1,18}")
_MOST_NAMES = 256
_SHORT = 64  # characters of a name worth remembering
_LINE_ENDS = b"\r\n"
_BLANK = b"\r\n\r\n"
_AFTER = len(_BLANK)  # behind each block
_USUAL = frozenset({b"WARC/1.0", b"WARC/1.1"})
_FIELD = re.compile(rb"(?<=\n)([!-9;-~]+):[ \t]*([^\r\n]*)\r\n")

_BASE32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV", "018 _+-")
"""From the digits of RFC 4648 to those of `int`: Python's own decoder takes longer than the digest."""

DIGESTS = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
"""Algorithms met in digest fields, and the bytes of their values. Others are kept as they are and not checked."""


class _Names(dict[bytes, bytes]):
    """Names of fields in lower case, by what is written; of those that are names, there are some thirty."""

    def __missing__(self, written: bytes) -> bytes:
        name = written.lower()
        if len(self) < _MOST_NAMES and len(name) < _SHORT:
            self[written] = name
        return name


_NAMES = _Names()
_HASHES = {name: getattr(hashlib, name) for name in DIGESTS}  # `hashlib.new` takes as long as hashing a kilobyte


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in a file.

    Attributes:
        type: WARC-Type, in lower case; empty where there is none.
        id: WARC-Record-ID without the angle brackets; empty where there is none.
        header: version line and named fields with the blank line at their end, byte for byte.
        fields: named fields by lower-cased name, in order; folded lines are joined by one space.
        block: its block.
        place: where it begins.
        first: the first value of each named field.
    """

    type: str
    id: str
    header: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    block: bytes
    place: Place
    first: dict[bytes, bytes] = field(repr=False, compare=False)

    def get(self, name: bytes) -> bytes | None:
        """The first value of a field, by its lower-cased name."""
        return self.first.get(name)

    def text(self, name: bytes) -> str | None:
        """As `get`, as text: fields are UTF-8 (ISO 28500 §4); what is not is kept as lone surrogates."""
        value = self.get(name)
        return None if value is None else value.decode("utf-8", "surrogateescape")

    @property
    def concurrent(self) -> frozenset[str]:
        """The records that are part of the same exchange (WARC-Concurrent-To may be repeated)."""
        return frozenset(
            unbracketed(value.decode("utf-8", "surrogateescape"))
            for key, value in self.fields
            if key == b"warc-concurrent-to"
        )


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in a file that is no record.

    Attributes:
        place: where it begins.
        code: of the message for people: `warc_damaged`, `warc_too_long`, `warc_digest`.
        cause: what is wrong, in English, a few words.
    """

    place: Place
    code: str
    cause: str


class _UnsoundError(Exception):
    def __init__(self, code: str, cause: str) -> None:
        super().__init__(cause)
        self.code = code
        self.cause = cause


def unbracketed(value: str) -> str:
    """A URI without the angle brackets that WARC puts around it."""
    return value[1:-1] if value.startswith("<") and value.endswith(">") else value


class Reader:
    """The records of one file.

    Args:
        file: seekable, opened for reading bytes.
        most_bytes: larger blocks are told as damage, and skipped.
    """

    def __init__(self, file: BinaryIO, *, most_bytes: int = MAX_BLOCK) -> None:
        self._file = file
        self._most = most_bytes

    def __iter__(self) -> Iterator[Record | Damage]:
        """All of them, in order.

        Raises:
            OSError: the file cannot be read.
        """
        try:
            stream = Stream(self._file)
        except DamageError as error:
            yield Damage(Place(0), "warc_damaged", str(error))
            return
        yield from self._from(stream)

    def at(self, place: Place) -> Iterator[Record | Damage]:
        """Those from a place on where a record was found before."""
        stream = Stream(self._file)
        stream.seek(place)
        yield from self._from(stream)

    def _from(self, stream: Stream) -> Iterator[Record | Damage]:
        while True:
            place: Place | None = None
            try:
                usual = self._usual(stream) if stream.is_compressed else self._usual_bare(stream)
                if usual is not None:
                    place = usual.place
                    yield _checked(usual)
                    continue
                if not _at_record(stream):
                    return
                place = stream.place
                yield self._record(stream, place)
            except DamageError as error:
                yield Damage(place or stream.place, "warc_damaged", str(error))
                if not (stream.is_compressed and stream.find_member()):
                    return
            except _UnsoundError as error:
                yield Damage(place or stream.place, error.code, error.cause)
                if not _beyond(stream, place):
                    return

    def _usual(self, stream: Stream) -> Record | None:
        """A record that is a member of its own, in the shape that nearly all have; None leaves it where it is."""
        member = stream.member()
        if member is None:
            return None
        plain, offset = member
        found = _plain_header(plain)
        if found is not None:
            end, fields, length = found
            if length <= self._most and end + length + _AFTER == len(plain) and plain.endswith(_BLANK):
                return _made(plain[:end], fields, plain[end:-_AFTER], Place(offset))
        stream.put_back(plain)
        return None

    def _usual_bare(self, stream: Stream) -> Record | None:
        """The like in a file that is not compressed."""
        found = _plain_header(stream.buffer)
        if found is None:
            return None
        end, fields, length = found
        whole = end + length + _AFTER
        if length > self._most or not stream.has(whole) or stream.buffer[whole - _AFTER : whole] != _BLANK:
            return None
        place = stream.place
        header, block = stream.take(end), stream.take(length)
        stream.drop(_AFTER)
        return _made(header, fields, block, place)

    def _record(self, stream: Stream, place: Place) -> Record:
        header = _header(stream)
        fields = fields_of(header)
        length = _content_length(fields)
        if length > self._most:
            raise _UnsoundError("warc_too_long", f"{length}")
        if not stream.has_of_record(len(header) + length):
            raise _UnsoundError("warc_damaged", f"it claims {length} bytes that are not there")
        stream.drop(len(header))
        block = stream.take(length)
        _end(stream)
        return _checked(_made(header, fields, block, place))


def _checked(record: Record) -> Record:
    if (wrong := wrong_digest(record)) is not None:
        raise _UnsoundError("warc_digest", wrong)
    return record


def _plain_header(start: bytes | bytearray) -> tuple[int, tuple[tuple[bytes, bytes], ...], int] | None:
    """The header of a record: where it ends, its fields, and the length of the block.

    None where anything about it is out of the ordinary (another version, bare line feeds, folded lines, a field that
    is none or comes twice, white space within names), or where it does not end here.
    """
    end = start.find(_BLANK)
    if end < 0 or start.count(b"\n", 0, end) != start.count(_LINE_ENDS, 0, end):
        return None
    header = bytes(start[: end + 2])
    begin = header.find(b"\n") + 1
    if header[: begin - 2] not in _USUAL or b" \r" in header or b"\t\r" in header or b"\v" in header or b"\f" in header:
        return None  # white space that is cut off a value: `_FIELD` does not
    fields = tuple([(_NAMES[name], value) for name, value in _FIELD.findall(header, begin)])
    found = dict(fields)
    length = found.get(b"content-length")
    if length is None or len(found) != header.count(b"\n") - 1 or not _LENGTH.fullmatch(length):
        return None
    return end + _AFTER, fields, int(length)


def _made(header: bytes, fields: tuple[tuple[bytes, bytes], ...], block: bytes, place: Place) -> Record:
    first = dict(reversed(fields))  # of several of one name the first one counts
    kind = first.get(b"warc-type", b"").decode("utf-8", "surrogateescape").lower()
    name_of = unbracketed(first.get(b"warc-record-id", b"").decode("utf-8", "surrogateescape"))
    return Record(kind, name_of, header, fields, block, place, first)


def _at_record(stream: Stream) -> bool:
    """Go to the next record; False at the end of the file."""
    while stream.has(1):
        blank = len(stream.buffer) - len(stream.buffer.lstrip(_LINE_ENDS))
        if not blank:
            break
        stream.drop(blank)
    else:
        return False
    stream.has(16)
    if not _VERSION.match(stream.buffer):
        raise _UnsoundError("warc_damaged", "no record begins here")
    return True


def _beyond(stream: Stream, place: Place | None) -> bool:
    """Look for the next record behind the first line of an unsound one; False where there is none."""
    try:
        if place is not None and stream.place != place:
            stream.seek(place)
        if stream.has(1):
            stream.drop(1)  # what begins here is what was unsound
        return stream.find_start()
    except DamageError:
        return stream.is_compressed and stream.find_member()


def _header(stream: Stream) -> bytes:
    searched = 0
    while (found := _END.search(stream.buffer, searched)) is None:
        if len(stream.buffer) > _MAX_HEADER:
            raise _UnsoundError("warc_damaged", "its named fields have no end")
        searched = max(0, len(stream.buffer) - _AFTER)
        if not stream.fill():
            raise _UnsoundError("warc_damaged", "it ends in its named fields")
    return bytes(stream.buffer[: found.end()])


def fields_of(header: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """The named fields of a header, as in `Record`."""
    if b"\n " in header or b"\n\t" in header:
        header = _FOLD.sub(b" ", header)
    found = []
    for line in header.split(b"\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            found.append((_name(name) if len(name) < _SHORT else name.strip().lower(), value.strip()))
        elif line.strip():
            raise _UnsoundError("warc_damaged", "one of its lines is no named field")
    return tuple(found)


@lru_cache(maxsize=256)  # of those that are names, there are some thirty
def _name(written: bytes) -> bytes:
    return written.strip().lower()


def _content_length(fields: tuple[tuple[bytes, bytes], ...]) -> int:
    lengths = {value for name, value in fields if name == b"content-length"}
    if len(lengths) != 1 or not _LENGTH.fullmatch(length := lengths.pop()):
        raise _UnsoundError("warc_damaged", "it does not say how long it is")
    return int(length)


def _end(stream: Stream) -> None:
    """See that a block ends where it should: with line ends (two, by the standard), a member, or the file."""
    if not stream.is_compressed:
        stream.has(_AFTER)
    stream.settle()
    if stream.buffer.startswith(_LINE_ENDS * 2):  # nearly always
        stream.drop(_AFTER)
        stream.settle()
        return
    taken = 0
    while taken < _AFTER and stream.buffer and stream.buffer[0] in _LINE_ENDS:
        stream.drop(1)
        taken += 1
        stream.settle()
    if stream.buffer and not taken:
        raise _UnsoundError("warc_damaged", "its block does not end where it says")


def wrong_digest(record: Record) -> str | None:
    """Which digest of a record its bytes contradict; None where none does.

    The payload is what follows the head of an HTTP message. Tools disagree whether that is before or after the
    framing of chunks is removed, so for a chunked message only the block's digest counts. Of a revisit the digests are
    those of what it refers to.
    """
    if record.type == "revisit" or record.get(b"warc-segment-number") is not None:
        return None
    if not digest_fits(record.get(b"warc-block-digest"), record.block):
        return "WARC-Block-Digest"
    claimed = record.get(b"warc-payload-digest")
    payload = None if claimed is None else _payload(record)
    return None if payload is None or digest_fits(claimed, payload) else "WARC-Payload-Digest"


def _payload(record: Record) -> bytes | memoryview | None:
    """What all tools take for the payload of a record; None where they do not agree."""
    if record.type in {"resource", "conversion"}:
        return record.block
    end = head_end(record.block) if record.type in {"response", "request"} else -1
    if end < 0 or b"transfer-encoding" in record.block[:end].lower():
        return None
    return memoryview(record.block)[end:]


def digest_fits(claimed: bytes | None, data: bytes | memoryview) -> bool:
    """Whether bytes have the digest that a field claims; True for what cannot be told.

    Args:
        claimed: `sha1:BASE32`, as most tools write it, or another algorithm; Base32, Base16 and Base64 are told apart
            by their lengths.
        data: the bytes.
    """
    if claimed is None:
        return True
    name, _, value = claimed.decode("latin-1").partition(":")
    algorithm = name.lower().replace("-", "")
    if algorithm not in DIGESTS:
        return True
    wanted = _decoded(value.strip(), DIGESTS[algorithm])
    return wanted is None or _HASHES[algorithm](data, usedforsecurity=False).digest() == wanted


def _decoded(value: str, size: int) -> bytes | None:
    """The bytes behind a digest's value; None where it is written in a way we do not know."""
    bare = value.rstrip("=")
    try:
        if len(bare) == size * 2:
            return bytes.fromhex(bare)
        if len(bare) == -(-size * 8 // 5):
            number = int(bare.upper().translate(_BASE32), 32) >> (len(bare) * 5 - size * 8)
            return number.to_bytes(size, "big")
        if len(bare) == -(-size * 8 // 6):
            return base64.b64decode(bare.replace("-", "+").replace("_", "/") + "=" * (-len(bare) % 4), validate=True)
    except (ValueError, OverflowError):
        return None
    return None
