import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gicrawl.archive.store import open_archive
from gicrawl.sample import SampleServer

STARTED = """
import contextlib, os, pathlib, signal, sqlite3, subprocess, sys, time

def captured(path):
    with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("select count(*) from captures").fetchone()[0] > 0

path = pathlib.Path(sys.argv[1])
process = subprocess.Popen(sys.argv[2:], start_new_session=True)
while not (path.exists() and (path.suffix != ".db" or captured(path))):
    assert process.poll() is None
    time.sleep(0.05)
time.sleep(0.3)
os.killpg(process.pid, signal.SIGINT)
sys.exit(process.wait())
"""


def interrupted(arguments: list[str], folder: Path, when: Path) -> "subprocess.CompletedProcess[str]":
    """Starts a command and interrupts it as Ctrl-C does, every process of its group.

    It is given time until `when` exists and, if that is an archive, holds a capture.
    """
    return subprocess.run(
        [sys.executable, "-c", STARTED, str(when), sys.executable, "-m", "gicrawl", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_interrupted_crawl_keeps_what_it_has_and_says_so(portals: SampleServer, tmp_path: Path) -> None:
    crawl = ["crawl", portals.origin("yunping"), "--delay", "0.3", "--archive", "a.db"]
    done = interrupted(crawl, tmp_path, tmp_path / "a.db")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: interrupted")
    verified = subprocess.run(
        [sys.executable, "-m", "gicrawl", "verify", "--archive", "a.db"], cwd=tmp_path, capture_output=True, check=False
    )
    assert verified.returncode == 0


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        *((signal.SIGINT, moment / 10) for moment in range(0, 13, 4)),
        *((signal.SIGTERM, moment / 10) for moment in range(1, 12, 2)),
    ],
)
def test_a_crawl_ends_at_every_moment_of_its_start_with_one_line(
    portals: SampleServer, tmp_path: Path, number: signal.Signals, moment: float
) -> None:
    answered = len(portals.requests())
    archive = tmp_path / "a.db"
    command = [sys.executable, "-m", "gicrawl", "crawl", "--portals", str(portals.portals_file), "--all"]
    process = subprocess.Popen(
        [*command, "--delay", "0.3", "--archive", str(archive), "--lang", "en"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not archive.exists():
        assert process.poll() is None
        time.sleep(0.005)
    time.sleep(moment)
    os.killpg(process.pid, number)
    _, messages = process.communicate(timeout=10)
    assert process.returncode == 3, messages
    assert len(messages.splitlines()) == 1, messages
    assert messages.startswith("Error: interrupted")
    with open_archive(archive) as kept:
        assert {run.status for run in kept.runs()} <= {"interrupted"}
        sent = [capture for capture in kept.captures() if capture.request_head]
    assert len(sent) >= len(portals.requests()) - answered  # what has been answered is kept


def test_an_interrupted_demo_ends(tmp_path: Path) -> None:
    done = interrupted(["demo", "--keep", "kept"], tmp_path, tmp_path / "kept" / "gicrawl.db")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def listens(process: "subprocess.Popen[str]") -> bool:
    """Whether the command has begun to answer SIGTERM in its own way (Python itself does not)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    caught = int(next(line for line in status.splitlines() if line.startswith("SigCgt")).split()[1], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see when the command listens")
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("moment", [0.0, 0.1, 0.25, 0.4, 0.8])
def test_a_parse_interrupted_at_any_moment_says_so_in_one_line(tmp_path: Path, workers: str, moment: float) -> None:
    (tmp_path / "a.txt").write_text("第1号通知\n" * 20_000, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "gicrawl", "parse", "--workers", workers, *["a.txt"] * 2_000],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        while not listens(process):
            assert process.poll() is None
            time.sleep(0.002)
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGINT)
        _, messages = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 3, messages
    assert len(messages.splitlines()) == 1, messages
    assert messages.startswith("Error: interrupted")
