"""gicrawl as its users start it, importing from elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner
from kept_elsewhere import REGISTRY

from gicrawl.cli import cli

SCRIPT = Path(sys.executable).parent / "gicrawl"


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


class Importing:
    """Imports into an archive of its own, by the command line as users type it.

    In this process, because a process that loads Scrapy takes seconds to start; `command` is for one of its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "gicrawl.db"
        self.portals = folder / "portals.toml"
        self.portals.write_text(REGISTRY, encoding="utf-8")

    def command(self, *arguments: str, archive: Path | None = None) -> list[str]:
        options = ["--archive", str(archive or self.archive), "--portals", str(self.portals), "--delay", "0"]
        return [str(SCRIPT), "import", *arguments, *options]

    def run(self, *arguments: str, archive: Path | None = None) -> Done:
        return self.gicrawl(*self.command(*arguments, archive=archive)[1:])

    def gicrawl(self, *arguments: str) -> Done:
        done = CliRunner().invoke(cli, list(arguments), env={"LANG": "C.UTF-8", "LC_ALL": None})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr)

    def digests(self, archive: Path | None = None) -> str:
        """What the archive holds, whoever filled it and in how many runs."""
        done = self.gicrawl("verify", "--content", "--archive", str(archive or self.archive))
        assert done.returncode == 0, done.stderr
        return done.stdout
