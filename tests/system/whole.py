"""gicrawl as its users start it: the console script in a process of its own, on the sample portals."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warm

from gicrawl.archive.records import Outcome, Role
from gicrawl.archive.store import open_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.archive.stored import StoredCapture
    from gicrawl.sample import SampleRecord

BIN = Path(sys.executable).parent
SCRIPT = str(BIN / "gicrawl")
DELAY = "0.02"
"""Seconds between two requests to one host of the sample portals."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    arguments: tuple[str, ...]
    status: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


def gicrawl(*arguments: str | Path, cwd: Path | None = None, stdin: bytes = b"") -> Done:
    """A command that has ended, in a process of its own; whatever happens, a user never sees a traceback."""
    done = warm.run(arguments, cwd=cwd, stdin=stdin)
    return Done(tuple(done.args), done.returncode, done.stdout, done.stderr)


def start(
    *arguments: str | Path,
    cwd: Path | None = None,
    command: tuple[str, ...] = (SCRIPT,),
    **environment: str,
) -> subprocess.Popen[bytes]:
    """Start the console script, or another command."""
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        cwd=cwd,
        env={**warm.ENGLISH, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ended(process: subprocess.Popen[bytes]) -> Done:
    """Wait for a process that `start` started."""
    with process:
        try:
            out, err = process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert b"Traceback" not in err, err.decode()
    return Done(tuple(process.args), process.returncode, out.decode(), err.decode())  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Walk:
    """Sample portals that were crawled twice into one archive, and stopped.

    Attributes:
        archive: its path.
        record: what was there and what was asked, by the server's own account.
        requests_first: how many of these the first crawl asked.
        crawls: both, as they ended.
        bodies: in the archive after each crawl.
        digests: `verify --content` after each crawl, first line: over captures.
        corpus: second line, after the parse; None where nothing was parsed.
        origins: portal id to where it was crawled as a plain origin; empty where it was crawled under its name.
    """

    archive: Path
    record: SampleRecord
    requests_first: int
    crawls: tuple[Done, Done]
    bodies: tuple[int, int]
    digests: tuple[str, str]
    corpus: str | None
    origins: dict[str, str]

    @property
    def portals(self) -> list[dict[str, Any]]:
        """What is there, a portal each: see `gicrawl.sample.manifest`."""
        return list(self.record.manifest["portals"])

    def url(self, portal: dict[str, Any], path: str) -> str:
        """The URL under which a path of a portal was crawled."""
        return self.origins.get(portal["id"], f"http://{portal['host']}") + path


def bodies_in(archive: Path) -> int:
    """How many bodies an archive holds."""
    with open_archive(archive) as opened:
        return int(opened.db["bodies"].count)


def content(archive: Path) -> tuple[str, str]:
    """Both lines of `verify --content`: over captures and over what was read from them."""
    done = gicrawl("verify", "--content", "--archive", archive)
    assert done.status == 0, done.err
    lines = dict(line.split() for line in done.out.splitlines())
    return lines["captures"], lines["corpus"]


def articles_kept(archive: Path) -> dict[str, set[bytes]]:
    """URL to the SHA-256 of each whole article the archive has of it, content-coding undone."""
    kept: dict[str, set[bytes]] = {}
    for capture in captures(archive):
        if capture.role is Role.ARTICLE and capture.outcome is Outcome.OK:
            digest = capture.decoded_sha256 or capture.body_sha256
            assert digest is not None
            kept.setdefault(capture.final_url, set()).add(digest)
    return kept


def captures(archive: Path) -> Iterator[StoredCapture]:
    """All captures of an archive, oldest first."""
    with closing(open_archive(archive)) as opened:
        yield from opened.captures()


def held_of(archive: Path, portal: str) -> set[tuple[str, str, bytes | None]]:
    """What an archive holds of a portal by content; a repeated visit changes nothing."""
    kept = (c for c in captures(archive) if c.portal == portal and c.outcome is not Outcome.NOT_MODIFIED)
    return {(capture.final_url, capture.outcome, capture.body_sha256) for capture in kept}
