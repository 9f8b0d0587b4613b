"""What only an office program opens: Word 97-2003 and WPS, RTF, OpenDocument text, and their kin.

LibreOffice converts them (`gicrawl.office`), and what it makes is read by the reader of that kind. Places are those in
the converted file, and say what it was converted to and by what: the same LibreOffice makes the same file again.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.office import Failure, Job, Office, converter, find_office
from gicrawl.parser.document import refused
from gicrawl.parser.readers.compound import DOC
from gicrawl.parser.readers.compound import MAGIC as OLE_MAGIC
from gicrawl.parser.readers.containers import ODT, XLSB, ContainerError
from gicrawl.parser.readers.nested import read_nested
from gicrawl.parser.readers.office_fields import without_fields_of_the_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.parser.document import Context, Document

_TEXT: Final = "docx:MS Word 2007 XML"
_SHEET: Final = "xlsx:Calc MS Excel 2007 XML"


class _Kind(NamedTuple):
    """How a kind of file is converted: its usual suffix, the filter that reads it, what is made, its name."""

    suffix: str
    source: str | None
    target: str
    name: str


_KINDS: Final = {
    DOC: _Kind("doc", "MS Word 97", _TEXT, "DOC/WPS"),
    "application/rtf": _Kind("rtf", "Rich Text Format", _TEXT, "RTF"),
    ODT: _Kind("odt", "writer8", _TEXT, "ODT"),
    f"{ODT}-template": _Kind("ott", "writer8_template", _TEXT, "OTT"),
    f"{ODT}-flat-xml": _Kind("fodt", "OpenDocument Text Flat XML", _TEXT, "FODT"),
    "application/vnd.ms-spreadsheetml": _Kind("xml", "MS Excel 2003 XML", _SHEET, "Excel 2003 XML"),
    "application/vnd.ms-works": _Kind("wps", None, _TEXT, "WPS"),
    XLSB: _Kind("xlsb", "Calc MS Excel 2007 Binary", _SHEET, "XLSB"),
}

NAME: Final = "office"
LIBRARIES: Final[tuple[str, ...]] = ()
MEDIA_TYPES: Final = tuple(_KINDS)

_PICTURED: Final = re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|\\pict\b|<v:imagedata|<pkg:binaryData|<office:binary-data")
"""What a file with a picture in it holds as it stands."""
_PICTURED_PACKED: Final = re.compile(rb"Pictures/[\w.-]+")
"""The same of OpenDocument, which has a thumbnail of its first page besides."""
_EMBEDDED: Final = re.compile(rb"O\0b\0j\0e\0c\0t\0P\0o\0o\0l\0|\\objdata\b|<o:OLEObject|Object \d+/content")
"""The same of an object of another program, which may be a workbook."""
_STARTS: Final = (OLE_MAGIC, b"{\\rtf")
_ABSENT: Final = "absent"
_KEPT: Final = 32 * 1024 * 1024
"""Bytes of converted files that are remembered, between `prepare` and `read` and from one read to the next."""
_AT_ONCE: Final = 32
_made: OrderedDict[tuple[bytes, Office], bytes | Failure] = OrderedDict()


def versions() -> tuple[tuple[str, str], ...]:
    """LibreOffice and which one: its result depends on it, and on whether it is there."""
    office = find_office()
    return (("libreoffice", _ABSENT if office is None else f"{office.version} {office.build} {office.print}"),)


def beside(body: bytes) -> tuple[str, ...]:
    """Names of the readers of what it is converted to, and of the pictures and workbooks it holds."""
    kind = _kind_of(body)
    if kind is None:
        return ()
    made = kind.target.partition(":")[0]
    pictured = _PICTURED_PACKED if body.startswith(b"PK") else _PICTURED
    if made != "docx":
        return (made,)
    pictures = ("image",) if pictured.search(body) else ()
    return (made, *pictures, *(("xlsx", "xls") if _EMBEDDED.search(body) else ()))


def may_need(head: bytes) -> bool:
    """Whether a file that begins so may be one of these: its first hundred bytes, told without reading it whole."""
    return head.startswith(_STARTS) or b"opendocument.text" in head


def prepare(bodies: Iterable[bytes]) -> None:
    """Convert several files in one go, ahead of reading them: seven of eight starts of LibreOffice are saved.

    It changes nothing but the time `read` takes. Files of other kinds are passed over.
    """
    office = find_office()
    if office is None:
        return
    wanted = {_key(body, office): (body, kind) for body in bodies if (kind := _kind_of(body)) is not None}
    missing = [key for key in wanted if key not in _made][:_AT_ONCE]
    jobs = [Job(body, kind.suffix, kind.source, kind.target) for body, kind in (wanted[key] for key in missing)]
    if jobs:
        for key, result in zip(missing, converter(office).convert(jobs), strict=True):
            _made[key] = result
        kept = sum(len(result) for result in _made.values())
        while kept > _KEPT and len(_made) > len(missing):
            kept -= len(_made.popitem(last=False)[1])


def read(body: bytes, context: Context) -> Document:
    """Convert a file and read what became of it.

    Args:
        body: the file.
        context: settles nothing here.

    Returns:
        What the reader of the converted file says, or one problem: there is no LibreOffice, or it cannot open the file.

    Raises:
        OSError: LibreOffice cannot be started, or the disk is full.
    """
    from gicrawl.parser.readers import media_type  # noqa: PLC0415 - the package imports its modules

    media = media_type(body)
    kind, office = _KINDS[media], find_office()
    if office is None:
        return refused(media, "needs_libreoffice", ("kind", kind.name))
    prepare([body])
    result = _made[_key(body, office)]
    told = (("kind", kind.name), ("version", office.version))
    if result is Failure.LATE:
        from gicrawl.office.convert import SECONDS  # noqa: PLC0415 - only here

        return refused(media, "office_timeout", *told, ("seconds", f"{SECONDS:g}"))
    if isinstance(result, Failure):
        return refused(media, "office_failed", *told)
    made = kind.target.partition(":")[0]
    try:
        result, fields = without_fields_of_the_day(result) if made == "docx" else (result, 0)
    except ContainerError:
        return refused(media, "office_failed", *told)
    document = read_nested(result, context, converted=f"{made} by LibreOffice {office.version} {office.build}")
    if document.failed:  # an empty result is no fault of a Word file the user never saw
        return refused(media, "office_failed", *told)
    left_out = (("office_date_field", (("count", str(fields)),)),) if fields else ()
    return replace(document, media_type=media, problems=(*document.problems, *left_out))


def _kind_of(body: bytes) -> _Kind | None:
    from gicrawl.parser.readers import media_type  # noqa: PLC0415 - the package imports its modules

    return _KINDS.get(media_type(body))


def _key(body: bytes, office: Office) -> tuple[bytes, Office]:
    return hashlib.sha256(body).digest(), office
