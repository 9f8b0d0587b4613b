"""Every printer by its name, and a document from its seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roundtrip.damages import DAMAGES, applies
from roundtrip.flat_texts import TEXTS
from roundtrip.foreign import FOREIGN
from roundtrip.office import docx_plain
from roundtrip.reports import FORMS, report
from roundtrip.web_pages import FLAT_PAGES, PAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from roundtrip.sheets import Figure, Key, Sheet

PRINTERS = {printer.__name__: printer for printer in [*PAGES, *TEXTS]}
LAYOUTS = [*PRINTERS, "docx_plain"]
FLAT = {printer.__name__ for printer in TEXTS} | FLAT_PAGES
UNDAMAGED = "none"


@dataclass(frozen=True, slots=True)
class Made:
    """A document and what is to be read in it; made of (layout, damages, seed) alone."""

    name: str
    body: bytes
    form: str
    year: int
    truth: dict[Key, Figure]


def sheet_of(layout: str, damages: Sequence[str], seed: int, form: str | None = None) -> tuple[Sheet, random.Random]:
    """The report on the desk, damaged as far as that happens before printing; its chance goes on to the printer."""
    draw = random.Random(f"{layout} {' '.join(damages)} {seed}")
    sheet = report(draw, form or draw.choice(FORMS))
    for damage in damages:
        if damage != UNDAMAGED:
            DAMAGES[damage](sheet, draw)
            sheet.damages.append(damage)
    return sheet, draw


def print_sheet(layout: str, sheet: Sheet, draw: random.Random, name: str) -> Made:
    """Print a sheet as it lies there."""
    if layout in FOREIGN:
        body = FOREIGN[layout]([sheet])[0]
    elif layout == "docx_plain":
        body = docx_plain(sheet)
    else:
        text = PRINTERS[layout](sheet, draw)
        for harm in sheet.after:
            text = harm(text)
        body = text.encode(sheet.charset, errors="xmlcharrefreplace" if layout.startswith("html") else "replace")
    return Made(name, body, sheet.form, sheet.year, sheet.truth())


def make(layout: str, damages: Sequence[str], seed: int, form: str | None = None) -> Made:
    """Print one document."""
    sheet, draw = sheet_of(layout, damages, seed, form)
    return print_sheet(layout, sheet, draw, f"{layout}-{'+'.join(damages)}-{seed}")


def make_all(layout: str, damages: Sequence[str], seeds: Iterable[int]) -> Iterator[Made]:
    """Print many documents; foreign printers take all of them at once."""
    if layout not in FOREIGN:
        for seed in seeds:
            yield make(layout, damages, seed)
        return
    numbers = list(seeds)
    sheets = [sheet_of(layout, damages, seed)[0] for seed in numbers]
    for seed, sheet, body in zip(numbers, sheets, FOREIGN[layout](sheets), strict=True):
        yield Made(f"{layout}-{'+'.join(damages)}-{seed}", body, sheet.form, sheet.year, sheet.truth())


def possible(layout: str, damages: Sequence[str]) -> bool:
    """Whether each damage can befall this layout."""
    return all(damage == UNDAMAGED or applies(damage, layout, flat=layout in FLAT) for damage in damages)
