"""The real documents beside the project, read in place; and proof that nothing knows them.

Nothing here or in the parser names a document: whatever has a truth file and a reader is tested.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from gicrawl.parser import parse, reader_for
from gicrawl.parser.document import Source
from gicrawl.parser.output import to_json

SHARED = Path(__file__).parents[3] / "shared"
READ = (".txt", ".md", ".html", ".pdf")
TEXTS = (".txt", ".md", ".html")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents are not beside the project (../shared)"),
]

DIGITS = str.maketrans("0123456789", "1234567890")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
TAGS = re.compile(r"(?:<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>)", re.DOTALL | re.IGNORECASE)


def documents(kinds: tuple[str, ...] = READ) -> list[tuple[Path, dict[str, Any]]]:
    out = []
    for truth_file in sorted(SHARED.glob("truth/*.truth.json")):
        truth = json.loads(truth_file.read_text(encoding="utf-8"))
        file = next(SHARED.glob(f"*/{truth['document']}"), None)
        if file is not None and file.suffix in kinds:
            out.append((file, truth))
    return out


def cells_of(truth: dict[str, Any]) -> dict[tuple[str, str, str], float | None]:
    open_cells = {tuple(cell) for cell in truth.get("ambiguous", [])}
    return {
        (table, row, column): value
        for table, rows in truth["cells"].items()
        for row, columns in rows.items()
        for column, value in columns.items()
        if (table, row, column) not in open_cells
    }


def parsed(name: str, body: bytes) -> dict[str, Any]:
    return to_json(parse([Source(body, name)]), source=name)


def values_of(report: dict[str, Any]) -> dict[tuple[str, str, str], float | None]:
    return {(cell["table"], cell["row"], cell["column"]): cell["value"] for cell in report["cells"]}


def shifted(value: float | None) -> float | None:
    if value is None:
        return None
    text = str(value).translate(DIGITS)
    return float(text) if "." in text else int(text)


def shift_digits(text: str) -> str:
    """Every digit moved by one, years kept: a report on another year would be another report."""
    out, at = [], 0
    for year in YEAR.finditer(text):
        out += [text[at : year.start()].translate(DIGITS), year.group()]
        at = year.end()
    return "".join([*out, text[at:].translate(DIGITS)])


def shift_text(text: str) -> str:
    out, at = [], 0
    for tag in TAGS.finditer(text):
        out += [shift_digits(text[at : tag.start()]), tag.group()]
        at = tag.end()
    return "".join([*out, shift_digits(text[at:])])


@pytest.mark.parametrize(
    ("file", "truth"), documents(), ids=lambda value: value.stem if isinstance(value, Path) else ""
)
def test_every_cell_is_exact(file: Path, truth: dict[str, Any]) -> None:
    got = values_of(parsed(file.name, file.read_bytes()))
    want = cells_of(truth)
    assert {key: got.get(key) for key in want} == want
    assert {key for key, value in got.items() if value is not None} <= set(want)


@pytest.mark.parametrize(
    ("file", "truth"), documents(TEXTS), ids=lambda value: value.stem if isinstance(value, Path) else ""
)
def test_moved_digits_move_the_result(file: Path, truth: dict[str, Any]) -> None:
    text = file.read_bytes().decode()
    body = (shift_text(text) if file.suffix == ".html" else shift_digits(text)).encode()
    got = values_of(parsed(file.name, body))
    kept = {key: value for key, value in cells_of(truth).items() if value is None or not YEAR.fullmatch(str(value))}
    assert {key: got.get(key) for key in kept} == {key: shifted(value) for key, value in kept.items()}


@pytest.mark.parametrize(
    ("file", "truth"), documents(TEXTS), ids=lambda value: value.stem if isinstance(value, Path) else ""
)
def test_a_renamed_issuer_is_followed(file: Path, truth: dict[str, Any]) -> None:
    if truth["issuer"] is None:
        pytest.skip("the document is a fragment that names no issuer")
    known = truth["issuer"][:2]
    text = file.read_bytes().decode()
    assert known in text
    report = parsed(file.name, text.replace(known, "青禾").encode())
    assert report["issuer"]["name"] == truth["issuer"].replace(known, "青禾")
    assert report["year"] == truth["year"]
    assert values_of(report) == values_of(parsed(file.name, text.encode()))


def test_the_scorer_finds_no_fault() -> None:
    sys.path.insert(0, str(SHARED))
    try:
        from score import load, score  # noqa: PLC0415 - lives beside the project, not in it
    finally:
        sys.path.pop(0)
    truths = load(SHARED / "truth")
    for file, _ in documents():
        report = to_json(parse([Source(file.read_bytes(), file.name)]), source=str(file))
        n = score(report, truths[file.name])
        faults = {key: n[key] for key in ("wrong", "zero", "extra", "sure", "alarms", "identity") if n[key]}
        assert not faults, file.name
        assert n["exact"] == n["cells"]
        assert n["named"] == n["to_name"]
        assert n["backed"] >= 0.9 * n["exact"]


def test_every_kind_read_here_has_its_reader() -> None:
    assert all(reader_for(file.read_bytes()) != "none" for file, _ in documents())
