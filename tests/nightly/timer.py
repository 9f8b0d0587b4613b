"""Runs nights as a timer does, each in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import warm

from gicrawl.archive.store import open_archive

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def night(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A night that has ended; nobody ever sees a traceback."""
    return warm.run(["nightly", "--delay", "0.02", "--workers", "2", *arguments], cwd=cwd)


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
