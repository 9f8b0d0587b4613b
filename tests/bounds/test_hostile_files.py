"""Files made to take everything: each ends in one object within seconds, and the report among them is read."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hostile import HOSTILE

from gicrawl.archive.store import open_archive
from gicrawl.cli import cli
from gicrawl.corpus.views import parses
from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.sample import ReportSpec, generate_report
from gicrawl.sample.issuers import Issuer

if TYPE_CHECKING:
    from click.testing import Result

_LIMITS = ("--time-limit", "2", "--memory-limit", "500", "--lang", "en")
_STOPPED = {"million.html", "spans.html"}
"""What no reader's own measure ends; whether time or memory ends it first depends on the machine."""
_REMEDY = {"parser_timeout": "--time-limit", "parser_over_memory": "--memory-limit"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    for name, make in HOSTILE.items():
        (made / name).write_bytes(make())
    issuer = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "县水利局")
    spec = ReportSpec(issuer=issuer, year=2022, published=date(2023, 1, 12), paste="plain")
    (made / "report.html").write_bytes(generate_report(random.Random(5), spec).html)
    return made


def within(*arguments: str) -> Result:
    """A command run by this process, whose workers are processes of their own all the same."""
    return CliRunner().invoke(cli, arguments, prog_name="gicrawl")


def gicrawl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gicrawl", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_every_hostile_file_ends_in_one_object_and_the_report_is_read(folder: Path) -> None:
    before = os.times()
    names = [*HOSTILE, "report.html"]
    done = gicrawl(folder, "parse", *_LIMITS, "--workers", "2", *names)
    spent = os.times()
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["source"] for one in objects] == names
    assert objects[-1]["status"] == "report"
    for one in objects[:-1]:
        assert one["status"] in {"failed", "not_a_report"}, one["source"]
        assert one["problems"], one["source"]
        assert not one["cells"], one["source"]
    for one in objects:
        if one["source"] in _STOPPED:
            (problem,) = one["problems"]
            assert f"allow it more with {_REMEDY[problem['code']]} " in problem["message"]
            assert one["status"] == "failed"
            assert one["sha256"]
            assert one["media_type"] == "text/html"
            assert f"{one['source']}: " in done.stderr
    assert spent.children_user + spent.children_system - before.children_user - before.children_system < 40


def test_check_goes_on_past_a_hostile_file(folder: Path) -> None:
    spans, report = str(folder / "spans.html"), str(folder / "report.html")
    done = within("check", *_LIMITS, "--format", "jsonl", spans, report)
    assert done.exit_code in {0, 1}
    assert done.stderr.startswith(f"{spans}: this document takes more than ")
    assert {json.loads(line)["source"] for line in done.stdout.splitlines()} == {report}


def test_reparse_goes_on_past_a_hostile_file(folder: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    for name in ("spans.html", "report.html"):
        (given / name).write_bytes((folder / name).read_bytes())
    archive = str(tmp_path / "a.db")
    brought = within("import", "files", str(given), "--archive", archive)
    assert brought.exit_code == 0, brought.stderr
    done = within("reparse", *_LIMITS, "--workers", "1", "--archive", archive)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == ["failed 1", "report 1"]
    with open_archive(Path(archive)) as opened:
        codes = [problem.code for parse in parses(opened) for problem in parse.problems]
    assert len([code for code in codes if code in _REMEDY]) == 1


@pytest.mark.parametrize("command", ["parse", "check", "reparse", "nightly"])
def test_every_command_that_parses_can_be_given_bounds(command: str) -> None:
    told = {option.name: option.envvar for option in cli.commands[command].params}
    assert told["time_limit"] == "GICRAWL_TIME_LIMIT"
    assert told["memory_limit"] == "GICRAWL_MEMORY_LIMIT"


def test_a_pipe_without_end_is_refused(folder: Path) -> None:
    report = str(folder / "report.html")
    done = within("parse", *_LIMITS, "/dev/zero", report)
    assert done.exit_code == 1
    assert "/dev/zero" in done.stderr.splitlines()[0]
    assert json.loads(done.stdout)["source"] == report


def test_growing_lines_take_time_in_proportion() -> None:
    """Patterns that looked back over a line from each of its places took minutes for a hundred kilobytes."""
    title = "甘泉县2023年政府信息公开工作年度报告"
    parse([Source(title.encode())])
    for unit in ("0", "一", "（1 ", "年", "1."):
        began = time.process_time()
        parse([Source((title + unit * (40_000 // len(unit))).encode())])
        assert time.process_time() - began < 3.0, unit
