"""Where a passage stands in the files of a report: looked for only when somebody has to be shown it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from gicrawl.parser.document import Context, Grid, Line
from gicrawl.parser.identity.lines import lines_of
from gicrawl.parser.packed import documents_in
from gicrawl.parser.readers import NONE, media_type, reader_of, readers
from gicrawl.parser.report import CheckStatus
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block, Document, Evidence
    from gicrawl.parser.report import Check

_ENOUGH: Final = 24  # characters of a passage that tell its block
_LEAST: Final = 6
_SEPARATOR: Final = "\0"  # stands in no text and folds to itself


def placed(check: Check, documents: Sequence[Document]) -> Check:
    """A check that fails over a passage, with the place of the passage; any other as it is.

    Args:
        check: with its passage as `printed`.
        documents: the main body first.
    """
    if check.status is not CheckStatus.FAIL or check.printed is None or check.evidence:
        return check
    return replace(check, evidence=evidence_of(check.printed, documents))


def evidence_of(passage: str, documents: Sequence[Document]) -> Evidence:
    """The evidence of the block in which a passage begins; empty where it is in none.

    Args:
        passage: squeezed or as printed.
        documents: the main body first.
    """
    wanted = squeeze(passage)
    for length in (_ENOUGH, _ENOUGH // 2, _LEAST):
        head = wanted[:length]
        for number, document in enumerate(documents):
            if head and (at := _holding(document, head)) is not None:
                evidence = _text(document.blocks[at])[1]
                return {**evidence, "attachment": number} if number else evidence
    return {}


def _holding(document: Document, head: str) -> int | None:
    """The first block in which a squeezed text stands."""
    if _squeezed not in document.kept:
        document.kept[_squeezed] = _squeezed(document)
    texts = cast("list[str]", document.kept[_squeezed])
    return next((at for at, text in enumerate(texts) if head in text), None)


def _squeezed(document: Document) -> list[str]:
    """The text of each block, squeezed in one go: a call for every block took longer than all checks together."""
    texts = [_text(block)[0].replace(_SEPARATOR, " ") for block in document.blocks]
    return squeeze(_SEPARATOR.join(texts)).split(_SEPARATOR)


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
