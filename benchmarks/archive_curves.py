"""An archive that grows to a million captures, looked at on the way, and the curves of it as SVG."""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from archive_pages import Drawn

    from gicrawl.archive.records import Capture

STEPS = 20
NEW = 5
"""Every fifth capture is a new body, the others found nothing new."""
LOOKED_AT = 400
Point = dict[str, float]
CURVES = {
    "bytes": "bytes a capture",
    "write": "µs to write a new page",
    "revisit": "µs to write a revisit",
    "read": "µs to read a random body",
    "verify": "µs to verify a body with what belongs to it (sample)",
}


def grow(path: Path, drawn: Sequence[Drawn], captures: int, capture: Callable[..., Capture]) -> Iterator[Point]:
    """Fill an archive; a point after each of the steps.

    New bodies are the drawn pages with a sentence more; each stands at a URL of its own.
    """
    chosen = random.Random(1)
    with open_archive(path, create=True) as archive:
        run = archive.start_run("crawl", {}, user_agent="gicrawl/0.1", vantage=None)
        number = 0
        firsts: list[tuple[Drawn, Capture]] = []
        for step in range(STEPS):
            fresh: list[Capture] = []
            for _ in range(captures // STEPS // NEW):
                page = drawn[number % len(drawn)]
                at = type(page)(page.template, page.design, f"{page.url}?{number}", page.charset, page.title, page.body)
                body = page.body.replace(b"</body>", b"<p>%d</p></body>" % number)
                fresh.append(capture(run, at, number, body=body))
                firsts.append((at, fresh[-1]))
                number += NEW
            new = _written(archive, fresh)
            again = []
            for extra in range(len(fresh) * (NEW - 1)):
                page, first = chosen.choice(firsts)
                again.append(capture(run, page, number + 10**9 + extra + step * captures, revisit=first))
            old = _written(archive, again)
            firsts = [(page, _slim(one)) for page, one in firsts]
            archive.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            (count,) = archive.db.conn.execute("SELECT count(*) FROM captures").fetchone()
            point = {
                "captures": float(count),
                "bytes": path.stat().st_size / count,
                "write": new * 1e6,
                "revisit": old * 1e6,
                "read": _read(archive, chosen) * 1e6,
                "verify": _verified(archive, step) * 1e6,
            }
            print("growth", {key: round(value, 1) for key, value in point.items()}, flush=True)
            yield point


def _slim(capture: Capture) -> Capture:
    """A capture of which only the id is wanted: bodies of a million would not fit into memory."""
    return replace(capture, response=None, request_head=b"")


def _written(archive: Archive, captures: Sequence[Capture]) -> float:
    """Seconds a capture."""
    began = time.perf_counter()
    with archive.writer(batch=100) as writer:
        for one in captures:
            writer.add(one)
    return (time.perf_counter() - began) / max(1, len(captures))


def _read(archive: Archive, chosen: random.Random) -> float:
    """Median seconds of random reads."""
    (last,) = archive.db.conn.execute("SELECT max(id) FROM bodies").fetchone()
    times = []
    for _ in range(LOOKED_AT):
        row = archive.db.conn.execute("SELECT sha256 FROM bodies WHERE id = ?", [chosen.randint(1, last)]).fetchone()
        began = time.perf_counter()
        archive.body(row[0])
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _verified(archive: Archive, step: int) -> float:
    """Seconds of a nightly sample for each body in it; what is done once for the file (its structure) is left out."""
    began = time.perf_counter()
    assert not list(verify(archive, quick=True))
    middle = time.perf_counter()
    assert not list(verify(archive, sample=LOOKED_AT, day=step))
    return max(0.0, time.perf_counter() - middle - (middle - began)) / LOOKED_AT


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
