"""Files embedded in a Word file: the tables of a report as workbooks of Excel, its text as a page.

Pages stand for parts of the text (`altChunk`) in files that programs made of web pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Context
from gicrawl.parser.readers import xls, xlsx
from gicrawl.parser.readers.compound import OLE, XLS, ole_kind, stream
from gicrawl.parser.readers.containers import XLSX, ContainerError, zip_kind
from gicrawl.parser.readers.nested import within

if TYPE_CHECKING:
    from gicrawl.parser.document import Block, Evidence

MOST_OBJECTS: Final = 40
"""Each is unpacked within bounds of its own; a report has six tables."""
_PAGES: Final = (".html", ".htm", ".mht", ".mhtml", ".txt")
_READ: Final = frozenset(["html", "mhtml", "text"])
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"


def embedded(part: tuple[str, bytes] | None, place: Evidence) -> tuple[Block, ...]:
    """What an embedded workbook or page shows.

    Args:
        part: name and content of the embedded file; None where it is not in the Word file.
        place: where it stands in that.

    Returns:
        Blocks with the name of the file as `embedded_file`, and their place in it; none where it is neither or cannot
        be read.
    """
    if part is None:
        return ()
    name, content = part
    if name.lower().endswith(_PAGES):
        return _page(content, {**place, "embedded_file": name})
    kind = None
    if content.startswith(_OLE) and (kind := ole_kind(content)) == OLE:
        try:
            content = stream(content, "Package")  # how WPS and older programs wrap what is itself a package
        except ContainerError:
            return ()
    if content.startswith(_ZIP):
        kind = zip_kind(content)
    if kind not in {XLS, XLSX}:
        return ()
    # Pasting a table from Excel embeds its whole workbook, of which the document shows the sheet in front.
    document = xlsx.read_front(content) if kind == XLSX else xls.read(content, Context())
    return within(document.blocks, {**place, "embedded_file": name})


def _page(content: bytes, place: Evidence) -> tuple[Block, ...]:
    """What an embedded page or text holds; files of other kinds under its name are not opened."""
    from gicrawl.parser.readers import media_type, reader_of, readers  # noqa: PLC0415 - it imports its modules

    name = reader_of(media_type(content))
    return within(readers()[name].read(content, Context()).blocks, place) if name in _READ else ()
