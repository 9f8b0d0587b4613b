"""Word files: a ZIP of XML parts (DOCX), or one XML file that is made such a ZIP, read directly.

Nothing outside the file is ever touched, no entity is expanded, and what is unpacked is bounded; a file that cannot be
read says why, in one problem. The parts are found by the relationships of the package (ECMA-376 part 2, §6.5), because
not every writer gives them their usual names.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Document, Grid, Picture, refused
from gicrawl.parser.readers.compound import ENCRYPTED, ole_kind
from gicrawl.parser.readers.containers import (
    DOCX,
    MOST_BYTES,
    MOST_PICTURES,
    ContainerError,
    LockedError,
    TooLargeError,
    ZipParts,
)
from gicrawl.parser.readers.docx_blocks import BlockReader
from gicrawl.parser.readers.docx_flat import FLAT, WORD_2003, as_package
from gicrawl.parser.readers.docx_objects import MOST_OBJECTS, embedded
from gicrawl.parser.readers.docx_styles import Styles
from gicrawl.parser.readers.packages import declared_title, parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

    from gicrawl.parser.document import Block, Context

NAME: Final = "docx"
LIBRARIES: Final = ("lxml",)
MEDIA_TYPES: Final = (DOCX, FLAT, WORD_2003, ENCRYPTED)

_OLE: Final = b"\xd0\xcf\x11\xe0"
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TITLE: Final = "{http://purl.org/dc/elements/1.1/}title"
_MEGABYTE: Final = 1024 * 1024
_MEDIA: Final = b"/media/"
_EMBEDDED: Final = b"/embeddings/"
_CHUNK: Final = re.compile(rb"[\w-]\.(?:html?|mht|mhtml|txt)\b", re.IGNORECASE)
"""Name of a page or text that stands for a part of the document."""
_XML: Final = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")
_PACKAGE: Final = b"office/2006/xmlPackage"
_HEAD: Final = 4096
_BODY: Final = tuple(
    f"{{{space}}}body"
    for space in (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
)


def read(body: bytes, context: Context) -> Document:  # noqa: ARG001 - a Word file says itself how it is encoded
    """Read a Word file.

    Args:
        body: the file.
        context: settles nothing here.

    Returns:
        Paragraphs and grids in reading order, with their place in the file as evidence (see `Evidence`). Headers,
        footers, notes and comments are left out. Nothing raises, whatever the bytes are.
    """
    if body.startswith(_OLE) and ole_kind(body) == ENCRYPTED:
        return refused(ENCRYPTED, "docx_encrypted")
    kind = _kind_of(body)
    try:
        package = _Package(body if kind == DOCX else as_package(body))
        main = package.main()
        reader = BlockReader(Styles(package.optional(package.beside_main("/styles", "styles.xml"))))
        blocks, pictures, unread = _parted(reader.read_body(main), reader, package)
        title, labels = declared_title(package.title(), blocks)
    except LockedError:
        return refused(DOCX, "docx_encrypted")
    except TooLargeError:
        return refused(kind, "docx_too_large", ("limit", str(MOST_BYTES // _MEGABYTE)))
    except ContainerError as error:
        return refused(kind, "docx_damaged", ("part", str(error)))
    return Document(
        media_type=kind,
        charset=None,
        blocks=tuple(blocks),
        title=title,
        labels=labels,
        problems=tuple(_problems(reader, blocks, package, unread)),
        pictures=tuple(pictures),
    )


def _kind_of(body: bytes) -> str:
    head = body[:_HEAD].lstrip()
    if not head.startswith(_XML):
        return DOCX
    return FLAT if _PACKAGE in head.replace(b"\0", b"") else WORD_2003


def beside(body: bytes) -> tuple[str, ...]:
    """Pictures in the file are read by the reader of pictures, workbooks and pages in it by those of their kind."""
    return (
        *(("image",) if _MEDIA in body else ()),
        *(("xlsx", "xls") if _EMBEDDED in body else ()),
        *(("html", "mhtml", "text") if _CHUNK.search(body) else ()),
    )


def _parted(read: list[Block], reader: BlockReader, package: _Package) -> tuple[list[Block], list[Picture], int]:
    """What stands in the document, without the marks where something of another kind does.

    Returns:
        The blocks, workbooks and pages at the place of their marks; the pictures; how many other objects there are.
        Those within cells of tables are left.
    """
    names = {id(mark): name for mark, name in reader.shown}
    objects = {id(mark): name for mark, name in reader.objects}
    blocks: list[Block] = []
    pictures: list[Picture] = []
    known = 0
    for block in read:
        if id(block) in names:
            if (found := package.held(names[id(block)])) is not None:
                part, content = found
                pictures.append(Picture(len(blocks), {**block.evidence, "picture": part}, content))
        elif id(block) in objects:
            own = embedded(package.held(objects[id(block)]), block.evidence) if known < MOST_OBJECTS else ()
            known += bool(own)
            blocks += own
        else:
            blocks.append(block)
    return blocks, pictures, len(objects) - known


def _problems(
    reader: BlockReader, blocks: list[Block], package: _Package, unread: int
) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    problems: list[tuple[str, tuple[tuple[str, str], ...]]] = [
        ("docx_part_unread", (("part", part),)) for part in package.unread
    ]
    if reader.odd_tables:
        problems.append(("docx_table_odd", ()))
    if reader.foreign + unread:
        problems.append(("docx_foreign_part", (("count", str(reader.foreign + unread)),)))
    if reader.shown and not any(isinstance(block, Grid) for block in blocks):
        problems.append(("pictures_without_tables", (("count", str(len(reader.shown))),)))
    if not blocks:
        problems.append(("no_text", ()))
    return problems


def _whole(folder: str, target: str) -> str:
    """Name of a part that one in a folder refers to."""
    whole = target if target.startswith("/") else posixpath.join("/", folder, target)
    return posixpath.normpath(whole).lstrip("/")


class _Package:
    """The XML parts of the file.

    Attributes:
        unread: parts that should be there and cannot be read, without which the text stands all the same.
    """

    def __init__(self, body: bytes) -> None:
        self._parts = ZipParts(body)
        self._files = ZipParts(body, MOST_PICTURES)
        self._top = self._related("", "_rels/.rels")
        self._main = self._top.get("/officeDocument", "word/document.xml")
        self._held: dict[str, str] | None = None
        self.unread: list[str] = []

    def main(self) -> _Element:
        """The body of the main part.

        Raises:
            ContainerError: there is none.
        """
        root = parsed(self._parts, self._main)
        body = next((child for child in root if child.tag in _BODY), None)
        if body is None:
            raise ContainerError(self._main)
        return body

    def beside_main(self, kind: str, usual: str) -> str:
        """Name of a part that the main part refers to."""
        folder, name = posixpath.split(self._main)
        related = self._related(folder, posixpath.join(folder, "_rels", f"{name}.rels"))
        return related.get(kind, posixpath.join(folder, usual))

    def held(self, relation: str) -> tuple[str, bytes] | None:
        """Name and content of a file that the main part refers to; None where it is not in the package or damaged."""
        if self._held is None:
            folder, name = posixpath.split(self._main)
            self._held = self._targets(folder, posixpath.join(folder, "_rels", f"{name}.rels"))
        part = self._held.get(relation)
        if part is None or part not in self._files:
            return None
        try:
            return part, self._files.read(part)
        except ContainerError:
            self.unread.append(part)
            return None

    def optional(self, name: str) -> _Element | None:
        """Root of a part that need not be there."""
        if name not in self._parts:
            return None
        try:
            return parsed(self._parts, name)
        except TooLargeError:
            raise
        except ContainerError:
            self.unread.append(name)
            return None

    def title(self) -> str | None:
        """The title among the properties of the file."""
        root = self.optional(self._top.get("/core-properties", "docProps/core.xml"))
        found = None if root is None else root.findtext(_TITLE)
        return (found or "").strip() or None

    def _related(self, folder: str, name: str) -> dict[str, str]:
        """Names of the parts that another refers to, by the last step of the kind of relationship."""
        related: dict[str, str] = {}
        if name in self._parts:
            for entry in parsed(self._parts, name):
                if entry.tag == _RELATIONSHIP and entry.get("TargetMode") != "External":
                    kind = "/" + entry.get("Type", "").rpartition("/")[2]
                    related.setdefault(kind, _whole(folder, entry.get("Target", "")))
        return related

    def _targets(self, folder: str, name: str) -> dict[str, str]:
        """Names of the parts that another refers to, by the relationship."""
        if name not in self._parts:
            return {}
        found = {}
        for entry in parsed(self._parts, name):
            if entry.tag == _RELATIONSHIP and entry.get("TargetMode") != "External":
                found[entry.get("Id", "")] = _whole(folder, entry.get("Target", ""))
        return found
