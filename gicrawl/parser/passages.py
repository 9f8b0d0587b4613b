"""Where a passage stands in the files of a report: looked for only when somebody has to be shown it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Grid, Line
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block, Document, Evidence

_ENOUGH: Final = 24  # characters of a passage that tell its block
_LEAST: Final = 6


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
