"""Flip one bit of an archive's file, anywhere: `verify` must say so, and nothing else may be lost.

    python tests/prove/flipped_bits.py --to docs/proofs/flipped-bits.json

Each flip has a copy of its own. All that is in the archive is then read again through everyday code: each capture with
its circumstances and the bytes that came over the wire, judgements, links, runs. Compared with what was put there it is

* `same`: the bit meant nothing (free space), or only writing looks at it;
* `found`: something cannot be read any more, or says something else, and `verify` finds the archive damaged;
* `silent`: something says something else, and `verify` finds nothing.

Counted with it: `crashes`, where what cannot be read ended in anything but one of the archive's own one-line errors,
and `unnamed`, where a body, head or dictionary was hit and a capture was lost that `verify` led nobody to. Exit status
0 when there was none of these, and nothing silent.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

from archive_jobs import ARCHIVE, write
from archive_kills import code_digest, commit, finish, start

from gicrawl.archive.cleaning import make_cleaned
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.events import EventType, note
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.tombstones import Kind, Subject, withhold
from gicrawl.archive.verify import Finding, verify

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108 - where it is there: the copies are thrown away, nothing has to be waited for
ROWS = {
    "judgements": "SELECT * FROM judgements_readable",
    "links": "SELECT * FROM links_readable",
    "runs": "SELECT * FROM runs_readable",
    "events": "SELECT * FROM events_readable",
    "withholdings": "SELECT * FROM withholdings_readable",
    "tombstones": "SELECT * FROM tombstones_readable",
    "bodies": "SELECT sha256, size, sniffed_type FROM bodies",
    "digests": "SELECT body, kind, rule, sha256, size, sniffed_type FROM digests",
    "dictionaries": "SELECT sha256, site FROM dictionaries",
    "urls": "SELECT url, host FROM urls",
}
PLACES = "SELECT name, pageno FROM dbstat WHERE pagetype IN ('leaf', 'internal', 'overflow') ORDER BY pageno"


class Reading:
    """All that can be read of an archive, and what could not be.

    Attributes:
        found: by capture and by table.
        errors: one-line errors of the archive's own.
        crashes: anything else that was raised.
    """

    def __init__(self, archive: Archive, captures: list[UUID]) -> None:
        self.found: dict[str, Any] = {}
        self.errors: list[str] = []
        self.crashes: list[str] = []
        for name in captures:
            self._try(str(name), lambda name=name: (archive.capture(name), archive.wire(name), archive.request(name)))  # type: ignore[misc]
        for table, sql in ROWS.items():
            self._try(table, lambda sql=sql: self._rows(archive, sql))  # type: ignore[misc]

    def _rows(self, archive: Archive, sql: str) -> list[Any]:
        with archive.explaining("reading"):
            return sorted(archive.db.conn.execute(sql).fetchall(), key=repr)

    def _try(self, name: str, read: Callable[[], Any]) -> None:
        try:
            self.found[name] = read()
        except ArchiveError as error:
            self.errors.append(str(error))
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self.crashes.append(f"{type(error).__name__}: {error}")


class Prover:
    """An archive of which bits are flipped."""

    def __init__(self, folder: Path, captures: int) -> None:
        self._whole, self._copy = folder / "whole.db", folder / ARCHIVE
        errors = folder / "errors.txt"
        finish(start(lambda _tell: self._make(captures), errors), errors)
        self._bytes = self._whole.read_bytes()
        with open_archive(self._whole) as archive:
            self._captures = [stored.id for stored in archive.captures()]
            self._sound = Reading(archive, self._captures)
            self._places = {page: name for name, page in archive.db.conn.execute(PLACES)}
        self._page = int.from_bytes(self._bytes[16:18], "big")
        self.counts: dict[str, Counter[str]] = {}
        self.examples: dict[str, list[str]] = {"silent": [], "crashes": [], "unnamed": []}

    def _make(self, captures: int) -> None:
        with open_archive(self._whole, create=True) as archive:
            write(archive, "flipped", captures // 20, lambda _line: None)
            make_cleaned(archive)
            (body,) = archive.db.conn.execute("SELECT sha256 FROM bodies ORDER BY id LIMIT 1").fetchone()
            withhold(archive, [Subject(Kind.BODY, body)], who="a prover", why="to have one")
            note(archive, EventType.BACKUP, {"to": "another disk", "bytes": 1})

    def flip(self, chosen: random.Random) -> str:
        """Flip a bit and look at all there is; what came of it."""
        at = chosen.randrange(len(self._bytes))
        place = self._places.get(at // self._page + 1, "free")
        damaged = bytearray(self._bytes)
        damaged[at] ^= 1 << chosen.randrange(8)
        for end in ("-wal", "-shm"):
            self._copy.with_name(f"{ARCHIVE}{end}").unlink(missing_ok=True)
        self._copy.write_bytes(damaged)
        outcome = self._judge(f"byte {at}, {place}", place)
        counts = self.counts.setdefault(place, Counter())
        counts[outcome] += 1
        return outcome

    def _judge(self, where: str, place: str) -> str:
        try:
            with open_archive(self._copy) as archive:
                reading = Reading(archive, self._captures)
                findings = list(verify(archive))
                carried = self._carried(archive, findings) if place in {"bodies", "heads", "dictionaries"} else None
        except ArchiveError:
            return "found"
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return self._crash(f"{where}: {type(error).__name__}: {error}", place)
        for crash in reading.crashes[:1]:
            self._crash(f"{where}: {crash}", place)
        lost = [name for name, value in self._sound.found.items() if reading.found.get(name) != value]
        unnamed = [] if carried is None else [one for one in lost if one not in ROWS and one not in carried]
        if unnamed and not any(finding.code == "structure" for finding in findings):
            self.counts.setdefault(place, Counter())["unnamed"] += 1
            self.examples["unnamed"].append(f"{where}: {unnamed[0]}")
        if findings:
            return "found"
        if lost:
            self.examples["silent"].append(f"{where}: {self._difference(lost[0], reading)}")
            return "silent"
        return "same"

    def _crash(self, told: str, place: str) -> str:
        self.counts.setdefault(place, Counter())["crashes"] += 1
        self.examples["crashes"].append(told)
        return "found"

    def _difference(self, name: str, reading: Reading) -> str:
        before, after = repr(self._sound.found[name]), repr(reading.found.get(name))
        at = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
        return f"{name}: …{before[max(0, at - 40) : at + 30]}… is now …{after[max(0, at - 40) : at + 30]}…"

    def _carried(self, archive: Archive, findings: list[Finding]) -> set[str]:
        """The captures that findings lead to: named themselves, or by their body, head or dictionary."""
        subjects = {finding.subject for finding in findings}
        rows = archive.db.conn.execute(
            "SELECT lower(hex(c.uuid)), lower(hex(b.sha256)), lower(hex(h.digest)), lower(hex(q.digest)), "
            "lower(hex(d.sha256)) FROM captures AS c LEFT JOIN bodies AS b ON b.id = c.body "
            "LEFT JOIN heads AS h ON h.id = c.head LEFT JOIN heads AS q ON q.id = c.request_head "
            "LEFT JOIN dictionaries AS d ON d.id = b.dictionary"
        ).fetchall()
        return {str(UUID(hex=row[0])) for row in rows if subjects & {str(UUID(hex=row[0])), *row[1:]}}


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=500)
    parser.add_argument("--captures", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1, help="of the bits")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "flipped-bits.json", help="figures")
    options = parser.parse_args()
    began, chosen = time.monotonic(), random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="flipped-bits-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        prover = Prover(Path(folder), options.captures)
        for number in range(1, options.flips + 1):
            prover.flip(chosen)
            if number % 200 == 0:
                sys.stderr.write(f"{number} of {options.flips}\n")
    sums = sum(prover.counts.values(), Counter())
    told = {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "code": code_digest(),
        "seed": options.seed,
        "flips": options.flips,
        **{name: sums[name] for name in ("same", "found", "silent", "crashes", "unnamed")},
        "seconds": round(time.monotonic() - began, 1),
        "where": {place: dict(sorted(counts.items())) for place, counts in sorted(prover.counts.items())},
        "examples": {name: found[:5] for name, found in prover.examples.items() if found},
    }
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return 1 if sums["silent"] or sums["crashes"] or sums["unnamed"] else 0


if __name__ == "__main__":
    sys.exit(main())
