"""Pages that lie on their side or upside down in their picture: which way they are legible is tried out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gicrawl.parser.readers.ocr_page import legibility, read_upright

if TYPE_CHECKING:
    from gicrawl.parser.document import Evidence
    from gicrawl.parser.readers.ocr_image import Grey
    from gicrawl.parser.readers.ocr_page import Place, Seen
    from gicrawl.parser.readers.pdf_drawing import Box

_LEGIBLE: Final = 0.92
"""How sure words are on average in any copy but the worst that stands upright. The recogniser knows some words upside
down, too: less sure than that, every way is tried, and the surest one counts."""
_GUESSED: Final = 0.45  # less sure than that, what was read was guessed


def read_picture(grey: Grey, place: Place) -> Seen | None:
    """Read a page, whichever way it lies.

    Args:
        grey: the picture.
        place: where it stands.

    Returns:
        None where nothing legible is on it.
    """
    best = read_upright(grey, place)
    if best is None or best.legible >= _LEGIBLE:
        return best
    ways = [np.ascontiguousarray(np.rot90(grey, turns)) for turns in range(4)]
    legible = [legibility(way) for way in ways]
    turns = max(range(4), key=lambda way: legible[way])
    if turns:
        seen = read_upright(ways[turns], _turned(place, grey, turns))
        best = best if seen is None or seen.legible < best.legible else seen
    return best if best.legible >= _GUESSED else None


def _turned(place: Place, grey: Grey, turns: int) -> Place:
    """Where the turned picture stands: its places are turned back."""
    if not turns:
        return place
    height, width = grey.shape

    def evidence(box: Box) -> Evidence:
        x0, y0, x1, y1 = box
        if turns == 1:
            return place.evidence((width - y1, x0, width - y0, x1))
        if turns == 2:  # noqa: PLR2004 - quarter turns
            return place.evidence((width - x1, height - y1, width - x0, height - y0))
        return place.evidence((y0, height - x1, y1, height - x0))

    return replace(place, evidence=evidence)
