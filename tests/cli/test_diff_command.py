import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import warm
from console import Run
from made_reports import made

from gicrawl.corpus.reparse import reparse
from gicrawl.corpus.worker import Engine
from gicrawl.parser import parse, reader_for
from gicrawl.parser.document import Context, Source
from gicrawl.parser.report import Report, State

LOST = "not_processed_petition"


def parse_worse(sources: Sequence[Source], context: Context) -> Report:
    """The parser as it was before it knew one row of the applications."""
    report = parse(sources, context)
    cells = (
        cell._replace(state=State.ABSENT, value=None, raw=None) if cell.row == LOST else cell for cell in report.cells
    )
    return replace(report, parser=older(report.reader), cells=tuple(cells))


def older(reader: str) -> str:
    return f"0.0.9+{reader}old"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with two reports, parsed by a worse parser and by today's."""
    base = tmp_path_factory.mktemp("compared")
    (base / "documents").mkdir()
    for year in (2021, 2022):
        (base / "documents" / f"{year}.html").write_bytes(made(year=year).html)
    path = base / "gicrawl.db"
    warm.run(["import", "files", base / "documents", "--archive", path]).check_returncode()
    reparse(path, engine=Engine(parse=parse_worse, reader_for=reader_for, version=older), workers=1)
    warm.run(["reparse", "--workers", "1", "--archive", path]).check_returncode()
    return path


def lines(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_counts_come_first_and_each_difference_leads_back(filled: Run) -> None:
    done = filled("diff", "0.0.9")
    assert done.returncode == 0
    printed = done.stdout.splitlines()
    assert printed[0] == "by kind:"
    assert printed[1] == "  cell absent→number: 14 in 2 documents"
    assert f"  cell absent→number  applications/{LOST}/(7 columns): 14 in 2 documents" in printed
    headlines = [line.partition("#")[2] for line in printed if " 0.0.9+htmlold → " in line]
    assert [line.partition(" 0.0.9")[0] for line in sorted(headlines)] == [
        f"{year}.html: 云坪县水利局, {year}:" for year in (2021, 2022)
    ]
    cell = next(line for line in printed if line.startswith(f"  cell absent→number  applications/{LOST}/total: "))
    after = printed[printed.index(cell) + 1 :]
    assert cell.split(": ")[1].startswith("absent → ")
    assert any(line.lstrip().startswith("new ") and "{" in line for line in after[:2])
    assert len(done.stderr.splitlines()) == 1
    assert "2 of 2 documents differ, in 14 places" in done.stderr
    assert filled("diff").stdout == done.stdout
    assert "信访" in filled("diff", "--lang", "zh").stdout


def test_json_lines_hold_both_sides_and_a_limit_is_of_documents(filled: Run) -> None:
    told = lines(filled("diff", "0.0.9", "--format", "jsonl").stdout)
    assert {(d["kind"], d["table"], d["row"]) for d in told} == {("cell absent→number", "applications", LOST)}
    assert len({(d["version"], d["column"]) for d in told}) == 14
    for difference in told:
        assert difference["issuer"] == "云坪县水利局"
        assert (difference["old"]["state"], difference["new"]["state"]) == ("absent", "number")
        assert difference["new"]["raw"]
        assert difference["new"]["evidence"]
    some = filled("diff", "0.0.9", "--format", "jsonl", "--limit", "1")
    assert len({d["version"] for d in lines(some.stdout)}) == 1
    assert "1 of 2 documents shown" in some.stderr
    assert {d["year"] for d in lines(filled("diff", "--years", "2022", "--format", "jsonl").stdout)} == {2022}


def test_nothing_that_differs_is_one_line(filled: Run) -> None:
    version = lines(filled("diff", "--format", "jsonl", "--limit", "1").stdout)[0]["new_parser"]
    for arguments in ((version, version), ("0.0.9", "--kind", "office")):
        done = filled("diff", *arguments)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (0, "", 1), arguments


def test_the_gate_opens_for_what_the_ledger_accepts(filled: Run, tmp_path: Path) -> None:
    whole = tmp_path / "whole.tsv"
    whole.write_text(f"kind\trow\treason\ncell absent→number\t{LOST}\tthe label is known now\n", encoding="utf-8")
    done = filled("diff", "--gate", "whole.tsv")
    assert (done.returncode, done.stdout) == (0, "")
    assert "all 14 differences are accepted" in done.stderr
    told = lines(filled("diff", "--format", "jsonl").stdout)
    held = [json.dumps({**difference, "reason": "seen"}, ensure_ascii=False) for difference in told[1:]]
    (tmp_path / "most.jsonl").write_text("\n".join(held), encoding="utf-8")
    done = filled("diff", "--format", "jsonl", "--gate", "most.jsonl")
    assert done.returncode == 1
    assert lines(done.stdout) == told[:1]
    assert "13 differences accepted, 1 not" in done.stderr
    whole.write_text("kind\treason\ncell added\tnever seen\n", encoding="utf-8")
    assert "line 2 accepts nothing" in filled("diff", "--gate", "whole.tsv").stderr


def test_what_cannot_be_compared_is_said(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.tsv").write_text("kind\treason\ncell added\n", encoding="utf-8")
    for arguments, said in (
        (("7.7",), "no document was parsed by a version '7.7'"),
        (("--gate", "broken.tsv"), "line 2"),
        (("--gate", "nowhere.tsv"), "nowhere.tsv"),
        (("--region", "6"), "no division code"),
    ):
        done = filled("diff", *arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert said in done.stderr.splitlines()[-1]


def test_without_an_archive_it_is_said_in_one_line(gicrawl: Run) -> None:
    done = gicrawl("diff")
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
