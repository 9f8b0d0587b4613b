"""What is to be run: every layout with every single damage, and the named combinations, each with a few layouts."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from roundtrip.damages import DAMAGES
from roundtrip.foreign import FOREIGN
from roundtrip.printing import LAYOUTS, UNDAMAGED, possible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_FOREIGN_DAMAGES = (
    UNDAMAGED, "blank_rows", "units", "annotated", "names_varied", "traditional", "broken_totals", "page_breaks",
    "digits_styled", "title_in_prose",
)  # fmt: skip
"""What befalls documents of foreign printers: the printers are their own hazard."""
_LAYOUTS_EACH = 6
"""Layouts that a combination is printed in; drawn by its name, so that they stay."""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of figures."""

    layout: str
    damages: tuple[str, ...]
    part: str
    show: bool


@cache
def combinations() -> dict[str, list[tuple[str, ...]]]:
    """The committed combinations: `tuned` and `held_out`; and `held_out_layouts`, one tuple of names."""
    text = (Path(__file__).parent / "combinations.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    out = {part: [tuple(names) for names in found[part]] for part in ("tuned", "held_out")}
    return out | {"held_out_layouts": [tuple(found["held_out_layouts"])]}


def layouts_of(damages: tuple[str, ...]) -> list[str]:
    """The layouts a combination is printed in."""
    able = [layout for layout in LAYOUTS if possible(layout, damages)]
    return random.Random("+".join(damages)).sample(able, min(len(able), _LAYOUTS_EACH))


def jobs(options: argparse.Namespace) -> Iterator[Job]:
    """Everything the options ask for, in a fixed order."""
    layouts = set(options.layouts.split(",")) if options.layouts else None
    wanted = {tuple(name.split("+")) for name in options.damages.split(",")} if options.damages else None
    for job in _all():
        if (
            job.part in options.part.split(",")
            and (layouts is None or job.layout in layouts)
            and (wanted is None or job.damages in wanted)
        ):
            yield job


def _all() -> Iterator[Job]:
    for layout in LAYOUTS:
        for damage in (UNDAMAGED, *DAMAGES):
            if possible(layout, [damage]):
                yield Job(layout, (damage,), "single", show=True)
    for layout in FOREIGN:
        for damage in _FOREIGN_DAMAGES:
            yield Job(layout, (damage,), "foreign", show=True)
    for part in ("tuned", "held_out"):
        for damages in combinations()[part]:
            for layout in layouts_of(damages):
                yield Job(layout, damages, part, show=part == "tuned")
