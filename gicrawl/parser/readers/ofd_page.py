"""What is drawn on a page of an OFD file: characters, straight lines, pictures (GB/T 33190-2016, chapters 8 to 11).

Every object has a boundary on the page and a matrix within it. All of it is brought to points in a frame with its
origin below left, which is the user space of PDF, so that what turns and reads PDF pages serves here too.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.readers.packages import local_name
from gicrawl.parser.readers.pdf_drawing import Box, Matrix, box_around, filled, rules_of, stroked, transformed, turned
from gicrawl.parser.readers.pdf_page import UNKNOWN, Char, once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from gicrawl.parser.readers.pdf_drawing import Rule

POINTS: Final = 72 / 25.4
"""Points in a millimetre."""

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?")
_TOKEN: Final = re.compile(r"[A-Za-z]|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?")
_REPEATED: Final = re.compile(r"[gG]|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?")
_COORDINATES: Final = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_CURVES: Final = frozenset("QBA")
_UPRIGHT: Final = 0.1  # of a quarter turn
_DEEPEST: Final = 8
_ASCENT: Final = 0.86  # of the size: a Chinese character above its baseline
_PLACEHOLDER: Final = "\u00a4"
"""Stands in the text where only the glyph is known (11.4)."""
_MOST_DELTAS: Final = 100_000
_LONGEST: Final = 100_000  # characters of one number or path that are looked at

_IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def numbers(text: str | None) -> list[float]:
    """The numbers of an attribute, e.g. a box or a matrix."""
    return [float(found) for found in _NUMBER.findall((text or "")[:_LONGEST])]


class _Type(NamedTuple):
    """How the characters of a text object are set.

    Attributes:
        size: in its own frame.
        scale: width as a share of the usual one.
        matrix: from its frame to the page in millimetres.
        turns: quarter turns, None where they lean.
    """

    size: float
    scale: float
    matrix: Matrix
    turns: int | None


class Ink:
    """Everything drawn on one page.

    Attributes:
        bounds: of the page, in points.
        angles: quarter turns of every character, None where it leans.
        pictured: square points covered by pictures.
        shown: those pictures, by the resource each is, with the matrix that places it on the page in millimetres.
        texts: text objects.
        invisible: those of them nobody sees.
        curves: drawings that are no straight lines.
        cut: the page holds more than is read.
    """

    def __init__(
        self, width: float, height: float, units: Mapping[str, _Element], most_chars: int, most_lines: int
    ) -> None:
        self.bounds: Box = (0.0, 0.0, width * POINTS, height * POINTS)
        self.angles: list[int | None] = []
        self.pictured = 0.0
        self.shown: list[tuple[str, Matrix]] = []
        self.texts = 0
        self.invisible = 0
        self.curves = 0
        self.cut = False
        self._height = height
        self._units = units
        self._chars: list[tuple[str, Box, tuple[float, float]]] = []
        self._boxes: list[Box] = []
        self._most_chars, self._left = most_chars, most_lines

    def draw(self, element: _Element, outer: Matrix = _IDENTITY, depth: int = 0) -> None:
        """Draw a layer, a block or an object; `outer` brings its coordinates to millimetres of the page."""
        self._left -= 1
        if self._left < 0 or len(self._chars) >= self._most_chars:
            self.cut = True
            return
        kind = local_name(element)
        if element.get("Visible") == "false" or depth > _DEEPEST:
            return
        if kind in {"Layer", "PageBlock", "Content"}:
            for child in element:
                self.draw(child, outer, depth + (kind != "Layer"))
            return
        if kind not in {"TextObject", "PathObject", "ImageObject", "CompositeObject"}:
            return
        own = _placed(element, outer)
        if kind == "TextObject":
            self._text(element, own)
        elif kind == "PathObject":
            self._path(element, own)
        elif kind == "ImageObject":
            self._picture(element, own, outer)
        else:
            unit = self._units.get(element.get("ResourceID") or "")
            for child in () if unit is None else unit:
                self.draw(child, own, depth + 1)

    def chars(self, turns: int) -> Iterator[Char]:
        """The characters that stand upright on the page turned by quarter turns; leaning ones are watermarks."""
        return once(self._upright(turns))

    def rules(self, turns: int) -> tuple[list[Rule], list[Rule]]:
        """The horizontal and the vertical lines on the page turned by quarter turns."""
        return rules_of(self._boxes, self.bounds, turns)

    def _upright(self, turns: int) -> Iterator[Char]:
        width, height = self.bounds[2], self.bounds[3]
        if turns % 2:
            width, height = height, width
        for (text, box, (x, y)), own in zip(self._chars, self.angles, strict=True):
            x0, y0, x1, y1 = turned(box, self.bounds, turns)
            if own is None or not math.isfinite(x0 + x1 + y0 + y1) or not (y1 > y0 and x1 >= x0):
                continue
            if x1 < 0 or y1 < 0 or x0 > width or y0 > height:
                continue
            _, base, _, _ = turned((x, y, x, y), self.bounds, turns)
            yield Char(text, x0, x1, y0, base if own == turns else y1, y1)

    def _text(self, element: _Element, matrix: Matrix) -> None:
        """Characters of a text object (11.2, 11.3)."""
        size = abs(_first(element.get("Size"), 0.0)) or 1.0
        scale = _first(element.get("HScale"), 1.0) or 1.0
        self.texts += 1
        if element.get("Alpha") == "0" or (element.get("Fill") == "false" and element.get("Stroke") != "true"):
            self.invisible += 1
        a, b, c, d, _, _ = matrix
        mirrored = a * d - b * c < 0
        # Counted against the clock, as PDF does; both directions in the file go with it (11.3, y downwards).
        angle = -math.atan2(b, a) / (math.pi / 2) - _first(element.get("CharDirection"), 0.0) / 90
        turns = None if mirrored or abs(angle - round(angle)) > _UPRIGHT else round(angle) % 4
        x = y = 0.0
        for code in element:
            if local_name(code) != "TextCode":
                continue
            x, y = _first(code.get("X"), x), _first(code.get("Y"), y)
            self._run("".join(code.itertext()).strip("\r\n"), code, (x, y), _Type(size, scale, matrix, turns))

    def _run(self, text: str, code: _Element, start: tuple[float, float], type_: _Type) -> None:
        across, down = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
        x, y = start
        rise, matrix = _ASCENT * type_.size, type_.matrix
        for at, char in enumerate(text):
            if len(self._chars) >= self._most_chars:
                self.cut = True
                return
            wide = type_.size * type_.scale * _width(char)
            step = across[at] if at < len(across) else 0.0 if down else wide
            # The next character begins where this one ends: where they stand closer, this one is as wide as that.
            right = x + (min(wide, step) if step > 0 and at < len(across) else wide)
            top, bottom = y - rise, y - rise + type_.size
            corners = [transformed(matrix, *point) for point in ((x, top), (right, top), (x, bottom), (right, bottom))]
            self._chars.append((_known(char), self._user(box_around(corners)), self._point(transformed(matrix, x, y))))
            self.angles.append(type_.turns)
            x += step
            y += down[at] if at < len(down) else 0.0

    def _path(self, element: _Element, matrix: Matrix) -> None:
        """Lines of a path (9.1): strokes, and filled boxes that are as thin as lines."""
        is_stroked, is_filled = element.get("Stroke") != "false", element.get("Fill") == "true"
        if not (is_stroked or is_filled):
            return
        for data in element:
            if local_name(data) != "AbbreviatedData":
                continue
            for points, straight in _subpaths("".join(data.itertext())):
                self._left -= len(points)
                if self._left < 0:
                    self.cut = True
                    return
                placed = [self._point(transformed(matrix, x, y)) for x, y in points]
                if not straight:
                    self.curves += 1
                elif is_stroked:
                    self._boxes += stroked(placed)
                if straight and is_filled:
                    self._boxes += filled(box_around(placed))

    def _picture(self, element: _Element, own: Matrix, outer: Matrix) -> None:
        box = numbers(element.get("Boundary"))
        if len(box) != 4:  # noqa: PLR2004 - x, y, width, height
            return
        x, y, width, height = box
        corners = [
            transformed(outer, *point) for point in ((x, y), (x + width, y), (x, y + height), (x + width, y + height))
        ]
        placed = self._user(box_around(corners))
        self.pictured += (placed[2] - placed[0]) * (placed[3] - placed[1])
        if element.get("CTM") is None:  # it fills its boundary then
            a, b, c, d, e, f = own
            own = (a * width, b * width, c * height, d * height, e, f)
        self.shown.append((element.get("ResourceID") or "", own))
        self._boxes += filled(placed)

    def _point(self, point: tuple[float, float]) -> tuple[float, float]:
        """Millimetres from above left as points from below left."""
        return point[0] * POINTS, (self._height - point[1]) * POINTS

    def _user(self, box: Box) -> Box:
        (x0, y1), (x1, y0) = self._point(box[:2]), self._point(box[2:])
        return x0, y0, x1, y1


def _placed(element: _Element, outer: Matrix) -> Matrix:
    """The matrix of an object: its own, then its boundary's place, then what it stands in (8.5)."""
    box = numbers(element.get("Boundary"))
    own = numbers(element.get("CTM"))
    x, y = (box[0], box[1]) if len(box) == 4 else (0.0, 0.0)  # noqa: PLR2004 - x, y, width, height
    a, b, c, d, e, f = own if len(own) == 6 else _IDENTITY  # noqa: PLR2004 - a matrix
    p, q, r, s, t, u = outer
    e, f = e + x, f + y
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _subpaths(data: str) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """The parts of a path: their points, and whether all are joined by straight lines (9.3.3)."""
    points: list[tuple[float, float]] = []
    straight = True
    for operator, values in _steps(data):
        if operator in "SM":
            if len(points) > 1:
                yield points, straight
            points, straight = [(values[0], values[1])], True
        elif operator != "C":
            straight = straight and operator not in _CURVES
            points.append((values[-2], values[-1]))
        elif points:
            points.append(points[0])
    if len(points) > 1:
        yield points, straight


def _steps(data: str) -> Iterator[tuple[str, list[float]]]:
    """Operators of a path with their numbers; the first that lacks some ends it."""
    tokens = _TOKEN.findall(data)
    at = 0
    while at < len(tokens):
        operator = tokens[at].upper()
        wanted = _COORDINATES.get(operator)
        at += 1
        if wanted is None:
            continue  # a number that belongs to nothing: damage
        values = tokens[at : at + wanted]
        if len(values) < wanted or any(value.isalpha() for value in values):
            return
        at += wanted
        yield operator, [float(value) for value in values]


def _deltas(text: str | None) -> list[float]:
    """Steps between characters; `g 3 5.2` stands for three of 5.2 (7.3, `ST_Array` as 11.3 uses it)."""
    found: list[float] = []
    tokens = iter(_REPEATED.findall((text or "")[:_LONGEST]))
    for first in tokens:
        if first not in "gG":
            found.append(float(first))
            continue
        times, step = next(tokens, ""), next(tokens, "")
        if times.isdecimal() and step and step not in "gG":
            found += [float(step)] * min(int(times[:6]), _MOST_DELTAS - len(found))
        if len(found) >= _MOST_DELTAS:
            break
    return found


def _first(text: str | None, missing: float) -> float:
    return next(iter(numbers(text)), missing)


def _width(char: str) -> float:
    """Width of a character as a share of its size; the file does not tell it."""
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def _known(char: str) -> str:
    return UNKNOWN if char == _PLACEHOLDER or unicodedata.category(char) in {"Co", "Cn", "Cc"} else char
