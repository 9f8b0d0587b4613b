"""Where a passage stands in the files of a report: looked for only when somebody has to be shown it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Context, Grid, Line
from gicrawl.parser.identity.lines import lines_of, squeezed_blocks
from gicrawl.parser.readers import NONE, media_type, reader_of, readers
from gicrawl.parser.report import CheckStatus
from gicrawl.parser.script import squeeze
from gicrawl.parser.several.packed import documents_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block, Document, Evidence
    from gicrawl.parser.report import Check

_ENOUGH: Final = 24  # characters of a passage that tell its block
_LEAST: Final = 6


def placed(check: Check, documents: Sequence[Document]) -> Check:
    """A check that fails over a passage, with the place of the passage; any other as it is.

    The place is the block in which the passage begins. Texts are searched with their lines joined: where a heading
    has run into the passage, it is the block in which it ends, and the passage is what stands there.

    Args:
        check: with its passage as `printed`.
        documents: the main body first.
    """
    if check.status is not CheckStatus.FAIL or check.printed is None or check.evidence:
        return check
    wanted = squeeze(check.printed)
    for length in (_ENOUGH, _ENOUGH // 2):
        for piece, is_end in ((wanted[:length], False), (wanted[-length:], True)):
            if len(piece) >= _LEAST and (found := _block_with(piece, documents)) is not None:
                evidence, text = found
                return replace(check, evidence=evidence, printed=_end_in(text, wanted) if is_end else check.printed)
    found = _block_with(wanted[:_LEAST], documents)
    return check if found is None else replace(check, evidence=found[0])


def _block_with(piece: str, documents: Sequence[Document]) -> tuple[Evidence, str] | None:
    """Evidence and squeezed text of the first block in which a squeezed text stands."""
    for number, document in enumerate(documents):
        if piece and (at := _holding(document, piece)) is not None:
            text, evidence = _text(document.blocks[at])
            return {**evidence, "attachment": number} if number else evidence, squeeze(text)
    return None


def _end_in(text: str, passage: str) -> str:
    """What of a passage stands in its block: without a heading that ran into it."""
    return next(passage[at:] for at in range(len(passage)) if passage[at:] in text)


def _holding(document: Document, head: str) -> int | None:
    """The first block in which a squeezed text stands."""
    return next((at for at, text in enumerate(squeezed_blocks(document)) if head in text), None)


def _text(block: Block) -> tuple[str, Evidence]:
    if isinstance(block, Grid):
        return "", {}
    if isinstance(block, Line):
        evidence: Evidence = dict(block.evidence) if block.path is None else {"path": block.path}
        if block.fields:
            last = block.fields[-1]
            evidence |= {"start": block.fields[0].start, "end": last.start + len(last.text)}
        return block.text, evidence
    return block.text, dict(block.evidence)


def text_of(body: bytes) -> str:
    """The text of one file, squeezed, lines joined; empty where it cannot be read.

    Args:
        body: of the file.
    """
    return "".join([line.squeezed for document in _documents(body) for line in lines_of(document)])


def _documents(body: bytes) -> list[Document]:
    if inner := documents_in(body, Context()):
        return inner
    name = reader_of(media_type(body))
    return [] if name == NONE else [readers()[name].read(body, Context())]
