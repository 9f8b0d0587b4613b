"""What memory a long crawl takes: 200,000 small pages of one host in one run, looked at on the way.

The spider reads a list page, asks for its 500 reports and then for the next list page, so that what waits is bounded
and what is kept of what is done would show. Sizes are those the system has given to the process (resident), read by
itself. A run that is interrupted (Ctrl-C) is drawn as far as it came.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from crawl_site import COLUMN, served

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDES = Path(__file__).with_name("crawl_sides.py")
POINTS = 400
GROWTH, MOST = 0.05, 10.0
"""The last tenth may be so much larger than the first: a share of it, and MB."""
_WIDTH, _HEIGHT, _EDGE = 720, 300, 56
_STATM = re.compile(r"\d+ (\d+)")


def resident() -> float:
    """MB this process has."""
    found = _STATM.match(Path("/proc/self/statm").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def watch(folder: Path, pages: int, to: Path | None) -> dict[str, Any]:
    """Run the long crawl; print and return what it showed, and draw it where asked for."""
    points_file = folder / "points.jsonl"
    with served(pages, small=True) as origin:
        command = [sys.executable, str(SIDES), "chain", str(folder / "urls.json"), "--archive", str(folder / "long.db")]
        (folder / "urls.json").write_text(json.dumps([f"{origin}{COLUMN}"]), encoding="utf-8")
        command += ["--points", str(points_file), "--every", str(max(1, pages // POINTS))]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as crawl:
            try:
                ended = crawl.wait()
            except KeyboardInterrupt:
                crawl.terminate()
                ended = 0
        if ended:
            raise subprocess.CalledProcessError(ended, command)
    points = [tuple(json.loads(line)) for line in points_file.read_text(encoding="ascii").splitlines()]
    tenth = max(1, len(points) // 10)
    first, last = (median(size for _, size in part) for part in (points[:tenth], points[-tenth:]))
    told = {
        "pages": points[-1][0],
        "archive_mb": round((folder / "long.db").stat().st_size / 1e6, 1),
        "first_tenth_mb": round(first, 1),
        "last_tenth_mb": round(last, 1),
        "growth_mb": round(last - first, 1),
        "growth": round(last / first - 1, 4),
        "points": [(page, round(size, 1)) for page, size in points],
    }
    print(f"{told['pages']} pages, archive of {told['archive_mb']} MB; resident {first:.1f} MB in the first tenth,")
    print(
        f"{last:.1f} MB in the last: {last - first:+.1f} MB, {last / first - 1:+.1%} (limit {GROWTH:.0%}, {MOST:g} MB)"
    )
    if to is not None:
        (to / "crawl-memory.svg").write_text(drawn(points), encoding="utf-8")
    return told


def drawn(points: Sequence[tuple[int, float]]) -> str:
    """The curve as SVG."""
    most_pages, most = points[-1][0], max(size for _, size in points) * 1.15

    def x(page: float) -> float:
        return _EDGE + page / most_pages * (_WIDTH - 2 * _EDGE)

    def y(size: float) -> float:
        return _HEIGHT - _EDGE + -size / most * (_HEIGHT - 1.5 * _EDGE)

    curve = " ".join(f"{x(page):.1f},{y(size):.1f}" for page, size in points)
    step = next(one for one in (5, 10, 20, 50, 100, 200, 500, 1000) if most / one <= 8)
    lines = [
        f'<line x1="{_EDGE}" x2="{_WIDTH - _EDGE}" y1="{y(size):.1f}" y2="{y(size):.1f}" stroke="#ddd"/>'
        f'<text x="{_EDGE - 6}" y="{y(size) + 4:.1f}" text-anchor="end">{size}</text>'
        for size in range(0, int(most) + 1, step)
    ]
    lines += [
        f'<text x="{x(most_pages * part / 4):.1f}" y="{_HEIGHT - _EDGE + 18}" text-anchor="middle">'
        f"{most_pages * part // 4:,}</text>"
        for part in range(5)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>{"".join(lines)}'
        f'<polyline points="{curve}" fill="none" stroke="#1f5fa8" stroke-width="1.5"/>'
        f'<text x="{_EDGE}" y="20">resident memory of the crawler (MB) over the pages of one run</text>'
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 10}" text-anchor="middle">pages</text></svg>\n'
    )
