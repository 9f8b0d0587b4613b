"""How fast captures come in from elsewhere and are held against their digests, beside what that takes at least."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import sys
import time
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from archive_made import filled, rewritten, warc
from fastwarc.warc import ArchiveIterator

from gicrawl.archive.merge import merge
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify
from gicrawl.archive.warc.importing import import_warc
from gicrawl.archive.warc.reader import Reader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive_pages import Drawn

PAGES = 400
"""Pages in the WARC files: a response and a request each."""
_FLOOR = 3


def importing(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """WARC files of the same records: FastWARC reads them, our reader reads them, we import them.

    FastWARC parses HTTP, verifies digests, and reads every block to its end. Beside it the floor of any import: SHA-256
    and zstd at level 3 of the bodies, and rows in SQLite, committed by hundreds. Ratios are of process CPU; what the
    thread takes that an import waits for is told beside it, since reading and compressing have threads of their own.
    """
    files = {".gz": folder / "x.warc.gz", "": folder / "x.warc", ".zst": folder / "x.warc.zst"}
    warc(files[".gz"], drawn[:PAGES])
    rewritten(files[".gz"], files[""], files[".zst"])
    bodies = [page.body for page in drawn[:PAGES]]
    found: dict[str, object] = {"pages": PAGES, "MB, not compressed": files[""].stat().st_size / 1e6}
    for name, file in files.items():
        ways: dict[str, Callable[[], None]] = {
            "FastWARC": partial(_fastwarc, file),
            "our reader": partial(_reader, file),
            "floor": lambda: _floor(folder / "floor.db", bodies),
            "import": partial(_import, folder / "import.db", file),
        }
        times: dict[str, list[float]] = {way: [] for way in ways}
        walls: dict[str, list[float]] = {way: [] for way in ways}
        mains: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(rounds):
            for way, run in ways.items():
                with open_archive(folder / "import.db", create=True):
                    pass  # making the tables is no part of it
                began, busy, alone = time.perf_counter(), time.process_time(), time.thread_time()
                run()
                times[way].append(time.process_time() - busy)
                mains[way].append(time.thread_time() - alone)
                walls[way].append(time.perf_counter() - began)
                (folder / "import.db").unlink()
        found[f"warc{name}"] = {
            **{f"{way}, CPU ms": statistics.median(spent) * 1e3 for way, spent in times.items()},
            **{f"{way}, ms": statistics.median(spent) * 1e3 for way, spent in walls.items()},
            "import, CPU ms of its first thread": statistics.median(mains["import"]) * 1e3,
            **{f"{way}, speed against FastWARC": _ratio(times, "FastWARC", way) for way in list(ways)[1:]},
            "import, CPU of the floor": 1 / _ratio(times, "floor", "import"),
            "import, CPU of the floor, its first thread": statistics.median(mains["import"])
            / statistics.median(times["floor"]),
        }
    return found


def verifying(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """A full `verify`, beside unpacking the bodies and taking their SHA-256, and SHA-256 alone."""
    path = folder / "verify.db"
    filled(path, drawn)
    size = sum(len(page.body) for page in drawn)
    times: dict[str, list[float]] = {"verify": [], "unpack + SHA-256": [], "SHA-256": []}
    with open_archive(path) as archive:
        for _ in range(rounds):
            began = time.process_time()
            assert not list(verify(archive))
            times["verify"].append(time.process_time() - began)
            began = time.process_time()
            for (name,) in archive.db.conn.execute("SELECT sha256 FROM bodies").fetchall():
                assert sha256(archive.body(name)).digest() == name
            times["unpack + SHA-256"].append(time.process_time() - began)
            began = time.process_time()
            for page in drawn:
                sha256(page.body).digest()
            times["SHA-256"].append(time.process_time() - began)
    return _told(times, size, "verify")


def merging(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """An archive united with an empty one, beside SHA-256 of its bodies, unpacked, and a copy of the file."""
    other = folder / "other.db"
    filled(other, drawn)
    size = sum(len(page.body) for page in drawn)
    times: dict[str, list[float]] = {"merge": [], "unpack + SHA-256": []}
    for number in range(rounds):
        with open_archive(folder / f"merge{number}.db", create=True) as archive:
            began = time.process_time()
            merge(archive, other)
            times["merge"].append(time.process_time() - began)
        with open_archive(other) as archive:
            began = time.process_time()
            for (name,) in archive.db.conn.execute("SELECT sha256 FROM bodies").fetchall():
                assert sha256(archive.body(name)).digest() == name
            times["unpack + SHA-256"].append(time.process_time() - began)
    began = time.perf_counter()
    shutil.copyfile(other, folder / "copy.db")
    copied = time.perf_counter() - began
    return {
        **_told(times, size, "merge"),
        "MB of the file": other.stat().st_size / 1e6,
        "copy of the file, ms": copied * 1e3,
    }


def _told(times: dict[str, list[float]], size: int, ours: str) -> dict[str, object]:
    return {
        **{
            f"{way}, MB of bodies a second of CPU": size / statistics.median(spent) / 1e6
            for way, spent in times.items()
        },
        **{f"{ours}, speed against {way}": _ratio(times, way, ours) for way in times if way != ours},
    }


def _ratio(times: dict[str, list[float]], other: str, ours: str) -> float:
    return statistics.median(one / two for one, two in zip(times[other], times[ours], strict=True))


def _fastwarc(file: Path) -> None:
    for record in ArchiveIterator(str(file), parse_http=True, verify_digests=True):
        record.reader.read()


def _reader(file: Path) -> None:
    with file.open("rb") as opened:
        for _ in Reader(opened):
            pass


def _import(path: Path, file: Path) -> None:
    with open_archive(path) as archive:
        assert import_warc(archive, [file], tell=print).new == PAGES


def _floor(path: Path, bodies: list[bytes]) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("CREATE TABLE bodies (sha256 BLOB PRIMARY KEY, data BLOB)")
    for at in range(0, len(bodies), 100):
        conn.execute("BEGIN")
        for body in bodies[at : at + 100]:
            values = (sha256(body).digest(), zstd.compress(body, _FLOOR))
            conn.execute("INSERT OR IGNORE INTO bodies VALUES (?, ?)", values)
        conn.execute("COMMIT")
    conn.close()
    path.unlink()
