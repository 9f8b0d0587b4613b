"""Workbooks embedded in a Word file: the tables of a report, put there from Excel, stand in files of their own."""

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
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"


def workbook(part: tuple[str, bytes] | None, place: Evidence) -> tuple[Block, ...]:
    """What an embedded workbook shows.

    Args:
        part: name and content of the embedded file; None where it is not in the Word file.
        place: where it stands in that.

    Returns:
        Blocks with the name of the file as `embedded_file`, and their place in it; none where it is no workbook or
        cannot be read.
    """
    if part is None:
        return ()
    name, content = part
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
