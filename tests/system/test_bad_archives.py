"""An archive, a disk or a pipe that gives way costs one line, and nothing that was done."""

import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from whole import DELAY, SCRIPT, Walk, bodies_in, captures, ended, gicrawl, held_of, start

from gicrawl.archive.store import open_archive
from gicrawl.sample import SampleServer

# Archives

COMMANDS = (
    ("reparse",),
    ("check",),
    ("status",),
    ("verify",),
    ("verify", "--content"),
    ("export", "--format", "csv", "--to", "tables"),
)


FILLING = (("crawl", "http://127.0.0.1:9/"), ("import", "files", "."))


@pytest.mark.parametrize("command", [*COMMANDS, *FILLING], ids=" ".join)
def test_an_archive_that_is_none_is_one_line_and_stays_as_it_is(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "text.db").write_text("no archive at all\n" * 200, encoding="utf-8")
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    for name in ("text.db", "other.db") if command in {("verify",), *FILLING} else ("text.db",):
        before = (tmp_path / name).read_bytes()
        done = gicrawl(*command, "--archive", name, "--lang", "en", cwd=tmp_path)
        assert done.status == 3
        (line,) = done.said
        assert name in line
        assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize("command", COMMANDS[1:4], ids=" ".join)
def test_a_missing_archive_is_one_line_and_none_is_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = gicrawl(*command, "--archive", "none.db", "--lang", "en", cwd=tmp_path)
    assert done.status == 3
    (line,) = done.said
    assert "none.db" in line
    assert "gicrawl crawl" in line
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("command", [*COMMANDS, *FILLING], ids=" ".join)
def test_an_archive_of_a_newer_gicrawl_is_one_line_and_stays_as_it_is(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    with open_archive(tmp_path / "a.db", create=True):
        pass
    with sqlite3.connect(tmp_path / "a.db") as newer:
        row = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', 'm900_future', '')"
        newer.execute(row)
    newer.close()
    before = (tmp_path / "a.db").read_bytes()
    done = gicrawl(*command, "--archive", "a.db", "--lang", "en", cwd=tmp_path)
    assert done.status == 3
    (line,) = done.said
    assert "a.db" in line
    assert "newer gicrawl" in line
    assert "update gicrawl" in line
    assert done.out == ""
    assert (tmp_path / "a.db").read_bytes() == before


def test_an_archive_cut_short_is_damaged_in_one_line_a_finding(tmp_path: Path, from_home: Walk) -> None:
    with sqlite3.connect(from_home.archive) as source, sqlite3.connect(tmp_path / "cut.db") as target:
        source.backup(target)
    target.close()
    source.close()
    whole = (tmp_path / "cut.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(whole[: len(whole) // 2])
    done = gicrawl("verify", "--archive", "cut.db", "--lang", "en", cwd=tmp_path)
    assert done.status in {1, 3}
    assert "cut.db" in done.err
    for command in (("status",), ("verify", "--content"), ("export", "--format", "csv", "--to", "tables")):
        done = gicrawl(*command, "--archive", "cut.db", "--lang", "en", cwd=tmp_path)
        assert done.status == 3, command
        (line,) = done.said
        assert "cut.db" in line
    assert not list((tmp_path / "tables").glob("*")) if (tmp_path / "tables").exists() else True


def test_a_full_disk_ends_a_crawl_in_one_line_and_the_next_run_completes_it(
    tmp_path: Path, served: SampleServer, from_home: Walk
) -> None:
    archive = tmp_path / "a.db"
    arguments = ("crawl", "lanxi", "--portals", served.portals_file, "--archive", archive, "--delay", DELAY)
    first = gicrawl(*arguments, "--max-pages", "6")
    assert first.status == 0, first.err
    before = sum(1 for _ in captures(archive))
    # No file may grow beyond this many kilobytes: what a full disk looks like to whoever writes.
    limit = f'ulimit -f {archive.stat().st_size // 1024 + 150}; exec "$0" "$@"'
    done = ended(start(*arguments, "--lang", "en", command=("bash", "-c", limit, SCRIPT)))
    assert done.status == 3, done.err
    said = [line for line in done.said if str(archive) in line]
    assert said
    assert done.said[-1] == said[-1]
    assert "space" in said[-1] or "full" in said[-1]
    assert gicrawl("verify", "--archive", archive).status == 0
    assert sum(1 for _ in captures(archive)) >= before
    again = gicrawl(*arguments)
    assert again.status == 0, again.err
    assert held_of(archive, "lanxi") == held_of(from_home.archive, "lanxi")


_FULL = """
mkdir disk && mount -t tmpfs -o size=1m none disk || exit 77
import() { "$0" import files folder --archive disk/a.db --lang en; echo "$?" >&2; }
import 2> full
cp disk/a.db disk/a.db-wal . && "$0" verify --archive a.db > /dev/null 2> verified; echo "$?" >> verified
mount -o remount,size=64m disk
import 2> room
"$0" reparse --archive disk/a.db --workers 1 2> parsed; echo "$?" >> parsed
mount -o remount,size="$(du -k disk | tail -1 | cut -f1)k" disk
"$0" reparse --all --archive disk/a.db --workers 1 --lang en 2> reparsed; echo "$?" >> reparsed
"$0" export --archive disk/a.db --format csv --to disk/tables --lang en 2> exported; echo "$?" >> exported
mount -o remount,size=64m disk
"$0" verify --content --archive disk/a.db
"""


@pytest.mark.slow
def test_a_disk_that_really_is_full_loses_nothing_that_was_done(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for number in range(150):
        text = f"某县第{number}局2021年政府信息公开工作年度报告\n{random.Random(number).randbytes(8000).hex()}\n"
        (tmp_path / "folder" / f"{number}.txt").write_text(text, encoding="utf-8")
    whole = tmp_path / "whole.db"
    for command in (("import", "files", tmp_path / "folder"), ("reparse",)):
        assert gicrawl(*command, "--archive", whole).status == 0
    done = ended(start(command=("unshare", "--mount", "bash", "-c", _FULL, SCRIPT), cwd=tmp_path))
    if done.status == 77 or not (tmp_path / "full").exists():
        pytest.skip(f"no small file system can be mounted here: {done.err}")
    assert done.status == 0, done.err
    full, status = said(tmp_path / "full")
    assert status == "3"
    assert "disk/a.db" in full[-1]
    assert "make room" in full[-1]
    assert len(full) == 1
    assert said(tmp_path / "verified")[1] == "0"
    assert said(tmp_path / "room")[1] == "0"
    assert said(tmp_path / "parsed")[1] == "0"
    for name in ("reparsed", "exported"):
        told, status = said(tmp_path / name)
        assert status == "3", name
        assert len(told) == 1, told
        assert "disk" in told[0]
    assert done.out.splitlines()[-2:] == gicrawl("verify", "--content", "--archive", whole).out.splitlines()


_NO_MORE_FILES = """
mkdir disk && mount -t tmpfs -o size=8m none disk || exit 77
"$0" crawl 127.0.0.1:9 --archive disk/a.db --delay 0 2> first
rm disk/a.db.hosts/*
mount -o remount,nr_inodes=$(($(df --output=iused disk | tail -1) + 2)) disk  # SQLite's own two files, and no other
"$0" crawl 127.0.0.1:9 --archive disk/a.db --delay 0 --lang en 2> crawled; echo "$?" >> crawled
"""


def test_a_crawl_that_cannot_note_whose_turn_it_is_visits_nobody_and_says_why(tmp_path: Path) -> None:
    done = ended(start(command=("unshare", "--mount", "bash", "-c", _NO_MORE_FILES, SCRIPT), cwd=tmp_path))
    if done.status == 77 or not (tmp_path / "crawled").exists():
        pytest.skip(f"no small file system can be mounted here: {done.err}")
    told, status = said(tmp_path / "crawled")
    assert status == "3"
    assert ".lock" in told[-1]
    assert "make room" in told[-1]


def said(path: Path) -> tuple[list[str], str]:
    """What a command told on standard error, and the exit status noted behind it."""
    *told, status = path.read_text(encoding="utf-8").splitlines()
    return told, status


def test_a_second_crawl_started_while_one_runs_takes_its_turn(tmp_path: Path, served: SampleServer) -> None:
    archive = tmp_path / "a.db"
    arguments = ("crawl", served.origin("lanxi"), "--archive", archive, "--delay", DELAY, "--max-pages", "12")
    already = len(served.requests())
    running = start(*arguments)
    served.wait_for_requests(already + 3)
    second = gicrawl(*arguments)
    first = ended(running)
    assert (first.status, second.status) == (0, 0), first.err + second.err
    assert gicrawl("verify", "--archive", archive).status == 0


def test_an_interrupted_crawl_says_so_and_keeps_what_it_fetched(tmp_path: Path, served: SampleServer) -> None:
    archive = tmp_path / "a.db"
    already = len(served.requests())
    running = start("crawl", served.origin("lanxi"), "--archive", archive, "--delay", "0.1", "--lang", "en")
    served.wait_for_requests(already + 8)
    running.send_signal(signal.SIGINT)
    done = ended(running)
    assert done.status == 3, done.err
    assert "interrupted" in done.said[-1]
    asked = [e for e in served.requests()[already:] if not e.aborted]
    assert sum(bool(capture.request_head) for capture in captures(archive)) == len(asked) >= 8
    assert gicrawl("verify", "--archive", archive).status == 0


# Files and pipes


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_to_where_nothing_can_be_written_is_one_line(tmp_path: Path, from_home: Walk, form: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    places = [Path("/proc/gicrawl-tables"), tmp_path / "file" / "tables"]
    if os.geteuid() != 0:  # root may write anywhere
        (tmp_path / "locked").mkdir(mode=0o500)
        places.append(tmp_path / "locked")
    for place in places:
        done = gicrawl("export", "--archive", from_home.archive, "--format", form, "--to", place, "--lang", "en")
        assert done.status == 3, done.err
        (line,) = done.said
        assert str(place) in line
    done = gicrawl("export", "--archive", from_home.archive, "--format", form, "--to", tmp_path / "file")
    assert done.status in {2, 3}
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_an_export_that_runs_out_of_space_leaves_the_files_of_the_last_one(tmp_path: Path, from_home: Walk) -> None:
    arguments = ("export", "--archive", from_home.archive, "--format", "csv", "--to", tmp_path / "tables")
    assert gicrawl(*arguments).status == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "tables").iterdir()}
    limit = 'ulimit -f 200; exec "$0" "$@"'
    done = ended(start(*arguments, "--lang", "en", command=("bash", "-c", limit, SCRIPT)))
    assert done.status == 3
    (line,) = done.said
    assert str(tmp_path) in line
    assert {path.name: path.read_bytes() for path in (tmp_path / "tables").iterdir()} == before


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path, from_home: Walk) -> None:
    for number in range(20):
        body = "某县2021年政府信息公开工作年度报告" * 500
        (tmp_path / f"{number}.txt").write_text(body, encoding="utf-8")
    files = " ".join(f"{number}.txt" for number in range(20))
    archive = from_home.archive
    for command in (
        f"parse {files}",
        f"check --archive {archive} --format jsonl",
        f"status --archive {archive}",
        f"verify --content --archive {archive}",
        f"export --archive {archive} --format jsonl --to {tmp_path / 'tables'}",
    ):
        line = f'set -o pipefail; "{SCRIPT}" {command} | head -1'
        done = ended(start(command=("bash", "-c", line), cwd=tmp_path))
        assert len(done.out.splitlines()) == 1, command
        assert (done.status, done.err) == (0, ""), command


def test_a_crawl_whose_output_nobody_reads_is_archived_all_the_same(tmp_path: Path, served: SampleServer) -> None:
    archive = tmp_path / "a.db"
    process = start("crawl", served.origin("lanxi"), "--archive", archive, "--delay", DELAY, "--max-pages", "10")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err
    assert process.returncode == 0
    assert bodies_in(archive) >= 6
    assert gicrawl("verify", "--archive", archive).status == 0


@pytest.mark.slow
def test_an_archive_another_program_holds_is_one_line(tmp_path: Path, from_home: Walk) -> None:
    archive = tmp_path / "a.db"
    with sqlite3.connect(from_home.archive) as source, sqlite3.connect(archive) as target:
        source.backup(target)
    source.close()
    target.close()
    assert gicrawl("status", "--archive", archive).status == 0
    holder = sqlite3.connect(archive, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        done = gicrawl("status", "--archive", archive, "--lang", "en")
        assert done.status == 0, done.err  # reading goes on
        assert time.monotonic() - began < 20
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "a.txt").write_text("x", encoding="utf-8")
        commands = (("import", "files", "folder"), ("crawl", "http://127.0.0.1:9/"), ("reparse", "--all"))
        waiting = [start(*command, "--archive", archive, "--lang", "en", cwd=tmp_path) for command in commands]
        for process in waiting:
            done = ended(process)
            assert done.status == 3, done
            assert "locked" in done.said[-1]
            assert "try again" in done.said[-1]
    finally:
        holder.close()
