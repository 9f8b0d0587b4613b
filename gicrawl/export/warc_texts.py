"""The text of reports, for conversion records: what the parser's readers make of a file, in reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.bodies import DecodeError, decode
from gicrawl.archive.wire import codings
from gicrawl.corpus.documents import context_from
from gicrawl.parser import parser_version, reader_for
from gicrawl.parser.document import Grid
from gicrawl.parser.readers import media_type, reader_of, readers

if TYPE_CHECKING:
    from gicrawl.archive.records import Capture
    from gicrawl.archive.store import Archive
    from gicrawl.parser.document import Block

_REPORTS = """
SELECT documents.capture, documents.context FROM temp.current_parses AS current
JOIN parses ON parses.id = current.parse JOIN documents ON documents.id = current.document
WHERE parses.status = 'report' ORDER BY documents.digest
"""


class Texts:
    """The texts of the pages and files that are reports by their current parse; inside a block of `reading`."""

    def __init__(self, archive: Archive) -> None:
        self._contexts = {UUID(bytes=capture): context for capture, context in archive.db.conn.execute(_REPORTS)}

    def of(self, capture: Capture) -> tuple[str, str] | None:
        """The text of a capture, and what read it (name and version); None where it is no report."""
        context = self._contexts.get(capture.id)
        body = capture.body if capture.response is None else capture.response.body
        if context is None or body is None:
            return None
        try:
            plain = body if capture.response is None else decode(body, codings(capture.response.head))
        except DecodeError:
            return None
        reader = readers().get(reader_of(media_type(plain)))
        if reader is None:
            return None
        name = reader_for(plain)  # with those of what it holds
        document = reader.read(plain, context_from(context))
        text = "".join(f"{_printed(block)}\n" for block in document.blocks)
        return (text, f"{name} {parser_version(name)}") if text.strip() else None


def _printed(block: Block) -> str:
    """A block as text: cells between tabs, rows on lines of their own."""
    if not isinstance(block, Grid):
        return block.text
    rows: dict[int, list[str]] = {}
    for cell in block.cells:
        rows.setdefault(cell.row, []).append(" ".join(cell.text.split()))
    return "\n".join("\t".join(row) for row in rows.values())
