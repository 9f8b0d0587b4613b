"""The versions of a report at one address, in the order they were shown, and what changed between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gicrawl.archive.cleaning import cleaned_digests
from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.records import Judgement
from gicrawl.archive.stored import from_microseconds
from gicrawl.corpus.diff import between
from gicrawl.corpus.documents import Found, timeline
from gicrawl.corpus.history_records import Change, ChangeKind, Seen, Version
from gicrawl.corpus.observing import visits_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from gicrawl.archive.store import Archive

_IN_THE_WAY: Final = frozenset({Judgement.BLOCKED, Judgement.SOFT_404, Judgement.EMPTY})
"""A page that stands where the report was is no version of it."""
_ASIDE: Final = ("evidence changed", "confidence changed")
"""Ends of kinds of differences that say nothing of what was published."""

_CAPTURE = f"""
SELECT captures.time, (
    SELECT judgement FROM judgements WHERE judgements.capture = captures.id ORDER BY {NEWEST_FIRST} LIMIT 1
) FROM captures WHERE captures.uuid = ?
"""  # noqa: S608 - constants
_PARSE = """
SELECT parses.id, parses.parser, parses.status, parses.title, coalesce(parses.issuer_name, parses.issuer_printed),
    parses.year, parses.scope, parses.published
FROM documents
JOIN temp.every_current AS current ON current.document = documents.id
JOIN parses ON parses.id = current.parse
WHERE documents.digest = ?
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time during which an address showed one version.

    Attributes:
        found: the version.
        captures: (time in microseconds, capture) of all visits that showed it, by time; never empty.
    """

    found: Found
    captures: tuple[tuple[int, UUID], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What the current parse says of a version; `parse` is its row, None where it was never parsed."""

    parse: int | None
    parser: str | None
    status: str | None
    title: str | None
    issuer: str | None
    year: int | None
    scope: str | None
    published: str | None


def seen(time: int | datetime, capture: UUID) -> Seen:
    """A moment and its capture, for people and JSON."""
    moment = from_microseconds(time) if isinstance(time, int) else time
    return Seen(time=moment.strftime("%Y-%m-%dT%H:%M:%SZ"), capture=str(capture))


def stretches(archive: Archive, report: bytes, urls: Iterable[str]) -> list[Stretch]:
    """What an address showed, from the first to the last time; a version that returns has a stretch of its own.

    Args:
        archive: within `gicrawl.corpus.current.reading`.
        report: its id.
        urls: spellings of the address.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    wanted = set(urls)
    marks: list[tuple[int, int, Found]] = []
    for order, found in enumerate(timeline(archive, report, wanted).versions):
        for capture in dict.fromkeys((found.seen, *found.visits)):
            time, judgement = _capture(archive.db.conn, capture)
            if judgement not in _IN_THE_WAY:
                marks.append((time, order, found))
    marks.sort(key=lambda mark: mark[:2])
    begins: list[tuple[int, Found]] = []
    for time, _, found in marks:
        if not begins or begins[-1][1].digest != found.digest:
            begins.append((time, found))
    captures: list[list[tuple[int, UUID]]] = [[] for _ in begins]
    for visit in visits_of(archive, wanted):
        if _capture(archive.db.conn, visit.page.capture)[1] in _IN_THE_WAY:
            continue
        place = sum(time <= visit.time for time, _ in begins) - 1
        if place >= 0:
            captures[place].append((visit.time, visit.capture))
    return [Stretch(found, tuple(own)) for (_, found), own in zip(begins, captures, strict=True) if own]


def _capture(connection: sqlite3.Connection, capture: UUID) -> tuple[int, str | None]:
    time, judgement = connection.execute(_CAPTURE, [capture.bytes]).fetchone()
    return int(time), judgement


def told(connection: sqlite3.Connection, version: bytes) -> Told:
    """What the current parse of a version says."""
    row = connection.execute(_PARSE, [version]).fetchone()
    return Told(None, None, None, None, None, None, None, None) if row is None else Told(*row)


def versions(connection: sqlite3.Connection, shown: Sequence[Stretch]) -> tuple[Version, ...]:
    """Each distinct version once, numbered in the order first seen."""
    by_digest: dict[bytes, list[Stretch]] = {}
    for stretch in shown:
        by_digest.setdefault(stretch.found.digest, []).append(stretch)
    made = []
    for number, (digest, own) in enumerate(by_digest.items(), 1):
        said = told(connection, digest)
        made.append(
            Version(
                number=number,
                version=digest.hex(),
                body=own[0].found.body.hex(),
                attached=tuple(body.hex() for body, _ in own[0].found.attached),
                first=seen(*own[0].captures[0]),
                last=seen(*own[-1].captures[-1]),
                status=said.status,
                title=said.title,
                issuer=said.issuer,
                year=said.year,
                scope=said.scope,
                published=said.published,
            )
        )
    return tuple(made)


def change(archive: Archive, old: Found, new: Found) -> Change:
    """What is different between two versions.

    Args:
        archive: within `gicrawl.corpus.current.reading`.
        old: a version of a report.
        new: another one, at the same address or elsewhere.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    files = [body for body, _ in old.attached] != [body for body, _ in new.attached]
    page = old.content != new.content
    if not page and not files:
        return Change(kind=ChangeKind.CONTEXT, page=False, files=False)
    if not files and _says_the_same(archive, old, new):
        return Change(kind=ChangeKind.CHROME, page=True, files=False)
    before, after = told(archive.db.conn, old.digest), told(archive.db.conn, new.digest)
    if before.parse is None or after.parse is None or before.parser is None or after.parser is None:
        return Change(kind=ChangeKind.UNPARSED, page=page, files=files)
    apart = tuple(one for one in between(archive.db.conn, before.parse, after.parse) if not one.kind.endswith(_ASIDE))
    return Change(
        kind=ChangeKind.REPORT if apart else ChangeKind.TEXT,
        page=page,
        files=files,
        counts=dict(sorted(Counter(one.kind for one in apart).items())),
        differences=apart,
        parsers=(before.parser, after.parser),
    )


def _says_the_same(archive: Archive, old: Found, new: Found) -> bool:
    cleaned = cleaned_digests(archive, {old.body, new.body})
    return old.body in cleaned and cleaned[old.body] == cleaned.get(new.body)


def same_report(archive: Archive, old: Found, new: Found) -> str | None:
    """Why a page elsewhere is the same report, or None.

    Returns:
        `bytes`, `content` (the cleaned digests are equal) or `figures` (both were read as reports, and no cell, fact
        or name differs).
    """
    if [body for body, _ in old.attached] != [body for body, _ in new.attached]:
        return None
    if old.content == new.content:
        return "bytes"
    made = change(archive, old, new)
    if made.kind is ChangeKind.CHROME:
        return "content"
    was = told(archive.db.conn, old.digest)
    same = made.kind in {ChangeKind.REPORT, ChangeKind.TEXT} and was.status == "report"
    read = any(one.kind.startswith(("cell", "fact", "form", "status")) for one in made.differences)
    return "figures" if same and not read else None
