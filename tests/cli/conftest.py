import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import warm
from console import Run

from gicrawl.sample import SampleServer

if TYPE_CHECKING:
    import subprocess


@pytest.fixture
def gicrawl(tmp_path: Path) -> Run:
    """Runs a command as a user does: in a process of its own, in an empty folder."""

    def run(*arguments: str, stdin: bytes = b"", **environment: str) -> "subprocess.CompletedProcess[str]":
        return warm.run(arguments, cwd=tmp_path, stdin=stdin, timeout=120, **environment)

    return run


@pytest.fixture
def filled(gicrawl: Run, made_once: Path, tmp_path: Path) -> Run:
    """The command line, with a copy of the archive that a module has made once where it looks for one."""
    (tmp_path / "archive").mkdir()
    shutil.copy(made_once, tmp_path / "archive" / "gicrawl.db")
    return gicrawl


@pytest.fixture
def archive(demo: "subprocess.CompletedProcess[str]", tmp_path: Path) -> Path:
    """A copy of the demo's archive, where the commands run."""
    with (
        closing(sqlite3.connect(Path(demo.args[-1], "gicrawl.db"))) as source,
        closing(sqlite3.connect(tmp_path / "a.db")) as copy,
    ):
        source.backup(copy)
    return tmp_path / "a.db"


@pytest.fixture(scope="session")
def portals() -> Iterator[SampleServer]:
    """The sample portals, served while the tests run."""
    with SampleServer() as server:
        yield server
