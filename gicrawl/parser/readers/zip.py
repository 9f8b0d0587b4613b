"""ZIP archives and gzip files: the documents in them are read, each as if it had come alone.

A ZIP may hold a report, the same report in several kinds of files, or those of many bodies: `members_read` gives each
document for itself, and whoever knows what a report is decides (`gicrawl.parser.several.packed`).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.charset import decode
from gicrawl.parser.document import Context, Document, Picture, refused
from gicrawl.parser.readers.containers import (
    MOST_MEMBERS,
    ZIP,
    ContainerError,
    LockedError,
    TooLargeError,
    ZipParts,
)
from gicrawl.parser.readers.image_sizes import may_hold_a_table
from gicrawl.parser.readers.nested import read_nested
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "zip"
LIBRARIES: tuple[str, ...] = ()
GZIP: Final = "application/gzip"
MEDIA_TYPES = (ZIP, GZIP)

_PARTS: Final = re.compile(r"\d{1,9}|\D+")
_SHOWN: Final = 3
_LONGEST_NAME: Final = 60
_DEEPEST: Final = 1
"""Archives within an archive are opened, those within them are not."""
_MOST_BYTES: Final = 64 * 1024 * 1024
"""What all members together may unpack to; a scanned report takes some twenty million bytes."""
_MOST_TEXT: Final = 8 * 1024 * 1024
"""A page or text of more bytes is no report; the longest seen have half a million."""
_LEAST_TEXT: Final = 400
"""Bytes of plain text that may be a report; what is shorter is a note beside one."""
_PLAIN: Final = "text/plain"
_TITLE: Final = re.compile(r"信息公开[^\n。]{0,12}(?:报告|年报)")
_TEXTS: Final = ("text/", "multipart/", "application/xml")
_MOST_DOCUMENTS: Final = 60
_REMEDIED: Final = ("needs_libreoffice", "needs_ocr", "docx_encrypted", "pdf_encrypted")
_RUBBISH: Final = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini", "~$")


class Member(NamedTuple):
    """A file in an archive; the name says through which archives it is reached."""

    name: str
    body: bytes


@dataclass(slots=True)
class _Opened:
    """What an archive holds.

    Attributes:
        names: of all files.
        members: those that some reader knows.
        unread: names of those that are damaged.
    """

    names: list[str] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    left: int = _MOST_BYTES


def beside(body: bytes) -> tuple[str, ...]:
    """Names of the readers of what the archive holds."""
    from gicrawl.parser.readers import JOINT, reader_for  # noqa: PLC0415 - the package imports its modules

    try:
        opened = _open(body)
    except ContainerError:
        return ()
    members = [*_chosen(opened), *_shown(opened)]
    return tuple(reader_for(*(member.body for member in members)).split(JOINT)) if members else ()


def read(body: bytes, context: Context) -> Document:
    """Everything the archive holds, as one document; each place says in which `member` it is."""
    documents = members_read(body, context)
    whole = [document for document in documents if not document.failed] or documents
    return replace(
        whole[0],
        media_type=_kind(body),
        blocks=tuple(block for document in whole for block in document.blocks),
        problems=tuple(problem for document in documents for problem in document.problems),
    )


def members_read(body: bytes, context: Context) -> list[Document]:
    """The documents in an archive, in the order of the file; one that is `failed` where there is none."""
    kind = _kind(body)
    try:
        opened = _open(body)
    except LockedError:
        return [refused(kind, "docx_encrypted")]
    except TooLargeError:
        return [refused(kind, "zip_too_large", ("limit", str(MOST_MEMBERS)))]
    except ContainerError:
        return [refused(kind, "zip_damaged")]
    return _read_members(kind, opened, context)


def _read_members(kind: str, opened: _Opened, context: Context) -> list[Document]:
    members = _chosen(opened)
    if len(members) > _MOST_DOCUMENTS:
        return [refused(kind, "zip_several", *_counted([member.name for member in members]))]
    shown = _shown(opened)
    if _are_pictures(members) and len(shown) > 1:
        members = []  # pages of one report: they are looked at together
    documents = [read_nested(member.body, _context_of(context), member=member.name) for member in members]
    if not _are_pictures(members) or not members:
        documents = _with_pictures(kind, documents, shown)
    if not documents and not opened.unread:
        return [refused(kind, "zip_without_report", *_counted(opened.names))]
    if all(document.failed for document in documents) and (opened.unread or len(documents) > 1):
        return [_none_read(kind, documents, opened.names)]
    if opened.unread:
        problem = ("zip_member_damaged", _counted(opened.unread))
        documents[0] = replace(documents[0], problems=(*documents[0].problems, problem))
    return documents


def _are_pictures(members: list[Member]) -> bool:
    from gicrawl.parser.readers import media_type  # noqa: PLC0415 - the package imports its modules

    return all(media_type(member.body).startswith("image/") for member in members)


def _shown(opened: _Opened) -> list[Member]:
    """The pictures that may hold a table, in the order of their names: 2.jpg before 10.jpg."""
    from gicrawl.parser.readers import media_type  # noqa: PLC0415 - the package imports its modules

    found = [member for member in opened.members if may_hold_a_table(member.body, media_type(member.body))]
    return sorted(found, key=lambda member: _counting(member.name))


def _counting(name: str) -> list[tuple[bool, int, str]]:
    """What names are sorted by where they count."""
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in _PARTS.findall(name)]


def _with_pictures(kind: str, documents: list[Document], shown: list[Member]) -> list[Document]:
    """The documents with pictures beside them, which are looked at where a table is missing; pictures alone are one."""
    if not shown or (documents and all(document.failed for document in documents)):
        return documents
    first = documents[0] if documents else Document(kind, None, ())
    at = len(first.blocks)
    pictures = tuple(Picture(at, {"member": member.name, "picture": member.name}, member.body) for member in shown)
    return [replace(first, pictures=(*first.pictures, *pictures)), *documents[1:]]


def _context_of(context: Context) -> Context:
    """What is known of an archive is not known of what it holds, but for labels of the page that led to it."""
    return replace(context, declared_type=None, declared_charset=None)


def _kind(body: bytes) -> str:
    return GZIP if body.startswith(b"\x1f\x8b") else ZIP


def _none_read(kind: str, documents: list[Document], names: list[str]) -> Document:
    """One problem for an archive of which nothing could be read: what could be done about, before what is damaged."""
    found = {code: fields for document in reversed(documents) for code, fields in document.problems}
    for code in _REMEDIED:
        if code in found:
            return refused(kind, code, *found[code])
    return refused(kind, "zip_member_damaged", *_counted(names))


def _counted(names: list[str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("count", str(len(names))), ("names", _listed(names))


def _listed(names: list[str]) -> str:
    return ", ".join(name[-_LONGEST_NAME:] for name in names[:_SHOWN])


def _open(body: bytes) -> _Opened:
    opened = _Opened()
    if _kind(body) == GZIP:
        plain = _inflated(body, opened.left)
        opened.left -= len(plain)
        _take(opened, "", plain, 0)
    else:
        _unpack(opened, body, "", 0)
    return opened


def _unpack(opened: _Opened, body: bytes, outer: str, depth: int) -> None:
    parts = ZipParts(body, opened.left)
    for shown, content in parts.files():
        if _is_rubbish(shown):
            continue
        name = f"{outer}{shown}"
        if len(opened.names) >= MOST_MEMBERS:
            raise TooLargeError("ZIP")
        if content is None:
            opened.names.append(name)
            opened.unread.append(name)
            continue
        opened.left -= len(content)
        _take(opened, name, content, depth)
    if parts.locked and not opened.members:
        raise LockedError("ZIP")


def _take(opened: _Opened, name: str, content: bytes, depth: int) -> None:
    """Keep a file that some reader knows; open an archive."""
    from gicrawl.parser.readers import NONE, media_type, reader_of  # noqa: PLC0415 - the package imports its modules

    kind = media_type(content)
    if kind == ZIP and depth < _DEEPEST:
        try:
            _unpack(opened, content, f"{name}/" if name else "", depth + 1)
        except TooLargeError:
            raise
        except ContainerError:
            opened.names.append(name)
            opened.unread.append(name)
        return
    opened.names.append(name)
    if kind.startswith(_TEXTS) and len(content) > _MOST_TEXT:
        return
    if kind == _PLAIN and len(content) < _LEAST_TEXT and not _names_a_report(content):
        return
    if reader_of(kind) not in {NONE, NAME}:
        opened.members.append(Member(name, content))


def _chosen(opened: _Opened) -> list[Member]:
    """The files to be read: pictures and plain notes beside a document are its ornaments.

    A note that names a report may be all that says whose the tables beside it are.
    """
    from gicrawl.parser.readers import media_type  # noqa: PLC0415 - the package imports its modules

    kinds = [(member, media_type(member.body)) for member in opened.members]
    for ornaments in (("image/", "text/plain"), ("image/",)):
        if any(not kind.startswith(ornaments) for _, kind in kinds):
            return [
                member
                for member, kind in kinds
                if not kind.startswith(ornaments) or (kind == _PLAIN and _names_a_report(member.body))
            ]
    return opened.members


def _names_a_report(text: bytes) -> bool:
    """Whether the beginning of a plain text names a report, as the line above its tables does."""
    return _TITLE.search(fold(decode(text[:_LEAST_TEXT], None).text)) is not None


def _is_rubbish(name: str) -> bool:
    lower = name.lower()
    return lower.startswith(_RUBBISH[0]) or lower.rpartition("/")[2].startswith((*_RUBBISH[1:], "._"))


def _inflated(body: bytes, most: int) -> bytes:
    """A gzip file (RFC 1952) unpacked, all its members joined."""
    pieces: list[bytes] = []
    for piece in _pieces(body, most):
        pieces.append(piece)
        most -= len(piece)
        if most < 0:
            raise TooLargeError("gzip")
    return b"".join(pieces)


def _pieces(body: bytes, most: int) -> Iterator[bytes]:
    rest = body
    while rest.startswith(b"\x1f\x8b"):
        machine = zlib.decompressobj(wbits=31)
        try:
            piece = machine.decompress(rest, most + 1)
        except zlib.error as error:
            raise ContainerError("gzip") from error
        yield piece
        if not machine.eof:
            raise TooLargeError("gzip") if len(piece) > most else ContainerError("gzip")
        rest = machine.unused_data
