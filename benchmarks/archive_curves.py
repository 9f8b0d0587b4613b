"""An archive that grows to a million captures, looked at on the way, and the curves of it as SVG.

Every tenth capture is a new page, the others are re-visits that found nothing new: stretches of pages that were first
fetched one after the other, as a night visits a portal. Pages are the drawn ones cut to some 8 KB, so that a million
captures are made in minutes; they differ from each other and stand at addresses of their own. Speeds are process CPU
time, zstd's thread included: other work on the machine lengthens walls, not these. A run that was stopped goes on where
it was: its points stand beside the archive.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import time
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from archive_pages import Drawn

    from gicrawl.archive.records import Capture

STEPS = 20
NEW = 10
"""Every tenth capture is a new body, the others found nothing new."""
BATCH = 100
STRETCH = 50
"""Pages visited one after the other."""
LOOKED_AT = 400
_FIRST, _LAST = 6000, 2000
"""Bytes of a drawn page that are kept: its frame, which tells sites apart, and some of its text."""
_NUMBER = b"<p>%08d</p>"
"""Tells pages apart; always as long, so that each is as long as its head says."""
Point = dict[str, float]
CURVES = {
    "bytes": "bytes a capture",
    "write": "µs (CPU) to write a new page",
    "revisit": "µs (CPU) to write a revisit",
    "read": "µs (CPU) to read a random body",
    "history": "µs (CPU) to read all captures of a random URL",
    "verify": "µs (CPU) a capture for the nightly check: structure and references of all, bytes of a sample",
}


def grow(path: Path, drawn: Sequence[Drawn], captures: int, capture: Callable[..., Capture]) -> Iterator[Point]:
    """Fill an archive, or go on filling it; a point after each of the steps, those of an earlier run first."""
    told = path.with_suffix(".points")
    points: list[Point] = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    yield from points
    with open_archive(path, create=True) as archive:
        runs = archive.runs()
        run = runs[0].id if runs else archive.start_run("crawl", {}, user_agent="gicrawl/0.1", vantage=None)
        growing = _Growing(run, drawn, capture, captures // STEPS // NEW)
        for step in range(len(points), STEPS):
            point = _stepped(archive, growing, step)
            print("growth", {key: round(value, 1) for key, value in point.items()}, flush=True)
            with told.open("a") as file:
                file.write(json.dumps(point) + "\n")
            yield point


class _Growing:
    """The captures of each step, the same in every run; `new` is how many new pages one has."""

    def __init__(self, run: UUID, drawn: Sequence[Drawn], capture: Callable[..., Capture], new: int) -> None:
        self.new = new
        self._run = run
        self._drawn = drawn
        self._made = [
            capture(run, page, 0, body=page.body[:_FIRST] + _NUMBER % 0 + page.body[-_LAST:]) for page in drawn
        ]
        self._again = [capture(run, page, 0, revisit=made) for page, made in zip(drawn, self._made, strict=True)]

    def url(self, page: int) -> str:
        """Where a new page stands."""
        return f"{self._drawn[page % len(self._drawn)].url}?{page}"

    def fresh(self, step: int) -> Iterator[Capture]:
        """New pages."""
        for page in range(step * self.new, (step + 1) * self.new):
            made = self._made[page % len(self._made)]
            assert made.response is not None
            body = made.response.body.replace(_NUMBER % 0, _NUMBER % page)
            yield self._placed(made, page, b"new %d" % page, response=replace(made.response, body=body))

    def revisits(self, step: int) -> Iterator[Capture]:
        """Pages of this step and earlier ones, not modified."""
        chosen = random.Random(step)
        number = 0
        while True:
            first = chosen.randrange((step + 1) * self.new)
            for page in range(first, min(first + STRETCH, (step + 1) * self.new)):
                if number == self.new * (NEW - 1):
                    return
                number += 1
                name = b"again %d %d" % (step, number)
                yield self._placed(self._again[page % len(self._again)], page, name, revisit_of=_id(b"new %d" % page))

    def _placed(self, capture: Capture, page: int, name: bytes, **others: object) -> Capture:
        url = self.url(page)
        return replace(capture, id=_id(name), requested_url=url, final_url=url, **others)  # type: ignore[arg-type]


def _id(name: bytes) -> UUID:
    return UUID(bytes=sha256(name).digest()[:16])


def _stepped(archive: Archive, growing: _Growing, step: int) -> Point:
    new = _written(archive, growing.fresh(step))
    old = _written(archive, growing.revisits(step))
    archive.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    (count,) = archive.db.conn.execute("SELECT count(*) FROM captures").fetchone()
    chosen = random.Random(step)
    urls = [growing.url(chosen.randrange((step + 1) * growing.new)) for _ in range(LOOKED_AT)]
    began = time.process_time()
    assert not list(verify(archive, sample=LOOKED_AT, day=step))
    checked = time.process_time() - began
    return {
        "captures": float(count),
        "bytes": archive.path.stat().st_size / count,
        "write": new * 1e6,
        "revisit": old * 1e6,
        "read": _read(archive, chosen) * 1e6,
        "history": statistics.median(_history(archive, url) for url in urls) * 1e6,
        "verify": checked / count * 1e6,
    }


def _written(archive: Archive, captures: Iterator[Capture]) -> float:
    """Mean seconds of CPU a capture; what an earlier run wrote already is passed over, and not counted."""
    times = []
    with archive.writer(batch=BATCH) as writer:
        while batch := list(islice(captures, BATCH)):
            if archive.has(batch[0].id):  # a batch is committed as one
                continue
            began = time.process_time()
            for one in batch:
                writer.add(one)
            times.append((time.process_time() - began) / len(batch))
    return statistics.fmean(times) if times else math.nan


def _read(archive: Archive, chosen: random.Random) -> float:
    """Median seconds of random reads."""
    (last,) = archive.db.conn.execute("SELECT max(id) FROM bodies").fetchone()
    times = []
    for _ in range(LOOKED_AT):
        row = archive.db.conn.execute("SELECT sha256 FROM bodies WHERE id = ?", [chosen.randint(1, last)]).fetchone()
        began = time.process_time()
        archive.body(row[0])
        times.append(time.process_time() - began)
    return statistics.median(times)


def _history(archive: Archive, url: str) -> float:
    """Seconds to read what is told of a URL, through the view that people use."""
    began = time.process_time()
    rows = archive.db.conn.execute("SELECT * FROM captures_readable WHERE url = ? ORDER BY time", [url]).fetchall()
    assert rows
    return time.process_time() - began


def draw(points: Sequence[Point]) -> str:
    """The curves, one panel each, over the number of captures."""
    width, height, left, gap = 760, 150, 70, 50
    most = max(point["captures"] for point in points)
    tall = len(CURVES) * (height + gap) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {tall}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for panel, (key, label) in enumerate(CURVES.items()):
        top = 20 + panel * (height + gap)
        high = max(point[key] for point in points) * 1.15 or 1
        spots = [
            (left + point["captures"] / most * (width - left - 20), top + height - point[key] / high * height)
            for point in points
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts += [
            f'<text font-size="12" x="{left}" y="{top - 5}" font-weight="bold">{label}, by captures</text>',
            f'<path d="M{left} {top}V{top + height}H{width - 20}" fill="none" stroke="#888"/>',
            f'<text font-size="12" x="{left - 6}" y="{top + 10}" text-anchor="end">{high:.0f}</text>',
            f'<text font-size="12" x="{left - 6}" y="{top + height}" text-anchor="end">0</text>',
            f'<text font-size="12" x="{width - 20}" y="{top + height + 15}" text-anchor="end">{most:,.0f}</text>',
            f'<polyline points="{line}" fill="none" stroke="#c00" stroke-width="2"/>',
        ]
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="#c00"/>' for x, y in spots]
    return "\n".join([*parts, "</svg>", ""])
