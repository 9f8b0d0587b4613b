"""How large a picture is, by the first bytes of its file: asked of pictures that may not be worth reading."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST: Final = 160
"""Pixels of an edge: smaller pictures are logos and buttons."""
SMALLEST: Final = 60_000
"""Pixels of what may hold a table."""

_LEAST: Final = 32  # bytes of a file that tells its size
_STUFFED: Final = b"\xff"
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG markers after which the size of the picture stands (ITU-T T.81, table B.1)."""


def may_hold_a_table(body: bytes, kind: str) -> bool:
    """Whether a picture is large enough; one that does not tell its size may be.

    Args:
        body: its file.
        kind: its media type.
    """
    if not kind.startswith("image/"):
        return False
    tell = _TELL.get(kind)
    size = tell(body) if tell is not None and len(body) >= _LEAST else None
    return size is None or (min(size) >= SHORTEST and size[0] * size[1] >= SMALLEST)


def _png(body: bytes) -> tuple[int, int] | None:
    width, height = struct.unpack_from(">II", body, 16)
    return width, height


def _gif(body: bytes) -> tuple[int, int] | None:
    width, height = struct.unpack_from("<HH", body, 6)
    return width, height


def _bmp(body: bytes) -> tuple[int, int] | None:
    if body[14] == 12:  # noqa: PLR2004 - the length of the oldest header, whose numbers are short
        width, height = struct.unpack_from("<HH", body, 18)
    else:
        width, height = struct.unpack_from("<ii", body, 18)
    return abs(width), abs(height)


def _jpeg(body: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(body) and body[at : at + 1] == _STUFFED:
        marker, length = struct.unpack_from(">BH", body, at + 1)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", body, at + 5)
            return width, height
        at += 1 if marker == _STUFFED[0] else 2 + length
    return None


_TELL: Final[dict[str, Callable[[bytes], tuple[int, int] | None]]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/jpeg": _jpeg,
}
