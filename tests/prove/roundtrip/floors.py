"""How right the parser has been: pinned in a file, so that no change makes it worse unnoticed.

A floor has `exact` (the least share of printed cells read as they are printed), `wrong` and `sure` (the most claims
that are wrong, and wrong at a confidence of 0.9 or more): counts in the sample, which is always the same, shares of the
printed cells in the proof, which is made of as many documents as there was time for. Floors rise whenever a run is
pinned; lowering one takes a reason, which stays in the file.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from roundtrip.damages import DAMAGES
from roundtrip.printing import LAYOUTS, UNDAMAGED, make, possible
from roundtrip.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PATH = Path(__file__).parent / "floors.toml"
Floor: TypeAlias = "dict[str, float]"
_DIGITS, _FINE = 4, 6
_EACH = 3


def sample() -> list[tuple[str, str, int]]:
    """(layout, damage, seed) of the documents that the suite reads: each layout undamaged and in a few damages."""
    out = []
    damages = list(DAMAGES)
    for number, layout in enumerate(LAYOUTS):
        able = [damage for damage in damages if possible(layout, [damage])]
        out += [(layout, UNDAMAGED, 0), (layout, UNDAMAGED, 1)]
        out += [(layout, able[(number * _EACH + step) % len(able)], 2) for step in range(_EACH)]
    return out


def measured(documents: Iterable[tuple[str, str, int]]) -> dict[str, Floor]:
    """What comes out of them, by layout."""
    sums: dict[str, Counter[str]] = {}
    for layout, damage, seed in documents:
        sums.setdefault(layout, Counter()).update(judge(make(layout, [damage], seed)).counts)
    return {layout: floor(counts) for layout, counts in sums.items()}


def floor(counts: Mapping[str, int]) -> Floor:
    """A floor that these counts just reach."""
    wrong = counts.get("wrong", 0) + counts.get("extra", 0)
    return {"exact": _exact(counts), "wrong": wrong, "sure": counts.get("sure", 0)}


def shares(counts: Mapping[str, int]) -> Floor:
    """The same with what is wrong as shares of the printed cells: for runs over any number of documents."""
    cells, wrong = counts.get("cells", 0) or 1, counts.get("wrong", 0) + counts.get("extra", 0)
    wrong_share, sure_share = (
        math.ceil(count / cells * 10**_FINE) / 10**_FINE for count in (wrong, counts.get("sure", 0))
    )
    return {"exact": _exact(counts), "wrong": wrong_share, "sure": sure_share}


def _exact(counts: Mapping[str, int]) -> float:
    return math.floor(counts.get("exact", 0) / (counts.get("cells", 0) or 1) * 10**_DIGITS) / 10**_DIGITS


def below(found: Mapping[str, Floor], floors: Mapping[str, Floor]) -> list[str]:
    """What has become worse, a line each; what has no floor yet is not among it, what is gone is."""
    out = []
    for name, due in floors.items():
        got = found.get(name)
        if got is None:
            out.append(f"{name}: not measured any more")
            continue
        if got["exact"] < due["exact"]:
            out.append(f"{name}: exact {got['exact']}, was {due['exact']}")
        out += [f"{name}: {key} {got[key]}, was {due[key]}" for key in ("wrong", "sure") if got[key] > due[key]]
    return out


def load(path: Path = PATH) -> dict[str, dict[str, Floor]]:
    """The floors by section: `sample` (what the suite reads) and `proof` (what `make prove` last measured)."""
    if not path.exists():
        return {}
    return {
        name: floors for name, floors in tomllib.loads(path.read_text(encoding="utf-8")).items() if name != "lowered"
    }


def pin(section: str, found: Mapping[str, Floor], *, reason: str | None, day: str, path: Path = PATH) -> None:
    """Raise the floors of a section to what was found.

    Args:
        section: `sample` or `proof`.
        found: what was measured.
        reason: why floors may be lowered, where some must be.
        day: ISO date that goes with the reason.
        path: the file.

    Raises:
        ValueError: a floor would be lowered and there is no reason.
    """
    floors = load(path)
    worse = below(found, floors.get(section, {}))
    if worse and not reason:
        raise ValueError("floors would be lowered; say why with --lower REASON: " + "; ".join(worse))
    lowered = []
    if path.exists():
        lowered = tomllib.loads(path.read_text(encoding="utf-8")).get("lowered", [])
    lowered += [{"day": day, "section": section, "what": line, "reason": reason} for line in worse]
    floors[section] = {name: dict(line) for name, line in found.items()}
    path.write_text(_dumped(floors, lowered), encoding="utf-8")


_ABOUT = """\
# Accuracy floors of the round trip, written by `python tests/prove/round_trip.py --pin`; see floors.py.
# `sample` is what the suite reads, `proof` what the last long run measured. Nobody edits this by hand.
"""


def _dumped(floors: Mapping[str, Mapping[str, Floor]], lowered: Iterable[Mapping[str, str]]) -> str:
    out = [_ABOUT]
    for section, lines in sorted(floors.items()):
        out.append(f"[{section}]")
        for name, line in lines.items():
            values = ", ".join(f"{key} = {value}" for key, value in line.items())
            out.append(f'"{name}" = {{ {values} }}')
        out.append("")
    for entry in lowered:
        out += ["[[lowered]]", *(f"{key} = {_quoted(value)}" for key, value in entry.items()), ""]
    return "\n".join(out)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
