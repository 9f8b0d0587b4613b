"""A fix of the parser, as its author sees it: change the data, re-parse, look at what it did, take it back."""

import json
import random
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from whole import Done, ended, start

import gicrawl
import spiders
from gicrawl.sample import ReportSpec
from gicrawl.sample.docx import word_file
from gicrawl.sample.issuers import Issuer
from gicrawl.sample.report import generate_report, write_report
from gicrawl.sample.typeset import print_report

OFFICE = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "县水利局")
LABELS = {
    "applications": ('labels = ["3.要求提供公开出版物"]', 'labels = ["3.索要书报"]'),
    "art20_1": ('labels = ["规章"]', 'labels = ["另有一类"]'),
    "art20_6": ('labels = ["行政处罚"]', 'labels = ["另外一些"]'),
}
"""By table, what stands in the form's data file and what a mistaken hand makes of it."""


class Workshop:
    """A copy of the program that can be changed, and an archive it works on."""

    def __init__(self, folder: Path) -> None:
        self.code = folder / "code"
        self.folder = folder
        for package in (gicrawl, spiders):
            source = Path(str(package.__file__)).parent
            shutil.copytree(source, self.code / source.name, ignore=shutil.ignore_patterns("__pycache__"))

    def run(self, *arguments: str | Path) -> Done:
        command = (sys.executable, "-m", "gicrawl")
        return ended(start(*arguments, cwd=self.folder, command=command, PYTHONPATH=str(self.code)))

    def reparse(self) -> Done:
        done = self.run("reparse", "--workers", "1")
        assert done.status == 0, done.err
        return done

    def diff(self, *arguments: str) -> list[dict[str, Any]]:
        done = self.run("diff", "--format", "jsonl", *arguments)
        assert done.status == 0, done.err
        return [json.loads(line) for line in done.out.splitlines()]

    def cells(self) -> dict[tuple[str, ...], dict[str, Any]]:
        """The cells of the newest parses, by document and key, as any SQLite tool tells them."""
        rows = self.query(
            "SELECT * FROM cells_readable WHERE parse IN (SELECT max(parse) FROM parses_readable GROUP BY version)"
        )
        return {
            (row["report_id"], row["table"], row["row"], row["column"]): {
                name: value for name, value in row.items() if name not in {"parse", "parser"}
            }
            for row in rows
        }

    def parses(self) -> list[dict[str, Any]]:
        return self.query("SELECT * FROM parses_readable")

    def query(self, sql: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.folder / "archive" / "gicrawl.db")) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]

    def content(self) -> str:
        done = self.run("verify", "--content")
        assert done.status == 0, done.err
        return done.out

    def change(self, name: str, before: str, after: str) -> None:
        path = self.code / "gicrawl" / "parser" / name
        text = path.read_text(encoding="utf-8")
        assert before in text, (name, before)
        path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Reports as pages, a page with a PDF, a PDF and a Word file alone, and a page that is none; all parsed."""
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    documents = made.folder / "documents"
    documents.mkdir()
    specs = [
        ReportSpec(issuer=OFFICE, year=year, published=date(year + 1, 1, 12), paste="plain") for year in (2020, 2022)
    ]
    for spec in specs:
        (documents / f"{spec.year}.html").write_bytes(generate_report(random.Random(spec.year), spec).html)
    spec = ReportSpec(issuer=OFFICE, year=2023, published=date(2024, 1, 12), paste="plain")
    written = write_report(random.Random(3), spec)
    printed = print_report(written.blocks, repeat_header=True, bars=False, embedded=True)
    (documents / "2023.html").write_bytes(generate_report(random.Random(3), spec).html)
    (documents / "2023-file.pdf").write_bytes(printed.body)
    (documents / "alone.pdf").write_bytes(printed.body + b"\n")
    (documents / "alone.docx").write_bytes(word_file(random.Random(4), written.blocks))
    (documents / "news.html").write_text(
        "<html><body><p>我县召开政府信息公开工作会议</p></body></html>", encoding="utf-8"
    )
    about = made.folder / "about.csv"
    about.write_text("file,attachment_of\n2023-file.pdf,2023.html\n", encoding="utf-8")
    assert made.run("import", "files", documents, "--about", about).status == 0
    made.reparse()
    return made


def told_apart(
    before: dict[tuple[str, ...], dict[str, Any]], after: dict[tuple[str, ...], dict[str, Any]]
) -> set[tuple[str, ...]]:
    """Which cells are not what they were."""
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


@pytest.mark.slow
def test_a_changed_label_shows_in_exactly_the_cells_it_changed_and_goes_without_a_trace(workshop: Workshop) -> None:
    first, content, parses = workshop.cells(), workshop.content(), workshop.parses()
    version = next(p["parser"] for p in parses if p["reader"] == "html")
    for table, (right, wrong) in LABELS.items():
        workshop.change("forms/form2021.toml", right, wrong)
        assert workshop.reparse().out.splitlines()[-1] == "report 5"  # every reader reads by the forms
        changed = told_apart(first, workshop.cells())
        assert {table} == {key[1] for key in changed}, changed
        found = workshop.diff(version)
        cells = [(d["report_id"], d["table"], d["row"], d["column"]) for d in found if d["kind"].startswith("cell ")]
        assert sorted(cells) == sorted(changed)
        for difference in found:
            key = (difference["report_id"], difference["table"], difference["row"], difference["column"])
            if difference["kind"].startswith("cell ") and difference["old"] is not None:
                old = difference["old"]
                assert (old["raw"], old["evidence"]) == (first[key]["raw"], json.loads(first[key]["evidence"]))
        workshop.change("forms/form2021.toml", wrong, right)
        assert workshop.reparse().out == ""
    assert workshop.diff(version) == []
    assert workshop.content() == content
    assert len(workshop.parses()) == (1 + len(LABELS)) * len(parses)


def test_a_change_in_one_reader_reads_again_what_it_reads_and_nothing_else(workshop: Workshop) -> None:
    before = {(p["version"], p["parser"]) for p in workshop.parses()}
    version = next(p["parser"] for p in workshop.parses() if p["reader"] == "html+pdf")
    path = workshop.code / "gicrawl" / "parser" / "readers" / "pdf_grid.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# A remark.\n", encoding="utf-8")
    with_pdf = {p["version"] for p in workshop.parses() if "pdf" in p["reader"].split("+")}
    assert len(with_pdf) == 2
    workshop.reparse()
    after = {(p["version"], p["parser"]) for p in workshop.parses()}
    assert before < after
    assert sorted(version for version, _ in after - before) == sorted(with_pdf)
    same = workshop.run("diff", version)
    assert (same.status, same.out, len(same.said)) == (0, "", 1)
