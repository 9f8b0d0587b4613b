"""Sums over the journal of a run: by layout, by damage, by both, and for the parts that stand apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TextIO

from roundtrip.damages import LOSSY
from roundtrip.flat_texts import LOSE_BLANKS
from roundtrip.floors import shares
from roundtrip.printing import UNDAMAGED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORST = 120


def rates(counts: Counter[str]) -> dict[str, Any]:
    """Shares and counts of one line."""
    cells, printed = counts["cells"] or 1, counts["printed"] or 1
    return {
        "documents": counts["documents"],
        "cells": counts["cells"],
        "exact": round(counts["exact"] / cells, 5),
        "exact_nonzero": round(counts["exact_nonzero"] / (counts["nonzero"] or 1), 5),
        "missed": round((counts["missed"] + counts["denied"]) / cells, 5),
        "wrong": counts["wrong"] + counts["extra"],
        "wrong_share": round((counts["wrong"] + counts["extra"]) / printed, 6),
        "false_zeros": counts["false_zero"],
        "denied": counts["denied"],
        "sure": counts["sure"],
        "surest": counts["surest"],
        "surely_backed": round(counts["surely_backed"] / (counts["exact"] or 1), 4),
        "misplaced": counts["misplaced"],
        "not_reports": counts["not_reports"],
        "wrong_year": counts["wrong_year"],
        "crashes": counts["crashes"],
    }


def _sums(lines: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], str]) -> dict[str, dict[str, Any]]:
    sums: dict[str, Counter[str]] = {}
    for line in lines:
        sums.setdefault(key(line), Counter()).update(line["counts"])
    return {name: rates(counts) for name, counts in sums.items()}


def loses(line: dict[str, Any]) -> bool:
    """Whether layout or damage takes information away."""
    return line["layout"] in LOSE_BLANKS or any(damage in LOSSY for damage in line["damages"])


def figures(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything that is kept of a run."""
    single = [line for line in lines if line["part"] == "single"]
    damaged = [line for line in single if line["damages"] != [UNDAMAGED]]
    parts = {
        "undamaged": [line for line in single if line["damages"] == [UNDAMAGED] and not loses(line)],
        "undamaged, empty cells dropped": [line for line in single if line["damages"] == [UNDAMAGED] and loses(line)],
        "one damage, nothing lost": [line for line in damaged if not loses(line)],
        "one damage, something lost": [line for line in damaged if loses(line)],
        **{
            f"{count} damages, {part}": [
                line for line in lines if line["part"] == part and len(line["damages"]) == number
            ]
            for number, count in ((2, "two"), (3, "three"))
            for part in ("tuned", "held_out")
        },
        "foreign": [line for line in lines if line["part"] == "foreign"],
    }
    worst = sorted(
        (line for line in lines if line["examples"]),
        key=lambda line: (
            -line["counts"].get("surest", 0),
            -line["counts"].get("sure", 0),
            -line["counts"].get("wrong", 0),
        ),
    )
    return {
        "parts": {name: rates(_total(of)) for name, of in parts.items() if of},
        "layouts": _sums(single, lambda line: line["layout"]),
        "damages": _sums(single, lambda line: line["damages"][0]),
        "foreign": _sums((line for line in lines if line["part"] == "foreign"), lambda line: line["layout"]),
        "forms": _forms(line for line in single if line["damages"] == [UNDAMAGED] and not loses(line)),
        "floors": {
            name: shares(_total(of))
            for name, of in [
                *((name, of) for name, of in parts.items() if of),
                *(
                    (f"layout {key}", [line for line in single if line["layout"] == key])
                    for key in _names(single, "layout")
                ),
                *(
                    (f"damage {key}", [line for line in single if line["damages"] == [key]])
                    for key in dict.fromkeys(line["damages"][0] for line in single)
                ),
            ]
        },
        "grid": {
            name: {key: found[key] for key in ("exact", "wrong", "sure", "documents")}
            for name, found in _sums(single, lambda line: f"{line['layout']} {line['damages'][0]}").items()
        },
        "worst": [
            {"layout": line["layout"], "damages": "+".join(line["damages"]), "examples": line["examples"][:3]}
            for line in worst[:_WORST]
        ],
    }


def _names(lines: Iterable[dict[str, Any]], key: str) -> list[str]:
    return list(dict.fromkeys(line[key] for line in lines))


def _forms(lines: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    sums: dict[str, Counter[str]] = {}
    for line in lines:
        for form, counts in line["forms"].items():
            sums.setdefault(form, Counter()).update(counts)
    return {form: dict(sorted(counts.items())) for form, counts in sorted(sums.items())}


def _total(lines: Iterable[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line["counts"])
    return counts


def show(found: dict[str, Any], stream: TextIO) -> None:
    """The parts as a table."""
    shown = (
        "documents",
        "exact",
        "exact_nonzero",
        "wrong",
        "sure",
        "surest",
        "surely_backed",
        "not_reports",
        "crashes",
    )
    lines = [["", "", *shown]]
    for group in ("parts", "layouts", "damages", "foreign"):
        lines += [[group[:-1], name, *(str(rate[key]) for key in shown)] for name, rate in found[group].items()]
    stream.writelines("\t".join(line) + "\n" for line in lines)
