"""What an interrupted crawl leaves behind, whatever it was waiting for."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest
from crawl_process import start
from rawserver import RawServer, page, raw

from gicrawl.archive.records import Outcome
from gicrawl.archive.store import open_archive

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

TEXT = "本机关依照条例编制本年度报告。" * 40
SOON = 10
"""Seconds: a few, and what a busy machine takes to end a process."""


def wait_for(server: RawServer, path: str) -> None:
    while path not in server.paths():
        time.sleep(0.02)


def end(process: subprocess.Popen[str], *signals: signal.Signals) -> None:
    """Sends the signals and waits for an orderly end, soon."""
    for number in signals:
        process.send_signal(number)
        time.sleep(0.1)
    _, err = process.communicate(timeout=SOON)
    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_interrupted_crawl_ends_cleanly_and_keeps_what_it_has(archive_path: Path) -> None:
    names = [f"a{number}" for number in range(30)]
    with RawServer({f"/{name}": page(TEXT + name) for name in names}) as server:
        process = start(archive_path, server, 0.2, names)
        while "/a3" not in server.paths():
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 0, err
        assert len(server.visits) < 12
    assert "Traceback" not in err
    with open_archive(archive_path) as archive:
        assert len(list(archive.captures())) == len(server.visits)
        assert [run.status for run in archive.runs()] == ["interrupted"]


@pytest.mark.parametrize("signals", [(signal.SIGTERM,), (signal.SIGINT, signal.SIGINT)])
def test_an_answer_under_way_is_kept_as_torn(archive_path: Path, signals: tuple[signal.Signals, ...]) -> None:
    begun = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html>begun", b"ended", pause=60)
    with RawServer({"/a": begun, "/b": page(TEXT)}) as server:
        process = start(archive_path, server, 0.0, ["a", "b"])
        wait_for(server, "/a")
        time.sleep(0.3)
        end(process, *signals)
        assert server.paths() == ["/robots.txt", "/a"]
    with open_archive(archive_path) as archive:
        (capture,) = (capture for capture in archive.captures() if capture.final_url.endswith("/a"))
        assert capture.outcome is Outcome.TRUNCATED
        assert capture.error is not None
        assert "the crawl was ended" in capture.error
        assert archive.wire(capture.id) == b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html>begun"


def test_an_answer_that_comes_in_time_is_kept_whole(archive_path: Path) -> None:
    with RawServer({"/a": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234", b"56789", pause=1)}) as server:
        process = start(archive_path, server, 0.0, ["a"])
        wait_for(server, "/a")
        end(process, signal.SIGINT)
    with open_archive(archive_path) as archive:
        assert [capture.outcome for capture in archive.captures()] == [Outcome.NOT_FOUND, Outcome.OK]


def test_nobody_waits_for_the_end_of_a_pause(archive_path: Path) -> None:
    names = [f"a{number}" for number in range(20)]
    with RawServer({f"/{name}": page(TEXT + name) for name in names}) as server:
        process = start(archive_path, server, 60.0, names)
        wait_for(server, "/robots.txt")
        time.sleep(0.5)
        end(process, signal.SIGINT)
        assert server.paths() == ["/robots.txt"]
    with open_archive(archive_path) as archive:
        assert [run.status for run in archive.runs()] == ["interrupted"]
        assert len(list(archive.captures())) == 1


def test_a_rest_the_host_asked_for_holds_nobody_up(archive_path: Path) -> None:
    busy = page("busy", "Retry-After: 50", status="503 Service Unavailable")
    with RawServer({"/a": busy, "/b": page(TEXT)}) as server:
        process = start(archive_path, server, 0.0, ["a", "b"])
        wait_for(server, "/a")
        time.sleep(0.5)
        end(process, signal.SIGTERM)
        assert server.paths() == ["/robots.txt", "/a"]


def test_a_robots_txt_cut_off_by_the_end_says_nothing_about_the_host(archive_path: Path) -> None:
    moved = page("moved", "Location: /rules.txt", status="301 Moved Permanently")
    begun = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nUser-agent", b": *", pause=60)
    with RawServer({"/robots.txt": moved, "/rules.txt": begun, "/a": page(TEXT)}) as server:
        process = start(archive_path, server, 0.0, ["a"])
        wait_for(server, "/rules.txt")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SOON)
        assert process.returncode == 0, err
        assert "cannot be reached" not in err
        assert "/a" not in server.paths()
