"""The pages of picture files, read one by one and put together as those of a PDF are."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from gicrawl.parser.readers.image_sizes import SHORTEST, SMALLEST
from gicrawl.parser.readers.ocr_image import fitted, frames
from gicrawl.parser.readers.ocr_page import Place
from gicrawl.parser.readers.ocr_turned import read_picture
from gicrawl.parser.readers.pdf_blocks import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.parser.document import Block, Evidence, Reading
    from gicrawl.parser.readers.ocr_image import Grey
    from gicrawl.parser.readers.ocr_page import Seen

_Problems = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

_MOST_PAGES: Final = 60


def read_pages(body: bytes) -> tuple[tuple[Block, ...], _Problems, tuple[tuple[Evidence, Reading], ...]]:
    """The blocks of a picture file, what is wrong with it, and how sure what stands in cells is."""
    pictures, ended = frames(body, _MOST_PAGES)
    seen, silent = [], []
    for number, grey in enumerate(pictures, 1):
        found = _look(grey, number, {"page": number})
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


def read_together(
    pictures: Iterable[tuple[Evidence, bytes]],
) -> tuple[tuple[Block, ...], tuple[tuple[Evidence, Reading], ...], int]:
    """Pictures that follow one another in another file: what the edge of one cuts goes on in the next.

    Args:
        pictures: the place of each and its file; at most so many as somebody would look at.

    Returns:
        The blocks of all, how sure what stands in cells is, and on how many pictures something was legible.
    """
    seen: list[Seen] = []
    legible = 0
    number = count(1)
    for evidence, body in pictures:
        pages = enumerate(frames(body, _MOST_PAGES)[0], 1)
        found = [_look(grey, next(number), {**evidence, "page": at}) for at, grey in pages]
        own = [one for one in found if one is not None]
        seen += own
        legible += bool(own)
    blocks = tuple(blocks_of([one.sheet for one in seen]))
    return blocks, tuple(reading for one in seen for reading in one.readings), legible


def _look(grey: Grey, number: int, where: Evidence) -> Seen | None:
    height, width = grey.shape
    if min(height, width) < SHORTEST or height * width < SMALLEST:
        return None
    shown, times = fitted(grey)

    def place(box: tuple[float, float, float, float]) -> Evidence:
        return {**where, "box": [round(value * times, 1) for value in box]}

    return read_picture(shown, Place(number, None, place))
