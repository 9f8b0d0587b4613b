"""Pictures among the files of a document and within them: when they are looked at, and how they follow one another.

Looking at a picture takes seconds, and most pictures of a page are its ornaments. A table that goes over the edge of
one picture goes on in the next, so those that hold something legible are read as one file.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid
from gicrawl.parser.readers import media_type
from gicrawl.parser.readers.image_sizes import may_hold_a_table
from gicrawl.parser.readers.nested import FOREIGN_PICTURES
from gicrawl.parser.readers.ocr_engine import is_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gicrawl.parser.align.tables import Tables
    from gicrawl.parser.document import Block, Document, Evidence, Picture, Reading, Source
    from gicrawl.parser.several.renditions import Part

_LARGE: Final = frozenset({"applications", "review_litigation"})
_SMALL: Final = "art20_"
_ANNEX: Final = "statistics"
_WITHOUT_TABLES: Final = "pictures_without_tables"
_UNSEEN: Final = frozenset({_WITHOUT_TABLES, "needs_ocr", "picture_unreadable", "no_text_recognised", "ocr_too_long"})
_SUBJECT: Final = "信息公开"
_LITTLE: Final = 120
"""Characters of a document that says nothing beside its pictures: a title and a date."""
_DRAWN: Final = 4_000
"""Bytes of a metafile that may draw a table: smaller ones are formulas and marks."""
_MOST_SEEN: Final = 60
"""Pictures of a document that are looked at, each of which takes seconds."""


def is_picture(source: Source) -> bool:
    """Whether a file is a picture, by its content."""
    return media_type(source.body).startswith("image/")


def is_whole(parts: Iterable[Part]) -> bool:
    """Whether files that are no pictures have every statutory table, so that no picture can add one."""
    return _has_all({table for part in parts if part.has_cells for table, _ in part.tables.forms})


def _has_all(tables: set[str]) -> bool:
    return _ANNEX in tables or (tables >= _LARGE and any(table.startswith(_SMALL) for table in tables))


def is_unseen(part: Part) -> bool:
    """Whether a file holds pages or pictures that may be the report, and were not or could not be read."""
    return any(problem.code in _UNSEEN for problem in part.problems)


def looked_into(document: Document, tables: Tables) -> Document:
    """A document with the pictures in it read, where they may hold a table that it lacks; else as it is.

    Args:
        document: as its reader made it.
        tables: what was read of it.
    """
    text = "".join(_texts(document.blocks))
    silent = len(text) < _LITTLE
    if _has_all({table for table, _ in tables.forms}) or not (silent or _SUBJECT in text):
        return document  # no picture can add a table, or it is a report of something else
    document = _foreign_named(document, silent=silent)
    large = [one for one in document.pictures if one.frame or may_hold_a_table(one.body, media_type(one.body))]
    return _recognised(document, large, silent=silent) if large else document


def _recognised(document: Document, large: Sequence[Picture], *, silent: bool) -> Document:
    """The document with what stands in its large pictures; with a problem where nobody can tell what does."""
    problems = [problem for problem in document.problems if problem[0] not in {_WITHOUT_TABLES, "no_text"}]
    if not is_here():
        problems.insert(0, _counted("needs_ocr", len(large)))
        return replace(document, problems=tuple(problems[:1] if silent else problems), failed=silent)
    seen, legible = _seen(document, large[:_MOST_SEEN])
    if len(large) > _MOST_SEEN:
        problems.append(_counted("ocr_too_long", len(large) - _MOST_SEEN))
    if legible:
        return replace(seen, problems=(*problems, _counted("text_recognised", legible)))
    if silent:
        return replace(document, problems=(_counted("no_text_recognised", len(large)),), failed=True)
    return document


def _foreign_named(document: Document, *, silent: bool) -> Document:
    """A document without the pictures that nothing here draws, and with a problem that names their kinds."""
    kinds = [
        FOREIGN_PICTURES.get(media_type(one.body)) if len(one.body) >= _DRAWN else None for one in document.pictures
    ]
    if not any(kinds):
        return document
    listed = ", ".join(sorted({kind for kind in kinds if kind}))
    return replace(
        document,
        pictures=tuple(one for one, kind in zip(document.pictures, kinds, strict=True) if not kind),
        problems=(*document.problems, ("picture_unreadable", (("kinds", listed),))),
        failed=silent and all(kinds),
    )


def _counted(code: str, pictures: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    return code, (("pictures", str(pictures)),)


def _texts(blocks: Iterable[Block]) -> Iterable[str]:
    for block in blocks:
        if isinstance(block, Grid):
            yield from (cell.text for cell in block.cells)
        else:
            yield block.text


def _seen(document: Document, pictures: Sequence[Picture]) -> tuple[Document, int]:
    """The document with what stands in pictures in their place, and in how many of them something does."""
    # Loading the recogniser takes longer than parsing a page of HTML: who has no picture shall not wait for it.
    from gicrawl.parser.readers.image_pages import read_together  # noqa: PLC0415

    blocks: list[Block] = []
    readings: list[tuple[Evidence, Reading]] = list(document.readings)
    done = legible = 0
    for at, together in groupby(pictures, key=lambda picture: picture.at):
        found, own, some = read_together(together)
        blocks += [*document.blocks[done:at], *found]
        readings += own
        done, legible = at, legible + some
    blocks += document.blocks[done:]
    return replace(document, blocks=tuple(blocks), readings=tuple(readings), pictures=()), legible


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
        return block._replace(evidence=evidence)
    cells = tuple(cell._replace(evidence=_in_file(cell.evidence, number)) for cell in block.cells)
    return block._replace(cells=cells, evidence=evidence)
