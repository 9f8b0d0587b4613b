"""Text of a paragraph of WordprocessingML as a reader of the printed page sees it.

Runs are joined without a separator: Word cuts text into runs wherever formatting or spell checking changes, in the
middle of numbers as well. Insertions are kept and deletions dropped, as if all tracked changes were accepted; of a
field its result is kept; numbering, notes and hidden text are not text of the paragraph (ECMA-376 part 1, §17.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_MAIN: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # what Word calls "Strict Open XML Document"
)
_COMPATIBILITY: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MATH: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_PICTURES: Final = (
    "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "http://purl.oclc.org/ooxml/drawingml/picture",
)
_RELATIONS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_VML: Final = "urn:schemas-microsoft-com:vml"
_OFFICE: Final = "urn:schemas-microsoft-com:office:office"

_NAMED: Final = """
AlternateContent altChunk basedOn bdo body br cellDel cr customXml del dir docPartGallery drawing dstrike fldChar
fldSimple gridBefore gridSpan hMerge hyperlink ins moveFrom moveTo name noBreakHyphen object outlineLvl p pPr pStyle
pict ptab r rPr ruby rubyBase sdt sdtContent sdtPr showingPlcHdr smartTag strike style sym t tab tbl tblCaption tblPr tc
tcPr tr trPr txbxContent vMerge vanish vertAlign
"""
NAMES: Final[dict[object, str]] = {
    **{f"{{{space}}}{name}": name for space in _MAIN for name in _NAMED.split()},
    **{f"{{{space}}}{name}": name for space in _MATH for name in ("oMath", "oMathPara")},
    **{f"{{{space}}}t": "mathText" for space in _MATH},
    **{f"{{{space}}}pic": "picture" for space in _PICTURES},
    f"{{{_VML}}}imagedata": "picture",
    f"{{{_OFFICE}}}OLEObject": "embedded",
    f"{{{_COMPATIBILITY}}}AlternateContent": "AlternateContent",
    f"{{{_COMPATIBILITY}}}Choice": "Choice",
    f"{{{_COMPATIBILITY}}}Fallback": "Fallback",
}
"""What elements mean to us, by their tag; those not named here hold no text."""

WRAPPERS: Final = frozenset(["ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple", "dir", "bdo"])
_OFF: Final = frozenset(["0", "false", "off", "none"])
_BREAKS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PRESERVE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_XML_SPACE: Final = " \t\r\n"
_AS_SPACES: Final = str.maketrans("\t\r\n", "   ", "\u00ad")
_SYMBOL_ASCII: Final = frozenset("0123456789 +,./()%")
"""Where the Symbol font has the same characters as ASCII."""
_PRIVATE: Final = "\uf000"
_UNKNOWN: Final = "\ufffd"
_CODE: Final = re.compile(r"(?![dD][89a-fA-F])[0-9a-fA-F]{1,4}")
"""A character but no surrogate."""
_SEEN: Final = frozenset(["t", "txbxContent", "drawing", "pict", "object"])


def value_of(element: _Element, name: str = "val") -> str | None:
    """An attribute of the WordprocessingML namespace."""
    for space in _MAIN:
        value = element.get(f"{{{space}}}{name}")
        if value is not None:
            return value
    return None


def is_on(element: _Element) -> bool:
    """Whether a property that is on or off is on: its presence says so unless its value denies it."""
    return value_of(element) not in _OFF


def flat(element: _Element, *, muted: bool = False) -> Iterator[tuple[_Element, bool]]:
    """Children of a container of blocks, rows or cells, without what is only wrapped around them.

    Args:
        element: the container.
        muted: its text is none of the document's.

    Yields:
        An element, and whether its text is none of the document's: the prompt of an empty content control, a table of
        contents.
    """
    for child in element:
        name = NAMES.get(child.tag)
        if name == "sdt":
            quiet = muted or not _says_something(child)
            for part in child:
                if NAMES.get(part.tag) == "sdtContent":
                    yield from flat(part, muted=quiet)
        elif name in WRAPPERS:
            yield from flat(child, muted=muted)
        elif name == "AlternateContent":
            branch = chosen(child)
            if branch is not None:
                yield from flat(branch, muted=muted)
        elif name is not None:
            yield child, muted


def _says_something(control: _Element) -> bool:
    """False where a content control shows its prompt or generates a table of contents: page numbers are no figures."""
    for part in control:
        if NAMES.get(part.tag) != "sdtPr":
            continue
        for setting in part.iter():
            name = NAMES.get(setting.tag)
            if name == "showingPlcHdr" and is_on(setting):
                return False
            if name == "docPartGallery" and value_of(setting) == "Table of Contents":
                return False
    return True


def chosen(alternatives: _Element) -> _Element | None:
    """The one branch of alternative content that is shown: the first with something we know, else the fallback."""
    fallback = None
    for branch in alternatives:
        name = NAMES.get(branch.tag)
        if name == "Choice" and any(NAMES.get(inner.tag) in _SEEN for inner in branch.iter()):
            return branch
        if name == "Fallback":
            fallback = branch
    return fallback


@dataclass(slots=True)
class Run:
    """The text of a paragraph as it is put together.

    Attributes:
        boxes: text boxes anchored in it, in order.
        pictures: by which relationship each picture shown in it is found; empty where it stands elsewhere.
        embedded: by which relationship each object of another program in it is found: a file of its own.
    """

    pieces: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)
    _standing: tuple[str, ...] = ()
    """How the run being read stands beside others: raised, lowered, struck."""
    _before: tuple[str, ...] = ()
    """How the text before it stands."""
    _fields: list[list[int]] = field(default_factory=list)
    """Complex fields that are open: where each began, and whether its result has begun."""

    @property
    def text(self) -> str:
        """What was collected, blanks around it gone: they are indentation."""
        return "".join(self.pieces).strip(_XML_SPACE)

    def read(self, node: _Element) -> None:
        """Collect what is in a paragraph or in something wrapped around its runs."""
        for child in node:
            name = NAMES.get(child.tag)
            if name == "r":
                self._read_run(child)
            elif name in WRAPPERS or name == "sdtContent":
                self.read(child)
            elif name in {"oMath", "oMathPara"}:
                self._add("".join(part.text or "" for part in child.iter() if NAMES.get(part.tag) == "mathText"))
            elif name == "sdt":
                if _says_something(child):
                    self.read(child)
            elif name == "AlternateContent" and (branch := chosen(child)) is not None:
                self.read(branch)

    def _read_run(self, run: _Element) -> None:
        self._standing = ()
        self._read_parts(run)

    def _read_parts(self, run: _Element) -> None:
        for child in run:
            name = NAMES.get(child.tag)
            if name == "t":
                self._add(_shown(child))
            elif name == "rPr":
                if not self._take_standing(child):
                    return
            elif name in _BREAKS:
                self.pieces.append(_BREAKS[name])
            elif name == "sym":
                self._add(_symbol(child))
            elif name == "fldChar":
                self._read_field(value_of(child, "fldCharType"))
            elif name is not None:
                self._read_object(child, name)

    def _read_object(self, child: _Element, name: str) -> None:
        """Read what stands in a run and is made of more than characters."""
        if name == "ruby":
            for base in child:
                if NAMES.get(base.tag) == "rubyBase":
                    self.read(base)
        elif name == "AlternateContent":
            if (branch := chosen(child)) is not None:
                self._read_parts(branch)
        elif name in {"drawing", "pict", "object"}:
            self._read_shape(child)

    def _take_standing(self, properties: _Element) -> bool:
        """Note how a run stands beside others; False where it is hidden."""
        standing: list[str] = []
        for entry in properties:
            name = NAMES.get(entry.tag)
            if name == "vanish" and is_on(entry):
                return False
            if name == "vertAlign":
                value = value_of(entry)
                if value in {"superscript", "subscript"}:
                    standing.append(value)
            elif name in {"strike", "dstrike"} and is_on(entry):
                standing.append("struck")
        self._standing = tuple(standing)
        return True

    def _add(self, text: str) -> None:
        if not text:
            return
        # A raised 1 after a number is the mark of a note, a struck 5 before a 6 its correction: never one number.
        if self._before != self._standing and self.pieces and self.pieces[-1][-1].isdigit() and text[0].isdigit():
            self.pieces.append(" ")
        self._before = self._standing
        self.pieces.append(text)

    def _read_field(self, kind: str | None) -> None:
        """Drop what stands in a field before its result. Fields that never end drop nothing."""
        if kind == "begin":
            self._fields.append([len(self.pieces), False])
        elif self._fields and kind == "separate":
            del self.pieces[self._fields[-1][0] :]
            self._fields[-1][1] = True
        elif self._fields and kind == "end":
            start, resulted = self._fields.pop()
            if not resulted:
                del self.pieces[start:]

    def _read_shape(self, shape: _Element) -> None:
        for child in shape:
            name = NAMES.get(child.tag)
            if name == "txbxContent":
                self.boxes.append(child)
            elif name == "picture":
                self.pictures.append(relation_of(child))
            elif name == "embedded":
                if not (child.get("ProgID") or "").startswith("Equation"):
                    self.embedded.append(relation_of(child))
            elif name == "AlternateContent":
                if (branch := chosen(child)) is not None:
                    self._read_shape(branch)
            else:
                self._read_shape(child)


def relation_of(element: _Element) -> str:
    """The relationship by which the file of something is found: DrawingML names that of pictures in a blip within."""
    for within in element.iter():
        for space in _RELATIONS:
            found = within.get(f"{{{space}}}embed") or within.get(f"{{{space}}}id")
            if found:
                return found
    return ""


def _shown(element: _Element) -> str:
    """Text as Word shows it: blanks at its ends only where it asks for them, soft hyphens only at line ends."""
    text = element.text or ""
    if text.isalnum():  # most of it
        return text
    if element.get(_PRESERVE) != "preserve":
        text = text.strip(_XML_SPACE)
    return text.translate(_AS_SPACES)


def _symbol(symbol: _Element) -> str:
    """A character of a symbol font; outside the part of Symbol that is ASCII it keeps its private code: unknown."""
    printed = value_of(symbol, "char") or ""
    if not _CODE.fullmatch(printed):
        return _UNKNOWN
    char = chr(int(printed, 16))
    plain = chr(ord(char) & 0xFF) if char >= _PRIVATE else char
    if (value_of(symbol, "font") or "").lower() == "symbol" and plain in _SYMBOL_ASCII:
        return plain
    return char if char.isprintable() or char >= _PRIVATE else _UNKNOWN
