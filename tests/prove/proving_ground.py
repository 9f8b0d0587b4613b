"""The whole proving ground with every fault switched on: what was found and what it cost by family, and every fault.

    python tests/prove/proving_ground.py --seed 77 --to docs/proofs/proving-ground.json

Without `--seed` a new one is drawn. Exit status 1 where anything is missing, false, dearer than promised or otherwise
than a fault must end.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive_kills import commit

from gicrawl.demo import run_demo

if TYPE_CHECKING:
    from gicrawl.demo import Demo

MOST = 5.0
"""Requests for each report or file, anywhere."""


def main(arguments: list[str] | None = None) -> int:
    """Crawl it, print what is not as it should be, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--to", type=Path, help="file for the figures")
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)  # noqa: T201 - for whoever wants to see it again
    with tempfile.TemporaryDirectory() as folder:
        told = figures(run_demo(seed=options.seed, keep=Path(folder) / "demo", all_families=True, faults=True))
    told = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit(), "seed": options.seed, **told}
    if options.to is not None:
        options.to.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(told, ensure_ascii=False))  # noqa: T201 - what the proof found
    return 0 if told["kept"] else 1


def figures(demo: Demo) -> dict[str, Any]:
    """What the run says, by family and by fault."""
    families = {
        f"{one.family} ({one.portal})": {
            "reports": f"{one.reports_found} of {one.reports_there}",
            "files": f"{one.files_found} of {one.files_there}",
            "parsed_wrongly": one.parsed_wrongly,
            "requests_each": None if one.cost is None else round(one.cost, 2),
        }
        for one in demo.families
    }
    faults = [
        {"fault": one.name, "at": one.portal, "came": one.came, "as_expected": one.as_expected} for one in demo.faults
    ]
    dear = [one.portal for one in demo.families if one.cost is not None and one.cost > MOST]
    return {
        "requests": demo.requests,
        "crawl_seconds": round(demo.crawl_seconds),
        "families": families,
        "faults": faults,
        "not_exact": [portal.portal for portal in demo.comparison.portals if not portal.exact],
        "dear": dear,
        "errors": list(demo.errors),
        "kept": demo.as_expected and not dear,
    }


if __name__ == "__main__":
    sys.exit(main())
