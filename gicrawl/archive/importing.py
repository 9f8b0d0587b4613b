"""Bringing a folder of collected files into the archive, each with its own provenance.

What is imported is named by what it is: path in the folder, bytes and what the list tells. So an import that was
killed goes on where it was, a second one adds nothing, and two machines give the same captures the same names.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from gicrawl.archive.about import NOTHING, About, Known, read_about
from gicrawl.archive.bodies import sniff
from gicrawl.archive.ending import ending
from gicrawl.archive.folder import FileRead, RefusedError, Remark, listing, read_file
from gicrawl.archive.records import Capture, FileOrigin, Link, Outcome, Role, TimeSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gicrawl.archive.store import Archive
    from gicrawl.archive.writer import Writer

KIND = "import"
"""Kind of the run that imports."""

_NAMES = UUID("2f4f1a5e-6f0c-5d55-9a53-3a0c0f1c7c0e")
"""Namespace (RFC 9562 §5.5) of the UUIDs of imported files; it must never change."""

_SAFE = frozenset("/-._~!$&'()*+,;=:@?")
"""ASCII beside letters and digits that may stand in a fragment (RFC 3986 §3.5)."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes:
        new: files that are in the archive now and were not before.
        known: files that were in it already.
        refused: files, lines of the list and folders that were left out, each told in a remark.
        run: of the new ones; None where nothing was new.
    """

    new: int
    known: int
    refused: int
    run: UUID | None


def content_uri(digest: bytes, path: str) -> str:
    """The name of a document of which nobody knows the address.

    RFC 6920 §7 names a thing by its SHA-256, which nothing fetched can be taken for; the fragment says to people where
    it lay, and takes no part in telling documents apart.
    """
    return f"nih:sha-256;{digest.hex()}#{''.join(map(_escaped, path))}"


def _escaped(char: str) -> str:
    if char in _SAFE or char.isalnum() or (not char.isascii() and char.isprintable()):
        return char
    return "".join(f"%{byte:02X}" for byte in os.fsencode(char))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be imported.

    Attributes:
        folder: where it lies.
        files: relative paths, sorted.
        about: what is known of them.
        remarks: what was left out already.
        arguments: of the run, as JSON values.
    """

    folder: Path
    files: tuple[str, ...]
    about: About
    remarks: tuple[Remark, ...]
    arguments: Mapping[str, object]


def plan_files(folder: Path, about: Path | None, archive: Path) -> Plan:
    """Look at a folder and the list that describes it, before anything is written.

    Args:
        folder: hidden files in it, the list and the archive itself are left out.
        about: the list, or None.
        archive: file of the archive they will go to.

    Raises:
        ListError: the list as a whole cannot be read.
        OSError: the folder or the list cannot be read.
    """
    own = [archive.with_name(archive.name + ending) for ending in ("", "-wal", "-shm", "-journal")]
    found = listing(folder, own if about is None else [about, *own])
    told = NOTHING if about is None else read_about(about, found.files, datetime.now(UTC))
    arguments = {"from": "files", "folder": str(folder)}
    return Plan(
        folder=folder,
        files=tuple(name for name in found.files if name not in told.held_back),
        about=told,
        remarks=(*found.remarks, *told.remarks),
        arguments=arguments if about is None else {**arguments, "about": str(about)},
    )


def import_files(
    archive: Archive,
    plan: Plan,
    *,
    most_bytes: int,
    tell: Callable[[Remark], None],
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> Imported:
    """Make a capture of every file of a plan.

    Args:
        archive: where they go.
        plan: `plan_files` makes it.
        most_bytes: larger files are refused.
        tell: is called with what a person should look at, as it is met.
        advance: is told how many files are done, of how many.

    Raises:
        ArchiveError: the archive took no more; what was committed stays.
    """
    importer = _Importer(archive, plan, most_bytes, tell)
    for remark in plan.remarks:
        importer.remark(remark)
    return importer.run(advance)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file on its way into the archive, with what is known of it and the capture of the file it is attached to."""

    capture: UUID
    url: str
    read: FileRead
    origin: FileOrigin
    known: Known | None
    main: UUID | None

    @property
    def role(self) -> Role:
        if self.main is None:
            return Role.ARTICLE
        return Role.IMAGE if sniff(self.read.body).startswith("image/") else Role.ATTACHMENT


class _Importer:
    """One import."""

    def __init__(self, archive: Archive, plan: Plan, most_bytes: int, tell: Callable[[Remark], None]) -> None:
        self._archive = archive
        self._plan = plan
        self._listed = plan.about.known
        self._most_bytes = most_bytes
        self._tell = tell
        self._new = self._known = self._refused = 0
        self._run: UUID | None = None
        self._mains: dict[str, UUID] = {}
        self._attached: dict[UUID, int] = {}

    def remark(self, remark: Remark) -> None:
        """Tell of something, and count it where it left something out."""
        self._refused += not remark.warning
        self._tell(remark)

    def run(self, advance: Callable[[int, int], None]) -> Imported:
        """Import the files, attached ones after those they are attached to and in the order of the list."""
        attached = [name for name, known in self._listed.items() if known.attachment_of is not None]
        late = frozenset(attached)
        ordered = [*(name for name in self._plan.files if name not in late), *attached]
        with ending(self._finish), self._archive.writer() as writer:
            for done, name in enumerate(ordered, 1):
                self._take(writer, name)
                advance(done, len(ordered))
        return Imported(self._new, self._known, self._refused, self._run)

    def _finish(self, status: str) -> None:
        if self._run is None:
            return
        with self._archive.explaining("counting"):  # what a batch that failed held is not in it
            (new,) = self._archive.db.conn.execute(
                "SELECT count(*) FROM captures WHERE run = (SELECT id FROM runs WHERE uuid = ?)", [self._run.bytes]
            ).fetchone()
        self._archive.finish_run(self._run, status, {"new": new, "known": self._known, "refused": self._refused})

    def _take(self, writer: Writer, name: str) -> None:
        try:
            piece = self._piece(name)
        except RefusedError as error:
            self.remark(error.remark)
            return
        if self._archive.has(piece.capture):
            self._known += 1
        else:
            if self._run is None:
                self._run = self._archive.start_run(KIND, self._plan.arguments, user_agent="", vantage=None)
            writer.add(_capture(piece, self._run))
            self._new += 1
        if piece.main is None:
            self._mains[name] = piece.capture
        else:
            self._attach(writer, piece.main, piece)

    def _piece(self, name: str) -> _Piece:
        known = self._listed.get(name)
        main = None
        if known is not None and known.attachment_of is not None:
            main = self._mains.get(known.attachment_of)
            if main is None:
                raise RefusedError(Remark("import_main_missing", (("file", name), ("main", known.attachment_of))))
        read = read_file(self._plan.folder, name, self._most_bytes)
        digest = sha256(read.body).digest()
        verbatim = () if known is None else known.verbatim
        stated = known is not None and known.captured is not None
        return _Piece(
            capture=_capture_id(name, digest, verbatim),
            url=content_uri(digest, name) if known is None or known.url is None else known.url,
            read=read,
            origin=FileOrigin(
                path=name,
                modified=read.modified,
                time_source=TimeSource.STATED if stated else TimeSource.MODIFIED,
                about=verbatim,
            ),
            known=known,
            main=main,
        )

    def _attach(self, writer: Writer, main: UUID, piece: _Piece) -> None:
        """Link an attached file to its main one, in the order of the list; said again, it adds nothing."""
        position = self._attached.get(main, 0)
        self._attached[main] = position + 1
        text = "" if piece.known is None or piece.known.link_text is None else piece.known.link_text
        writer.link(
            Link(page=main, url=piece.url, text=text, title=None, date=None, position=position, role=piece.role)
        )


def _capture(piece: _Piece, run: UUID) -> Capture:
    known = piece.known
    stated = None if known is None else known.captured
    return Capture(
        id=piece.capture,
        run=run,
        time=stated or piece.read.modified,
        requested_url=piece.url,
        final_url=piece.url,
        hop=0,
        method=None,
        outcome=Outcome.OK,
        role=piece.role,
        declared_type=None if known is None else known.media_type,
        declared_charset=None if known is None else known.charset,
        portal=None if known is None else known.portal,
        referrer=piece.main,
        link_text=None if known is None else known.link_text,
        origin=piece.origin,
        body=piece.read.body,
    )


def _capture_id(name: str, digest: bytes, verbatim: tuple[tuple[str, str], ...]) -> UUID:
    return uuid5(_NAMES, json.dumps(["file", name, digest.hex(), sorted(verbatim)]))
