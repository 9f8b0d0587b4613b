"""The round trip: invented reports in every layout, damaged, parsed, and held against what was printed.

    python tests/prove/round_trip.py [--seeds 0-20] [--layouts a,b] [--damages a+b,c] [--workers 1]
        [--part single,tuned,held_out,foreign] [--to docs/proofs/roundtrip.json] [--pin [--lower REASON]]

Every document is made from its layout, damages and seed alone. Figures go to a journal, a line a layout and damage, so
that a run that was stopped goes on where it was; the journal of another parser is put aside.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roundtrip.verdicts import Slip

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from roundtrip import floors, plan, summary  # noqa: E402 - the package stands beside this file
from roundtrip.printing import make_all  # noqa: E402
from roundtrip.verdicts import judge  # noqa: E402

_EXAMPLES = 6
_TREES = ("gicrawl/parser", "tests/prove/roundtrip")
"""What the figures depend on: a journal goes on as long as these are the same."""


def measure(layout: str, damages: tuple[str, ...], seeds: range, *, show: bool) -> dict[str, Any]:
    """All documents of one layout and damage.

    Args:
        layout: how they are printed.
        damages: what happened to them.
        seeds: which of them.
        show: whether what went wrong may be looked at.
    """
    counts: Counter[str] = Counter()
    levels: Counter[tuple[float, bool]] = Counter()
    forms: dict[str, Counter[str]] = {}
    examples: list[str] = []
    for seed, made in zip(seeds, make_all(layout, damages, seeds), strict=True):
        try:
            verdict = judge(made)
        except Exception as error:  # noqa: BLE001 - any crash of the parser is a finding, the run goes on
            counts["crashes"] += 1
            examples.append(f"{seed}: {''.join(traceback.format_exception_only(error)).strip()}")
            continue
        counts += verdict.counts
        levels += verdict.levels
        of_form = {name: verdict.counts[name] for name in ("documents", "cells", "exact", "wrong", "extra", "sure")}
        forms.setdefault(made.form, Counter()).update(of_form)
        worst = sorted((slip for slip in verdict.slips if slip.what != "missed"), key=lambda slip: -slip.confidence)
        examples += [f"{seed} {made.form}: {_told(slip)}" for slip in worst[:1]]
    return {
        "layout": layout,
        "damages": list(damages),
        "counts": {key: count for key, count in sorted(counts.items()) if count},
        "forms": forms,
        "levels": [[level, right, count] for (level, right), count in sorted(levels.items())],
        "examples": sorted(
            examples, key=lambda text: -float(text.rpartition(" at ")[2] or 0) if " at " in text else -9
        )[:_EXAMPLES]
        if show
        else [],
    }


def _told(slip: Slip) -> str:
    return f"{slip.what} {'/'.join(slip.key)} {slip.printed} read {slip.read} at {slip.confidence}"


def _git(*names: str) -> list[str]:
    command = ["git", "rev-parse", "--short", *names]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def _journal(path: Path, head: dict[str, Any]) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return lines[1:] if lines and lines[0] == head else []


def _run(options: argparse.Namespace, seeds: range, done: set[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    jobs = [job for job in plan.jobs(options) if (job.layout, "+".join(job.damages)) not in done]
    if options.workers == 1:
        for job in jobs:
            yield measure(job.layout, job.damages, seeds, show=job.show) | {"part": job.part}
        return
    with ProcessPoolExecutor(options.workers) as pool:
        waiting = [(job, pool.submit(measure, job.layout, job.damages, seeds, show=job.show)) for job in jobs]
        for job, future in waiting:
            yield future.result() | {"part": job.part}


def main() -> None:
    """Run, journal, and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="0-20")
    options.add_argument("--layouts", default="")
    options.add_argument("--damages", default="")
    options.add_argument("--part", default="single,tuned,held_out")
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "roundtrip.json")
    options.add_argument("--journal", type=Path, default=ROOT / ".roundtrip.jsonl")
    options.add_argument(
        "--pin", action="store_true", help="raise the floors to what was measured, and those of the suite"
    )
    options.add_argument("--lower", metavar="REASON", help="with --pin: why floors may be lowered")
    given = options.parse_args()
    first, last = map(int, given.seeds.split("-"))
    head = {"seeds": [first, last], "trees": [_git(f"HEAD:{path}")[0] for path in _TREES]}
    lines = _journal(given.journal, head)
    with given.journal.open("w", encoding="utf-8") as journal:
        for line in [head, *lines]:
            journal.write(json.dumps(line, ensure_ascii=False) + "\n")
        done = {(line["layout"], "+".join(line["damages"])) for line in lines}
        for line in _run(given, range(first, last), done):
            lines.append(line)
            journal.write(json.dumps(line, ensure_ascii=False) + "\n")
            journal.flush()
    figures = {
        "what": "invented reports, printed, damaged, parsed and compared cell by cell; sure: wrong at 0.9 or more",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _git("HEAD")[0],
        "seeds": given.seeds,
    } | summary.figures(lines)
    given.to.parent.mkdir(parents=True, exist_ok=True)
    given.to.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    summary.show(figures, sys.stderr)
    if given.pin:
        floors.pin("proof", figures["floors"], reason=given.lower, day=figures["date"])
        floors.pin("sample", floors.measured(floors.sample()), reason=given.lower, day=figures["date"])


if __name__ == "__main__":
    main()
