"""Fixity: whether what the archive holds is still what was put into it, and whether two archives hold the same."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gicrawl.archive.altered import unlike
from gicrawl.archive.bodies import DecodeError, decode, is_same_dictionary, unpack
from gicrawl.archive.care_schema import ERASED
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.heads import Elsewhere, paste
from gicrawl.archive.interning import CIRCUMSTANCES, circumstances_digest, head_digest
from gicrawl.archive.records import Outcome, WireMessage
from gicrawl.archive.verify_seals import broken_seals, name_of
from gicrawl.archive.wire import mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gicrawl.archive.store import Archive

_OUTCOMES = frozenset(Outcome)
_LONGEST = 1 << 31
"""Bytes of a body: SQLite holds none that is longer."""
_TOGETHER = 200
"""Findings for which captures are looked up at once: one by one, each would take a walk over all of them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the archive that is not as it was put there.

    Attributes:
        code: `structure` (SQLite's own check; tables and views that are not as we make them), `reference` (a row names
            another that is not there), `body`, `dictionary`, `digest` (of a decoded body), `head`, `circumstances`,
            `capture` (a message against its own lengths), `seal` (a row that does not say what it said).
        subject: what it is about: a SHA-256 in hex, a capture's UUID, a table.
        message: one sentence for people; of what captures share it names the first of those that are concerned.
    """

    code: str
    subject: str
    message: str


def verify(archive: Archive, *, sample: int | None = None, day: int = 0, quick: bool = False) -> Iterator[Finding]:
    """Check the archive against its own digests, lengths and references; yields nothing when all is well.

    Damage in one place does not keep the others from being checked.

    Args:
        archive: an open archive.
        sample: look at no more than some so many bodies, heads, dictionaries and captures, at that part of the seals
            which falls to captures, and at SQLite's structure only quickly; None looks at everything.
        day: chooses the sample, by the first bits of digests, UUIDs and seals. On as many days in a row as there are
            samples in the archive (rounded up to a power of two) everything is looked at once, however it grows.
        quick: look at structure and references only, and at no bytes.
    """
    yield from _structure(archive, quick=quick or sample is not None)
    if quick:
        return
    told: set[str] = set()
    for part in _PARTS:
        for finding in _each(archive, part, sample, day):
            if finding.code != "capture":  # a seal knows more of it
                told.add(finding.subject)
            yield finding
    yield from _seals(archive, sample, day, told)
    yield from _hosts(archive)


def content_digest(archive: Archive) -> str:
    """One SHA-256, in hex, over what was found: two archives that hold the same by content have the same.

    It is taken over the sorted distinct (final URL, outcome, body's SHA-256 in hex, empty without a body) of all
    captures, each as a JSON array in UTF-8 on a line of its own. Runs, times and repetitions do not count. Neither
    does `not_modified`: it repeats the capture it revisits, which counts already.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    digest = sha256()
    with archive.explaining("reading captures"):
        rows = archive.db.conn.execute(
            """
            SELECT DISTINCT u.url, c.outcome, coalesce(lower(hex(b.sha256)), '')
            FROM captures AS c JOIN urls AS u ON u.id = c.url LEFT JOIN bodies AS b ON b.id = c.body
            WHERE c.outcome <> 'not_modified' OR c.revisit_of IS NULL
            ORDER BY 1, 2, 3
            """
        )
        for row in rows:
            digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def _structure(archive: Archive, *, quick: bool) -> Iterator[Finding]:
    try:
        with archive.explaining("checking its structure"):
            for (line,) in archive.db.conn.execute("PRAGMA quick_check" if quick else "PRAGMA integrity_check"):
                if line != "ok":
                    yield Finding("structure", archive.path.name, f"SQLite finds the file damaged: {_one_line(line)}")
            for table, row, parent, _ in archive.db.conn.execute("PRAGMA foreign_key_check"):
                message = f"row {row} of {table} names a row of {parent} that is not there"
                yield Finding("reference", str(table), message)
            for name, sentence in unlike(archive.db.conn):
                yield Finding("structure", name, sentence)
    except ArchiveError as error:
        yield Finding("structure", archive.path.name, str(error))


def _each(archive: Archive, part: _Part, sample: int | None, day: int) -> Iterator[Finding]:
    table, name = part.table, part.name
    try:
        with archive.explaining(f"listing {table}"):
            (count,) = archive.db.conn.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # ours
            low, high = _range(count, sample, day)
            rows = archive.db.conn.execute(
                f"SELECT id FROM {table} WHERE {name} >= ? AND {name} < ? ORDER BY id",  # noqa: S608  # ours
                [low, high],
            )
            ids = [row[0] for row in rows]
    except ArchiveError as error:
        yield Finding("structure", table, str(error))
        return
    waiting: list[tuple[int, Finding]] = []
    for row in ids:
        try:
            waiting.extend((row, finding) for finding in part.check(archive, row))
        except ArchiveError as error:
            waiting.append((row, Finding("structure", f"{table} row {row}", str(error))))
        if len(waiting) >= _TOGETHER:
            yield from _concerning(archive, part, waiting)
            waiting = []
    yield from _concerning(archive, part, waiting)


def _concerning(archive: Archive, part: _Part, found: list[tuple[int, Finding]]) -> Iterator[Finding]:
    """The findings, each with the first capture it concerns and how many more there are."""
    named: dict[int, tuple[str, str, int]] = {}
    if found and part.carried:
        rows = json.dumps(sorted({row for row, _ in found}))
        carried = " UNION ALL ".join(
            f"SELECT {column} AS shared, id FROM captures WHERE {column} IN (SELECT value FROM json_each(:rows))"  # noqa: S608  # ours
            for column in part.carried
        )
        with suppress(ArchiveError), archive.explaining("looking for captures"):  # those may be damaged as well
            for shared, first, url, count in archive.db.conn.execute(
                f"SELECT s.shared, lower(hex(c.uuid)), u.url, s.captures FROM "  # noqa: S608  # ours
                f"(SELECT shared, min(id) AS first, count(*) AS captures FROM ({carried}) GROUP BY shared) AS s "
                "JOIN captures AS c ON c.id = s.first LEFT JOIN urls AS u ON u.id = c.url",
                {"rows": rows},
            ):
                named[shared] = (str(UUID(hex=first)), _one_line(str(url)), count)
    for row, finding in found:
        if row in named:
            capture, url, count = named[row]
            more = f" and {count - 1} more" if count > 1 else ""
            yield replace(finding, message=f"{finding.message} (capture {capture} of {url}{more})")
        else:
            yield finding


def _range(count: int, sample: int | None, day: int) -> tuple[bytes, bytes]:
    """The names that are looked at: from the first up to, and without, the second."""
    parts = 1
    while sample is not None and count > sample * parts and parts < 1 << 32:
        parts *= 2
    width = (1 << 32) // parts
    low = day % parts * width
    last = low + width == 1 << 32
    return low.to_bytes(4, "big"), b"\xff" * 33 if last else (low + width).to_bytes(4, "big")


def _seals(archive: Archive, sample: int | None, day: int, told: set[str]) -> Iterator[Finding]:
    """Rows that are not as they were sealed, but for those of which something more telling was said."""
    try:
        with archive.explaining("counting captures"):
            (count,) = archive.db.conn.execute("SELECT count(*) FROM captures").fetchone()
    except ArchiveError as error:
        yield Finding("structure", "captures", str(error))
        return
    low, high = _range(count, sample, day)
    for broken in broken_seals(archive, low, high):
        if broken.subject not in told and not broken.named & told:
            yield Finding(broken.code, broken.subject, broken.message)


def _hosts(archive: Archive) -> Iterator[Finding]:
    """URLs have an index to contradict them; what stands beside them must at least be a part of them."""
    try:
        with archive.explaining("verifying hosts"):
            for url, host in archive.db.conn.execute("SELECT url, host FROM urls WHERE instr(url, host) = 0"):
                if host.casefold() not in url.casefold():
                    said = f"the URL {_one_line(url)} has the host {_one_line(host)}, which is not in it"
                    yield Finding("structure", "urls", said)
    except ArchiveError as error:
        yield Finding("structure", "urls", str(error))


def _row(archive: Archive, sql: str, row: int) -> tuple[Any, ...] | None:
    with archive.explaining("verifying it"):
        found: tuple[Any, ...] | None = archive.db.conn.execute(sql, [row]).fetchone()
    return found


def _dictionary(archive: Archive, row: int) -> Iterator[Finding]:
    found = _row(archive, "SELECT sha256, data FROM dictionaries WHERE id = ?", row)
    if found is not None and not is_same_dictionary(*found):
        yield Finding("dictionary", found[0].hex(), f"the bytes of dictionary {found[0].hex()} have changed")


def _body(archive: Archive, row: int) -> Iterator[Finding]:
    found = _row(
        archive,
        "SELECT b.sha256, b.size, b.codec, b.data, b.dictionary, d.id, "
        "EXISTS (SELECT 1 FROM tombstones AS t WHERE t.sha256 = b.sha256) FROM bodies AS b "
        "LEFT JOIN dictionaries AS d ON d.id = b.dictionary WHERE b.id = ?",
        row,
    )
    if found is None:
        return
    name = found[0].hex()
    if found[2] == ERASED:
        if found[3] or not found[6]:
            yield Finding("body", name, f"body {name} is marked as erased, and no tombstone says by whom")
        return
    if found[4] is not None and found[5] is None:
        yield Finding("body", name, f"body {name} was compressed against a dictionary that is gone")
        return
    try:
        dictionary = None if found[4] is None else archive.dictionaries.get(found[4])
        body = unpack(found[2], found[3], dictionary)
    except DecodeError as error:
        yield Finding("body", name, f"body {name} cannot be unpacked: {_one_line(str(error))}")
        return
    if sha256(body).digest() != found[0]:
        yield Finding("body", name, f"the bytes of body {name} have changed: their SHA-256 is another")
    elif len(body) != found[1]:
        yield Finding("body", name, f"body {name} has {len(body)} bytes, the archive says {found[1]}")
    else:
        yield from _decoded(archive, row, name, body)


def _decoded(archive: Archive, row: int, name: str, body: bytes) -> Iterator[Finding]:
    with archive.explaining("verifying digests"):
        digests = archive.db.conn.execute(
            "SELECT rule, sha256 FROM digests WHERE body = ? AND kind = 'decoded'", [row]
        ).fetchall()
    for rule, digest in digests:
        try:
            same = sha256(decode(body, rule.split(", "))).digest() == digest
        except DecodeError as error:
            yield Finding("digest", name, f"body {name} was once decoded as {rule}, now it is not: {error}")
        else:
            if not same:
                yield Finding("digest", name, f"body {name} decoded as {rule} has another SHA-256 than it had")


def _head(archive: Archive, row: int) -> Iterator[Finding]:
    found = _row(archive, "SELECT digest, data, gap FROM heads WHERE id = ?", row)
    if found is not None and head_digest(found[1], found[2]) != found[0]:
        yield Finding("head", found[0].hex(), f"the bytes of header block {found[0].hex()} have changed")


def _circumstances(archive: Archive, row: int) -> Iterator[Finding]:
    columns = ", ".join(CIRCUMSTANCES)
    found = _row(archive, f"SELECT digest, {columns} FROM circumstances WHERE id = ?", row)  # noqa: S608  # ours
    if found is not None and circumstances_digest(found[1:]) != found[0]:
        name = found[0].hex()
        yield Finding("circumstances", name, f"the circumstances {name} are not what was written down")


def _capture(archive: Archive, row: int) -> Iterator[Finding]:
    found = _row(
        archive,
        "SELECT c.uuid, c.status, o.method, a.data, a.gap, c.head_date, c.framing, c.surplus, c.complete, "
        "b.size, u.url, c.interim, g.capture, e.text, m.text, c.outcome FROM captures AS c "
        "JOIN circumstances AS o ON o.id = c.circumstances "
        "JOIN urls AS u ON u.id = c.url LEFT JOIN heads AS a ON a.id = c.head LEFT JOIN bodies AS b ON b.id = c.body "
        "LEFT JOIN origins AS g ON g.capture = c.id LEFT JOIN texts AS e ON e.id = c.etag "
        "LEFT JOIN texts AS m ON m.id = c.last_modified WHERE c.id = ?",
        row,
    )
    name = "" if found is None else name_of(found[0], is_uuid=True)
    if found is not None and found[15] not in _OUTCOMES:
        yield Finding("capture", name, f"capture {name} of {found[10]} has the outcome {found[15]}: there is none")
    if found is not None and found[2] is None and found[12] is None:
        yield Finding("capture", name, f"capture {name} of {found[10]} was imported from nowhere: no origin")
    if found is None or found[3] is None:
        return
    if found[9] is not None and not 0 <= found[9] <= _LONGEST:  # which its own check and its seal speak of
        return
    message = WireMessage(
        interim=found[11] or b"",
        head=paste(found[3], found[4], Elsewhere(found[5], found[9], found[13], found[14])),
        body=b"" if found[9] is None else bytes(found[9]),  # lengths are compared; the bytes have their own check
        framing=found[6],
        surplus=found[7] or b"",
        complete=bool(found[8]),
    )
    if found[12] is not None:  # other tools undo codings and keep the length that was announced for the coded body
        return
    if problem := mismatch(message, status=found[1], method=found[2]):
        yield Finding("capture", name, f"capture {name} of {found[10]} contradicts itself: {problem}")


def _one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class _Part:
    """A table whose rows are looked at one by one.

    Attributes:
        table: its name.
        name: the column that names a row outside of this file: a digest or a UUID.
        check: what is wrong with a row.
        carried: columns of `captures` that name its rows.
    """

    table: str
    name: str
    check: Callable[[Archive, int], Iterator[Finding]]
    carried: tuple[str, ...] = ()


_PARTS = (
    _Part("dictionaries", "sha256", _dictionary),
    _Part("bodies", "sha256", _body, ("body",)),
    _Part("heads", "digest", _head, ("head", "request_head")),
    _Part("circumstances", "digest", _circumstances, ("circumstances",)),
    _Part("captures", "uuid", _capture),
)
