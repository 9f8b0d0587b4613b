"""ZIP containers: what they hold tells which kind of document they are.

A container from a portal is hostile until shown otherwise: its members are counted before they are listed, and what
they unpack to is bounded.
"""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipInfo

ZIP: Final = "application/zip"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSB: Final = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
OFD: Final = "application/ofd"
ODT: Final = "application/vnd.oasis.opendocument.text"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"

_KINDS: Final = (
    ("word/document.xml", DOCX),
    ("xl/workbook.bin", XLSB),
    ("xl/workbook.", XLSX),
    ("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("ofd.xml", OFD),
)
_MAIN_PARTS: Final = (
    (b"wordprocessingml.document.main+xml", DOCX),
    (b"wordprocessingml.template.main+xml", DOCX),
    (b"ms-word.document.macroEnabled.main+xml", DOCX),
    (b"spreadsheetml.sheet.main+xml", XLSX),
    (b"ms-excel.sheet.macroEnabled.main+xml", XLSX),
)
_DECLARED: Final = re.compile(rb"application/[\w.+-]{1,80}")
_LISTED: Final = b"PK\x01\x02"
MOST_MEMBERS: Final = 10_000
"""A report with a picture on every page has some hundred."""
MOST_BYTES: Final = 32 * 1024 * 1024
"""What the parts of one document may unpack to; the text of a long report takes one or two million bytes."""
MOST_PICTURES: Final = 96 * 1024 * 1024
"""What pictures in a document may unpack to, apart from its text: sixty scanned pages are less."""
_UNREADABLE: Final = (BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError, OSError, struct.error)
_ENCRYPTED_MEMBER: Final = 0x1


class ContainerError(Exception):
    """A container that cannot be read; says which part of it."""


class LockedError(ContainerError):
    """A member under a password."""


class TooLargeError(ContainerError):
    """It unpacks to more than `MOST_BYTES`, or has more members than any document."""


class ZipParts:
    """The members of a ZIP by name, read within bounds.

    Names are compared as Office does: without regard to case, and with either slash (ECMA-376 part 2, §6.2.2).
    """

    def __init__(self, body: bytes, most: int = MOST_BYTES) -> None:
        """List the members.

        Args:
            body: the file.
            most: bytes its members may unpack to, all that are read together.

        Raises:
            ContainerError: the list of members is missing or damaged, as in a file cut short.
        """
        if body.count(_LISTED) > MOST_MEMBERS:
            raise TooLargeError("ZIP")
        try:
            self._zip = ZipFile(BytesIO(body))
        except _UNREADABLE as error:
            raise ContainerError("ZIP") from error
        self._members = {part_name(info.filename): info for info in reversed(self._zip.infolist())}
        self._left = most
        self.locked = 0

    def __contains__(self, name: str) -> bool:
        return part_name(name) in self._members

    def matching(self, start: str) -> bool:
        """Whether a member's name begins with `start`."""
        return any(name.startswith(start) for name in self._members)

    def read(self, name: str) -> bytes:
        """Content of a member.

        Raises:
            LockedError: it is under a password.
            TooLargeError: all that was read together exceeds what the members may unpack to.
            ContainerError: there is no such member, or it is damaged.
        """
        info = self._members.get(part_name(name))
        if info is None:
            raise ContainerError(name)
        return self._content(info, name)

    def files(self) -> Iterator[tuple[str, bytes | None]]:
        """Every file by its name as a person would see it, in the order of the archive; None where it is damaged.

        Files under a password are counted in `locked` and damaged to us.

        Raises:
            TooLargeError: they unpack to more than they may.
        """
        for info in self._zip.infolist():
            if info.filename.endswith("/"):
                continue
            shown = _shown(info.filename, info.flag_bits)
            try:
                content = self._content(info, shown)
            except TooLargeError:
                raise
            except LockedError:
                self.locked += 1
                yield shown, None
            except ContainerError:
                yield shown, None
            else:
                yield shown, content

    def _content(self, info: ZipInfo, name: str) -> bytes:
        if info.flag_bits & _ENCRYPTED_MEMBER:
            raise LockedError(name)
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:  # Office knows no other; others unpack without bound
            raise ContainerError(name)
        try:
            with self._zip.open(info) as member:
                content = member.read(self._left + 1)
        except (*_UNREADABLE, zlib.error, RuntimeError) as error:
            raise ContainerError(name) from error
        self._left -= len(content)
        if self._left < 0:
            raise TooLargeError(name)
        return content


def part_name(name: str) -> str:
    """A member's name in the form names are compared in."""
    return name.replace("\\", "/").lstrip("/").lower()


def _shown(name: str, flags: int) -> str:
    if not flags & 0x800:  # no UTF-8: Chinese Windows writes GBK, which the standard library takes for cp437
        try:
            name = name.encode("cp437").decode("gb18030")
        except ValueError:
            return name
    return "".join(char if char.isprintable() else "\ufffd" for char in name)


def zip_kind(body: bytes) -> str:
    """Media type of a ZIP by its members; `application/zip` where they are of no document we know."""
    try:
        parts = ZipParts(body)
    except ContainerError:  # cut short: its members still name themselves before their contents
        return next((kind for name, kind in _KINDS if re.search(re.escape(name.encode()), body, re.IGNORECASE)), ZIP)
    for name, kind in _KINDS:
        if parts.matching(name):
            return kind
    if "[Content_Types].xml" in parts and (listed := _by_content_types(parts)) is not None:
        return listed
    if "mimetype" in parts:  # OpenDocument and EPUB say themselves what they are
        try:
            declared = parts.read("mimetype").strip()
        except ContainerError:
            return ZIP
        return declared.decode() if _DECLARED.fullmatch(declared) else ZIP
    return ZIP


def _by_content_types(parts: ZipParts) -> str | None:
    """Kind of a package whose main part has an unusual name, by the list of its parts (ECMA-376 part 2, §7.2)."""
    if parts.matching("word/"):
        return DOCX
    try:
        types = parts.read("[Content_Types].xml")
    except ContainerError:
        return None
    return next((kind for name, kind in _MAIN_PARTS if name in types), None)
