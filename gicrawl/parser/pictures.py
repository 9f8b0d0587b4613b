"""Pictures among the files of a document: when they are looked at, and that several of them are one after another.

Looking at a picture takes seconds, and most pictures of a page are its ornaments. A table that goes over the edge of
one picture goes on in the next, so those that hold something legible are read as one file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid
from gicrawl.parser.readers import media_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.document import Block, Document, Evidence, Source
    from gicrawl.parser.renditions import Part

_LARGE: Final = frozenset({"applications", "review_litigation"})
_SMALL: Final = "art20_"
_ANNEX: Final = "statistics"


def is_picture(source: Source) -> bool:
    """Whether a file is a picture, by its content."""
    return media_type(source.body).startswith("image/")


def is_whole(parts: Iterable[Part]) -> bool:
    """Whether files that are no pictures have every statutory table, so that no picture can add one."""
    tables = {table for part in parts if part.has_cells for table, _ in part.tables.forms}
    return _ANNEX in tables or (tables >= _LARGE and any(table.startswith(_SMALL) for table in tables))


def in_one(documents: Sequence[tuple[int, Document]]) -> Document:
    """Several pictures as one document, in their order.

    Args:
        documents: each with the number of its file, as in evidence; at least one.
    """
    first, document = documents[0]
    blocks: list[Block] = list(document.blocks)
    readings = list(document.readings)
    for number, more in documents[1:]:
        if number != first:
            blocks += [_placed(block, number) for block in more.blocks]
            readings += [(_in_file(evidence, number), reading) for evidence, reading in more.readings]
    return replace(
        document,
        blocks=tuple(blocks),
        readings=tuple(readings),
        problems=tuple(dict.fromkeys(problem for _, one in documents for problem in one.problems)),
    )


def _in_file(evidence: Evidence, number: int) -> Evidence:
    return {"attachment": number, **evidence}


def _placed(block: Block, number: int) -> Block:
    evidence = _in_file(block.evidence, number)
    if not isinstance(block, Grid):
        return replace(block, evidence=evidence)
    cells = tuple(cell._replace(evidence=_in_file(cell.evidence, number)) for cell in block.cells)
    return replace(block, cells=cells, evidence=evidence)
