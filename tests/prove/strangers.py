"""Portals nobody has seen, crawled from their home page alone: what is found of what is there, and what it costs.

    python tests/prove/strangers.py --seeds 1-5 --count 40 --to docs/proofs/strangers.json

Each seed draws other portals (`gicrawl.sample.strangers`). A crawl may ask nothing but the portals; what is there is
told afterwards. Exit status 1 where less is found than the project promises for portals it has not seen: 95 of 100
reports in all, 80 of 100 on each portal, none that is not one, 2.5 requests a report or file where list pages hold ten
rows or more and 5 elsewhere.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive_kills import commit

from gicrawl.archive.store import open_archive
from gicrawl.corpus.reparse import reparse
from gicrawl.crawling.run import CrawlOptions, Target, crawl
from gicrawl.demo.compare import compare
from gicrawl.demo.families import by_family
from gicrawl.portals.registry import load
from gicrawl.sample import SampleServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gicrawl.sample import SampleRecord
    from gicrawl.sample.process import RequestRecord

IN_ALL, ON_EACH = 0.95, 0.80
WITH_LONG_LISTS, ANYWHERE = 2.5, 5.0
LONG = 10
DELAY = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One portal: reports and files there and found, pages wrongly taken for reports, requests, and what it is like."""

    seed: int
    portal: str
    family: str
    there: int
    found: int
    wrongly: int
    files_there: int
    files_found: int
    requests: int
    rows: int
    traits: Mapping[str, str]
    asked: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def cost(self) -> float:
        """Requests for each report or file found."""
        found = self.found + self.files_found
        return self.requests / found if found else float(self.requests)

    @property
    def kept(self) -> bool:
        """Whether what is promised for each portal is kept here."""
        dear = self.cost > (WITH_LONG_LISTS if self.rows >= LONG else ANYWHERE)
        return self.found >= ON_EACH * self.there and not self.wrongly and not dear


def crawl_strangers(seed: int, count: int, folder: Path, only: str = "", odd: float | None = None) -> list[Result]:
    """Draw portals, crawl them, parse what was found and hold it against what is there."""
    archive = folder / f"strangers-{seed}.db"
    with SampleServer(seed=seed, strangers=count, odd=odd) as server:
        targets = [
            Target(portal=portal.id, url=portal.home, family=portal.family, address=portal.address)
            for portal in load(server.portals_file)
            if not only or portal.id == only
        ]
        crawl(targets, CrawlOptions(archive=archive, delay=DELAY, closed=True, kind="demo"))
        record = server.stop()
    reparse(archive)
    with open_archive(archive) as opened:
        comparison = compare(opened, record)
    families = {result.portal: result for result in by_family(comparison, record)}
    results = []
    for portal in record.manifest["portals"]:
        own = families[portal["id"]]
        if only and own.portal != only:
            continue
        unreadable = {entry["path"] for entry in portal["unreadable"]}
        had = _had(record, own.portal)
        results.append(
            Result(
                seed=seed,
                portal=own.portal,
                family=own.family,
                there=own.reports_there + len(unreadable),
                found=own.reports_found + len(unreadable & had),
                wrongly=own.parsed_wrongly,
                files_there=own.files_there,
                files_found=own.files_found,
                requests=own.requests,
                rows=max(len(page["entries"]) for page in portal["list_pages"]),
                traits=portal["traits"],
                asked=tuple(_told(r) for r in record.requests if r.portal == own.portal),
                missed=tuple(
                    f"{entry['listed']} {entry['title']} (on {entry['list_page']})"
                    for entry in (*portal["reports"], *portal["unreadable"])
                    if entry["path"] not in had
                ),
            )
        )
    return results


def _told(request: RequestRecord) -> str:
    """A request in one line, with what it posted."""
    posted = request.request.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
    return f"{request.status} {request.method} {request.target} {posted}".rstrip()


def _had(record: SampleRecord, portal: str) -> set[str]:
    return {request.target for request in record.requests if request.portal == portal and request.status == 200}


def _lines(results: list[Result], *, every_request: bool) -> Iterator[str]:
    for result in results:
        if not result.kept or result.found < result.there or result.files_found < result.files_there:
            yield (
                f"{result.seed} {result.portal} {result.family}: {result.found} of {result.there} reports, "
                f"{result.wrongly} wrongly, {result.files_found} of {result.files_there} files, "
                f"{result.requests} requests ({result.cost:.2f} each)"
            )
            yield from (f"    {name}: {value}" for name, value in result.traits.items())
            if every_request:
                yield from (f"    asked {line}" for line in result.asked)
                yield from (f"    missed {line}" for line in result.missed)


def main(arguments: list[str] | None = None) -> int:
    """Crawl, print what is not as it should be, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1", help="one seed or the first and last of several: 1-5")
    parser.add_argument("--count", type=int, default=40, help="portals of each seed")
    parser.add_argument("--odd", type=float, help="share of traits that are not the usual ones")
    parser.add_argument("--only", default="", help="crawl this portal alone")
    parser.add_argument(
        "--requests", action="store_true", help="print what such portals were asked and what was missed"
    )
    parser.add_argument("--keep", type=Path, help="folder for the archives; a passing one where absent")
    parser.add_argument("--to", type=Path, help="file for the figures")
    options = parser.parse_args(arguments)
    first, _, last = options.seeds.partition("-")
    logging.getLogger().addHandler(logging.NullHandler())
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as passing:
        folder = options.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(int(first), int(last or first) + 1):
            results += crawl_strangers(seed, options.count, folder, options.only, options.odd)
    for line in _lines(results, every_request=options.requests):
        print(line)  # noqa: T201 - what the proof found
    told = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit(),
        "seeds": options.seeds,
        **figures(results),
    }
    print(json.dumps(told, ensure_ascii=False))  # noqa: T201 - as above
    if options.to is not None:
        options.to.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0 if told["kept"] else 1


def figures(results: list[Result]) -> dict[str, Any]:
    """The figures over all portals."""
    sums: Counter[str] = Counter()
    for result in results:
        values = asdict(result)
        names = ("there", "found", "wrongly", "files_there", "files_found", "requests")
        sums.update({name: values[name] for name in names})
    short = [f"{result.seed}/{result.portal}" for result in results if not result.kept]
    recall = sums["found"] / sums["there"] if sums["there"] else 0.0
    return {
        "portals": len(results),
        **sums,
        "recall": round(recall, 4),
        "requests_each": round(sums["requests"] / max(1, sums["found"] + sums["files_found"]), 2),
        "not_kept": short,
        "kept": recall >= IN_ALL and not short,
    }


if __name__ == "__main__":
    sys.exit(main())
