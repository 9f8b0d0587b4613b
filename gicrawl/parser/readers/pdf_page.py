"""One page of a PDF as PDFium sees it: characters and straight lines, turned so that the text stands upright.

Everything here is in points (1/72 inch). A page has three frames: user space (origin below left, as the file has it),
the page as shown (cropped, turned by `/Rotate`, origin above left: what evidence is given in), and the page as read
(origin above left, turned until most characters stand upright: what the rest of the reader works in).
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from pypdfium2 import raw

from gicrawl.parser.readers.pdf_drawing import Box, Drawing, turned, turned_back
from gicrawl.parser.readers.pdf_stamps import stamped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pypdfium2

    from gicrawl.parser.document import Evidence
    from gicrawl.parser.readers.pdf_drawing import Rule

UNKNOWN: Final = "\ufffd"
"""Stands for a character whose font does not tell what it is: never a digit, whatever its code is."""

FEW_CHARS: Final = 10
"""A scan may carry a stamp or a page number as text."""

_UNREADABLE: Final = 0.2  # share of characters that the file does not tell
_UPRIGHT: Final = 0.1  # radians from a quarter turn
_PICTURE: Final = 0.3  # share of the page a picture covers to be a scan
_HIDDEN: Final = 0.5  # share of a page's text that is not shown where a scan was read by a program
_PRINTED_TWICE: Final = 0.25  # of a character's width: how far a copy drawn to look bold is shifted
_WIDE_ENOUGH: Final = 150.0  # points: a quarter of the width of A4
_HIGH_ENOUGH: Final = 36.0  # two rows of a table
_SEAM: Final = 2.0  # points between the strips of one picture
_WRITTEN_OVER: Final = 20  # characters on a picture that is a ground for them: a seal, a caption have fewer
_ASCENT: Final = 0.85  # of a character's height: what stands above the baseline
_TILE: Final = 16  # points: characters are compared with those of the same square
_GENERATED: Final = frozenset(" \r\n\t\x02-\ufffe")  # what PDFium adds for layout, among what is printed


class Char(NamedTuple):
    """A printed character in the page as read.

    Attributes:
        text: one character.
        x0: left.
        x1: right.
        top: upper edge of its font's box.
        base: its baseline.
        bottom: lower edge.
    """

    text: str
    x0: float
    x1: float
    top: float
    base: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """What one page holds.

    Attributes:
        number: 1-based.
        width: of the page as read.
        height: of the page as read.
        chars: printed characters, blanks included, in the order of the file; at most as many as asked for.
        horizontal: lines across.
        vertical: lines down.
        unknown: characters whose font does not tell what they are, as a share of all.
        pictures: pictures or drawings take so much of the page that text may be in them.
        scanned: its text is not shown but lies behind a picture, as programs put it there that read pictures.
        cut: the page holds more characters or lines than asked for.
        shown: places of the pictures among its text that may hold a table, on the page as shown.
        stamps: printed characters that are left out because they lie on others.
    """

    number: int
    width: float
    height: float
    chars: tuple[Char, ...]
    horizontal: tuple[Rule, ...]
    vertical: tuple[Rule, ...]
    unknown: float
    pictures: bool
    scanned: bool
    cut: bool
    _bounds: Box
    _turns_read: int
    _turns_shown: int
    shown: tuple[Box, ...] = ()
    stamps: tuple[Char, ...] = ()

    @property
    def is_unreadable(self) -> bool:
        """Whether it has to be looked at: a picture of text, or a file that does not tell which characters it draws."""
        return self.unknown > _UNREADABLE or (len(self.chars) < FEW_CHARS and self.pictures)

    def evidence(self, box: Box) -> Evidence:
        """Where a box of the page as read stands on the page as shown."""
        if self._turns_read != self._turns_shown:
            box = turned(turned_back(box, self._bounds, self._turns_read), self._bounds, self._turns_shown)
        return {"page": self.number, "box": [round(value, 1) for value in box]}


def read_page(page: pypdfium2.PdfPage, number: int, most_chars: int, most_lines: int) -> Page:
    """Read one page.

    Args:
        page: open.
        number: 1-based.
        most_chars: read no more characters.
        most_lines: read no more lines and parts of drawings.
    """
    bounds = page.get_bbox()
    drawing = Drawing(most_lines)
    drawing.read(page)
    textpage = page.get_textpage()
    try:
        count = raw.FPDFText_CountChars(textpage)
        at: list[int] = []
        found = list(_characters(textpage, min(count, most_chars), at))
        angles = Counter(turns for _, _, _, turns, _ in found if turns is not None)
        turns_read = angles.most_common(1)[0][0] if angles else page.get_rotation() // 90 % 4
        upright = list(_upright(found, bounds, turns_read))
        horizontal, vertical = drawing.rules(bounds, turns_read)
        stamps = stamped(upright, at, textpage, vertical) if len(drawing.colours) > 1 else set[int]()
    finally:
        textpage.close()
    chars = once(char for number, char in enumerate(upright) if char is not None and number not in stamps)
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    area = width * height
    turns_shown = page.get_rotation() // 90 % 4
    return Page(
        number=number,
        width=height if turns_read % 2 else width,
        height=width if turns_read % 2 else height,
        chars=tuple(chars),
        horizontal=tuple(horizontal),
        vertical=tuple(vertical),
        unknown=sum(known is False for *_, known in found) / len(found) if found else 0.0,
        pictures=drawing.pictured > _PICTURE * area or drawing.curves > len(found),
        scanned=drawing.pictured > _PICTURE * area and drawing.invisible > _HIDDEN * drawing.texts,
        cut=count > most_chars or drawing.cut,
        _bounds=bounds,
        _turns_read=turns_read,
        _turns_shown=turns_shown,
        shown=tuple(_shown(drawing.shown, found, bounds, turns_shown)) if drawing.shown else (),
        stamps=tuple(char for number in sorted(stamps) if (char := upright[number]) is not None),
    )


def _shown(pictures: Sequence[Box], found: Sequence[_Found], bounds: Box, turns: int) -> list[Box]:
    boxes = [turned(box, bounds, turns) for text, box, *_ in found if not text.isspace()]
    middles = [((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in boxes]
    return pictures_beside_text((turned(box, bounds, turns) for box in pictures), middles)


def pictures_beside_text(boxes: Iterable[Box], chars: Sequence[tuple[float, float]]) -> list[Box]:
    """Places on a page where pictures may hold a table: large ones under which no text of the page stands.

    Args:
        boxes: of all pictures on the page as shown, in points; one is often cut into strips, which are put together.
        chars: the middles of its characters, in the same frame.
    """
    whole: list[Box] = []
    for box in sorted(boxes, key=lambda one: (round(one[0]), one[1])):
        last = whole[-1] if whole else None
        if last and max(abs(last[0] - box[0]), abs(last[2] - box[2]), abs(last[3] - box[1])) <= _SEAM:
            whole[-1] = (min(last[0], box[0]), last[1], max(last[2], box[2]), max(last[3], box[3]))
        else:
            whole.append(box)
    out = []
    for x0, y0, x1, y1 in whole:
        if x1 - x0 < _WIDE_ENOUGH or y1 - y0 < _HIGH_ENOUGH:
            continue
        if sum(x0 < x < x1 and y0 < y < y1 for x, y in chars) < _WRITTEN_OVER:
            out.append((x0, y0, x1, y1))
    return sorted(out, key=lambda one: (one[1], one[0]))


_Found = tuple[str, Box, tuple[float, float], "int | None", bool]
"""Character, box in user space, origin, quarter turns (None where it leans), whether its font tells what it is."""


def _characters(textpage: pypdfium2.PdfTextPage, count: int, at: list[int]) -> Iterator[_Found]:
    """The characters of a page; `at` gets the number that each has among all."""
    handle = textpage.raw
    loose = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    get_unicode, get_box, get_origin = (
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetLooseCharBox,
        raw.FPDFText_GetCharOrigin,
    )
    generated, unmapped, get_angle = (
        raw.FPDFText_IsGenerated,
        raw.FPDFText_HasUnicodeMapError,
        raw.FPDFText_GetCharAngle,
    )
    for index in range(count):
        code = get_unicode(handle, index)
        text = chr(code)
        if text in _GENERATED and generated(handle, index) == 1:
            continue
        if not get_box(handle, index, loose) or not get_origin(handle, index, x, y):
            continue
        known = unmapped(handle, index) != 1 and code > 0 and not _is_private(code)
        angle = -get_angle(handle, index) / (math.pi / 2)  # PDFium counts clockwise
        turns = round(angle) % 4 if abs(angle - round(angle)) < _UPRIGHT else None
        box = (loose.left, loose.bottom, loose.right, loose.top)
        at.append(index)
        yield text if known else UNKNOWN, box, (x.value, y.value), turns, known


def _is_private(code: int) -> bool:
    return 0xE000 <= code <= 0xF8FF or 0xD800 <= code <= 0xDFFF or code == 0xFFFD or code >= 0xF0000  # noqa: PLR2004 - Unicode's ranges


def _upright(found: list[_Found], bounds: Box, turns: int) -> Iterator[Char | None]:
    """The characters on the page as read; None for leaning ones, which are watermarks, and those that nobody sees."""
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    if turns % 2:
        width, height = height, width
    usual = _usual_height(found, turns)
    for text, box, (x, y), own, _ in found:
        x0, y0, x1, y1 = turned(box, bounds, turns)
        if own is None or not (math.isfinite(x0 + x1 + y0 + y1) and y1 > y0):
            yield None
            continue
        if x1 < 0 or y1 < 0 or x0 > width or y0 > height:  # beside the page
            yield None
            continue
        _, base, _, _ = turned((x, y, x, y), bounds, turns)
        if own == turns and y1 + (y1 - y0) < base <= y0 + max(usual, x1 - x0):
            y0, y1 = base - _ASCENT * usual, base + (1 - _ASCENT) * usual
        elif own != turns or not y0 <= base <= y1 + (y1 - y0):
            base = y1
        yield Char(text, x0, x1, y0, base, y1)


def _usual_height(found: Sequence[_Found], turns: int) -> float:
    """How high most characters of a page are.

    Glyphs that a file draws itself (Type 3) have the box of their ink: 一 is a stroke high over its baseline, which is
    that of its line all the same.
    """
    heights = [box[2] - box[0] if turns % 2 else box[3] - box[1] for _, box, _, own, _ in found if own == turns]
    return median(heights) if heights else 0.0


def once(chars: Iterable[Char]) -> Iterator[Char]:
    """Every character once: some are drawn twice, a little shifted, to look bold."""
    seen: dict[tuple[str, int, int], list[Char]] = {}
    for char in chars:
        if char.text.isspace():
            yield char
            continue
        text, x, y = char.text, char.x0, char.base
        reach = _PRINTED_TWICE * max(char.x1 - x, 1.0)
        columns = {int((x - reach) // _TILE), int((x + reach) // _TILE)}
        rows = {int((y - reach) // _TILE), int((y + reach) // _TILE)}
        near = [other for a in columns for b in rows if (text, a, b) in seen for other in seen[text, a, b]]
        if near and any(abs(other.x0 - x) <= reach and abs(other.base - y) <= reach for other in near):
            continue
        seen.setdefault((text, int(x // _TILE), int(y // _TILE)), []).append(char)
        yield char
