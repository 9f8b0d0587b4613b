"""Division codes as people type them: `32`, `3208`, `320800` and `320830`, each with everything below it."""

from __future__ import annotations

import re
from typing import Final

_CODE: Final = re.compile(r"[1-9]\d(?:\d\d){0,2}(?:\d{3}){0,2}")


def region_prefix(code: str) -> str:
    """What the codes of a division and of all divisions below it begin with.

    GB/T 2260 gives two digits each to province, prefecture and county, and fills up with zeros; GB/T 10114 adds three
    digits for the township and three for the village.

    Args:
        code: 2, 4, 6, 9 or 12 digits; trailing zeros that only fill up may be left out.

    Returns:
        `32` for `32` and `320000`, `3208` for `320800`, `320830` for itself.

    Raises:
        ValueError: it is no division code.
    """
    if not _CODE.fullmatch(code) or len(code) not in {2, 4, 6, 9, 12}:
        raise ValueError(f"{code!r} is no division code; write 2, 4 or 6 digits, such as 32, 3208 or 320830")
    county, townships = code[:6], code[6:].rstrip("0")
    if townships:
        return code[:9] if len(townships) <= 3 else code  # noqa: PLR2004 - a township's digits, then a village's
    return re.sub(r"(?:00)+$", "", county)
