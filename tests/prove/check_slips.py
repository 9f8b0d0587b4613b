"""Long run over planted slips: how many are found, and how often something is said of what is right.

    python tests/prove/check_slips.py --seeds 1000 --to docs/proofs/check-slips.json

Undamaged reports are drawn, and for each slip as many that have it, with defects of the tables beside it. What is
planted is known to the sample reports alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "parser"))

from planted import NO_SLIP, SLIPS, Tally, measure  # noqa: E402 - it stands beside the tests


def main() -> int:
    """Measure, print and write; 1 where a slip was missed or an alarm raised."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", type=int, default=200, help="undamaged documents; a tenth of it for each slip")
    arguments.add_argument("--to", type=Path, help="file for the figures")
    options = arguments.parse_args()
    undamaged = measure(NO_SLIP, range(options.seeds), undamaged=True)
    planted = {slip: measure(slip, range(max(1, options.seeds // 10))) for slip in SLIPS}
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = {
        "what": "slips planted in invented reports, found by the checks; alarms: something said of what is right",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit.stdout.strip(),
        "undamaged": _told(undamaged),
        "slips": {slip: _told(tally) for slip, tally in planted.items()},
    }
    text = json.dumps(told, indent=1, ensure_ascii=False)
    sys.stdout.write(text + "\n")
    if options.to is not None:
        options.to.write_text(text + "\n", encoding="utf-8")
    tallies = [undamaged, *planted.values()]
    return int(any(tally.alarms or tally.found < tally.planted for tally in tallies))


def _told(tally: Tally) -> dict[str, object]:
    return {
        "documents": tally.documents,
        "planted": tally.planted,
        "found": tally.found,
        "alarms": {f"{name} {place}".strip(): count for (name, place), count in sorted(tally.alarms.items())},
    }


if __name__ == "__main__":
    sys.exit(main())
