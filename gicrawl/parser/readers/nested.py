"""Documents within documents: a file in an archive, the page in a saved page, what an office program made of a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gicrawl.parser.document import Grid, refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.parser.document import Block, Context, Document

EMPTY = "application/x-empty"
_ARCHIVES = {"application/vnd.rar": "RAR", "application/x-7z-compressed": "7z", "application/x-tar": "TAR"}
"""Archives that are known by their bytes and not opened: no free library that we would ship opens all of them."""


FOREIGN_PICTURES = {
    "application/x-emf": "EMF",
    "application/x-wmf": "WMF",
    "application/x-jbig2": "JBIG2",
    "application/x-jp2": "JPEG 2000",
}
"""Pictures that are known by their bytes and not drawn: metafiles need the programs and fonts they were made with, and
of the others no free decoder that we would ship is fit for hostile files."""


def unread(kind: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What is to be said of a file that no reader reads, by its media type."""
    if kind == EMPTY:
        return "empty_document", ()
    named: tuple[tuple[str, str], ...] = ()
    if kind in _ARCHIVES:
        named = (("archive", _ARCHIVES[kind]),)
    elif kind in FOREIGN_PICTURES:
        named = (("picture", FOREIGN_PICTURES[kind]),)
    return "unknown_format", (("media_type", kind), *named)


def read_nested(body: bytes, context: Context, **place: str | int) -> Document:
    """What the reader of some bytes makes of them, with a place added to all its evidence.

    Args:
        body: a file.
        context: settles its charset.
        place: says within the outer file where these bytes stand.
    """
    from gicrawl.parser.readers import NONE, media_type, reader_of, readers  # noqa: PLC0415 - it imports its modules

    kind = media_type(body)
    name = reader_of(kind)
    if name == NONE:
        code, fields = unread(kind)
        return refused(kind, code, *fields)
    document = readers()[name].read(body, context)
    pictures = tuple(picture._replace(evidence={**place, **picture.evidence}) for picture in document.pictures)
    readings = tuple(({**place, **evidence}, reading) for evidence, reading in document.readings)
    return replace(document, blocks=within(document.blocks, place), readings=readings, pictures=pictures)


def within(blocks: Sequence[Block], place: Mapping[str, str | int | float | list[float]]) -> tuple[Block, ...]:
    """Blocks with a place added to all their evidence.

    Args:
        blocks: of what stands within something else.
        place: says where in that it stands.
    """
    return tuple(_within(block, place) for block in blocks)


def _within(block: Block, place: Mapping[str, str | int | float | list[float]]) -> Block:
    evidence = {**place, **block.evidence}
    if isinstance(block, Grid):
        cells = tuple(cell._replace(evidence={**place, **cell.evidence}) for cell in block.cells)
        return block._replace(cells=cells, evidence=evidence)
    return block._replace(evidence=evidence)
