"""The ruling lines of a straight picture, and the size of its type, from which everything else is measured.

Lengths are in pixels here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from gicrawl.parser.readers.pdf_drawing import Rule

if TYPE_CHECKING:
    from gicrawl.parser.readers.ocr_image import Ink

_SMALLEST: Final = 5  # pixels: lower marks are dots and dust
_LARGEST: Final = 160  # higher ones are tables and pictures
_TALL: Final = 80  # percentile of the marks' heights that whole Han characters have
_OF_TYPE: Final = 0.88  # height of a Han character, as a share of its type's size
_FEWEST: Final = 12  # marks that tell the size of the type
_ACROSS: Final = 2.6  # times the type's size: strokes of characters and dashes are shorter
_DOWN: Final = 1.35  # a row of a table is higher, a character is not
_THICK: Final = 0.35  # thicker ones are bars and shaded boxes
_LONG: Final = 5.0  # no stroke of a title is longer
_REACH: Final = 0.35  # lines that meet may stop so far from each other
_TORN: Final = 0.08  # a line may be interrupted for so long; characters stand further apart


def type_size(ink: Ink) -> float | None:
    """Size of most of the type; None where there is none."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    marks = heights[(heights >= _SMALLEST) & (heights <= _LARGEST) & (widths <= _LARGEST) & (widths >= heights // 6)]
    if len(marks) < _FEWEST:
        return None
    return float(np.percentile(marks, _TALL)) / _OF_TYPE


def find_rules(ink: Ink, size: float) -> tuple[list[Rule], list[Rule], Ink]:
    """The straight lines of a picture.

    Args:
        ink: 1 where something is printed.
        size: of its type.

    Returns:
        Lines across, lines down, and the ink without them.
    """
    across = _lines(ink, round(_ACROSS * size), size)
    down = _lines(np.ascontiguousarray(ink.T), round(_DOWN * size), size)
    for _ in range(2):  # what held the end of a line may have been a stroke itself
        across, down = _held(across, down, size), _held(down, across, size)
    drawn = np.zeros_like(ink)
    for rule, thick in across:
        top = round(rule.at - thick / 2) - 1
        drawn[max(top, 0) : top + thick + 3, max(round(rule.start) - 1, 0) : round(rule.end) + 2] = 1
    for rule, thick in down:
        left = round(rule.at - thick / 2) - 1
        drawn[max(round(rule.start) - 1, 0) : round(rule.end) + 2, max(left, 0) : left + thick + 3] = 1
    rest = (ink & (1 - drawn)).astype(np.uint8)
    return [rule for rule, _ in across], [rule for rule, _ in down], rest


def _held(lines: list[tuple[Rule, int]], crossing: list[tuple[Rule, int]], size: float) -> list[tuple[Rule, int]]:
    """Without strokes of large characters: a short line is one of a table only where others hold both its ends."""
    reach = _REACH * size

    def is_held(rule: Rule, end: float) -> bool:
        return any(
            abs(other.at - end) <= reach and other.start - reach <= rule.at <= other.end + reach
            for other, _ in crossing
        )

    return [
        (rule, thick)
        for rule, thick in lines
        if rule.end - rule.start > _LONG * size or (is_held(rule, rule.start) and is_held(rule, rule.end))
    ]


def _lines(ink: Ink, shortest: int, size: float) -> list[tuple[Rule, int]]:
    """Lines across with their thickness: runs of ink that lean by a pixel or two and are torn for a little."""
    shortest = max(shortest, 8)
    slack = np.ones((3, 1), np.uint8)
    torn = np.ones((1, max(round(_TORN * size), 1)), np.uint8)
    wide = cv2.dilate(ink, slack)
    mended = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, torn)
    kept = cv2.morphologyEx(mended, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(kept, connectivity=8)
    found = []
    for number in range(1, count):
        left, top, width, height, _ = (int(value) for value in stats[number])
        if height - 2 > max(_THICK * size, 4) + _lean(width):
            found += _bands(labels[top : top + height, left : left + width] == number, left, top, shortest, size)
            continue
        part = (labels[top : top + height, left : left + width] == number) & (
            ink[top : top + height, left : left + width] > 0
        )
        rows = np.nonzero(part.any(axis=1))[0]
        if len(rows):
            thick = int(rows[-1] - rows[0]) + 1
            found.append((Rule(top + float(rows[0] + rows[-1] + 1) / 2, float(left), float(left + width)), thick))
    return found


def _lean(width: int) -> float:
    """Pixels a line of that length may rise where the picture is not quite straight."""
    return 2 + width * 0.002


def _bands(
    part: np.ndarray[tuple[int, int], np.dtype[np.bool_]], left: int, top: int, shortest: int, size: float
) -> list[tuple[Rule, int]]:
    """Lines within a shape that is too high for one: two lines that touch, or a line with something black on it."""
    found = []
    full = part.sum(axis=1) >= shortest
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        columns = np.nonzero(part[start:end].any(axis=0))[0]
        if end - start - 2 <= max(_THICK * size, 4) and len(columns):
            thick = max(int(end - start) - 2, 1)
            at = top + float(start + end) / 2
            found.append((Rule(at, float(left + columns[0]), float(left + columns[-1] + 1)), thick))
    return found
