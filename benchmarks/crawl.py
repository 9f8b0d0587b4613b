"""What a crawl costs beside a bare Scrapy spider on the same pages, and what memory it takes.

Two thousand report pages of 30 to 150 KB and their lists, served over loopback by a process of its own. In turn, each
in a fresh process: a bare Scrapy spider that is handed every URL, obeys robots.txt and throws the answers away; gicrawl
handed the same URLs, which hashes, compresses and commits every exchange with its provenance; and gicrawl given the
home page only, which finds the same pages itself. Compared is the CPU time of the crawling process from the first
request to the closed archive; what the start of a process takes is told apart (`crawl_sides.py`). Beside them, for
comparison, the bare spider without Twisted's reactor, as gicrawl runs Scrapy too.

    python benchmarks/crawl.py [--pairs 7] [--reports 2000] [--loop asyncio uvloop] [--to FOLDER]
    python benchmarks/crawl.py --memory [--pages 200000] [--to FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crawl_memory import watch
from crawl_site import served

SIDES = Path(__file__).with_name("crawl_sides.py")
LIMITS = {"kept": 1.20, "discovered": 1.40}
_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GICRAWL_")}


def run(side: str, urls: Path, archive: Path | None, loop: str) -> dict[str, float]:
    """One side, once; what `crawl_sides.py` tells of it.

    Raises:
        CalledProcessError: it failed.
    """
    command = [sys.executable, str(SIDES), side, str(urls), "--loop", loop]
    if archive is not None:
        command += ["--archive", str(archive)]
    done = subprocess.run(command, check=True, env=_ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def asked(archive: Path) -> list[str]:
    """The URLs a crawl has asked for, in its order, robots.txt left out."""
    with sqlite3.connect(archive) as db:
        rows = db.execute(
            "SELECT u.url FROM captures AS c JOIN urls AS u ON u.id = c.url JOIN circumstances AS o "
            "ON o.id = c.circumstances WHERE o.role <> 'robots' ORDER BY c.id"
        ).fetchall()
    return [url for (url,) in rows]


def compare(origin: str, folder: Path, loop: str, pairs: int) -> dict[str, Any]:
    """Run all sides in turn; medians of CPU seconds and of the ratios of each round."""
    urls = folder / "urls.json"
    urls.write_text(json.dumps([f"{origin}/"]), encoding="utf-8")
    first = folder / f"{loop}-first.db"
    run("discovered", urls, first, loop)
    found = asked(first)
    urls.write_text(json.dumps(found), encoding="utf-8")
    rounds: list[dict[str, dict[str, float]]] = []
    for number in range(pairs):
        this: dict[str, dict[str, float]] = {}
        for side in ("bare", "kept", "discovered", "reactorless"):
            archive = folder / f"{loop}-{side}-{number}.db" if side in LIMITS else None
            this[side] = run(side, urls, archive, loop)
            if archive is not None:
                if len(asked(archive)) != len(found):
                    raise SystemExit(f"{side} asked for {len(asked(archive))} pages, not for {len(found)}")
                archive.unlink()
        rounds.append(this)
        print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    cpu = {side: statistics.median(one[side]["cpu"] for one in rounds) for side in rounds[0]}
    ratios = {
        side: statistics.median(one[side]["cpu"] / one["bare"]["cpu"] for one in rounds)
        for side in ("kept", "discovered", "reactorless")
    }
    start = {side: statistics.median(one[side]["start"] for one in rounds) for side in rounds[0]}
    return {"pages": len(found), "pairs": pairs, "cpu_seconds": cpu, "start_seconds": start, "ratios": ratios}


def show(loop: str, told: dict[str, Any]) -> None:
    """Print one loop's table."""
    print(f"\n{loop}: {told['pages']} pages, medians of {told['pairs']} interleaved rounds, CPU time of the crawler")
    for side, seconds in told["cpu_seconds"].items():
        ratio, limit = told["ratios"].get(side), LIMITS.get(side)
        line = f"  {side:12} {seconds:7.2f} s  {seconds / told['pages'] * 1000:6.2f} ms a page"
        if ratio is not None:
            line += f"   {ratio:5.2f} × bare" + (f"  (at most {limit})" if limit else "")
        print(line)


def main() -> None:
    """Measure, print, and keep the figures where asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pairs", type=int, default=7, help="rounds (default 7)")
    options.add_argument("--reports", type=int, default=2000, help="report pages of the portal (default 2000)")
    loops = ["asyncio"] + (["uvloop"] if find_spec("uvloop") else [])
    options.add_argument(
        "--loop", nargs="+", choices=("asyncio", "uvloop"), default=loops, help="both sides' event loop"
    )
    options.add_argument("--memory", action="store_true", help="watch the memory of one long crawl instead")
    options.add_argument("--pages", type=int, default=200_000, help="of the long crawl (default 200,000)")
    options.add_argument(
        "--to", type=Path, metavar="FOLDER", help="write crawl.json, or crawl-memory.json and .svg, there"
    )
    chosen = options.parse_args()
    if chosen.to is not None:
        chosen.to.mkdir(parents=True, exist_ok=True)  # before minutes of work, not after
    what = {name: version(name) for name in ("scrapy", "twisted", "gicrawl")}
    told: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(), "python": platform.python_version(), "versions": what
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.memory:
            told |= watch(folder, chosen.pages, chosen.to)
        else:
            with served(chosen.reports) as origin:
                for loop in chosen.loop:
                    told[loop] = compare(origin, folder, loop, chosen.pairs)
                    show(loop, told[loop])
    if chosen.to is not None:
        to = chosen.to / ("crawl-memory.json" if chosen.memory else "crawl.json")
        to.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
