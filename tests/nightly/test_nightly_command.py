"""`gicrawl nightly` as a timer starts it, on the sample portals: twice, tomorrow, in summer, without a network."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tampering import tamper
from timer import night, written_twice

from gicrawl.archive.cleaning import make_cleaned
from gicrawl.archive.history import FAILS
from gicrawl.archive.records import Role
from gicrawl.archive.store import open_archive
from gicrawl.corpus.status import status
from gicrawl.nightly.due import in_season, rules
from gicrawl.nightly.lock import held
from gicrawl.portals.registry import load
from gicrawl.sample import SampleServer

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

pytestmark = pytest.mark.slow

Run = Callable[..., "CompletedProcess[str]"]
Night = tuple["Path", "CompletedProcess[str]"]
"""Its archive, and how it ended."""


@dataclass(frozen=True)
class First:
    """The sample portals, and what stood there after their first night: served anew for each process of the tests."""

    server: SampleServer
    archive: Path
    done: CompletedProcess[str]


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    with SampleServer() as running:
        yield running


@pytest.fixture(scope="module")
def first(server: SampleServer, once: Callable[[str, Callable[[Path], Night]], Night]) -> First:
    def make(folder: Path) -> Night:
        archive = folder / "gicrawl.db"
        return archive, night("--portals", server.portals_file, "--archive", archive, cwd=folder)

    archive, done = once("first-night", make)
    return First(server, archive, done)


@pytest.fixture
def archive(first: First, tmp_path: Path) -> Path:
    """A copy of the archive after the first night."""
    copy = tmp_path / "gicrawl.db"
    with (
        closing(sqlite3.connect(first.archive)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def counts(archive: Path) -> dict[str, int]:
    with open_archive(archive) as opened:
        return {
            table: opened.db[table].count for table in ("captures", "bodies", "links", "judgements", "parses", "cells")
        }


def figures(report: str, word: str) -> list[int]:
    (line,) = [line for line in report.splitlines() if line.startswith(f"{word} ")]
    return [int(number) for number in re.findall(r"\d+", line)]


def last_summary(archive: Path) -> dict[str, Any]:
    with open_archive(archive) as opened:
        (run, *_) = [run for run in reversed(opened.runs()) if run.kind == "nightly"]
    assert run.status == "finished"
    return dict(run.summary)


def test_the_first_night_crawls_parses_checks_and_reports(first: First) -> None:
    assert first.done.returncode == 0, first.done.stderr
    report = first.done.stdout
    assert figures(report, "portals") == [2, 0, 0, 0]
    assert figures(report, "reports")[0] > 60
    assert figures(report, "reports")[1:] == [0, 0]
    assert figures(report, "checks")[0] > 0  # printed so: told, and no alarm
    assert figures(report, "alarms") == [0, 0, 0, 0]
    with open_archive(first.archive) as opened:
        assert [(run.kind, run.status) for run in opened.runs()] == [
            ("nightly", "finished"),
            ("nightly_crawl", "finished"),
        ]
        (made,) = opened.db.conn.execute("SELECT count(*) FROM digests WHERE kind = 'cleaned'").fetchone()
        assert made > 60
        assert make_cleaned(opened) == 0  # of every page, so that a history by day does not wait for them


def test_a_second_night_right_after_asks_for_nothing_and_adds_nothing(
    first: First, archive: Path, nightly: Run
) -> None:
    before, asked = counts(archive), len(first.server.requests())
    done = nightly("--portals", first.server.portals_file, "--archive", archive)
    assert done.returncode == 0, done.stderr
    assert len(first.server.requests()) == asked
    assert counts(archive) == before
    assert figures(done.stdout, "portals") == [0, 0, 0, 2]
    assert figures(done.stdout, "reports") == [0, 0, 0]
    assert figures(done.stdout, "checks") == [0]


def when_only_lists_are_due() -> datetime:
    """The next night on which the lists are due and the articles are not, by the bundled rules."""
    now = datetime.now(UTC)
    for count in range(1, 15):
        moment = now + timedelta(days=count)
        if count < 7 if in_season(moment, rules()) else count >= 14:
            return moment
    pytest.skip("between two and one weeks before the season everything falls due at once")


def test_when_only_lists_are_due_only_robots_and_lists_are_asked_for(first: First, archive: Path, nightly: Run) -> None:
    before, asked = counts(archive), len(first.server.requests())
    with open_archive(archive) as opened:
        captures = list(opened.captures())
    roles = {capture.final_url: capture.role for capture in captures}
    failed = {capture.final_url for capture in captures if capture.outcome in FAILS}
    done = nightly(
        "--portals", first.server.portals_file, "--archive", archive, "--at", when_only_lists_are_due().isoformat()
    )
    assert done.returncode == 0, done.stderr
    hosts = {portal.id: portal.home.rstrip("/") for portal in load(first.server.portals_file)}
    new = [f"{hosts[request.portal]}{request.target}" for request in first.server.requests()[asked:]]
    assert {roles[url] for url in new if url not in failed} == {Role.ROBOTS, Role.LIST}
    assert written_twice(archive) == 0  # pages on the way were shown from the archive
    after = counts(archive)
    assert {name: after[name] for name in ("parses", "cells")} == {name: before[name] for name in ("parses", "cells")}


def test_after_a_month_everything_is_asked_for_again_and_nothing_is_new(
    first: First, archive: Path, nightly: Run
) -> None:
    before, asked = counts(archive), len(first.server.requests())
    later = datetime.now(UTC) + timedelta(days=45)
    done = nightly("--portals", first.server.portals_file, "--archive", archive, "--at", later.isoformat())
    assert done.returncode == 0, done.stderr
    assert len(first.server.requests()) - asked > 100
    assert figures(done.stdout, "portals") == [2, 0, 0, 0]
    assert figures(done.stdout, "reports") == [0, 0, 0]
    assert counts(archive)["parses"] == before["parses"]


def test_the_report_speaks_chinese(first: First, archive: Path, nightly: Run) -> None:
    done = nightly("--portals", first.server.portals_file, "--archive", archive, "--lang", "zh")
    assert done.returncode == 0, done.stderr
    for word in ("夜间运行", "门户", "抓取", "报告", "校验", "文档", "警报"):
        assert word in done.stdout


def test_a_second_one_while_the_first_runs_says_one_line_and_ends_well(
    first: First, archive: Path, nightly: Run
) -> None:
    before = counts(archive)
    with held(archive, datetime(2026, 2, 2, 1, 30, tzinfo=UTC)):
        done = nightly("--portals", first.server.portals_file, "--archive", archive)
    assert done.returncode == 0, done.stderr
    (line,) = (done.stdout + done.stderr).splitlines()
    assert "2026-02-02T01:30:00Z" in line
    assert socket.gethostname() in line
    assert counts(archive) == before
    again = nightly("--portals", first.server.portals_file, "--archive", archive)
    assert "nothing was done" not in again.stdout  # the lock went with its holder


def test_status_sees_a_night_that_ended_well_and_no_part_of_one(first: First) -> None:
    with open_archive(first.archive) as opened:
        stock = status(opened)
        (night, _) = opened.runs()
    assert stock.last_run is not None
    assert (stock.last_run.kind, stock.last_run.status) == ("nightly", "finished")
    assert night.finished is not None
    assert stock.last_success == night.finished.isoformat()


def test_a_portal_that_is_down_is_named_and_alarms_after_two_nights_once(
    first: First, archive: Path, nightly: Run, tmp_path: Path
) -> None:
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        registry = first.server.portals_file.read_text(encoding="utf-8")
        port = first.server.ports["lanxi"]
        broken = tmp_path / "portals.toml"
        broken.write_text(registry.replace(f":{port}", f":{closed.getsockname()[1]}"), encoding="utf-8")
        month = datetime.now(UTC) + timedelta(days=45)
        done = nightly("--portals", broken, "--archive", archive, "--at", month.isoformat())
    assert done.returncode == 0, done.stdout  # one night is no alarm
    assert "failed   lanxi" in done.stdout
    assert figures(done.stdout, "portals") == [2, 1, 0, 0]


def test_a_portal_outside_its_hours_is_no_outage(first: First, nightly: Run, tmp_path: Path) -> None:
    registry = first.server.portals_file.read_text(encoding="utf-8")
    shut = tmp_path / "portals.toml"
    shut.write_text(re.sub(r"(?m)^(id = .*)$", r'\1\nhours = "03:00-03:30"', registry), encoding="utf-8")
    done = nightly("--portals", shut, "--archive", tmp_path / "new.db", "--at", "2026-11-22T04:00:00+00:00")
    assert done.returncode == 0, done.stdout
    assert "lanxi: not visited: its hours are 03:00-03:30 (Asia/Shanghai)" in done.stderr
    assert figures(done.stdout, "portals")[:2] == [0, 0]
    assert counts(tmp_path / "new.db")["captures"] == 0


def test_without_a_network_the_night_could_not_do_its_work(
    first: First, archive: Path, nightly: Run, tmp_path: Path
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f":{closed.getsockname()[1]}"
        registry = first.server.portals_file.read_text(encoding="utf-8")
        for port in first.server.ports.values():
            registry = registry.replace(f":{port}", nowhere)
        broken = tmp_path / "portals.toml"
        broken.write_text(registry, encoding="utf-8")
        month = datetime.now(UTC) + timedelta(days=45)
        done = nightly("--portals", broken, "--archive", archive, "--at", month.isoformat())
    assert done.returncode == 3
    assert "none of the portals could be reached" in done.stderr
    with open_archive(archive) as opened:
        assert [run.status for run in opened.runs() if run.kind == "nightly"] == ["finished", "failed"]


def test_a_damaged_body_is_an_alarm_once(first: First, archive: Path, nightly: Run) -> None:
    tamper(archive, "UPDATE bodies SET data = zeroblob(length(data)) WHERE id = 3")
    arguments = ("--portals", first.server.portals_file, "--archive", archive)
    done = nightly(*arguments)
    assert done.returncode == 1, done.stdout
    assert "NEW alarm (error): 1 stored things are not as they were stored" in done.stdout
    known = nightly(*arguments)
    assert known.returncode == 0, known.stdout
    assert "known alarm (error)" in known.stdout
    assert [alarm["kind"] for alarm in last_summary(archive)["alarms"]] == ["archive_damaged"]


def test_a_report_of_one_region_leaves_what_is_known_of_the_others(first: First, archive: Path, nightly: Run) -> None:
    with open_archive(archive) as opened:
        run = opened.start_run("nightly", {}, user_agent="gicrawl/test", vantage=None)
        summary = next(dict(r.summary) for r in opened.runs() if r.kind == "nightly" and r.summary)
        summary["alarms"] = [
            {"kind": "column_empty", "severity": "error", "portal": "lanxi", "members": [], "fields": {"example": "x"}}
        ]
        opened.finish_run(run, "finished", json.loads(json.dumps(summary)))
    done = nightly("--portals", first.server.portals_file, "--archive", archive, "--level", "county")
    assert "known alarm (error): lanxi" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("folder", ["there", "missing/deep"])
def test_a_registry_that_is_wrong_is_wrong_usage_and_touches_nothing(nightly: Run, tmp_path: Path, folder: str) -> None:
    registry = tmp_path / "portals.toml"
    registry.write_text("[[portal]]\nid = 1\n", encoding="utf-8")
    done = nightly("--portals", registry, "--archive", tmp_path / folder / "gicrawl.db")
    assert done.returncode == 2
    assert "portals.toml" in done.stderr
    assert not (tmp_path / folder).exists()


def test_an_archive_that_is_none_could_not_be_worked_on(first: First, nightly: Run, tmp_path: Path) -> None:
    archive = tmp_path / "gicrawl.db"
    archive.write_bytes(b"no archive at all, but long enough to be looked at" * 20)
    done = nightly("--portals", first.server.portals_file, "--archive", archive)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
