"""The pages of a picture file, read one by one and put together as those of a PDF are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gicrawl.parser.readers.ocr_image import fitted, frames
from gicrawl.parser.readers.ocr_page import Place
from gicrawl.parser.readers.ocr_turned import read_picture
from gicrawl.parser.readers.pdf_blocks import blocks_of

if TYPE_CHECKING:
    from gicrawl.parser.document import Block, Evidence, Reading
    from gicrawl.parser.readers.ocr_image import Grey
    from gicrawl.parser.readers.ocr_page import Seen

_Problems = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

_MOST_PAGES: Final = 60
_SHORTEST: Final = 160  # pixels of an edge: smaller pictures are logos and buttons
_SMALLEST: Final = 60_000  # pixels: of what may hold a table


def read_pages(body: bytes) -> tuple[tuple[Block, ...], _Problems, tuple[tuple[Evidence, Reading], ...]]:
    """The blocks of a picture file, what is wrong with it, and how sure what stands in cells is."""
    pictures, ended = frames(body, _MOST_PAGES)
    seen, silent = [], []
    for number, grey in enumerate(pictures, 1):
        found = _look(grey, number)
        if found is None:
            silent.append(number)
        else:
            seen.append(found)
    problems: list[tuple[str, tuple[tuple[str, str], ...]]] = [] if ended is None else [(ended, ())]
    for code, numbers in (("text_recognised", [one.page.number for one in seen]), ("no_text_recognised", silent)):
        if numbers:
            problems.append((code, (("pages", ", ".join(map(str, numbers))),)))
    blocks = tuple(blocks_of([one.sheet for one in seen]))
    return blocks, tuple(problems), tuple(reading for one in seen for reading in one.readings)


def _look(grey: Grey, number: int) -> Seen | None:
    height, width = grey.shape
    if min(height, width) < _SHORTEST or height * width < _SMALLEST:
        return None
    shown, times = fitted(grey)

    def place(box: tuple[float, float, float, float]) -> Evidence:
        return {"page": number, "box": [round(value * times, 1) for value in box]}

    return read_picture(shown, Place(number, None, place))
