import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import Run

from gicrawl.sample import SampleServer


@pytest.fixture
def gicrawl(tmp_path: Path) -> Run:
    """Runs the console script as a user does: a process of its own, in an empty folder."""

    def run(*arguments: str, stdin: bytes | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GICRAWL_", "LC_", "LANG"))}
        done = subprocess.run(
            [sys.executable, "-m", "gicrawl", *arguments],
            cwd=tmp_path,
            env={**clean, "LANG": "C.UTF-8", **environment},
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def filled(gicrawl: Run, made_once: Path, tmp_path: Path) -> Run:
    """The command line, with a copy of the archive that a module has made once where it looks for one."""
    (tmp_path / "archive").mkdir()
    shutil.copy(made_once, tmp_path / "archive" / "gicrawl.db")
    return gicrawl


@pytest.fixture(scope="session")
def portals() -> Iterator[SampleServer]:
    """The sample portals, served while the tests run."""
    with SampleServer() as server:
        yield server


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """The demo, run once; its archive is `demo/gicrawl.db` in the folder the process ran in (`demo.args[-1]`)."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    return subprocess.run(
        [sys.executable, "-m", "gicrawl", "demo", "--lang", "en", "--keep", str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
