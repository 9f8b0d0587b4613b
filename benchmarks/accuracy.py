"""The figures of the round trip and of the calibration as pictures and tables for the docs.

    python benchmarks/accuracy.py

Reads `docs/proofs/roundtrip.json` and `docs/proofs/calibration.json`, writes `docs/accuracy.svg` and
`docs/calibration.svg`, and fills the tables of `docs/accuracy.md`.
"""

from __future__ import annotations

import json
import math
import re
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
_CELL, _LEFT, _TOP = 17, 190, 150
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">'


def _colour(share: float) -> str:
    """White for all exact, over yellow to red for none: differences near the top show best."""
    lost = min(1.0, math.sqrt(1 - share))
    return f"hsl({round(60 - 60 * lost)},90%,{round(97 - 47 * lost)}%)"


def grid_picture(figures: dict[str, Any]) -> str:
    """Damages down, layouts across; a dot where the parser was sure and wrong."""
    cells: dict[str, dict[str, Any]] = figures["grid"]
    layouts, damages = list(figures["layouts"]), list(figures["damages"])
    width, height = _LEFT + _CELL * len(layouts) + 20, _TOP + _CELL * len(damages) + 40
    out = [_SVG.format(width=width, height=height)]
    for number, layout in enumerate(layouts):
        x = _LEFT + _CELL * number + 12
        out.append(f'<text transform="translate({x},{_TOP - 6}) rotate(-60)">{escape(layout.replace("_", " "))}</text>')
    for row, damage in enumerate(damages):
        y = _TOP + _CELL * row
        out.append(f'<text x="{_LEFT - 6}" y="{y + 13}" text-anchor="end">{escape(damage.replace("_", " "))}</text>')
        for number, layout in enumerate(layouts):
            found = cells.get(f"{layout} {damage}")
            x = _LEFT + _CELL * number
            if found is None:
                continue
            told = f"{layout}, {damage}: {found['exact']:.2%} exact, {found['wrong']} wrong, {found['sure']} surely"
            out.append(
                f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" fill="{_colour(found["exact"])}" '
                f'stroke="#ccc" stroke-width="0.5"><title>{escape(told)}</title></rect>'
            )
            if found["sure"]:
                out.append(f'<circle cx="{x + _CELL / 2 - 0.5}" cy="{y + _CELL / 2 - 0.5}" r="3" fill="#000"/>')
    y = _TOP + _CELL * len(damages) + 22
    for number, share in enumerate((1.0, 0.999, 0.99, 0.95, 0.8, 0.5, 0.0)):
        x = _LEFT + 60 * number
        out.append(f'<rect x="{x}" y="{y - 11}" width="13" height="13" fill="{_colour(share)}" stroke="#ccc"/>')
        out.append(f'<text x="{x + 17}" y="{y}">{share:.1%}</text>')
    return "\n".join([*out, "</svg>", ""])


def wilson(wrong: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    if not count:
        return 0.0, 1.0
    share, spread = wrong / count, z * z / count
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def calibration_picture(levels: list[list[float]]) -> str:
    """How often claims are wrong, by the confidence they carry; both axes by powers of ten."""
    width, height, left, bottom = 620, 420, 70, 370
    decades = 6

    def place(share: float) -> float:
        return bottom - 50 * (decades + math.log10(max(share, 10.0**-decades)))

    out = [_SVG.format(width=width, height=height)]
    for power in range(-decades, 1):
        y = place(10.0**power)
        out.append(f'<line x1="{left}" x2="{width - 10}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    step = (width - left - 30) / max(1, len(levels))
    for number, (level, right, wrong) in enumerate(levels):
        x = left + step * (number + 0.5)
        count = int(right + wrong)
        low, high = wilson(int(wrong), count)
        out.append(f'<line x1="{x}" x2="{x}" y1="{place(high)}" y2="{place(low)}" stroke="#36c" stroke-width="2"/>')
        if wrong:
            out.append(f'<circle cx="{x}" cy="{place(wrong / count)}" r="4" fill="#36c"/>')
        promised = place(1 - level)
        out.append(
            f'<line x1="{x - 12}" x2="{x + 12}" y1="{promised}" y2="{promised}" stroke="#c33" stroke-width="2"/>'
        )
        out.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{level:g}</text>')
        out.append(f'<text x="{x}" y="{bottom + 30}" text-anchor="middle" fill="#777">{count}</text>')
    out.append(
        f'<text x="{left}" y="18">share of claims that are wrong (blue, with 95 % interval); red: 1 − confidence</text>'
    )
    out.append(f'<text x="{left}" y="{bottom + 45}" fill="#777">confidence, and how many claims carry it</text>')
    return "\n".join([*out, "</svg>", ""])


def _table(rows: dict[str, dict[str, Any]], head: str) -> str:
    heads = (head, "documents", "cells exact", "other than 0 exact", "wrong", "wrong at 0.9 or more", "at 0.99 or more")
    lines = ["| " + " | ".join(heads) + " |", "|---|--:|--:|--:|--:|--:|--:|"]
    for name, rate in rows.items():
        lines.append(
            f"| {name.replace('_', ' ')} | {rate['documents']:,} | {rate['exact']:.2%} | {rate['exact_nonzero']:.2%} | "
            f"{rate['wrong']:,} ({rate['wrong_share']:.3%}) | {rate['sure']:,} | {rate['surest']:,} |"
        )
    return "\n".join(lines)


def _filled(page: str, name: str, content: str) -> str:
    pattern = re.compile(rf"(<!-- figures: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda match: f"{match[1]}{content}\n{match[2]}", page)


def main() -> None:
    """Draw and fill."""
    figures = json.loads((DOCS / "proofs" / "roundtrip.json").read_text(encoding="utf-8"))
    (DOCS / "accuracy.svg").write_text(grid_picture(figures), encoding="utf-8")
    page = (DOCS / "accuracy.md").read_text(encoding="utf-8")
    for group, head in (("parts", "what"), ("layouts", "layout"), ("damages", "damage"), ("foreign", "printer")):
        page = _filled(page, group, _table(figures[group], head))
    page = _filled(page, "run", f"Measured {figures['date']} at {figures['commit']}, seeds {figures['seeds']}.")
    calibrated = DOCS / "proofs" / "calibration.json"
    if calibrated.exists():
        found = json.loads(calibrated.read_text(encoding="utf-8"))
        (DOCS / "calibration.svg").write_text(calibration_picture(found["levels"]), encoding="utf-8")
        page = _filled(page, "calibration", found["told"])
    (DOCS / "accuracy.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
