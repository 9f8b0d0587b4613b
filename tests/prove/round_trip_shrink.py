"""Make one failing document of the round trip small and keep it as a golden document.

    python tests/prove/round_trip_shrink.py LAYOUT DAMAGES SEED NAME [--what wrong,extra] [--at-least 0.9] [--form FORM]

Writes tests/parser/golden/NAME.{html,txt,md,docx,…} and NAME.json, the truth. Held-out combinations are refused.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from roundtrip import plan  # noqa: E402 - the package stands beside this file
from roundtrip.shrink import Failure, as_golden, dumped, shrink  # noqa: E402
from roundtrip.verdicts import judge  # noqa: E402

_SUFFIXES = {"text": "txt", "markdown": "md"}


def main() -> None:
    """Shrink, write, and say what is left."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("layout")
    options.add_argument("damages")
    options.add_argument("seed", type=int)
    options.add_argument("name")
    options.add_argument("--what", default="wrong,extra")
    options.add_argument("--at-least", type=float, default=0.9)
    options.add_argument("--form")
    options.add_argument("--about", default="")
    options.add_argument("--to", type=Path, default=HERE.parent / "parser" / "golden")
    given = options.parse_args()
    damages = tuple(given.damages.split("+"))
    if damages in plan.combinations()["held_out"]:
        sys.exit(f"{given.damages} is held out: nobody looks at what goes wrong with it")
    failure = Failure(frozenset(given.what.split(",")), given.at_least)
    made = shrink(given.layout, damages, given.seed, failure, given.form)
    given.to.mkdir(parents=True, exist_ok=True)
    kind = given.layout.partition("_")[0]
    (given.to / f"{given.name}.{_SUFFIXES.get(kind, kind)}").write_bytes(made.body)
    about = given.about or f"{given.layout}, {given.damages.replace('_', ' ')}"
    (given.to / f"{given.name}.json").write_text(dumped(as_golden(made, about)), encoding="utf-8")
    for slip in judge(made).slips:
        if failure.is_of(slip):
            sys.stdout.write(f"{slip.what} {'/'.join(slip.key)} {slip.printed} read {slip.read} at {slip.confidence}\n")


if __name__ == "__main__":
    main()
