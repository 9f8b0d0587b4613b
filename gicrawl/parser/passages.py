"""Where a passage stands in the files of a report: looked for only when somebody has to be shown it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

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
            for block in document.blocks:
                text, evidence = _text(block)
                if head and head in squeeze(text):
                    return {**evidence, "attachment": number} if number else evidence
    return {}


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
