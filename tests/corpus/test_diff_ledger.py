from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gicrawl.corpus.diff import Changed
from gicrawl.corpus.diff_ledger import Ledger, read_ledger
from gicrawl.corpus.diff_records import Difference
from gicrawl.corpus.errors import LedgerError

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = Changed(
    report_id="ab" * 32,
    version="cd" * 32,
    url="http://www.ganquan.gov.cn/nb/1.html",
    issuer="甘泉县人民政府",
    year=2022,
    old_parser="1",
    new_parser="2",
    differences=(),
)
CELL = Difference(
    kind="cell number→absent",
    table="applications",
    row="granted",
    column="total",
    before="7",
    after="absent",
    old={},
    new={},
)


def ledger(tmp_path: Path, text: str, name: str = "accepted.tsv") -> Ledger:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_ledger(path)


def problems(tmp_path: Path, text: str, name: str = "accepted.tsv") -> list[str]:
    with pytest.raises(LedgerError) as caught:
        ledger(tmp_path, text, name)
    return [problem.removeprefix(f"{tmp_path / name}: ") for problem in caught.value.problems]


def test_a_line_accepts_what_is_as_it_says_and_nothing_else(tmp_path: Path) -> None:
    found = ledger(
        tmp_path,
        "kind\ttable\trow\tbefore\treason\n"
        "# seen in spring\n"
        "cell number→absent\tapplications\tgranted\t\tthe column is none\n"
        "cell number→absent\tapplications\tgranted\t8\tanother number\n"
        "\n"
        "cell added\t\t\t\tnew cells are welcome\n",
    )
    assert found.accepts(DOCUMENT, CELL)
    assert [entry.line for entry in found.unused] == [4, 6]
    for other in ({"kind": "cell number→blank"}, {"row": "new_received"}, {"table": "art20_1"}):
        assert not found.accepts(DOCUMENT, Difference(**{**_fields(CELL), **other}))
    assert found.accepts(DOCUMENT, Difference(**{**_fields(CELL), "kind": "cell added"}))


def _fields(difference: Difference) -> dict[str, object]:
    return {name: getattr(difference, name) for name in Difference.__dataclass_fields__}


def test_json_lines_may_hold_what_is_for_people_and_null_is_anything(tmp_path: Path) -> None:
    line = {
        "kind": "cell number→absent",
        "url": DOCUMENT.url,
        "issuer": "甘泉县人民政府",
        "year": 2022,
        "key": None,
        "old": {"raw": "7"},
        "reason": "checked against the page",
    }
    found = ledger(tmp_path, json.dumps(line) + "\n\n", "accepted.jsonl")
    assert found.accepts(DOCUMENT, CELL)
    assert found.unused == ()
    elsewhere = ledger(tmp_path, json.dumps({**line, "url": "http://other/"}), "accepted.jsonl")
    assert not elsewhere.accepts(DOCUMENT, CELL)


def test_every_wrong_line_is_told_with_its_number(tmp_path: Path) -> None:
    said = problems(
        tmp_path, "kind\ttabel\treason\ncell added\tapplications\tx\ncell added\t\t\ncell added\n\t\teverything\n"
    )
    assert [problem.split(";")[0] for problem in said] == [
        "line 2: unknown column 'tabel'",
        "line 3: no reason",
        "line 4: 1 fields where the first line names 3",
        "line 5: accepts whatever differs",
    ]
    said = problems(tmp_path, '{"kind": "cell added"\n[1]\n{"row": 3, "reason": "x"}\n', "accepted.jsonl")
    assert [problem.split(" (")[0].split(";")[0] for problem in said] == [
        "line 1: not JSON",
        "line 2: not an object",
        "line 3: row: no text",
    ]


def test_a_ledger_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="--gate"):
        read_ledger(tmp_path / "none.tsv")
    (tmp_path / "bytes.tsv").write_bytes(b"kind\treason\n\xff\xfe")
    with pytest.raises(LedgerError, match="UTF-8"):
        read_ledger(tmp_path / "bytes.tsv")
    assert ledger(tmp_path, "").entries == ()
