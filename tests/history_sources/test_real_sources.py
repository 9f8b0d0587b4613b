"""The same imports from real components: pywb as Wayback Machine and index, nginx serving WARC files by byte range."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from components import nginx, pywb
from kept_elsewhere import ARRIVE, VERSIONS, write_warc

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.store import open_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from console_elsewhere import Importing

Sources = dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    """What follows `import`, by source."""
    folder = tmp_path_factory.mktemp("real")
    served = folder / "served"
    served.mkdir()
    write_warc(served / "kept.warc.gz")
    with pywb(folder / "pywb", [served / "kept.warc.gz"]) as kept, nginx(folder / "nginx", served) as files:
        yield {
            "wayback": ("wayback", "--index", f"{kept}/web/cdx", "--replay", f"{kept}/web/"),
            "commoncrawl": ("commoncrawl", "--index", f"{kept}/web/cdx", "--data", f"{files}/"),
        }


def _found(path: Path) -> list[tuple[str, str, str, bytes]]:
    with open_archive(path) as archive:
        return sorted(
            (one.final_url, f"{one.time:%Y%m%d%H%M%S}", one.role.value, archive.content(one))
            for one in archive.captures()
        )


@pytest.mark.parametrize("source", ["wayback", "commoncrawl"])
def test_every_version_arrives_once_and_after_a_kill_the_same(
    sources: Sources, importing: Importing, tmp_path: Path, source: str
) -> None:
    done = importing.run(*sources[source], "--all")
    assert done.returncode == 0, done.stderr
    bodies = {(version.url, version.timestamp): version.body for version in VERSIONS}
    assert _found(importing.archive) == sorted((url, when, role, bodies[url, when]) for url, when, role in ARRIVE)
    assert "new 0" in importing.run(*sources[source], "--all").stdout

    killed = tmp_path / "killed.db"
    slow = [*importing.command(*sources[source], "--all", archive=killed), "--delay", "0.3"]
    with subprocess.Popen(slow, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not (killed.exists() and _half(killed)):
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    assert 0 < len(_found(killed)) < len(ARRIVE)
    assert importing.run(*sources[source], "--all", archive=killed).returncode == 0
    assert importing.digests(killed) == importing.digests()


def _half(path: Path) -> bool:
    try:
        with open_archive(path) as archive:
            return len(list(archive.captures())) >= len(ARRIVE) // 2
    except ArchiveError:
        return False  # being made just now
