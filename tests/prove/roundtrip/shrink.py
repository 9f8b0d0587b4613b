"""Makes a failing document small: blocks and rows are taken out of the sheet for as long as the failure stays.

Because the sheet is cut and not the printed text, the truth is cut with it, and what is left is a golden document.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from roundtrip.damages_rows import removed
from roundtrip.printing import Made, print_sheet, sheet_of
from roundtrip.sheets import NUMBER, Grid
from roundtrip.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roundtrip.sheets import Sheet
    from roundtrip.verdicts import Slip, Verdict


_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Failure:
    """What must go on failing: the kind of slip, and how sure of it the parser is."""

    what: frozenset[str]
    at_least: float

    def __call__(self, verdict: Verdict) -> bool:
        """Whether it fails still."""
        return any(self.is_of(slip) for slip in verdict.slips)

    def is_of(self, slip: Slip) -> bool:
        return slip.what in self.what and slip.confidence >= self.at_least


def shrink(
    layout: str, damages: Sequence[str], seed: int, fails: Callable[[Verdict], bool], form: str | None = None
) -> Made:
    """The smallest document that still fails.

    Args:
        layout: how it is printed.
        damages: what happened to it.
        seed: which one.
        fails: whether a verdict shows the failure.
        form: the form, where it was given.

    Raises:
        ValueError: it does not fail at all.
    """
    sheet, draw = sheet_of(layout, damages, seed, form)
    state = draw.getstate()

    def made(candidate: Sheet) -> Made:
        draw.setstate(state)
        return print_sheet(layout, candidate, draw, f"{layout}-{'+'.join(damages)}-{seed}")

    def still(candidate: Sheet) -> bool:
        try:
            return fails(judge(made(candidate)))
        except (IndexError, ValueError):
            return False  # a printer needs more than is left

    if not still(sheet):
        raise ValueError(f"{layout} {'+'.join(damages)} {seed} does not fail")
    for _ in range(_ROUNDS):
        smaller = False
        for cut in (_without_blocks, _without_rows):
            sheet, done = _reduced(sheet, cut, still)
            smaller |= done
        if not smaller:
            break
    return made(sheet)


def _reduced(
    sheet: Sheet, cut: Callable[[Sheet, int, int], Sheet | None], still: Callable[[Sheet], bool]
) -> tuple[Sheet, bool]:
    size, shrunk = 32, False
    while size:
        at = 0
        while (candidate := cut(sheet, at, size)) is not None:
            if still(candidate):
                sheet, shrunk = candidate, True
            else:
                at += size
        size //= 4
    return sheet, shrunk


def _without_blocks(sheet: Sheet, at: int, size: int) -> Sheet | None:
    if at >= len(sheet.blocks):
        return None
    out = copy.copy(sheet)
    out.blocks = [*sheet.blocks[:at], *sheet.blocks[at + size :]]
    return out


def _without_rows(sheet: Sheet, at: int, size: int) -> Sheet | None:
    places = [
        (n, row) for n, block in enumerate(sheet.blocks) if isinstance(block, Grid) for row in range(len(block.rows))
    ]
    if at >= len(places):
        return None
    out = copy.copy(sheet)
    out.blocks = copy.deepcopy(sheet.blocks)
    for number, row in reversed(places[at : at + size]):
        grid = out.blocks[number]
        assert isinstance(grid, Grid)
        if row >= len(grid.rows) or row < grid.head:
            continue  # the same table stands there twice; heads without one of their rows would say something else
        if len(grid.rows) > 1 and not (row == len(grid.rows) - 1 and any(slot.rows > 1 for slot in grid.rows[row])):
            removed(grid, row)
    return out


def as_golden(made: Made, about: str) -> dict[str, Any]:
    """The truth beside a golden document."""
    return {
        "about": about,
        "year": made.year,
        "cells": {
            "/".join(key): figure.value
            if figure.state == NUMBER and not figure.open
            else "open"
            if figure.open
            else figure.state
            for key, figure in sorted(made.truth.items())
        },
        "units": {"/".join(key): figure.unit for key, figure in sorted(made.truth.items()) if figure.unit},
    }


def dumped(golden: dict[str, Any]) -> str:
    return json.dumps(golden, ensure_ascii=False, indent=1) + "\n"
