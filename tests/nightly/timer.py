"""Runs nights as a timer does, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from gicrawl.archive.store import open_archive

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = {name: value for name, value in os.environ.items() if not name.startswith(("GICRAWL_", "LC_", "LANG"))} | {
    "LANG": "C.UTF-8"
}


def night(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A night that has ended; nobody ever sees a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "gicrawl", "nightly", "--delay", "0.02", "--workers", "2", *map(str, arguments)],
        cwd=cwd,
        env=ENGLISH,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def written_twice(archive: Path) -> int:
    """Links and judgements that stand twice on the same capture of a page."""
    with open_archive(archive) as opened:
        links, judgements = (
            opened.db.conn.execute(f"SELECT count(*) - count(DISTINCT {what}) FROM {table}").fetchone()[0]  # noqa: S608
            for table, what in (
                ("links", "page || ' ' || position || ' ' || url || ' ' || role"),
                ("judgements", "capture || judgement || coalesce(signature, '') || rule || coalesce(pages_end, '')"),
            )
        )
    return int(links) + int(judgements)
