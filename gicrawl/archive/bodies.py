"""Bodies: what they are, how they are kept, and what they say once a content-coding is undone."""

from __future__ import annotations

import re
import sys
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

try:
    import brotli  # type: ignore[import-untyped,import-not-found,unused-ignore]  # optional, and without types
except ImportError:
    brotli = None

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 6
"""zstd's level while crawling. Against an earlier page it makes portal pages 15 % smaller than level 3 does, at 0.15 ms
more for a page of 48 KB; from level 7 on little is left to gain for much time (measured: docs/benchmarks)."""

Dictionary = zstd.ZstdDict
"""Earlier bytes a body is compressed against, ready for use: raw content, no trained dictionary."""

MAX_DECODED = 64 << 20
"""Bytes a content-coding may unfold to. The largest report seen with its scans has some 30 MB."""

RAW, ZSTD = "raw", "zstd"
_LEVEL, _CHECKSUM = zstd.CompressionParameter.compression_level, zstd.CompressionParameter.checksum_flag


class DecodeError(ValueError):
    """A body cannot be decoded: unknown coding, damage, torn, or larger than allowed."""


class _DamagedError(DecodeError):
    """The bytes are not what the coding says, as opposed to torn or too large."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A body as it is stored.

    Attributes:
        sha256: its name, over the bytes received.
        size: bytes received.
        sniffed_type: media type by magic bytes.
        codec: `raw` or `zstd`.
        data: the bytes on disk.
        level: zstd's level; None for `raw`.
        dictionary: what it was compressed against; None for nothing.
    """

    sha256: bytes
    size: int
    sniffed_type: str
    codec: str
    data: bytes
    level: int | None
    dictionary: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A dictionary as it is stored: bytes of an earlier page of a site, immutable.

    Attributes:
        sha256: its name, over its content.
        site: the host it was made for.
        data: its content, compressed by itself.
    """

    sha256: bytes
    site: str
    data: bytes


class Squeezer:
    """Makes zstd frames (RFC 8878) with a checksum, so that damage, or a wrong dictionary, never passes for content.

    One that is kept is a third faster than a new one for each page, and takes some megabytes.
    """

    def __init__(self, level: int = LEVEL, dictionary: Dictionary | None = None) -> None:
        options: dict[int, int] = {_LEVEL: level, _CHECKSUM: 1}
        self._engine = zstd.ZstdCompressor(
            options=options, zstd_dict=None if dictionary is None else dictionary.as_digested_dict
        )

    def __call__(self, content: bytes) -> bytes:
        """One frame."""
        return self._engine.compress(content, zstd.ZstdCompressor.FLUSH_FRAME)


def squeeze(content: bytes, level: int = LEVEL, dictionary: Dictionary | None = None) -> bytes:
    """One frame of a `Squeezer`."""
    return Squeezer(level, dictionary)(content)


def load_dictionary(stored: bytes) -> Dictionary:
    """The dictionary behind stored bytes (`dictionaries.data`), ready for use.

    Raises:
        DecodeError: the stored bytes are damaged.
    """
    return Dictionary(dictionary_content(stored), is_raw=True)


def dictionary_content(stored: bytes) -> bytes:
    """What a dictionary's name is the SHA-256 of.

    Raises:
        DecodeError: the stored bytes are damaged.
    """
    try:
        return zstd.decompress(stored)
    except (zstd.ZstdError, EOFError, MemoryError) as error:
        raise DecodeError(f"its dictionary is damaged: {error}") from error


def unpack(codec: str, data: bytes, dictionary: Dictionary | None) -> bytes:
    """The body behind stored bytes.

    Args:
        codec: `raw` or `zstd`.
        data: what is stored.
        dictionary: what it was compressed against (`load_dictionary`), or None.

    Raises:
        DecodeError: the stored bytes are damaged, or the codec is none we know.
    """
    if codec == RAW:
        return data
    if codec != ZSTD:
        raise DecodeError(f"unknown codec {codec}")
    try:
        return zstd.decompress(data, None if dictionary is None else dictionary.as_digested_dict)
    except (zstd.ZstdError, EOFError, MemoryError) as error:  # a flipped bit may claim exabytes
        raise DecodeError(
            f"the compressed bytes are damaged: {error or 'they claim to be of no possible size'}"
        ) from error


def is_same(name: bytes, size: int, codec: str, data: bytes, dictionary: bytes | None) -> bool:
    """Whether stored bytes, with the stored bytes of their dictionary, still unpack to the body of this name and size.

    The archive asks this of every change of a body's stored form, in a trigger: see `gicrawl.archive.schema`.
    """
    try:
        body = unpack(codec, data, None if dictionary is None else load_dictionary(dictionary))
    except DecodeError:
        return False
    return len(body) == size and sha256(body).digest() == name


def is_same_dictionary(name: bytes, data: bytes) -> bool:
    """The like for a dictionary."""
    try:
        return sha256(dictionary_content(data)).digest() == name
    except DecodeError:
        return False


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body after its content-codings were undone."""

    sha256: bytes
    size: int
    sniffed_type: str


def describe_decoded(body: bytes, codings: Sequence[str]) -> Decoded | None:
    """Digest, size and type of what a body says once decoded; None where it cannot be decoded."""
    try:
        plain = decode(body, codings)
    except DecodeError:
        return None
    return Decoded(sha256(plain).digest(), len(plain), sniff(plain))


def decode(body: bytes, codings: Sequence[str], *, limit: int = MAX_DECODED) -> bytes:
    """Undo content-codings (RFC 9110 §8.4), the last applied first.

    Args:
        body: as received.
        codings: in the order of the header: gzip, deflate (with zlib's wrapper or, as many servers send it, without),
            zstd, and br where the brotli package is installed.
        limit: bytes the result may have at most; a bomb is given up before it unfolds.

    Raises:
        DecodeError: see there.
    """
    for coding in reversed(codings):
        match coding:
            case "gzip" | "x-gzip":
                body = _gunzip(body, limit)
            case "deflate":
                body = _inflate(body, limit)
            case "zstd":
                body = _unzstd(body, limit)
            case "br" if brotli is not None:
                body = _unbrotli(body, limit)
            case _:
                raise DecodeError(f"unknown content-coding {coding}")
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    """All members of a gzip file; like browsers, what follows the last one is ignored."""
    plain: list[bytes] = []
    unfolded = 0
    while True:
        part, body = _zlib(body, zlib.MAX_WBITS | 16, limit, unfolded)
        plain.append(part)
        unfolded += len(part)
        if not body.startswith(b"\x1f\x8b"):
            return b"".join(plain)


def _inflate(body: bytes, limit: int) -> bytes:
    try:
        return _zlib(body, zlib.MAX_WBITS, limit)[0]
    except _DamagedError:
        return _zlib(body, -zlib.MAX_WBITS, limit)[0]


def _zlib(body: bytes, window: int, limit: int, unfolded: int = 0) -> tuple[bytes, bytes]:
    """What one zlib stream unfolds to, and what follows it; `unfolded` bytes count against the limit already."""
    engine = zlib.decompressobj(window)
    try:
        plain = engine.decompress(body, limit - unfolded + 1)
    except zlib.error as error:
        raise _DamagedError(f"damaged: {error}") from error
    if unfolded + len(plain) > limit:
        raise DecodeError(f"unfolds to more than {limit} bytes")
    if not engine.eof:
        raise DecodeError("ends before its end")
    return plain, engine.unused_data


def _unzstd(body: bytes, limit: int) -> bytes:
    engine = zstd.ZstdDecompressor()
    try:
        plain = engine.decompress(body, limit + 1)
    except zstd.ZstdError as error:
        raise DecodeError(f"damaged: {error}") from error
    if len(plain) > limit:
        raise DecodeError(f"unfolds to more than {limit} bytes")
    if not engine.eof:
        raise DecodeError("ends before its end")
    return plain


def _unbrotli(body: bytes, limit: int) -> bytes:
    engine = brotli.Decompressor()
    plain = bytearray()
    try:
        part = engine.process(body, output_buffer_limit=1 << 16)
        while part and len(plain) <= limit:
            plain += part
            part = b"" if engine.is_finished() else engine.process(b"", output_buffer_limit=1 << 16)
    except brotli.error as error:
        raise DecodeError(f"damaged: {error}") from error
    if len(plain) > limit:
        raise DecodeError(f"unfolds to more than {limit} bytes")
    if not engine.is_finished():
        raise DecodeError("ends before its end")
    return bytes(plain)


HTML, XML, JSON, TEXT = "text/html", "application/xml", "application/json", "text/plain"
PDF, ZIP, GZIP, OFD = "application/pdf", "application/zip", "application/gzip", "application/ofd"
DOC, XLS, OLE = "application/msword", "application/vnd.ms-excel", "application/x-ole-storage"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EMPTY, UNKNOWN = "application/x-empty", "application/octet-stream"

_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x1f\x8b", GZIP),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"{\\rtf", "application/rtf"),
)
_BITMAP_HEADER = 26
"""`BM` alone may begin a text; a bitmap has at least this many bytes and zeros where they are reserved."""

_PARTS = ((b"word/document.xml", DOCX), (b"xl/workbook.xml", XLSX), (b"OFD.xml", OFD))
_STREAMS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS))

_TAGS = re.compile(
    rb"<!--|<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|table|tbody|tr|div|p|span|font|"
    rb"center|h[1-6]|ul|ol|li|a|br|img|b|strong)\b",
    re.IGNORECASE,
)
_XML = re.compile(rb"<[A-Za-z_][\w:.-]*[\s/>]")
_JSON = re.compile(rb"(?:\{\s*[\"}].*\}|\[\s*(?:[\]{\[\"\d-]|true|false|null).*\])\s*\Z", re.DOTALL)
_BINARY = bytes((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)))
"""Bytes that stand in no text (WHATWG MIME Sniffing §3, "binary data bytes")."""
_LOOKED_AT = 4096


def sniff(body: bytes) -> str:
    """The media type of bytes by what they are, whatever a server called them.

    `application/octet-stream` means: none of those we know.
    """
    if not body:
        return EMPTY
    for magic, media_type in _MAGIC:
        if body.startswith(magic) and (media_type != "image/bmp" or _is_bitmap(body)):
            return media_type
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((media_type for part, media_type in _PARTS if part in body), ZIP)
    if body.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return next((kind for stream, kind in _STREAMS if stream.encode("utf-16-le") in body), OLE)
    return _sniff_text(body)


def _is_bitmap(body: bytes) -> bool:
    return len(body) >= _BITMAP_HEADER and body[6:10] == bytes(4)


def _sniff_text(body: bytes) -> str:
    start = body[:_LOOKED_AT]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start[: len(start) // 2 * 2].decode("utf-16", "replace").encode()
        body = start  # only markup is told apart in UTF-16
    elif start.startswith(b"\xef\xbb\xbf"):
        start, body = start[3:], body[3:]
    if len(start.translate(None, _BINARY)) < len(start):  # ten times as fast as a search
        return UNKNOWN
    start = start.lstrip()
    if start.startswith(b"<?xml"):
        return HTML if re.search(rb"<html\b", start, re.IGNORECASE) else XML
    if _TAGS.match(start):
        return HTML
    if _XML.match(start):
        return XML
    if start.startswith((b"{", b"[")) and _JSON.match(body.lstrip()):
        return JSON
    return TEXT
