"""Pictures that a page carries in itself (RFC 2397), as editors paste them."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

_CARRIED: Final = re.compile(
    rb"src\s*=\s*[\"']?data:image/[\w.+-]{1,20};base64,([A-Za-z0-9+/=\r\n]{8000,})", re.IGNORECASE
)
"""The shortest that may hold a table; icons are shorter."""
_MARK: Final = b"data:image/"


def carries_pictures(body: bytes) -> bool:
    """Whether a page holds a picture large enough for a table."""
    return _MARK in body and _CARRIED.search(body) is not None


def carried_pictures(body: bytes, at: int) -> Iterator[Picture]:
    """Those pictures, in their order.

    Args:
        body: a page.
        at: how many blocks stand before them; where a page shows them is not told apart from its text.
    """
    for number, match in enumerate(_CARRIED.finditer(body) if _MARK in body else (), 1):
        try:
            content = base64.b64decode(match[1])
        except binascii.Error:
            continue  # cut short: no picture
        yield Picture(at, {"picture": f"data {number}"}, content)
