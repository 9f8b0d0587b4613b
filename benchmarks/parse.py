"""How long a parse takes beside a bare lxml parse of the same bytes, and what it leaves in memory.

lxml does nothing but build a tree: no text, no table, no number is read from it. The floor is what a parse cannot do
without: decoding and the tree of turbohtml. pdfplumber, beside PDFs, gives the tables of each page as rows of text:
nothing is joined over page breaks, named or checked. Both sides take the same bytes in the same process, in turn, and
processor time is counted, so that whatever else the machine does falls on both.

Four readings, all printed by one run:

    every document   its median over interleaved pairs; the parse of a document that was just parsed finds its labels,
                     its title and its layout kept, as those of a portal's next report are
    pages once       several hundred different pages, each parsed once: nothing is kept of the page itself
    bounds           a batch of files parsed by a worker that is bounded from outside, and in this process
    memory           resident size over ten thousand different pages, texts, PDFs and Word files, tenth by tenth

    python benchmarks/parse.py [--pairs 9] [--pages 200] [--memory 10000] [--only-memory] [FILE…]

Without files: pages and texts drawn by `gicrawl.sample` (fixed seed), and the documents of `../shared` where present.
Without pdfplumber (`pip install --group bench`) PDFs are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from html import unescape
from importlib.metadata import version
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree
from turbohtml import parse as tree_of

from gicrawl.cli.loose import Parsed, parse_files
from gicrawl.parser import parse
from gicrawl.parser.charset import decode
from gicrawl.parser.document import Source
from gicrawl.parser.output import to_json
from gicrawl.parser.readers import media_type
from gicrawl.sample import ReportSpec, generate_report
from gicrawl.sample.docx import word_file
from gicrawl.sample.issuers import Issuer
from gicrawl.sample.report import write_report
from gicrawl.sample.typeset import print_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20240131
WARM = 20
"""Pages parsed before the first that counts."""
KINDS = (*["page"] * 4, *["text"] * 4, "pdf", "docx")
TENTHS = 10
MOST_MORE, MOST_TIMES = 10.0, 1.05
"""Megabytes, and times as much, that the last tenth may take more than the first."""
INNER = 5
"""Parses a timing covers: a single one of a small page is near the clock's own unrest. PDFs take long enough alone."""
SHARED = ("seeds/*.txt", "real/*.html", "real/*.txt", "real/*.md", "real/*.pdf")
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Input:
    """A document to be timed."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians over all pairs, in seconds for one parse; `ratio` is the median of the pairs' own ratios."""

    ours: float
    bare: float
    ratio: float


COUNTY = Issuer("云坪县人民政府", "云坪县", "county", "government", "county", "县政府办公室")
OFFICE = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "县水利局")


def drawn() -> Iterator[Input]:
    """Reports of several sizes, forms and ways of pasting, with a fixed seed."""
    county, office = COUNTY, OFFICE
    specs = {
        "page, Word-pasted tables": ReportSpec(issuer=county, year=2023, published=date(2024, 1, 30), paste="word"),
        "page, editor tables": ReportSpec(issuer=county, year=2020, published=date(2021, 1, 28), paste="editor"),
        "page, plain tables": ReportSpec(issuer=office, year=2022, published=date(2023, 1, 12), paste="plain"),
        "page, table in lines": ReportSpec(
            issuer=office, year=2021, published=date(2022, 1, 9), layout="rows", paste="plain"
        ),
        "page, Traditional": ReportSpec(
            issuer=county, year=2021, published=date(2022, 1, 30), paste="word", script="hant"
        ),
    }
    for name, spec in specs.items():
        yield Input(name, generate_report(random.Random(SEED), spec).html)
    for layout in ("rows", "cells", "pipes"):
        spec = ReportSpec(issuer=county, year=2023, published=date(2024, 1, 30), layout=layout, paste="plain")
        yield Input(f"text, {layout}", flattened(generate_report(random.Random(SEED), spec).html))
    for issuer, embedded in ((county, True), (office, False)):
        spec = ReportSpec(issuer=issuer, year=2023, published=date(2024, 1, 30))
        blocks = write_report(random.Random(SEED), spec).blocks
        printed = print_report(blocks, repeat_header=embedded, bars=False, embedded=embedded)
        yield Input(f"PDF, font {'within' if embedded else 'only named'}", printed.body)


def different_pages(count: int, paste: str = "word") -> Iterator[bytes]:
    """As many pages, no two of one seed; pasted from Word they have 90 KB, the size of a usual portal page."""
    for seed in range(count):
        draw = random.Random(f"{SEED} {seed}")
        year = draw.randint(2019, 2025)
        issuer, script = draw.choice([COUNTY, OFFICE]), draw.choice(["hans", "hans", "hans", "hant"])
        published = date(year + 1, 1, draw.randint(2, 31))
        spec = ReportSpec(issuer=issuer, year=year, published=published, paste=paste, script=script)
        yield generate_report(draw, spec).html


def flattened(page: bytes) -> bytes:
    """The page as plain text: a line for each paragraph or line break, nothing else kept."""
    text = page.decode().partition("<body>")[2]
    text = re.sub(r"\s*(?:<br\s*/?>|</p>|</h\d>|</div>)\s*", "\n", text)
    return unescape(re.sub(r"<[^>]+>", "", text)).encode()


def shared() -> Iterator[Input]:
    """Real documents beside the checkout, where there are any."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    for pattern in SHARED:
        for path in sorted(folder.glob(pattern)):
            yield Input(f"real, {path.name}", path.read_bytes())


def kind_of(body: bytes) -> str:
    """`pages`, `texts` or `PDFs`: of a text lxml builds next to no tree, so the two are not told in one figure."""
    return {"text/html": "pages", PDF: "PDFs"}.get(media_type(body), "texts")


def bare(body: bytes) -> None:
    """Build lxml's tree of the bytes, and nothing else."""
    etree.HTML(body, etree.HTMLParser(encoding="utf-8"))


def tables(body: bytes) -> None:
    """Let pdfplumber take the tables out of every page."""
    import pdfplumber  # noqa: PLC0415 - not everybody who measures pages has it

    with pdfplumber.open(BytesIO(body)) as opened:
        for page in opened.pages:
            page.extract_tables()


YARDSTICKS = {"pages": bare, "texts": bare, "PDFs": tables}
SAID = {"pages": "a bare lxml parse", "texts": "a bare lxml parse", "PDFs": "pdfplumber's extract_tables"}


def floor(body: bytes) -> None:
    """Decode, and build the tree: what no parse of a page can do without."""
    tree_of(decode(body).text, positions=False)


def ours(body: bytes) -> None:
    """The whole parse: tree, text, alignment, issuer, year, checks, evidence, confidence."""
    parse([Source(body)])


def seconds(work: Callable[[bytes], None], body: bytes, runs: int) -> float:
    """How long one run of the work takes, over several of them."""
    began = time.process_time()
    for _ in range(runs):
        work(body)
    return (time.process_time() - began) / runs


def measured(body: bytes, pairs: int) -> Timing:
    """Time both sides in turn."""
    kind = kind_of(body)
    other = YARDSTICKS[kind]
    runs = 1 if kind == "PDFs" else INNER
    for work in (other, ours):
        work(body)  # imports and caches are nobody's speed
    times = [(seconds(ours, body, runs), seconds(other, body, runs)) for _ in range(pairs)]
    return Timing(
        statistics.median(one for one, _ in times),
        statistics.median(two for _, two in times),
        statistics.median(one / two for one, two in times),
    )


def floor_of(body: bytes, timing: Timing) -> str:
    """The floor of a page as a ratio to bare lxml; nothing for what is no page."""
    if kind_of(body) != "pages":
        return ""
    return f"{statistics.median(seconds(floor, body, INNER) for _ in range(INNER)) / timing.bare:.2f}"


def report_pages(count: int) -> None:
    """Print what different pages take, each parsed once."""
    works = {"bare lxml": bare, "floor": floor, "gicrawl": ours}
    times: dict[str, list[float]] = {name: [] for name in (*works, "JSON")}
    size = 0
    for number, page in enumerate(different_pages(WARM + count)):
        if number < WARM:  # imports, and what all documents share
            ours(page)
            continue
        size += len(page)
        for name, work in works.items():
            times[name].append(seconds(work, page, 1))
        report = parse([Source(page)])
        began = time.process_time()
        json.dumps(to_json(report, source="page"), ensure_ascii=False)
        times["JSON"].append(time.process_time() - began)
    print(f"\n{count} different pages of {size / count / 1000:.0f} KB on average, each once:")
    for name, taken in times.items():
        ratio = sum(taken) / sum(times["bare lxml"])
        print(f"  {name:<10} {1000 * statistics.median(taken):>6.2f} ms in the middle, {ratio:>5.2f} times bare lxml")


def line_of(parsed: Parsed) -> str:
    """What `gicrawl parse` prints of a file."""
    assert parsed.report is not None
    return json.dumps(to_json(parsed.report, source=parsed.source), ensure_ascii=False)


def processor() -> float:
    """Processor time of this process and of the children that have ended, in seconds."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def within_bounds(paths: list[str]) -> None:
    """Parse files as `gicrawl parse` does: in a process of its own, each within bounds."""
    for _ in parse_files(paths, workers=1, finish=line_of):
        pass


def without_bounds(paths: list[str]) -> None:
    """Parse the same files in this process, with nothing to stop them."""
    for path in paths:
        line_of(Parsed(path, parse([Source(Path(path).read_bytes(), Path(path).name)])))


def report_bounds(count: int, pairs: int) -> None:
    """Print what it costs to keep a batch within its bounds from outside, starting the worker included."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, page in enumerate(different_pages(count)):
            paths.append(f"{folder}/{number}.html")
            Path(paths[-1]).write_bytes(page)
        ratios = []
        for number in range(pairs + 1):  # the first pair is warming up
            marks = [processor()]
            for work in (within_bounds, without_bounds):
                work(paths)
                marks.append(processor())
            if number:
                ratios.append((marks[1] - marks[0]) / (marks[2] - marks[1]))
    told = f"{statistics.median(ratios):.3f} times the same in one process, {min(ratios):.3f} to {max(ratios):.3f}"
    print(f"\n{count} files bounded from outside, {pairs} pairs: {told}")


def resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def different_documents(count: int) -> Iterator[bytes]:
    """As many documents of the kinds that portals have, no two alike: pages, their text, PDFs and Word files."""
    for number, page in enumerate(different_pages(count, "plain")):
        kind = KINDS[number % len(KINDS)]
        if kind == "page":
            yield page
        elif kind == "text":
            yield flattened(page)
        else:
            draw = random.Random(f"{SEED} {number}")
            spec = ReportSpec(issuer=draw.choice([COUNTY, OFFICE]), year=2023, published=date(2024, 1, 30))
            blocks = write_report(draw, spec).blocks
            if kind == "docx":
                yield word_file(draw, blocks)
            else:
                yield print_report(blocks, repeat_header=False, bars=False, embedded=True).body


def report_memory(count: int) -> None:
    """Print the resident size over different documents, in each tenth of them."""
    sizes = []
    for document in different_documents(count):
        ours(document)
        sizes.append(resident())
    tenth = max(1, count // TENTHS)
    middles = [statistics.median(sizes[at : at + tenth]) for at in range(0, count - tenth + 1, tenth)]
    if not middles:
        return
    first, last = middles[0], middles[-1]
    held = "kept" if last - first <= MOST_MORE and last <= first * MOST_TIMES else "NOT kept"
    listed = " ".join(f"{one:.1f}" for one in middles)
    print(f"\nmemory over {count} documents, in the middle of each tenth, MB: {listed}")
    print(f"  {last - first:+.1f} MB, {100 * (last / first - 1):+.1f} % from the first tenth to the last; bound {held}")


def main() -> None:
    """Print one row a document and the ratio over all, then the pages, then memory."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pairs", type=int, default=9, help="timings of each side (default 9)")
    options.add_argument("--pages", type=int, default=200, help="different pages, each parsed once (default 200)")
    options.add_argument("--memory", type=int, default=10_000, help="documents to watch memory over (default 10000)")
    options.add_argument("--only-memory", action="store_true", help="leave the times out")
    options.add_argument("files", nargs="*", type=Path)
    chosen = options.parse_args()
    if chosen.only_memory:
        report_memory(chosen.memory)
        return
    inputs = [Input(path.name, path.read_bytes()) for path in chosen.files] or [*drawn(), *shared()]
    yardsticks = f"lxml {etree.__version__}"
    if find_spec("pdfplumber") is None:
        inputs = [one for one in inputs if kind_of(one.body) != "PDFs"]
        print("PDFs are left out: pdfplumber is not installed", file=sys.stderr)
    else:
        yardsticks += f", pdfplumber {version('pdfplumber')}"
    print(f"Python {sys.version.split()[0]}, {yardsticks}; median of {chosen.pairs} interleaved pairs\n")
    print(f"{'document':<44} {'KB':>6} {'gicrawl ms':>11} {'other ms':>9} {'ratio':>6} {'floor':>6}")
    timings = []
    for one in inputs:
        timing = measured(one.body, chosen.pairs)
        timings.append(timing)
        print(
            f"{one.name:<44} {len(one.body) / 1000:>6.1f} {timing.ours * 1000:>11.2f} {timing.bare * 1000:>9.2f} "
            f"{timing.ratio:>6.2f} {floor_of(one.body, timing):>6}"
        )
    print()
    for kind, yardstick in SAID.items():
        chosen_kind = [t for one, t in zip(inputs, timings, strict=True) if kind == kind_of(one.body)]
        if chosen_kind:
            total = sum(t.ours for t in chosen_kind) / sum(t.bare for t in chosen_kind)
            middle = statistics.median(t.ours for t in chosen_kind) * 1000
            print(f"{kind}: {total:.2f} times {yardstick}, {middle:.1f} ms for the median document")
    if not chosen.files:
        if chosen.pages:
            report_pages(chosen.pages)
            report_bounds(chosen.pages, chosen.pairs)
        report_memory(chosen.memory)


if __name__ == "__main__":
    main()
