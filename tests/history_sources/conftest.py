"""A web archive to import from, and gicrawl as its users start it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from imitation_archive import Imitation, imitation
from kept_elsewhere import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(sys.executable).parent / "gicrawl"
ENGLISH = {name: value for name, value in os.environ.items() if not name.startswith(("GICRAWL_", "LC_", "LANG"))} | {
    "LANG": "C.UTF-8"
}


class Importing:
    """Imports into an archive of its own, from processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "gicrawl.db"
        self.portals = folder / "portals.toml"
        self.portals.write_text(REGISTRY, encoding="utf-8")

    def command(self, *arguments: str, archive: Path | None = None) -> list[str]:
        options = ["--archive", str(archive or self.archive), "--portals", str(self.portals), "--delay", "0"]
        return [str(SCRIPT), "import", *arguments, *options]

    def run(self, *arguments: str, archive: Path | None = None) -> subprocess.CompletedProcess[str]:
        done = self.gicrawl(*self.command(*arguments, archive=archive)[1:])
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def gicrawl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(SCRIPT), *arguments], capture_output=True, text=True, env=ENGLISH, check=False, timeout=120
        )

    def digests(self, archive: Path | None = None) -> str:
        """What the archive holds, whoever filled it and in how many runs."""
        done = self.gicrawl("verify", "--content", "--archive", str(archive or self.archive))
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Imitation]:
    with imitation(tmp_path / "elsewhere") as kept:
        yield kept


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    return Importing(tmp_path)
