"""The round trip: invented reports in every layout, damaged, parsed, and held against what was printed.

    python tests/prove/round_trip.py [--seeds 0-20] [--layouts a,b] [--damages a+b,c] [--workers 1]
        [--part single,tuned,held_out] [--foreign 0-8] [--rounds 10] [--minutes 30]
        [--to docs/proofs/roundtrip.json] [--pin [--lower REASON]]

Every document is made from its layout, damages and seed alone. Figures go to a journal, a line a layout, damage and
round of seeds, so that a run that was stopped goes on where it was; the journal of another parser is put aside. What
counts are whole rounds of a part only: each of its layouts and damages with the same seeds; of the foreign printers,
what there was. `--part single` first and all parts then gives single damages more rounds than combinations have.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import time
import traceback
from collections import Counter, deque
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from roundtrip.plan import Job
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


_Line: TypeAlias = "tuple[Job, range]"
"""What a line of the journal is about."""


def _rounds(options: argparse.Namespace) -> list[list[_Line]]:
    """Everything that is asked for: what foreign printers print comes in the first round, for they are slow."""
    first, last = map(int, options.seeds.split("-"))
    step = options.rounds or last - first
    foreign = range(*map(int, options.foreign.split("-"))) if options.foreign else range(0)
    jobs = [job for job in plan.jobs(options) if job.part != "foreign"]
    alien = argparse.Namespace(**vars(options) | {"part": "foreign"})
    rounds = [[(job, range(at, min(at + step, last))) for job in jobs] for at in range(first, last, step)]
    return [[*((job, foreign) for job in plan.jobs(alien) if foreign), *rounds[0]], *rounds[1:]]


def _name(layout: str, damages: Iterable[str], seeds: Iterable[int]) -> tuple[str, ...]:
    return layout, *damages, *map(str, seeds)


def _run(wanted: Iterable[_Line], workers: int, until: float) -> Iterator[dict[str, Any]]:
    """Lines in the order of what is wanted; none is begun after `until`, of the monotonic clock."""
    if workers == 1:
        for job, seeds in wanted:
            if time.monotonic() > until:
                return
            yield _measured(job, seeds)
        return
    with ProcessPoolExecutor(workers) as pool:
        waiting: deque[Future[dict[str, Any]]] = deque()
        for job, seeds in wanted:
            if time.monotonic() > until:
                break
            waiting.append(pool.submit(_measured, job, seeds))
            if len(waiting) > workers * 2:
                yield waiting.popleft().result()
        yield from (future.result() for future in waiting)


def _measured(job: Job, seeds: range) -> dict[str, Any]:
    found = measure(job.layout, job.damages, seeds, show=job.show)
    return found | {"part": job.part, "seeds": [seeds.start, seeds.stop]}


def main() -> None:
    """Run, journal, and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="0-20")
    options.add_argument("--rounds", type=int, default=0, help="seeds of a round; all in one without it")
    options.add_argument("--minutes", type=float, default=math.inf, help="begin nothing after them")
    options.add_argument("--layouts", default="")
    options.add_argument("--damages", default="")
    options.add_argument("--part", default="single,tuned,held_out")
    options.add_argument("--foreign", metavar="SEEDS", default="", help="have foreign printers print these, too")
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "roundtrip.json")
    options.add_argument("--journal", type=Path, default=ROOT / ".roundtrip.jsonl")
    options.add_argument(
        "--pin", action="store_true", help="raise the floors to what was measured, and those of the suite"
    )
    options.add_argument("--lower", metavar="REASON", help="with --pin: why floors may be lowered")
    given = options.parse_args()
    until = time.monotonic() + given.minutes * 60
    head = {"trees": [_git(f"HEAD:{path}")[0] for path in _TREES]}
    lines = {_name(line["layout"], line["damages"], line["seeds"]): line for line in _journal(given.journal, head)}
    rounds = _rounds(given)
    with given.journal.open("w", encoding="utf-8") as journal:
        for line in [head, *lines.values()]:
            journal.write(json.dumps(line, ensure_ascii=False) + "\n")
        wanted = [one for each in rounds for one in each if _key(one) not in lines]
        for line in _run(wanted, given.workers, until):
            lines[_name(line["layout"], line["damages"], line["seeds"])] = line
            journal.write(json.dumps(line, ensure_ascii=False) + "\n")
            journal.flush()
    counted, seeds = _counted(rounds, lines.keys())
    if not counted:
        sys.exit("no round is whole yet: the same command goes on with it")
    figures = {
        "what": "invented reports, printed, damaged, parsed and compared cell by cell; sure: wrong at 0.9 or more",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _git("HEAD")[0],
        "seeds": f"{seeds} (foreign printers: {given.foreign})" if given.foreign else seeds,
    } | summary.figures([lines[_key(one)] for one in counted])
    given.to.parent.mkdir(parents=True, exist_ok=True)
    given.to.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    summary.show(figures, sys.stderr)
    if given.pin:
        floors.pin("proof", figures["floors"], reason=given.lower, day=figures["date"])
        floors.pin("sample", floors.measured(floors.sample()), reason=given.lower, day=figures["date"])


def _counted(rounds: Sequence[Sequence[_Line]], done: Container[tuple[str, ...]]) -> tuple[list[_Line], str]:
    """The lines of whole rounds, and the seeds of each part of the plan in words."""
    found: list[_Line] = []
    told: dict[str, list[str]] = {}
    for part in dict.fromkeys(job.part for each in rounds for job, _ in each):
        whole: list[_Line] = []
        for each in rounds:
            own = [one for one in each if one[0].part == part]
            if part == "foreign":
                whole += [one for one in own if _key(one) in done]
            elif all(_key(one) in done for one in own):
                whole += own
            else:
                break
        found += whole
        if whole and part != "foreign":
            told.setdefault(f"{whole[0][1].start}-{whole[-1][1].stop}", []).append(part.replace("_", " "))
    if len(told) == 1:
        return found, next(iter(told))
    return found, ", ".join(f"{seeds} ({' and '.join(parts)})" for seeds, parts in told.items())


def _key(one: _Line) -> tuple[str, ...]:
    job, seeds = one
    return _name(job.layout, job.damages, (seeds.start, seeds.stop))


if __name__ == "__main__":
    main()
