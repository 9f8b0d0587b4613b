from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from corpus_fakes import ONE, TWO, Filler, page

from gicrawl.archive.errors import ArchiveMissing
from gicrawl.archive.store import open_archive
from gicrawl.bounds.limits import Bounds
from gicrawl.corpus.digest import corpus_digest
from gicrawl.corpus.reparse import pending, reparse
from gicrawl.corpus.views import parses, reports
from gicrawl.parser.report import Status

if TYPE_CHECKING:
    from gicrawl.corpus.views import ParseRow


def _url(number: int) -> str:
    return f"http://www.ganquan.gov.cn/nb/{number}.html"


def _fill(filler: Filler, count: int) -> None:
    for number in range(count):
        filler.add(_url(number), page(new=number, issuer=f"第{number}镇人民政府"))


def _digest(path: Path) -> str:
    with open_archive(path) as archive:
        return corpus_digest(archive)


def _parses(path: Path) -> list[ParseRow]:
    with open_archive(path) as archive:
        return list(parses(archive))


def test_only_what_is_new_to_the_parser_is_parsed(filler: Filler) -> None:
    _fill(filler, 3)
    first = reparse(filler.path, engine=ONE, workers=1)
    assert (first.new_documents, first.parsed, first.added) == (3, 3, 3)
    again = reparse(filler.path, engine=ONE, workers=1)
    assert (again.new_documents, again.parsed, again.added) == (0, 0, 0)
    filler.add(_url(3), page())
    assert reparse(filler.path, engine=ONE, workers=1).parsed == 1


def test_a_new_parser_parses_beside_the_old_one(filler: Filler) -> None:
    _fill(filler, 2)
    filler.add(_url(9), b"")
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        assert [(work.url, work.parsed_before) for work in pending(archive, engine=TWO)] == [
            (_url(0), True),
            (_url(1), True),
        ]  # not the empty body: its reader is what it was
    assert reparse(filler.path, engine=TWO, workers=1).parsed == 2
    found = _parses(filler.path)
    assert sorted((p.parser, p.current) for p in found if p.reader == "fake") == [
        ("1.0+fake", False),
        ("1.0+fake", False),
        ("2.0+fake", True),
        ("2.0+fake", True),
    ]


def test_parsing_all_again_adds_only_what_is_new(filler: Filler) -> None:
    _fill(filler, 3)
    reparse(filler.path, engine=ONE, workers=1)
    before = _digest(filler.path)
    again = reparse(filler.path, engine=ONE, workers=1, everything=True)
    assert (again.parsed, again.added) == (3, 0)
    assert _digest(filler.path) == before


def test_what_only_libreoffice_opens_is_given_to_it_a_batch_at_a_time(filler: Filler) -> None:
    files = [rb"{\rtf1\ansi %d}" % number for number in range(3)]
    for number, body in enumerate([page(), *files, b"plain text"]):
        filler.add(_url(number), body)
    given: list[list[bytes]] = []
    engine = replace(ONE, prepare=lambda bodies: given.append(list(bodies)))
    assert reparse(filler.path, engine=engine, workers=1).parsed == 5
    assert [sorted(batch) for batch in given] == [files]


def test_limit_takes_the_oldest_and_sample_the_same_ones_each_time(filler: Filler) -> None:
    _fill(filler, 8)
    other = Filler(filler.path.with_name("other.db"))
    _fill(other, 8)
    reparse(filler.path, engine=ONE, workers=1, limit=2)
    assert {p.url for p in _parses(filler.path)} == {_url(0), _url(1)}
    reparse(other.path, engine=ONE, workers=1, sample=3)
    sampled = {p.url for p in _parses(other.path)}
    assert len(sampled) == 3
    reparse(filler.path, engine=ONE, workers=1)
    assert reparse(filler.path, engine=TWO, workers=1, sample=3).parsed == 3
    assert {p.url for p in _parses(filler.path) if p.parser == "2.0+fake"} == sampled


def test_the_result_does_not_depend_on_the_number_of_workers(filler: Filler) -> None:
    _fill(filler, 40)
    other = Filler(filler.path.with_name("other.db"))
    _fill(other, 40)
    told: list[tuple[int, int]] = []
    summary = reparse(filler.path, engine=ONE, workers=2, progress=lambda done, total: told.append((done, total)))
    reparse(other.path, engine=ONE, workers=1)
    assert summary.statuses == (("report", 40),)
    assert told[-1] == (40, 40)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert _digest(filler.path) == _digest(other.path)
    with open_archive(filler.path) as one, open_archive(other.path) as two:
        assert [row.parse for row in reports(one)] == [row.parse for row in reports(two)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_document_that_breaks_the_parser_is_a_failed_parse(filler: Filler, workers: int) -> None:
    _fill(filler, 2)
    filler.add(_url(7), b"raise")
    filler.add(_url(8), b"not gzip", headers={"Content-Encoding": "gzip"})
    summary = reparse(filler.path, engine=ONE, workers=workers)
    assert summary.statuses == (("failed", 2), ("report", 2))
    problems = {p.url: p.problems for p in _parses(filler.path) if p.problems}
    ((broken,), (unreadable,)) = problems[_url(7)], problems[_url(8)]
    assert (broken.code, dict(broken.fields)) == (
        "parser_error",
        {"error": "LookupError: the last straw was not the camel's"},
    )
    assert unreadable.code == "body_unreadable"
    assert "cannot be decoded" in dict(unreadable.fields)["error"]
    assert reparse(filler.path, engine=ONE, workers=workers).parsed == 0


def test_a_document_that_kills_its_worker_stops_nobody(filler: Filler) -> None:
    _fill(filler, 30)
    filler.add(_url(50), b"crash")
    filler.add(_url(51), b"hang")
    filler.add(_url(52), b"crash in the reader")
    for number in range(60, 70):
        filler.add(_url(number), page(new=number))
    summary = reparse(filler.path, engine=ONE, workers=2, bounds=Bounds(seconds=1.5))
    assert summary.statuses == (("failed", 3), ("report", 40))
    assert summary.broken == 3
    failed = {p.url: p for p in _parses(filler.path) if p.status is Status.FAILED}
    crash, hang, reader = failed[_url(50)], failed[_url(51)], failed[_url(52)]
    assert [(p.code, dict(p.fields)) for p in crash.problems] == [("parser_crashed", {"exit": str(-signal.SIGSEGV)})]
    assert [(p.code, dict(p.fields)) for p in hang.problems] == [("parser_timeout", {"seconds": "1.5"})]
    assert (crash.reader, crash.parser) == (hang.reader, hang.parser) == ("fake", "1.0+fake")
    assert (reader.reader, reader.parser, reader.problems[0].code) == ("none", "1.0+none", "parser_crashed")
    assert reparse(filler.path, engine=ONE, workers=2).parsed == 0


_SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from corpus_fakes import SLOW
from gicrawl.corpus.reparse import reparse

if __name__ == "__main__":
    def progress(done, total):
        print(done, total, flush=True)
    reparse(Path(sys.argv[1]), workers=int(sys.argv[2]), engine=SLOW, progress=progress)
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_in_the_middle_it_goes_on_where_it_was(filler: Filler, tmp_path: Path, workers: str) -> None:
    _fill(filler, 60)
    undisturbed = Filler(tmp_path / "undisturbed.db")
    _fill(undisturbed, 60)
    reparse(undisturbed.path, engine=ONE, workers=1)
    script = tmp_path / "run.py"
    script.write_text(_SCRIPT.format(tests=str(Path(__file__).parent)), encoding="utf-8")
    command = [sys.executable, str(script), str(filler.path), workers]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().endswith(" 60\n")
        process.kill()
        process.wait()
        # Workers hold the archive open until they see that they are alone: a commit in the log that its writer died
        # before announcing is seen only by who opens it after them.
        assert _session_is_over(process.pid)
        done = len(_parses(filler.path))
        assert 0 < done < 60
    summary = reparse(filler.path, engine=ONE, workers=1)
    assert summary.parsed == 60 - done
    assert _digest(filler.path) == _digest(undisturbed.path)


def _session_is_over(session: int) -> bool:
    """Whether the workers of a killed parent are gone, too: they must not wait for ever for a parent that is not."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_two_reparses_at_once_add_each_parse_once(filler: Filler, tmp_path: Path) -> None:
    _fill(filler, 30)
    script = tmp_path / "run.py"
    script.write_text(_SCRIPT.format(tests=str(Path(__file__).parent)), encoding="utf-8")
    command = [sys.executable, str(script), str(filler.path), "1"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert len(_parses(filler.path)) == 30


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        reparse(tmp_path / "none.db", engine=ONE)
    with pytest.raises(ValueError, match="at least one"):
        reparse(tmp_path / "none.db", engine=ONE, workers=0)
