"""Word files in one XML file: the parts of a package one below the other (Flat OPC), and the document of Word 2003.

Both are made the package that Word writes otherwise, with the paragraphs, tables, rows and cells in their places. Word
2003 has the same elements in a namespace of its own; where its names differ, and how it marks what was inserted and
deleted, is told here. LibreOffice, which opens it too, drops the last cell of a row.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_STORED, ZipFile

from lxml import etree

from gicrawl.parser.readers.containers import MOST_MEMBERS, MOST_PICTURES, ContainerError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

FLAT: Final = "application/vnd.ms-word2006ml"
WORD_2003: Final = "application/vnd.ms-wordml"
_PARTS: Final = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_OLD: Final = "{http://schemas.microsoft.com/office/word/2003/wordml}"
_NEW: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOTED: Final = "{http://schemas.microsoft.com/aml/2001/core}annotation"
_OFFICE: Final = "{urn:schemas-microsoft-com:office:office}"
_KEPT: Final = (
    _NEW,  # where an element of the old namespace was renamed already
    _OFFICE,
    "{urn:schemas-microsoft-com:vml}",
    "{urn:schemas-microsoft-com:office:word}",
)
_IMAGE: Final = "{urn:schemas-microsoft-com:vml}imagedata"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RENAMED: Final = {"vmerge": "vMerge", "hmerge": "hMerge", "hlink": "hyperlink"}
_CHANGES: Final = {"Word.Insertion": "ins", "Word.Deletion": "del"}
_WRAPPED: Final = f"{_NEW}smartTag"
"""What anything becomes that may stand around paragraphs and runs: sections, smart tags, elements of other XML."""
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_BINARY: Final = re.compile(rb"(<(?:[\w-]+:)?bin(?:ary)?Data\b[^<>]*>)([^<]*)")
_HELD: Final = "#"
"""Before the number of what was taken out of an element; no sign of what is written in base 64."""


def as_package(body: bytes) -> bytes:
    """The same file as Word writes it otherwise: a ZIP of its parts.

    Raises:
        ContainerError: it is damaged, or nothing of Word's.
        TooLargeError: it is larger than what the parts of a Word file may unpack to, or has too many.
    """
    if len(body) > MOST_PICTURES:
        raise TooLargeError("XML")
    held: list[bytes] = []

    def take(match: re.Match[bytes]) -> bytes:
        held.append(match[2])
        return match[1] + f"{_HELD}{len(held) - 1}".encode()

    # Pictures are longer than what the parser takes for one text; its bounds stay those of every other part.
    markup = _BINARY.sub(take, body)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(markup, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ContainerError("XML") from error
    if root.getroottree().docinfo.doctype:
        raise ContainerError("XML")
    parts = _parts(root, held) if root.tag == f"{_PARTS}package" else _parts_2003(root, held)
    made = BytesIO()
    names = set()
    with ZipFile(made, "w", ZIP_STORED) as archive:
        for name, content in parts:
            if name and name not in names:
                names.add(name)
                archive.writestr(name, content)
            if len(names) > MOST_MEMBERS:
                raise TooLargeError("XML")
    return made.getvalue()


def _parts(root: _Element, held: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each part of a package."""
    for part in root.iterchildren(f"{_PARTS}part"):
        name = part.get(f"{_PARTS}name", "").lstrip("/")
        for child in part:
            if child.tag == f"{_PARTS}xmlData" and len(child):
                yield name, _written(child[0])
            elif child.tag == f"{_PARTS}binaryData":
                yield name, _binary(child, held)


def _parts_2003(root: _Element, held: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """The same of a document of Word 2003, in today's names."""
    body = root.find(f"{_OLD}body")
    if root.tag != f"{_OLD}wordDocument" or body is None:
        raise ContainerError("XML")
    title = root.findtext(f"{_OFFICE}DocumentProperties/{_OFFICE}Title")
    pictures = {element.get(f"{_OLD}name", ""): element for element in root.iter(f"{_OLD}binData")}
    styles = root.find(f"{_OLD}styles")
    preserved = root.get(_SPACE) == "preserve"
    for part in (body, styles):
        for element in () if part is None else list(part.iter()):
            _renew(element, preserved=preserved)
    document = etree.Element(f"{_NEW}document")
    document.append(body)
    yield "word/document.xml", _written(document)
    if styles is not None:
        yield "word/styles.xml", _written(styles)
    if title:
        core = etree.Element("properties")
        etree.SubElement(core, "{http://purl.org/dc/elements/1.1/}title").text = title
        yield "docProps/core.xml", _written(core)
    yield from _pictures_2003(pictures, held)


def _pictures_2003(pictures: dict[str, _Element], held: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """The pictures of a document of Word 2003, by the names that it shows them by."""
    space = "{http://schemas.openxmlformats.org/package/2006/relationships}"
    relations = etree.Element(f"{space}Relationships")
    for number, (name, element) in enumerate(pictures.items(), 1):
        target = f"media/image{number}"
        etree.SubElement(relations, f"{space}Relationship", Id=name, Type=f"{_RELATIONS}/image", Target=target)
        yield f"word/{target}", _binary(element, held)
    yield "word/_rels/document.xml.rels", _written(relations)


def _renew(element: _Element, *, preserved: bool) -> None:
    """Give an element of Word 2003 the name that it has today."""
    tag = str(element.tag)
    if tag == _NOTED:
        change = _CHANGES.get(element.get(f"{_OLD}type", ""))
        element.tag = tag if change is None else f"{_NEW}{change}"
    elif tag == _IMAGE:
        element.set(f"{{{_RELATIONS}}}id", element.get("src", ""))
    elif tag.startswith(_OLD):
        name = tag.removeprefix(_OLD)
        element.tag = f"{_NEW}{_RENAMED.get(name, name)}"
        if preserved and name == "t":
            element.set(_SPACE, "preserve")
    elif not tag.startswith(_KEPT):
        element.tag = _WRAPPED
    for name, value in element.attrib.items():
        if name.startswith(_OLD):
            element.set(f"{_NEW}{name.removeprefix(_OLD)}", value)


def _written(element: _Element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True, with_tail=False)


def _binary(element: _Element, held: list[bytes]) -> bytes:
    text = (element.text or "").strip()
    number = text.removeprefix(_HELD)
    coded = held[int(number)] if text != number and number.isdecimal() and int(number) < len(held) else text.encode()
    try:
        return b64decode(b"".join(coded.split()), validate=True)
    except binascii.Error:
        return b""  # a picture that is damaged, as one in a package that cannot be shown
