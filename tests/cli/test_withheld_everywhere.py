"""A report that is withheld, or erased, is told by no command and no export: what they say is searched for it."""

from __future__ import annotations

import gzip
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from made_reports import OFFICE, made
from pyarrow import parquet
from test_diff_command import LOST, older, parse_worse

from gicrawl.cli import cli
from gicrawl.corpus.reparse import reparse
from gicrawl.corpus.worker import Engine
from gicrawl.parser import reader_for

if TYPE_CHECKING:
    from pathlib import Path

    from console import Run

HOST = "http://www.yunping.example"
URL = f"{HOST}/nb/t20230112.html"
NAME, NUMBER, LATER = "章密铭", "987654", "876543"
WHO = ("--who", "an editor", "--why", "names a person")
CELL = f"applications/{LOST}/natural_person"
PRINTING = (
    ("explain", URL),
    ("explain", URL, "--format", "json"),
    ("explain", URL, "--cell", CELL),
    ("explain", URL, "--cell", CELL, "--format", "prov"),
    ("explain", "secret.html", "--format", "json"),
    ("explain", OFFICE.name, "2022", "--format", "json"),
    ("explain", OFFICE.name, "2022", "--cell", CELL),
    ("history", URL),
    ("history", URL, "--format", "json"),
    ("history", OFFICE.name, "2022", "--format", "json"),
    ("diff",),
    ("diff", "--format", "jsonl"),
    ("check",),
    ("check", "--format", "jsonl"),
    ("check", "--lang", "zh"),
    ("status",),
    ("status", "--format", "json"),
    ("reparse", "--dry-run"),
    ("verify",),
    ("withhold", "--list"),
)
EXPORTS = ("csv", "jsonl", "parquet", "warc")


def _secret(number: str) -> bytes:
    """A report whose title, prose and table hold what nobody is to see."""
    page = made(year=2022).html.decode()
    page = page.replace("</title>", f"（{NAME}）</title>")
    page = page.replace("</body>", f"<p>主动公开政府信息{number}条，联系人{NAME}。</p></body>")
    page, count = re.subn(
        r"(信访举报投诉类申请.*?<td[^>]*>(?:<[^>]*>)*)\d+", rf"\g<1>{number}", page, count=1, flags=re.DOTALL
    )
    assert count == 1
    return page.encode()


@pytest.fixture
def archive(gicrawl: Run, tmp_path: Path) -> Path:
    """Two versions of a report, one of them seen by two parsers, and another report."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "secret.html").write_bytes(_secret(NUMBER))
    (folder / "later.html").write_bytes(_secret(LATER))
    (folder / "open.html").write_bytes(made(year=2021).html)
    lines = (
        "file,url,captured,portal",
        f"secret.html,{URL},2023-01-20,yunping",
        f"later.html,{URL},2024-03-05,yunping",
        f"open.html,{HOST}/nb/2021.html,2023-01-20,yunping",
    )
    (tmp_path / "about.csv").write_text("\n".join(lines), encoding="utf-8")
    assert gicrawl("import", "files", "files", "--about", "about.csv").returncode == 0
    path = tmp_path / "archive" / "gicrawl.db"
    reparse(path, engine=Engine(parse=parse_worse, reader_for=reader_for, version=older), workers=1)
    assert gicrawl("reparse", "--workers", "1").returncode == 0
    return path


def _read(path: Path) -> str:
    if path.suffix == ".parquet":
        return str(parquet.read_table(path).to_pylist())
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")


def _printed(path: Path, *arguments: str) -> str:
    """What a command says, run in this process: there are many."""
    done = CliRunner().invoke(cli, [*arguments, "--archive", str(path)])
    assert done.exit_code in (0, 1), (arguments, done.output)
    return done.output


def _told(path: Path, to: Path) -> list[str]:
    """Where a word of the report is found, in whatever spelling."""
    marks = (NAME, NUMBER, LATER, NAME.encode("unicode_escape").decode(), "987,654", "876,543")
    said: dict[str, str] = {}
    for arguments in PRINTING:
        said[" ".join(arguments)] = _printed(path, *arguments)
    for form in EXPORTS:
        _printed(path, "export", "--format", form, "--to", str(to / form))
        for file in (to / form).iterdir():
            said[f"export {form} {file.name}"] = _read(file)
    return [where for where, text in said.items() if any(mark in text for mark in marks)]


def test_what_is_withheld_or_erased_is_told_by_nothing(archive: Path, tmp_path: Path) -> None:
    before = _told(archive, tmp_path / "before")
    assert {one.split()[0] for one in before} == {"explain", "history", "diff", "check", "export"}
    assert {one.split()[1] for one in before if one.startswith("export")} == set(EXPORTS)
    shutil.copy(archive, tmp_path / "elsewhere.db")
    content = _printed(archive, "verify", "--content").splitlines()[0]

    _printed(archive, "withhold", URL, *WHO)
    assert _told(archive, tmp_path / "withheld") == []
    assert _printed(archive, "verify", "--content").startswith(content)

    _printed(archive, "withhold", URL, "--erase", "--yes", *WHO)
    _printed(archive, "merge", str(tmp_path / "elsewhere.db"))
    _printed(archive, "reparse", "--all", "--workers", "1")
    assert _told(archive, tmp_path / "erased") == []
    assert "everything is as it was stored" in _printed(archive, "verify", "--lang", "en")
    assert "erased body" in _printed(archive, "withhold", "--list")
