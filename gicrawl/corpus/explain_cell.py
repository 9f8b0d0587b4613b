"""One cell back to its source: what it says, and the text around the place it was read from.

The place is found again by reading the bytes as the parser does and looking for the block with the same evidence. So
it works alike for every file kind, and a place that today's reader no longer finds is told and not guessed.
"""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gicrawl.archive.errors import ArchiveError
from gicrawl.corpus.documents import context_from
from gicrawl.corpus.explain_ends import current_parse
from gicrawl.corpus.explain_records import CellStory
from gicrawl.corpus.views import cells_of, checks_of
from gicrawl.parser.charset import decode
from gicrawl.parser.document import Grid, Line
from gicrawl.parser.forms import load_forms
from gicrawl.parser.output import cell_json, check_json
from gicrawl.parser.readers import media_type, reader_of, readers

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.explain_records import ArticleChain
    from gicrawl.parser.document import Context, GridCell
    from gicrawl.parser.report import Cell, Key

_AROUND = 60
"""Characters shown before and after a place in running text."""
_ATTACHED = "attachment"
_BETWEEN = " | "
Excerpt = tuple[str, str, str]

_DOCUMENT = """
SELECT documents.capture, documents.context, documents.url, documents.body FROM documents WHERE documents.digest = ?
"""
_FILE = """
SELECT document_bodies.body, document_bodies.capture, urls.url FROM document_bodies
JOIN documents ON documents.id = document_bodies.document
JOIN captures ON captures.uuid = document_bodies.capture
JOIN urls ON urls.id = captures.url
WHERE documents.digest = ? AND document_bodies.position = ?
"""


def known_keys() -> set[Key]:
    """The name of every cell there is in any form."""
    return {
        (table.key, row.key, column.key)
        for form in load_forms()
        for table in form.tables
        for row in table.rows
        for column in table.columns
    }


def near_keys(key: Key) -> list[str]:
    """Names of cells that look like one that does not exist."""
    return difflib.get_close_matches("/".join(key), ["/".join(known) for known in known_keys()], n=3)


def stories(
    archive: Archive, connection: sqlite3.Connection, articles: Sequence[ArticleChain], key: Key
) -> tuple[CellStory, ...]:
    """The cell in every report explained, each once.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    told: dict[str, CellStory] = {}
    for article in articles:
        counted = current_parse(article.versions)
        if counted is None or not counted[1].tables:
            continue
        version, parse = counted
        if version.version in told:
            continue
        cell = next((one for one in cells_of(connection, parse.parse) if one.key == key), None)
        checks = [check_json(check) for check in checks_of(connection, parse.parse) if key in check.cells]
        number = None if cell is None else cell.evidence.get(_ATTACHED)
        attachment = number if isinstance(number, int) else None
        source = _source(connection, bytes.fromhex(version.version), attachment)
        excerpt = None if cell is None else _excerpt(archive, source, cell)
        before, found, after = excerpt or (None, None, None)
        told[version.version] = CellStory(
            key=key,
            cell=None if cell is None else cell_json(cell),
            report_id=version.report_id,
            version=version.version,
            parser=parse.parser,
            source=source.url,
            body=source.body.hex(),
            media_type=source.kind(archive),
            attachment=attachment,
            before=before,
            found=found,
            after=after,
            checks=tuple(checks),
        )
    return tuple(told.values())


class _Source:
    """The body a cell stands in."""

    def __init__(self, capture: UUID, context: Context, url: str, body: bytes) -> None:
        self.capture, self.context, self.url, self.body = capture, context, url, body
        self._bytes: bytes | None = None

    def read(self, archive: Archive) -> bytes:
        if self._bytes is None:
            self._bytes = archive.content(archive.capture(self.capture))
        return self._bytes

    def kind(self, archive: Archive) -> str:
        try:
            return media_type(self.read(archive))
        except ArchiveError:
            return "application/octet-stream"


def _source(connection: sqlite3.Connection, version: bytes, attachment: int | None) -> _Source:
    capture, context, url, body = connection.execute(_DOCUMENT, (version,)).fetchone()
    told = context_from(context)
    if attachment is not None:
        body, capture, url = connection.execute(_FILE, (version, attachment)).fetchone()
    return _Source(UUID(bytes=capture), told, url, body)


def _excerpt(archive: Archive, source: _Source, cell: Cell) -> Excerpt | None:
    """Text before, at and after the place; None where the bytes cannot be read or the place is not found in them."""
    place = {name: value for name, value in cell.evidence.items() if name != _ATTACHED}
    if not place:
        return None
    try:
        body = source.read(archive)
    except ArchiveError:
        return None
    name = reader_of(media_type(body))
    if name not in readers():
        return None
    if set(place) == {"start", "end"}:
        return _in_text(body, source.context, place)
    for row in _rows(readers()[name].read(body, source.context).blocks):
        for number, (text, evidence) in enumerate(row):
            if _same(evidence, place):
                before = _BETWEEN.join(other for other, _ in row[:number])
                after = _BETWEEN.join(other for other, _ in row[number + 1 :])
                return before, text, after
    return None


def _in_text(body: bytes, context: Context, place: dict[str, Any]) -> Excerpt | None:
    decoded = decode(body, context.declared_charset).text
    text = "\ufeff" + decoded if body.startswith(b"\xef\xbb\xbf") else decoded
    start, end = int(place["start"]), int(place["end"])
    if end > len(text):
        return None
    return text[max(0, start - _AROUND) : start], text[start:end], text[end : end + _AROUND]


def _rows(blocks: Sequence[object]) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """What stands side by side in the source: the cells of a table's row, the fields of a line, a paragraph alone."""
    for block in blocks:
        if isinstance(block, Grid):
            rows: dict[int, list[GridCell]] = {}
            for cell in block.cells:
                for row in range(cell.row, cell.row + cell.rowspan):
                    rows.setdefault(row, []).append(cell)
            for _, cells in sorted(rows.items()):
                yield [(_flat(cell.text), dict(cell.evidence)) for cell in sorted(cells, key=lambda one: one.column)]
        elif isinstance(block, Line):
            yield [(_flat(block.text), dict(block.evidence))]
            if block.path is not None:
                yield [(_flat(field.text), {"path": block.path, "start": field.start}) for field in block.fields]
        else:
            yield [(_flat(getattr(block, "text", "")), dict(getattr(block, "evidence", {})))]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _same(evidence: dict[str, Any], place: dict[str, Any]) -> bool:
    """Whether a block stands where the evidence points: the same place, apart from offsets within its text."""
    if not evidence:
        return False
    whole = {name: value for name, value in place.items() if name not in {"start", "end"}}
    if "start" in evidence:
        return bool(whole) and json.dumps({**whole, "start": place.get("start")}, sort_keys=True) == json.dumps(
            evidence, sort_keys=True
        )
    return json.dumps(evidence, sort_keys=True) == json.dumps(whole, sort_keys=True)
