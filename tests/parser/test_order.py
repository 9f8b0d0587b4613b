"""What was read before never shows: a document gives the same report, whatever the process has kept of others.

Layouts, labels, titles and names are found out once and kept. Two processes read the same documents, one of them
in the opposite order: what the one finds in its memory, the other has to find out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

from damage.judging import ALL_HARMS, LAYOUTS, case

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.output import to_json

SHARED = Path(__file__).parents[3] / "shared"
SEEDS = range(50)
READ = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_order import read
for name in sys.stdin.read().split():
    print(name, read(name))
"""


def read(name: str) -> str:
    """The report of one document as JSON."""
    kind, _, rest = name.partition(":")
    if kind == "shared":
        body = (SHARED / rest).read_bytes()
    else:
        draw = Random(name)  # a form and layout comes up several times, with other figures
        seed = int(rest)
        layout, harm = draw.choice(sorted(LAYOUTS)[:12]), "nothing" if seed % 2 else draw.choice(sorted(ALL_HARMS))
        body = case(seed, layout, harm).text.encode()
    return json.dumps(to_json(parse([Source(body)]), source=name), ensure_ascii=False, sort_keys=True)


def test_a_document_gives_the_same_report_whatever_was_read_before() -> None:
    names = [f"damage:{seed}" for seed in SEEDS]
    if SHARED.is_dir():
        texts = (path for path in sorted(SHARED.glob("*/*")) if path.suffix in {".txt", ".md", ".html"})
        names += [f"shared:{path.relative_to(SHARED)}" for path in texts]
    reports = []
    for order in (names, names[::-1]):
        done = subprocess.run(
            [sys.executable, "-c", READ], input=" ".join(order), capture_output=True, text=True, check=True
        )
        lines = [line.partition(" ") for line in done.stdout.splitlines()]
        reports.append({name: report for name, _, report in lines})
        assert list(reports[-1]) == order
    assert [name for name in names if reports[0][name] != reports[1][name]] == []
