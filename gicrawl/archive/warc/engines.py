"""What undoes the compression of a WARC file: gzip or zstd, one interface."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import Any, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

try:
    from isal import isal_zlib as inflating  # type: ignore[import-not-found,unused-ignore] # twice as fast, if there
except ImportError:
    import zlib as inflating  # type: ignore[no-redef]

UNFOLD = 1 << 20
"""Bytes unfolded at once at most: a bomb does not explode here."""
_GZIP_WINDOW = 31  # the largest window, in gzip's wrapper (zlib.h, inflateInit2)
BROKEN = (cast("type[Exception]", inflating.error), zstd.ZstdError, EOFError, ValueError)
"""What they raise over damaged bytes."""


class Engine(ABC):
    """What the decompressors have in common: they decompress one member or frame, a part at a time."""

    _engine: Any

    @abstractmethod
    def feed(self, data: bytes) -> bytes:
        """What comes of more compressed bytes, and of those that were left; at most `UNFOLD` bytes."""

    @property
    @abstractmethod
    def hungry(self) -> bool:
        """Whether nothing more comes without more bytes."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        ended: bool = self._engine.eof
        return ended

    @property
    def unused(self) -> bytes:
        """What was given beyond its end."""
        beyond: bytes = self._engine.unused_data
        return beyond


class Gunzip(Engine):
    """A gzip member (RFC 1952)."""

    def __init__(self) -> None:
        self._engine = inflating.decompressobj(_GZIP_WINDOW)

    def feed(self, data: bytes) -> bytes:
        """As `Engine` says; what is left is handed back by the library."""
        plain: bytes = self._engine.decompress(self._engine.unconsumed_tail + data, UNFOLD)
        return plain

    @property
    def hungry(self) -> bool:
        """As `Engine` says."""
        return not self._engine.unconsumed_tail


class Unzstd(Engine):
    """A zstd frame (RFC 8878), with the dictionary of its file if that has one."""

    def __init__(self, dictionary: zstd.ZstdDict | None) -> None:
        self._engine = zstd.ZstdDecompressor(None if dictionary is None else dictionary.as_digested_dict)

    def feed(self, data: bytes) -> bytes:
        """As `Engine` says; what is left is kept by the library."""
        plain: bytes = self._engine.decompress(data, UNFOLD)
        return plain

    @property
    def hungry(self) -> bool:
        """As `Engine` says."""
        wants: bool = self._engine.needs_input
        return wants
