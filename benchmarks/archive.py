"""What an archive takes and how fast it is, beside warc.gz, zlib, and a plain SQLite table of zstd blobs.

    python benchmarks/archive.py [--captures 20000] [--rounds 7] [--to docs/benchmarks]

Pages are drawn by `archive_pages` (fixed seed): 20 unlike templates, 50 pages each, two redesigns. Whatever is compared
is timed in turn in one process, so that whatever else the machine does falls on both; ratios are medians of the
rounds' own ratios. The curves fill one archive with captures, a fifth of them new bodies, and look at it as it grows;
`--captures 1000000` is the full length. Writes `archive.json` and `archive.svg`.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import zlib
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from archive_bring import importing, merging, verifying
from archive_curves import draw, grow
from archive_made import attached, capture, encoded, filled, plain, warc
from archive_pages import Drawn, pages

from gicrawl.archive.bodies import LEVEL
from gicrawl.archive.compact import compact
from gicrawl.archive.store import open_archive

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 4
OTHER_SEEDS = (5, 6)
BATCH = 100


def sizes(folder: Path, drawn: list[Drawn], _rounds: int) -> dict[str, object]:
    """Bytes of the same captures in several shapes; pages of other seeds, encoded pages and attachments beside."""
    found: dict[str, object] = {"identity": _sizes(folder, "page", drawn)}
    for seed in OTHER_SEEDS:
        found[f"identity, seed {seed}"] = _sizes(folder, f"page{seed}", list(pages(seed)))
    coded = "Content-Type: text/html\r\nContent-Encoding: gzip"
    found["encoded (gzip)"] = _sizes(folder, "coded", encoded(drawn[:200]), coded)
    with open_archive(folder / "empty.db", create=True):
        pass
    found["bytes of an archive without captures"] = (folder / "empty.db").stat().st_size
    found["attachments (PDF, DOCX, PNG)"] = _sizes(folder, "file", attached(SEED), "Content-Type: application/pdf")
    return found


def _sizes(folder: Path, name: str, drawn: list[Drawn], told: str = "Content-Type: text/html") -> dict[str, object]:
    path = folder / f"{name}.db"
    filled(path, drawn, told)
    ours, others = path.stat().st_size, warc(folder / f"{name}.warc.gz", drawn, told)
    with open_archive(path) as archive:
        compacted = compact(archive).after
    return {
        "captures": len(drawn),
        "bytes of the bodies": sum(len(page.body) for page in drawn),
        "archive": ours,
        "archive, compacted (with cleaned digests)": compacted,
        "warc.gz by warcio": others,
        "zlib 6, bodies alone": sum(len(zlib.compress(page.body)) for page in drawn),
        "plain SQLite with zstd, bodies alone": plain(folder / f"{name}.plain.db", drawn),
        "archive / warc.gz": ours / others,
        "compacted / warc.gz": compacted / others,
    }


def writing(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """New pages, batches of 100, synchronous=FULL, against bare SHA-256 and zstd at the same level."""
    times = []
    for number in range(rounds):
        path = folder / f"write{number}.db"
        ours, busy = filled(path, drawn)
        path.unlink()
        began, bare = time.perf_counter(), time.process_time()
        for page in drawn:
            sha256(page.body).digest()
            zstd.compress(page.body, LEVEL)
        times.append((ours, time.perf_counter() - began, busy, time.process_time() - bare))
    walls, others, busies, bares = zip(*times, strict=True)
    return {
        "zstd level": LEVEL,
        "pages a second": len(drawn) / statistics.median(walls),
        "bare SHA-256 + zstd, pages a second": len(drawn) / statistics.median(others),
        "speed against bare": statistics.median(other / one for one, other, _, _ in times),
        "CPU of a page, microseconds": statistics.median(busies) / len(drawn) * 1e6,
        "CPU of a page, bare, microseconds": statistics.median(bares) / len(drawn) * 1e6,
        "CPU speed against bare": statistics.median(other / one for _, _, one, other in times),
    }


def reading(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """Random reads, page cache warm: dictionaries loaded as they are met, loaded anew for each read, and bare."""
    path = folder / "read.db"
    filled(path, drawn)
    plain(folder / "bare.db", drawn)
    names = [sha256(page.body).digest() for page in drawn]
    random.Random(SEED).shuffle(names)
    bare = sqlite3.connect(folder / "bare.db")

    def simply(name: bytes) -> bytes:
        return zstd.decompress(bare.execute("SELECT data FROM bodies WHERE sha256 = ?", [name]).fetchone()[0])

    found: dict[str, list[float]] = {"met": [], "anew": [], "bare": []}
    for _ in range(rounds):
        with open_archive(path) as met, open_archive(path) as anew:
            times: dict[str, list[float]] = {"met": [], "anew": [], "bare": []}
            for name in names:
                anew.dictionaries.forget()
                for kind, read in (("bare", simply), ("met", met.body), ("anew", anew.body)):
                    times[kind].append(_timed(read, name))
            for kind, values in times.items():
                found[kind].append(statistics.median(values))
    bare.close()
    middle = {kind: statistics.median(values) * 1e6 for kind, values in found.items()}
    ratios = {
        kind: statistics.median(one / other for one, other in zip(found[kind], found["bare"], strict=True))
        for kind in ("met", "anew")
    }
    return {
        "median microseconds": middle["met"],
        "median microseconds, dictionary loaded for each read": middle["anew"],
        "bare SELECT and decompress, microseconds": middle["bare"],
        "times bare": ratios["met"],
        "times bare, dictionary loaded for each read": ratios["anew"],
    }


def _timed(read: Callable[[bytes], bytes], name: bytes) -> float:
    began = time.perf_counter()
    read(name)
    return time.perf_counter() - began


def revisits(folder: Path, drawn: list[Drawn], rounds: int) -> dict[str, object]:
    """Unchanged pages asked for again: not modified, and sent again in full."""
    path = folder / "revisit.db"
    filled(path, drawn)
    walls: dict[str, list[float]] = {"304": [], "200": []}
    busies: dict[str, list[float]] = {"304": [], "200": []}
    number = 10**6
    with open_archive(path) as archive:
        run = archive.start_run("crawl", {}, user_agent="gicrawl/0.1", vantage=None)
        first = [capture(run, page, at) for at, page in enumerate(drawn)]
        before = count = 0
        for turn in range(rounds + 1):
            if turn == 1:  # the first night meets every page's head for the first time
                archive.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                before, count = path.stat().st_size, 0
                for times in (*walls.values(), *busies.values()):
                    times.clear()
            for kind, wall in walls.items():
                made = []
                for at, page in enumerate(drawn):
                    number += 1
                    made.append(capture(run, page, number, revisit=first[at] if kind == "304" else None))
                with archive.writer(batch=BATCH) as writer:
                    for start in range(0, len(made), BATCH):
                        began, busy = time.perf_counter(), time.process_time()
                        for one in made[start : start + BATCH]:
                            writer.add(one)
                        busies[kind].append((time.process_time() - busy) / BATCH)
                        wall.append((time.perf_counter() - began) / BATCH)
                count += len(made)
        archive.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cost = (path.stat().st_size - before) / count
    names = {"304": "not modified", "200": "sent again unchanged"}
    return {
        **{f"{names[kind]}, a second": 1 / statistics.median(times) for kind, times in walls.items()},
        **{f"{names[kind]}, a second, best tenth": 1 / _tenth(times) for kind, times in walls.items()},
        **{f"{names[kind]}, CPU microseconds": statistics.median(times) * 1e6 for kind, times in busies.items()},
        **{f"{names[kind]}, CPU microseconds, best tenth": _tenth(times) * 1e6 for kind, times in busies.items()},
        "bytes each, indexes included": cost,
    }


def _tenth(times: list[float]) -> float:
    """What a tenth of the batches stay below: other work on the machine shares its caches and cores with the rest."""
    return statistics.quantiles(times, n=10)[0]


def main() -> None:
    """Measure, print, and write JSON and SVG."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--captures", type=int, default=20_000, help="length of the curves (default 20000)")
    options.add_argument("--rounds", type=int, default=7, help="rounds of each comparison (default 7)")
    options.add_argument("--only", choices=[*PARTS, CURVES], action="append", help="a part; may be repeated")
    options.add_argument("--growing", type=Path, help="where the growing archive stays; another run goes on with it")
    options.add_argument("--to", type=Path, help="folder of archive.json and archive.svg; what is not run stays there")
    chosen = options.parse_args()
    if chosen.to is not None:
        chosen.to.mkdir(parents=True, exist_ok=True)
    told = None if chosen.to is None else chosen.to / "archive.json"
    found: dict[str, object] = json.loads(told.read_text()) if told is not None and told.exists() else {}
    drawn = list(pages(SEED))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part, measure in PARTS.items():
            if part in (chosen.only or PARTS):
                found[part] = {"date": datetime.now(UTC).date().isoformat(), **measure(folder, drawn, chosen.rounds)}
                print(part, json.dumps(found[part], indent=1), sep=": ", flush=True)
        if CURVES in (chosen.only or [CURVES]):
            grown = folder / "grow.db" if chosen.growing is None else chosen.growing
            found[CURVES] = points = list(grow(grown, drawn, chosen.captures, capture))
            if chosen.to is not None:
                (chosen.to / "archive.svg").write_text(draw(points), encoding="utf-8")
    found["versions"] = {"python": sys.version.split()[0], "sqlite": sqlite3.sqlite_version}
    if told is not None:
        told.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


CURVES = "growth"
PARTS: dict[str, Callable[[Path, list[Drawn], int], dict[str, object]]] = {
    "size": sizes,
    "write": writing,
    "read": reading,
    "revisit": revisits,
    "import": importing,
    "verify": verifying,
    "merge": merging,
}


if __name__ == "__main__":
    main()
