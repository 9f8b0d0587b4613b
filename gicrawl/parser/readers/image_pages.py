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

    from gicrawl.parser.document import Block, Evidence, Frame, Picture, Reading
    from gicrawl.parser.readers.ocr_image import Grey
    from gicrawl.parser.readers.ocr_page import Seen

_Problems = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

_MOST_PAGES: Final = 60
_PDF: Final = b"%PDF-"


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
    pictures: Iterable[Picture],
) -> tuple[tuple[Block, ...], tuple[tuple[Evidence, Reading], ...], int]:
    """Pictures that follow one another in another file: what the edge of one cuts goes on in the next.

    Args:
        pictures: at most so many as somebody would look at.

    Returns:
        The blocks of all, how sure what stands in cells is, and on how many pictures something was legible.
    """
    seen: list[Seen] = []
    legible = 0
    number = count(1)
    for picture in pictures:
        evidence, frame = picture.evidence, picture.frame
        pages = enumerate(_frames(picture), 1)
        found = [
            _look(grey, next(number), evidence if frame else {**evidence, "page": at}, frame) for at, grey in pages
        ]
        own = [one for one in found if one is not None]
        seen += own
        legible += bool(own)
    blocks = tuple(blocks_of([one.sheet for one in seen]))
    return blocks, tuple(reading for one in seen for reading in one.readings), legible


def _frames(picture: Picture) -> list[Grey]:
    if picture.frame is None or not picture.body.startswith(_PDF):
        return frames(picture.body, 1 if picture.frame else _MOST_PAGES)[0]
    # Loading PDFium takes longer than parsing a page of HTML: who has no PDF shall not wait for it.
    from gicrawl.parser.readers.pdf_picture import framed  # noqa: PLC0415

    grey = framed(picture.body, picture.frame)
    return [] if grey is None else [grey]


def _look(grey: Grey, number: int, where: Evidence, frame: Frame | None = None) -> Seen | None:
    height, width = grey.shape
    if min(height, width) < SHORTEST or height * width < SMALLEST:
        return None
    shown, times = fitted(grey)
    left, top, right, bottom = (0.0, 0.0, float(width), float(height)) if frame is None else frame.box
    across, down = (right - left) / width * times, (bottom - top) / height * times

    def place(box: tuple[float, float, float, float]) -> Evidence:
        x0, y0, x1, y1 = box
        placed = left + x0 * across, top + y0 * down, left + x1 * across, top + y1 * down
        return {**where, "box": [round(value, 1) for value in placed]}

    return read_picture(shown, Place(number, None if frame is None else across, place))
