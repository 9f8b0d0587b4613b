"""What LibreOffice puts into a document that does not stand in it: fields that show today's date or the file's name.

A word processor shows them anew whenever a file is opened, so the same file would be read differently every day. What
they show is left out of a converted file; every other field keeps its text.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Final

from lxml import etree

from gicrawl.parser.readers.containers import ContainerError, ZipParts
from gicrawl.parser.readers.packages import parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAIN: Final = "word/document.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OF_THE_DAY: Final = re.compile(r"\s*(?:DATE|TIME|FILENAME)\b", re.IGNORECASE)
_MENTIONED: Final = re.compile(rb"\b(?:DATE|TIME|FILENAME)\b", re.IGNORECASE)


def without_fields_of_the_day(docx: bytes) -> tuple[bytes, int]:
    """The file without what such fields show, and how many there were.

    Raises:
        ContainerError: it is no Word file.
    """
    parts = ZipParts(docx)
    if not _MENTIONED.search(parts.read(_MAIN)):
        return docx, 0
    root = parsed(ZipParts(docx), _MAIN)
    count = _blanked(root)
    if not count:
        return docx, 0
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                content = etree.tostring(root) if info.filename == _MAIN else old.read(info)
                new.writestr(zipfile.ZipInfo(info.filename), content)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ContainerError(_MAIN) from error
    return out.getvalue(), count


def _blanked(root: _Element) -> int:
    """Empty the results of such fields, and count them (ISO/IEC 29500-1, 17.16.18)."""
    count = 0
    for field in root.iter(f"{_W}fldSimple"):
        if _OF_THE_DAY.match(field.get(f"{_W}instr") or ""):
            count += 1
            for text in field.iter(f"{_W}t"):
                text.text = ""
    codes: list[str] = []  # of the fields that are open
    shown: list[bool] = []  # for each of them whether this is its result, and one of the day's
    for element in root.iter(f"{_W}fldChar", f"{_W}instrText", f"{_W}t"):
        kind = element.get(f"{_W}fldCharType")
        if kind == "begin":
            codes.append("")
            shown.append(False)
        elif element.tag == f"{_W}t":
            element.text = "" if any(shown) else element.text
        elif codes and kind is None:
            codes[-1] += element.text or ""
        elif codes and kind == "separate":
            shown[-1] = _OF_THE_DAY.match(codes[-1]) is not None
            count += shown[-1]
        elif codes and kind == "end":
            codes.pop()
            shown.pop()
    return count
