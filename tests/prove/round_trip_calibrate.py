"""What the parser's confidence is worth: how many claims at 0.99 or more are wrong, on documents it was not tuned on.

    python tests/prove/round_trip_calibrate.py [--seeds 300-312] [--workers 1] [--shared FOLDER]
        [--to docs/proofs/calibration.json]
    python tests/prove/round_trip_calibrate.py --classes [--seeds 100-102]

The first measures on the held-out layouts with every damage and on the held-out combinations; the second prints the
classes to calibrate from, counted on all others. Claims of one document go wrong together: beside the interval that
takes each for itself (Clopper and Pearson, 1934) stands one that draws whole documents.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from roundtrip import classes, plan  # noqa: E402
from roundtrip.printing import make  # noqa: E402
from roundtrip.verdicts import outcome  # noqa: E402

from gicrawl.parser import parse  # noqa: E402 - after the path
from gicrawl.parser.confidence import SUREST  # noqa: E402
from gicrawl.parser.document import Source  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from roundtrip.plan import Job
    from roundtrip.printing import Made

_CLAIMS = {"number", "blank", "not_applicable"}


def jobs(*, held: bool) -> Iterator[Job]:
    """The part of the plan that the calibration may look at, or the other one."""
    layouts = plan.combinations()["held_out_layouts"][0]
    everything = argparse.Namespace(part="single,tuned,held_out", layouts="", damages="")
    for job in plan.jobs(everything):
        if (job.part == "held_out" or job.layout in layouts) == held:
            yield job


def claims(made: Made) -> Counter[tuple[float, bool]]:
    """(confidence, right) of every claim of a document."""
    out: Counter[tuple[float, bool]] = Counter()
    for cell in parse([Source(made.body)]).cells:
        if cell.state.value in _CLAIMS:
            out[round(cell.confidence, 3), outcome(made.truth.get(cell.key), cell) == "exact"] += 1
    return out


def _of_job(job: Job, seeds: range) -> list[Counter[tuple[float, bool]]]:
    return [claims(make(job.layout, job.damages, seed)) for seed in seeds]


def exact_interval(wrong: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Of a share, the interval of Clopper and Pearson (1934): never too narrow."""
    tail = (1 - level) / 2

    def at_most(most: int, share: float) -> float:
        """How likely at most so many of `count` are, in logarithms, for the counts are large."""
        logs = [
            math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1)
            + k * math.log(share) + (count - k) * math.log1p(-share)
            for k in range(most + 1)
        ]  # fmt: skip
        return sum(map(math.exp, logs))

    def solved(most: int, likely: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_most(most, middle) > likely else (low, middle)
        return low

    return (0.0 if not wrong else solved(wrong - 1, 1 - tail)), solved(wrong, tail)


def drawn_interval(wrong: Sequence[int], total: int, draws: int = 2000) -> tuple[float, float]:
    """The 95 % interval of a share when whole documents are drawn again.

    Args:
        wrong: wrong claims of each document.
        total: claims of all.
        draws: how often.
    """
    draw = random.Random(1)
    worst = [count for count in wrong if count]
    # documents without a wrong claim differ in nothing that matters here: how many of the others are drawn is Poisson's
    shares = sorted(sum(count * _poisson(draw) for count in worst) / total for _ in range(draws))
    return shares[int(draws * 0.025)], shares[int(draws * 0.975)]


def _poisson(draw: random.Random) -> int:
    """Of mean 1."""
    count, product, limit = 0, draw.random(), math.exp(-1)
    while product > limit:
        count, product = count + 1, product * draw.random()
    return count


def shared(folder: Path) -> tuple[int, int]:
    """(right cells that carry 0.99 or more, right cells) of the real documents whose truth is known."""
    backed = right = 0
    for path in sorted((folder / "truth").glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        body = next(iter(sorted(folder.glob(f"*/{truth['document']}")))).read_bytes()
        for cell in parse([Source(body)]).cells:
            want: Any = truth["cells"].get(cell.table, {}).get(cell.row, {}).get(cell.column, "none")
            if cell.state.value in _CLAIMS and cell.value == want:
                right += 1
                backed += cell.confidence >= SUREST
    return backed, right


def measured(seeds: range, folder: Path | None, workers: int) -> dict[str, Any]:
    """The figures of the proof."""
    with ProcessPoolExecutor(workers) as pool:
        waiting = [pool.submit(_of_job, job, seeds) for job in jobs(held=True)]
        each = [counts for future in waiting for counts in future.result()]
    levels = sum(each, Counter[tuple[float, bool]]())
    of_each = [
        [sum(n for (level, ok), n in counts.items() if level >= SUREST and ok is right) for right in (False, True)]
        for counts in each
    ]
    wrong, backed = (sum(column) for column in zip(*of_each, strict=True))
    count = wrong + backed
    low, high = exact_interval(wrong, count)
    drawn = drawn_interval([bad for bad, _ in of_each], count)
    right = sum(n for (_, ok), n in levels.items() if ok)
    bad = sum(one[0] > 0 for one in of_each)
    told = (
        f"On {len(each):,} documents of layouts and combinations of damages that the calibration did not see, "
        f"{count:,} claims carry 0.99 or more; {wrong} of them, in {bad} documents, are wrong: "
        f"{wrong / count:.4%}, between {low:.4%} and {high:.4%} (95 %, Clopper and Pearson)"
    )
    if wrong:
        told += f", between {drawn[0]:.4%} and {drawn[1]:.4%} if whole documents are drawn"
    told += f". Of all right claims, {backed / right:.1%} carry it."
    found: dict[str, Any] = {
        "documents": len(each), "right": backed, "wrong": wrong, "wrong_in": bad, "interval": [low, high],
        "interval_of_documents": drawn,
    }  # fmt: skip
    if folder is not None and folder.is_dir():
        real_backed, all_right = shared(folder)
        told += f" Of {all_right:,} right cells of real documents, {real_backed / all_right:.1%} do."
        found |= {"real": all_right, "real_backed": real_backed}
    table = [[level, levels[level, True], levels[level, False]] for level in sorted({key[0] for key in levels})]
    return found | {"told": told, "levels": _merged(table)}


def _merged(levels: list[list[float]]) -> list[list[float]]:
    """Levels by the marks below them, so that the picture has a dozen points and not fifty."""
    marks = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.89, 0.9, 0.92, 0.95, 0.97, 0.98, 0.99, 0.995)
    out: dict[float, list[float]] = {}
    for level, right, wrong in levels:
        mark = max(mark for mark in marks if mark <= level)
        line = out.setdefault(mark, [mark, 0, 0])
        line[1] += right
        line[2] += wrong
    return [out[mark] for mark in sorted(out)]


def _classes(seeds: range) -> None:
    counts: Counter[tuple[classes.Class, bool]] = Counter()
    for job in jobs(held=False):
        for seed in seeds:
            counts += classes.counted(make(job.layout, job.damages, seed))
    for sign, level in sorted({key[0] for key in counts}):
        right, wrong = (str(counts[(sign, level), ok]) for ok in (True, False))
        sys.stdout.write("\t".join([*sign, str(level), right, wrong]) + "\n")


def main() -> None:
    """Measure, or print the classes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="300-312")
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--classes", action="store_true")
    options.add_argument("--shared", type=Path)
    options.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "calibration.json")
    given = options.parse_args()
    first, last = map(int, given.seeds.split("-"))
    if given.classes:
        _classes(range(first, last))
        return
    found = measured(range(first, last), given.shared, given.workers)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    head = {"date": datetime.now(UTC).date().isoformat(), "commit": commit, "seeds": given.seeds}
    given.to.write_text(json.dumps(head | found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stderr.write(found["told"] + "\n")


if __name__ == "__main__":
    main()
