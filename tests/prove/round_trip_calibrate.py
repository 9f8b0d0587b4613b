"""What the parser's confidence is worth: how many claims at 0.99 or more are wrong, on documents it was not tuned on.

    python tests/prove/round_trip_calibrate.py [--seeds 300-304] [--shared FOLDER] [--to docs/proofs/calibration.json]
    python tests/prove/round_trip_calibrate.py --classes [--seeds 100-102]

The first measures on the held-out layouts with every damage and on the held-out combinations; the second prints the
classes to calibrate from, counted on all others.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from roundtrip import classes, plan  # noqa: E402
from roundtrip.printing import make  # noqa: E402
from roundtrip.verdicts import outcome  # noqa: E402

from gicrawl.parser import parse  # noqa: E402 - after the path
from gicrawl.parser.confidence import calibrated  # noqa: E402
from gicrawl.parser.document import Source  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roundtrip.plan import Job
    from roundtrip.printing import Made

_CLAIMS = {"number", "blank", "not_applicable"}
SUREST = 0.99


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
    report = parse([Source(made.body)])
    for cell in calibrated(report.cells, report.checks):
        if cell.state.value in _CLAIMS:
            out[round(cell.confidence, 3), outcome(made.truth.get(cell.key), cell) == "exact"] += 1
    return out


def wilson(wrong: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share."""
    share, spread = wrong / count, z * z / count
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(0.0, centre - half), centre + half


def shared(folder: Path) -> tuple[int, int]:
    """(right cells that carry 0.99 or more, right cells) of the real documents whose truth is known."""
    backed = right = 0
    for path in sorted((folder / "truth").glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        body = next(iter(sorted(folder.glob(f"*/{truth['document']}")))).read_bytes()
        report = parse([Source(body)])
        for cell in calibrated(report.cells, report.checks):
            want: Any = truth["cells"].get(cell.table, {}).get(cell.row, {}).get(cell.column, "none")
            if cell.state.value in _CLAIMS and cell.value == want:
                right += 1
                backed += cell.confidence >= SUREST
    return backed, right


def measured(seeds: range, folder: Path | None) -> dict[str, Any]:
    """The figures of the proof."""
    levels: Counter[tuple[float, bool]] = Counter()
    documents = 0
    for job in jobs(held=True):
        for seed in seeds:
            levels += claims(make(job.layout, job.damages, seed))
            documents += 1
    sure = {
        right: sum(n for (level, ok), n in levels.items() if level >= SUREST and ok is right) for right in (True, False)
    }
    low, high = wilson(sure[False], sum(sure.values()))
    right = sum(n for (_, ok), n in levels.items() if ok)
    told = (
        f"On {documents:,} documents of layouts and combinations of damages that the calibration did not see, "
        f"{sum(sure.values()):,} claims carry 0.99 or more; {sure[False]} of them are wrong: "
        f"{sure[False] / sum(sure.values()):.4%}, between {low:.4%} and {high:.4%} (95 %). "
        f"Of all right claims, {sure[True] / right:.1%} carry it."
    )
    found: dict[str, Any] = {"documents": documents, "right": sure[True], "wrong": sure[False], "interval": [low, high]}
    if folder is not None and folder.is_dir():
        backed, all_right = shared(folder)
        told += f" Of {all_right:,} right cells of real documents, {backed / all_right:.1%} do."
        found |= {"real": all_right, "real_backed": backed}
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
            for (found, _, right), count in classes.counted(make(job.layout, job.damages, seed)).items():
                counts[found, right] += count
    for found in sorted({key[0] for key in counts}):
        right, wrong = counts[found, True], counts[found, False]
        sys.stdout.write("\t".join([*map(str, found), str(right), str(wrong)]) + "\n")


def main() -> None:
    """Measure, or print the classes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="300-304")
    options.add_argument("--classes", action="store_true")
    options.add_argument("--shared", type=Path)
    options.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "calibration.json")
    given = options.parse_args()
    first, last = map(int, given.seeds.split("-"))
    if given.classes:
        _classes(range(first, last))
        return
    found = measured(range(first, last), given.shared)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    head = {"date": datetime.now(UTC).date().isoformat(), "commit": commit, "seeds": given.seeds}
    given.to.write_text(json.dumps(head | found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stderr.write(found["told"] + "\n")


if __name__ == "__main__":
    main()
