"""Workbooks of Excel and WPS since 2007 (XLSX): every sheet that is shown, its numbers as it shows them.

Parts are found by the relationships of the package, read within bounds and never expanded (see `docx`). Formulas are
not computed: the value the program that saved the file computed stands beside them.
"""

from __future__ import annotations

import posixpath
import re
from io import BytesIO
from typing import TYPE_CHECKING, Final

from lxml import etree

from gicrawl.parser.readers.containers import XLSX, ContainerError, ZipParts
from gicrawl.parser.readers.packages import local_name, parsed, whole_number
from gicrawl.parser.readers.sheets import (
    MOST_CELLS,
    Merge,
    Sheet,
    SheetsTooLargeError,
    packed_workbook,
)
from gicrawl.parser.readers.xlsx_numbers import BUILT_IN, GENERAL, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from gicrawl.parser.document import Context, Document

NAME: Final = "xlsx"
LIBRARIES: Final = ("lxml",)
MEDIA_TYPES: Final = (XLSX,)

_NAME: Final = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_ROWS: Final = 1_048_576
_MOST_COLUMNS: Final = 16_384
_MOST_SHEETS: Final = 200
_RELATION_ID: Final = re.compile(r"\{[^}]*/relationships\}id")


def read(body: bytes, context: Context) -> Document:  # noqa: ARG001 - a workbook says itself how it is encoded
    """Read a workbook.

    Args:
        body: the file.
        context: settles nothing here.

    Returns:
        Grids and paragraphs, sheet by sheet, with `sheet`, `row` and `column` (from 0) and `name` (`C5`) as evidence.
        Nothing raises, whatever the bytes are.
    """
    return packed_workbook(XLSX, lambda: _Workbook(body).sheets())


def read_front(body: bytes) -> Document:
    """Read the sheet of a workbook that stands in front, as a document shows it that the workbook is embedded in.

    Args:
        body: the file.
    """
    return packed_workbook(XLSX, lambda: _Workbook(body).sheets(in_front=True))


class _Workbook:
    """The parts of the file."""

    def __init__(self, body: bytes) -> None:
        self._parts = ZipParts(body)
        self._main = self._related("").get("officeDocument", "xl/workbook.xml")
        self._cells = 0

    def sheets(self, *, in_front: bool = False) -> Iterator[Sheet]:
        """The sheets that are shown.

        Args:
            in_front: only the one that was in front when the file was saved.

        Raises:
            ContainerError: a part is missing or damaged.
            SheetsTooLargeError: they hold too many cells.
        """
        workbook = parsed(self._parts, self._main)
        folder = posixpath.dirname(self._main)
        targets = self._targets(self._main)
        kinds = self._related(self._main)
        strings = self._strings(kinds.get("sharedStrings", posixpath.join(folder, "sharedStrings.xml")))
        formats = self._formats(kinds.get("styles", posixpath.join(folder, "styles.xml")))
        from_1904 = any(
            local_name(e) == "workbookPr" and e.get("date1904") in {"1", "true"} for e in workbook.iter(etree.Element)
        )
        listed = [e for e in workbook.iter(etree.Element) if local_name(e) == "sheet"]
        if not listed:
            raise ContainerError(self._main)
        if len(listed) > _MOST_SHEETS:
            raise SheetsTooLargeError
        for entry in [_front(workbook, listed)] if in_front else listed:
            if entry.get("state", "visible") != "visible":
                continue
            id_ = next((value for key, value in entry.attrib.items() if _RELATION_ID.fullmatch(str(key))), "")
            kind, part = targets.get(str(id_), ("", ""))
            if kind == "worksheet":
                yield self._sheet(entry.get("name") or "", part, strings, formats, from_1904=from_1904)

    def _sheet(self, name: str, part: str, strings: list[str], formats: list[str], *, from_1904: bool) -> Sheet:
        sheet = Sheet(name)
        row_number = -1
        for element in self._walk(part, ("row", "mergeCell", "col")):
            kind = local_name(element)
            if kind == "mergeCell":
                _merge(sheet, element.get("ref") or "")
            elif kind == "col" and element.get("hidden") in {"1", "true"}:
                first, last = whole_number(element.get("min")), whole_number(element.get("max"))
                sheet.hidden_columns.update(range(max(first - 1, 0), min(last, _MOST_COLUMNS)))
            elif kind == "row":
                row_number = whole_number(element.get("r"), row_number + 2) - 1
                if not 0 <= row_number < _MOST_ROWS:
                    raise ContainerError(part)
                if element.get("hidden") in {"1", "true"}:
                    sheet.hidden_rows.add(row_number)
                self._row(sheet, element, row_number, strings, formats, from_1904=from_1904)
        return sheet

    def _row(
        self,
        sheet: Sheet,
        row: _Element,
        number: int,
        strings: list[str],
        formats: list[str],
        *,
        from_1904: bool,
    ) -> None:
        column = -1
        for cell in row:
            if local_name(cell) != "c":
                continue
            place = _NAME.fullmatch(cell.get("r") or "")
            column = column + 1 if place is None else _column(place.group(1))
            if column >= _MOST_COLUMNS:
                continue
            text = _text(cell, strings, formats, from_1904=from_1904)
            if text:
                sheet.cells[number, column] = text
                self._cells += 1
                if self._cells > MOST_CELLS:
                    raise SheetsTooLargeError(sheet.name)

    def _strings(self, part: str) -> list[str]:
        if part not in self._parts:
            return []
        return [_rich(entry) for entry in self._walk(part, ("si",))]

    def _formats(self, part: str) -> list[str]:
        """Format codes by number of a cell's style."""
        if part not in self._parts:
            return []
        codes = dict(BUILT_IN)
        styles: list[str] = []
        root = parsed(self._parts, part)
        for group in root:
            if local_name(group) == "numFmts":
                codes |= {whole_number(entry.get("numFmtId")): entry.get("formatCode") or GENERAL for entry in group}
        for group in root:
            if local_name(group) == "cellXfs":
                styles = [codes.get(whole_number(entry.get("numFmtId")), GENERAL) for entry in group]
        return styles

    def _related(self, part: str) -> dict[str, str]:
        """Parts that another refers to, by the last step of the kind of relationship."""
        return dict(reversed(list(self._targets(part).values())))

    def _targets(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        targets: dict[str, tuple[str, str]] = {}
        if relations in self._parts:
            for entry in parsed(self._parts, relations):
                if local_name(entry) != "Relationship" or entry.get("TargetMode") == "External":
                    continue
                target = entry.get("Target") or ""
                whole = target if target.startswith("/") else posixpath.join("/", folder, target)
                kind = (entry.get("Type") or "").rpartition("/")[2]
                targets[entry.get("Id") or ""] = (kind, posixpath.normpath(whole).lstrip("/"))
        return targets

    def _walk(self, name: str, kinds: tuple[str, ...]) -> Iterator[_Element]:
        """The elements of some names in a large part, one at a time and forgotten afterwards."""
        content = self._parts.read(name)
        if b"<!DOCTYPE" in content[:4096]:
            raise ContainerError(name)
        walk = etree.iterparse(
            BytesIO(content),
            events=("end",),
            tag=[f"{{*}}{kind}" for kind in kinds],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for _, element in walk:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    parent = element.getparent()
                    assert parent is not None
                    del parent[0]
        except (etree.XMLSyntaxError, ValueError) as error:
            raise ContainerError(name) from error


def _front(workbook: _Element, listed: list[_Element]) -> _Element:
    view = next((e for e in workbook.iter(etree.Element) if local_name(e) == "workbookView"), None)
    number = 0 if view is None else whole_number(view.get("activeTab"))
    return listed[min(number, len(listed) - 1)]


UNCOMPUTED: Final = "\ufffd"
"""Stands for a formula whose value no program has computed: no blank, and nobody knows which number."""


def _text(cell: _Element, strings: list[str], formats: list[str], *, from_1904: bool) -> str:
    """What a cell shows."""
    kind = cell.get("t") or "n"
    value = next((child.text or "" for child in cell if local_name(child) == "v"), "")
    if kind == "inlineStr":
        return next((_rich(child) for child in cell if local_name(child) == "is"), "")
    if kind == "s":
        number = whole_number(value.strip(), -1)
        if not 0 <= number < len(strings):
            return ""
        return strings[number]
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(value.strip(), value)
    if kind != "n" or not value.strip():
        open_ = kind == "n" and not value and any(local_name(child) == "f" for child in cell)
        return UNCOMPUTED if open_ else _unescaped(value)
    style = whole_number(cell.get("s"), 0)
    return shown(value, formats[style] if style < len(formats) else GENERAL, from_1904=from_1904)


def _rich(entry: _Element) -> str:
    """Text of a string in runs, without the readings that stand above Chinese characters (`rPh`)."""
    texts = []
    for child in entry:
        kind = local_name(child)
        if kind == "t":
            texts.append(child.text or "")
        elif kind == "r":
            texts += [part.text or "" for part in child if local_name(part) == "t"]
    return _unescaped("".join(texts)).replace("\r\n", "\n").replace("\r", "\n")


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold are written `_x000D_` (§22.4.2.4)."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)) if not _is_half(found.group(1)) else "\ufffd", text)


def _is_half(digits: str) -> bool:
    return 0xD800 <= int(digits, 16) <= 0xDFFF  # noqa: PLR2004 - surrogates


def _merge(sheet: Sheet, area: str) -> None:
    ends = [_NAME.fullmatch(end) for end in area.replace("$", "").split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:  # noqa: PLR2004 - from, to
        return
    (left, top), (right, bottom) = ((_column(end.group(1)), int(end.group(2)) - 1) for end in ends if end)
    if top <= bottom < _MOST_ROWS and left <= right < _MOST_COLUMNS and len(sheet.merges) < MOST_CELLS:
        sheet.merges.append(Merge(top, left, bottom, right))


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
