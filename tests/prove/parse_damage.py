"""Long run of the damage generator: how many cells are right, missed, wrong, and wrong for sure.

    python tests/prove/parse_damage.py --seeds 0-50 [--layouts a,b] [--harms a,b]

Every (layout, harm, seed) is a document of its own, made from these three alone. Figures are added up in a journal
(`--journal`), a line a layout and harm, so that a run that was stopped goes on where it was; a journal made
by another commit is not continued.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "parser"))

from damage.judging import ALL_HARMS, LAYOUTS, case, judge  # noqa: E402 - the generator stands beside the tests

_READABLE = (
    "exact",
    "missed",
    "wrong",
    "false_zero",
    "blank_for_number",
    "absent_for_number",
    "word_for_number",
    "state",
)
_EXAMPLES = 40


def _commit() -> str:
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def _measure(layout: str, harm: str, seeds: range) -> dict[str, object]:
    counts: Counter[str] = Counter()
    example = None
    for seed in seeds:
        document = case(seed, layout, harm)
        try:
            verdict = judge(document)
        except Exception as error:  # noqa: BLE001 - any crash of the parser is a finding, the run goes on
            counts["crashes"] += 1
            example = f"seed {seed}: {''.join(traceback.format_exception_only(error)).strip()}"
            continue
        counts += verdict.counts
        counts["documents"] += 1
        if verdict.sure:
            counts["documents_with_sure_errors"] += 1
            what, key, raw, cell = verdict.sure[0]
            example = (
                example or f"seed {seed}: {what} {'/'.join(key)}, printed {raw!r}, read {cell.value} ({cell.state})"
            )
    return {"layout": layout, "harm": harm, "counts": dict(sorted(counts.items())), "example": example}


def _summary(lines: list[dict[str, object]], name: str) -> dict[str, dict[str, float]]:
    sums: dict[str, Counter[str]] = {}
    for line in lines:
        counts = line["counts"]
        assert isinstance(counts, dict)
        sums.setdefault(str(line[name]), Counter()).update(counts)
    out = {}
    for key, counts in sorted(sums.items()):
        cells = sum(counts[outcome] for outcome in _READABLE) or 1
        sure = sum(count for outcome, count in counts.items() if outcome.startswith("sure_"))
        out[key] = {
            "documents": counts["documents"],
            "exact": round(counts["exact"] / cells, 4),
            "missed": round(counts["missed"] / cells, 4),
            "wrong": counts["wrong"] + counts["blank_for_number"] + counts["extra"] + counts["false_zero"],
            "false_zeros": counts["false_zero"],
            "sure_errors": sure,
            "documents_with_sure_errors": counts["documents_with_sure_errors"],
            "crashes": counts["crashes"],
        }
    return out


def main() -> None:
    """Run, journal, and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="0-20")
    options.add_argument("--layouts", default=",".join(LAYOUTS))
    options.add_argument("--harms", default=",".join(dict.fromkeys(ALL_HARMS)))
    options.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "parse-damage.json")
    options.add_argument("--journal", type=Path, default=ROOT / ".parse-damage.jsonl")
    given = options.parse_args()
    first, last = map(int, given.seeds.split("-"))
    head = {"commit": _commit(), "seeds": [first, last]}
    lines: list[dict[str, object]] = []
    if given.journal.exists():
        old = [json.loads(line) for line in given.journal.read_text(encoding="utf-8").splitlines()]
        lines = old[1:] if old and old[0] == head else []
    done = {(line["layout"], line["harm"]) for line in lines}
    with given.journal.open("w", encoding="utf-8") as journal:
        for line in [head, *lines]:
            journal.write(json.dumps(line, ensure_ascii=False) + "\n")
        for layout in given.layouts.split(","):
            for harm in given.harms.split(","):
                if (layout, harm) not in done:
                    lines.append(_measure(layout, harm, range(first, last)))
                    journal.write(json.dumps(lines[-1], ensure_ascii=False) + "\n")
                    journal.flush()
            sys.stderr.write(f"{layout}\n")
    worst = sorted(
        (line for line in lines if line["example"]),
        key=lambda line: -int(line["counts"].get("documents_with_sure_errors", 0)),  # type: ignore[attr-defined]
    )
    given.to.parent.mkdir(parents=True, exist_ok=True)
    figures = {
        "what": "invented reports in many layouts, damaged; sure: wrong with a confidence of 0.9 or more",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": head["commit"],
        "seeds": given.seeds,
        "layouts": _summary(lines, "layout"),
        "harms": _summary(lines, "harm"),
        "worst": [{k: line[k] for k in ("layout", "harm", "example")} for line in worst[:_EXAMPLES]],
    }
    given.to.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    given.journal.unlink()


if __name__ == "__main__":
    main()
