"""The pages of an OFD file, found by the references of its parts, and laid out (GB/T 33190-2016, chapters 7 and 8)."""

from __future__ import annotations

import posixpath
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gicrawl.parser.document import Document, Frame, Picture
from gicrawl.parser.readers import media_type
from gicrawl.parser.readers.containers import OFD, ContainerError, LockedError
from gicrawl.parser.readers.nested import FOREIGN_PICTURES
from gicrawl.parser.readers.ocr_engine import is_here
from gicrawl.parser.readers.ofd_page import POINTS, Ink, numbers
from gicrawl.parser.readers.packages import declared_title, local_name, parsed
from gicrawl.parser.readers.pdf_document import MOST_SEEN, laid_out, on_page, place_among, problems_of_pages
from gicrawl.parser.readers.pdf_page import FEW_CHARS, UNKNOWN, Page, pictures_beside_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from gicrawl.parser.readers.containers import ZipParts
    from gicrawl.parser.readers.ocr_page import Seen

_MOST_PAGES: Final = 500
_MOST_CHARS: Final = 400_000
_MOST_LINES: Final = 400_000
_A4: Final = (0.0, 0.0, 210.0, 297.0)
_LARGEST: Final = 20_000.0  # millimetres: no sheet of paper is longer
_PICTURE: Final = 0.3  # share of the page a picture covers to be a scan
_LEANING: Final = 0.02  # how far a picture may be turned to be taken for upright
_HIDDEN: Final = 0.5  # share of its text that is not shown where a scan was read by a program


def read_document(parts: ZipParts, pictures: ZipParts) -> Document:
    """All documents of an OFD file, one after the other.

    Args:
        parts: of the file.
        pictures: the same, from which pictures are read.

    Raises:
        ContainerError: a part that is needed is missing or damaged.
    """
    if "encryptions.xml" in parts:
        raise LockedError("Encryptions.xml")
    root = parsed(parts, "OFD.xml")
    pages: list[Page] = []
    seen: list[Seen] = []
    beside: list[tuple[Frame, str, bytes]] = []
    foreign: set[str] = set()
    cut = False
    for entry in _found(root, "DocRoot"):
        file = _File(parts, pictures, _located("OFD.xml", entry.text))
        cut = file.read(pages) or cut
        seen += file.seen
        beside += file.beside
        foreign |= file.foreign
    if not pages:
        raise ContainerError("Pages")
    told = [one.page.number for one in seen]
    unread = [page.number for page in pages if page.is_unreadable and page.number not in told]
    legible = [page for page in pages if page.number not in {*unread, *told}]
    blocks, crowded = laid_out(legible, seen)
    scanned = [page.number for page in legible if page.scanned]
    empty = not seen and not any(page.chars for page in legible)
    if empty:
        unread = unread or [page.number for page in pages]
    problems = problems_of_pages(
        (bool(unread) and not is_here(), "needs_ocr", unread),
        (bool(told), "text_recognised", told),
        (bool(unread) and is_here(), "no_text_recognised", unread),
        (bool(scanned), "text_of_scan", scanned),
        (cut or crowded, "ofd_too_large", []),
    )
    if foreign and unread:
        problems = (("picture_unreadable", (("kinds", ", ".join(sorted(foreign))),)), *problems)
    title = next((text for entry in _found(root, "Title") if (text := (entry.text or "").strip())), None)
    title, labels = declared_title(title, blocks)
    return Document(
        media_type=OFD,
        charset=None,
        blocks=blocks,
        title=title,
        labels=labels,
        problems=problems[:1] if empty else problems,
        failed=empty,
        readings=tuple(reading for one in seen for reading in one.readings),
        pictures=tuple(
            Picture(place_among(blocks, frame), {**on_page(frame), "picture": name}, body, frame)
            for frame, name, body in beside
        ),
    )


def _found(root: _Element, name: str) -> list[_Element]:
    return [element for element in root.iter() if local_name(element) == name]


def _located(part: str, location: str | None) -> str:
    """Name of a part that another refers to (7.3, `ST_Loc`): from the top, or from the folder of the one that does."""
    text = (location or "").strip().replace("\\", "/")
    whole = text if text.startswith("/") else posixpath.join("/", posixpath.dirname(part), text)
    return posixpath.normpath(whole).lstrip("/")


class _File:
    """One document of the file.

    Attributes:
        seen: pages that were read as pictures.
        beside: pictures on pages that have text, with their places and names.
        foreign: kinds of pictures on pages without text that nothing here draws.
    """

    def __init__(self, parts: ZipParts, pictures: ZipParts, name: str) -> None:
        self.seen: list[Seen] = []
        self.beside: list[tuple[Frame, str, bytes]] = []
        self.foreign: set[str] = set()
        self._looked = 0
        self._parts = parts
        self._pictures = pictures
        self._name = name
        self._root = parsed(parts, name)
        self._area = next((box for e in _found(self._root, "PhysicalBox") if (box := _box(e.text))), _A4)
        self._templates = {
            e.get("ID") or "": _located(name, e.get("BaseLoc")) for e in _found(self._root, "TemplatePage")
        }
        self._units: dict[str, _Element] = {}
        self._media: dict[str, str] = {}
        for kind in ("PublicRes", "DocumentRes"):
            for entry in _found(self._root, kind):
                self._read_units(_located(name, entry.text))

    def read(self, pages: list[Page]) -> bool:
        """Add its pages; returns whether there are more than is read."""
        for entry in _found(self._root, "Page"):
            chars = sum(len(page.chars) for page in pages)
            lines = sum(len(page.horizontal) + len(page.vertical) for page in pages)
            if len(pages) >= _MOST_PAGES or chars >= _MOST_CHARS or lines >= _MOST_LINES:
                return True
            page = self._page(_located(self._name, entry.get("BaseLoc")), len(pages) + 1)
            pages.append(page)
            if page.cut:
                return True
        return False

    def _read_units(self, name: str) -> None:
        """Drawings that pages refer to; a file without its resources still has its text."""
        if name not in self._parts:
            return
        root = parsed(self._parts, name)
        self._units |= {e.get("ID") or "": e for e in _found(root, "CompositeGraphicUnit")}
        base = posixpath.join(root.get("BaseLoc") or "", "")
        for media in _found(root, "MultiMedia"):
            for file in _found(media, "MediaFile"):
                self._media[media.get("ID") or ""] = _located(name, base + (file.text or "").strip())

    def _page(self, name: str, number: int) -> Page:
        root = parsed(self._parts, name)
        for entry in _found(root, "PageRes"):
            self._read_units(_located(name, entry.text))
        area = next((box for e in _found(root, "PhysicalBox") if (box := _box(e.text))), self._area)
        ink = Ink(area[2], area[3], self._units, _MOST_CHARS, _MOST_LINES)
        for entry in _found(root, "Template"):
            template = self._templates.get(entry.get("TemplateID") or "")
            if template is not None and template in self._parts:
                _draw(ink, parsed(self._parts, template))
        _draw(ink, root)
        page = _page_of(ink, number)
        if page.is_unreadable and ink.shown:
            self._name_foreign(ink)
        if page.is_unreadable and ink.shown and is_here() and self._looked < MOST_SEEN:
            self._looked += 1
            self._look(ink, number, area)
        elif not page.is_unreadable and not page.scanned and ink.shown:
            self._note(ink, page)
        return page

    def _name_foreign(self, ink: Ink) -> None:
        for resource, _ in ink.shown:
            name = self._media.get(resource)
            if name is not None and name in self._pictures:
                with suppress(ContainerError):
                    kind = FOREIGN_PICTURES.get(media_type(self._pictures.read(name)))
                    self.foreign |= set() if kind is None else {kind}

    def _note(self, ink: Ink, page: Page) -> None:
        """Keep the pictures that may hold a table: those that stand upright, with no text of the page on them."""
        middles = [((char.x0 + char.x1) / 2, (char.top + char.bottom) / 2) for char in page.chars]
        for resource, (a, b, c, d, e, f) in ink.shown:
            name = self._media.get(resource)
            if name is None or name not in self._pictures or max(abs(b), abs(c)) > _LEANING * max(a, d):
                continue
            box = (e * POINTS, f * POINTS, (e + a) * POINTS, (f + d) * POINTS)
            for upright in pictures_beside_text([box], middles):
                try:
                    self.beside.append((Frame(page.number, upright), name, self._pictures.read(name)))
                except ContainerError:
                    continue  # damaged, or more than any report holds

    def _look(self, ink: Ink, number: int, area: tuple[float, float, float, float]) -> None:
        """Read a page as a picture, if it shows any."""
        # Who has no scan shall not wait for what reads it.
        from gicrawl.parser.readers.ofd_pictures import Shown, look_at  # noqa: PLC0415

        pictures = []
        for resource, matrix in ink.shown:
            name = self._media.get(resource)
            if name is not None and name in self._pictures:
                try:
                    pictures.append(Shown(self._pictures.read(name), matrix))
                except ContainerError:
                    continue  # damaged, or more than any report holds: the page is silent, and is told to be
        seen = look_at(pictures, number, area[2], area[3])
        if seen is not None:
            self.seen.append(seen)


def _draw(ink: Ink, page: _Element) -> None:
    for content in page:
        if local_name(content) == "Content":
            for layer in content:
                ink.draw(layer)


def _page_of(ink: Ink, number: int) -> Page:
    angles = Counter(turns for turns in ink.angles if turns is not None)
    turns = angles.most_common(1)[0][0] if angles else 0
    chars, (horizontal, vertical) = tuple(ink.chars(turns)), ink.rules(turns)
    width, height = ink.bounds[2], ink.bounds[3]
    pictured = ink.pictured > _PICTURE * width * height
    return Page(
        number=number,
        width=height if turns % 2 else width,
        height=width if turns % 2 else height,
        chars=chars,
        horizontal=tuple(horizontal),
        vertical=tuple(vertical),
        unknown=sum(char.text == UNKNOWN for char in chars) / len(chars) if chars else 0.0,
        pictures=pictured or ink.curves > max(len(chars), FEW_CHARS),
        scanned=pictured and ink.invisible > _HIDDEN * ink.texts,
        cut=ink.cut,
        _bounds=ink.bounds,
        _turns_read=turns,
        _turns_shown=0,
    )


def _box(text: str | None) -> tuple[float, float, float, float] | None:
    found = numbers(text)
    if len(found) != 4 or not all(0 < side < _LARGEST for side in found[2:]):  # noqa: PLR2004 - x, y, width, height
        return None
    return found[0], found[1], found[2], found[3]
