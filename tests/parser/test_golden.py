"""Small documents, each cut down from one that the parser was sure of and wrong about (see tests/prove/roundtrip).

The truth beside each says what stands there. A document that still fails has `"mended": false`; once it passes, the
test says so, and the line goes.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source

GOLDEN = Path(__file__).parent / "golden"
SURE = 0.9
CLAIMS = {"number", "blank", "not_applicable"}


def documents() -> list[pytest.ParameterSet]:
    out = []
    for truth in sorted(GOLDEN.glob("*.json")):
        (body,) = (path for path in GOLDEN.glob(f"{truth.stem}.*") if path != truth)
        found = json.loads(truth.read_text(encoding="utf-8"))
        marks = [] if found.get("mended", True) else [pytest.mark.xfail(reason=found["about"], strict=True)]
        out.append(pytest.param(body, found, id=truth.stem, marks=marks))
    return out


@pytest.mark.parametrize(("body", "truth"), documents())
def test_no_figure_is_claimed_surely_that_does_not_stand_there(body: Path, truth: dict[str, object]) -> None:
    cells = truth["cells"]
    assert isinstance(cells, dict)
    least = truth.get("at_least", SURE)
    assert isinstance(least, float)
    wrong = []
    for cell in parse([Source(body.read_bytes())]).cells:
        want = cells.get("/".join(cell.key), "nothing")
        claims = cell.state.value in CLAIMS and cell.confidence >= least
        right = cell.value == want if cell.state.value == "number" else want in {"blank", "not_applicable"}
        if claims and not right:
            wrong.append(f"{'/'.join(cell.key)}: {want}, read {cell.value} ({cell.state}) at {cell.confidence}")
    assert wrong == []
