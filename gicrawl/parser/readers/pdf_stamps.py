"""Print that lies on other print: the words and numbers of a seal, of a stamp, of a watermark that stands upright.

What lies on top of a figure is read together with it, as a longer number. The colour tells which is which: stamps are
lighter than what they are put on, and there is less of them.
"""

from __future__ import annotations

import ctypes
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.parser.readers.pdf_drawing import Rule
    from gicrawl.parser.readers.pdf_page import Char

_FIRST_WIDE: Final = "\u2e80"
_INK: Final = 0.7  # of a character's size: how far its ink rises over the baseline
_UPON: Final = 0.35  # share of a character's width and height that another covers
_PIERCED: Final = 0.25  # of a character's width: a line that is so far from both its sides runs through it
_TOUCHING: Final = 0.15  # of the height of its ink: between two characters of one word
_TILE: Final = 16  # points
_LARGEST: Final = 6  # tiles that a character spans at most, in either direction

Colour = tuple[int, int, int, int]
"""Red, green, blue, alpha."""
_Ink = tuple[float, float, float, float]


def stamped(chars: Sequence[Char | None], at: Sequence[int], textpage: object, vertical: Sequence[Rule]) -> set[int]:
    """Which characters of a page belong to a stamp.

    Args:
        chars: of a page that has print of several colours, in the order of the file; None for what is left out.
        at: their numbers in the page's text.
        textpage: the page's text as PDFium has it.
        vertical: lines down.

    Returns:
        Their places among `chars`: those that lie on darker print or on a line of a table, and what follows on them in
        the same colour.
    """
    colours = list(_colours(textpage, at))
    amount = Counter(colour for colour, char in zip(colours, chars, strict=True) if char is not None)
    if not amount:
        return set()
    (main, most), *others = amount.most_common()
    lighter = {colour for colour, times in others if times < most and _lightness(colour) > _lightness(main)}
    if not lighter:
        return set()
    stamps: set[int] = set()
    for number, (char, following) in enumerate(pairwise([*chars, None])):
        if char is None or number in stamps or colours[number] not in lighter:
            continue
        if _is_crossed(char, following, vertical):
            stamps |= _run(number, colours)
    light = [number for number, colour in enumerate(colours) if colour in lighter and number not in stamps]
    dark = (char for char, colour in zip(chars, colours, strict=True) if colour == main and char is not None)
    for number in _upon(chars, light, dark):
        stamps |= _run(number, colours)
    return stamps


def _is_crossed(char: Char, following: Char | None, vertical: Sequence[Rule]) -> bool:
    """Whether a line down runs through a character, or between it and the next that touches it: through a word."""
    left, top, right, base = _ink(char)
    begin, end = left + _PIERCED * (right - left), right - _PIERCED * (right - left)
    if following is not None and following.base == char.base and abs(following.x0 - right) <= _TOUCHING * (base - top):
        begin, end = (left + right) / 2, (following.x0 + following.x1) / 2
    middle = (top + base) / 2
    return any(begin < rule.at < end and rule.start < middle < rule.end for rule in vertical)


def _upon(chars: Sequence[Char | None], light: Sequence[int], dark: Iterable[Char]) -> set[int]:
    """Which of the light characters lie on dark ones; the same one drawn twice is no such pair."""
    tiles: dict[tuple[int, int], list[tuple[int, str, _Ink]]] = defaultdict(list)
    for number in light:
        char = chars[number]
        if char is not None and not char.text.isspace():
            ink = _ink(char)
            for tile in _tiles(ink):
                tiles[tile].append((number, char.text, ink))
    out: set[int] = set()
    if not tiles:
        return out
    first, last = min(row for _, row in tiles), max(row for _, row in tiles)
    for char in dark:
        if not first - _LARGEST <= char.base // _TILE <= last + _LARGEST or char.text.isspace():
            continue
        ink = _ink(char)
        for tile in _tiles(ink):
            out.update(number for number, text, upon in tiles.get(tile, ()) if text != char.text and _covers(ink, upon))
    return out


def _tiles(ink: _Ink) -> Iterator[tuple[int, int]]:
    left, top = int(ink[0] // _TILE), int(ink[1] // _TILE)
    for column in range(left, min(int(ink[2] // _TILE), left + _LARGEST) + 1):
        for row in range(top, min(int(ink[3] // _TILE), top + _LARGEST) + 1):
            yield column, row


def _ink(char: Char) -> _Ink:
    width = char.x1 - char.x0
    size = min(char.bottom - char.top, width if char.text >= _FIRST_WIDE else 2 * width)
    return char.x0, char.base - _INK * size, char.x1, char.base


def _covers(a: _Ink, b: _Ink) -> bool:
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across > _UPON * min(a[2] - a[0], b[2] - b[0]) and down > _UPON * min(a[3] - a[1], b[3] - b[1])


def _run(number: int, colours: Sequence[Colour]) -> set[int]:
    """A character and those before and after it in the file that have its colour."""
    first = last = number
    while first > 0 and colours[first - 1] == colours[number]:
        first -= 1
    while last + 1 < len(colours) and colours[last + 1] == colours[number]:
        last += 1
    return set(range(first, last + 1))


def _colours(textpage: object, at: Sequence[int]) -> Iterator[Colour]:
    red, green, blue, alpha = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    for index in at:
        raw.FPDFText_GetFillColor(textpage, index, red, green, blue, alpha)
        yield red.value, green.value, blue.value, alpha.value


def _lightness(colour: Colour) -> float:
    red, green, blue, alpha = colour
    return 255 - (255 - (0.3 * red + 0.59 * green + 0.11 * blue)) * alpha / 255
