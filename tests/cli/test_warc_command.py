"""`gicrawl import warc` of what another tool fetched: the same reports are read of it as of a crawl of ours."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent.parent / "archive"))

from warc_samples import record

from gicrawl.archive.records import Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify
from gicrawl.corpus.current import reading
from gicrawl.corpus.views import cells_of, reports

if TYPE_CHECKING:
    from console import Run

Done = "subprocess.CompletedProcess[str]"
Told = dict[str, list[tuple[str | None, int | None, tuple[str, ...]]]]


def _theirs(archive: Path) -> list[bytes]:
    """What the crawl got, as a tool writes it that undoes chunks and tells nothing but the answers; in no order."""
    dice = random.Random(11)
    told = []
    with open_archive(archive) as kept:
        for one in kept.captures():
            if one.outcome is Outcome.OK and one.role is not Role.ROBOTS and one.body_sha256 is not None:
                head = one.head.replace(b"Transfer-Encoding: chunked\r\n", b"")
                named = (f"WARC-Target-URI: {one.final_url}", "Content-Type: application/http; msgtype=response")
                uuid = UUID(int=dice.getrandbits(128), version=4)
                told.append(record("response", head + kept.body(one.body_sha256), *named, uuid=str(uuid)))
    dice.shuffle(told)
    return told


def _reports(path: Path) -> Told:
    """Issuer, year and cells of every version of every report, by address."""
    told: Told = {}
    with open_archive(path) as archive, reading(archive) as connection:
        for one in reports(archive):
            cells = sorted(f"{c.table} {c.row} {c.column} {c.value}" for c in cells_of(connection, one.parse))
            told.setdefault(one.final_url, []).append((one.issuer.name, one.year, tuple(cells)))
        assert list(verify(archive)) == []
    return {url: sorted(versions, key=str) for url, versions in told.items()}


def test_files_and_pictures_are_read_with_the_page_they_belong_to(demo: Done, gicrawl: Run, tmp_path: Path) -> None:
    crawled = Path(demo.args[-1], "gicrawl.db")
    expected, theirs = _reports(crawled), _theirs(crawled)
    half = len(theirs) // 2
    (tmp_path / "first.warc").write_bytes(b"".join(theirs[:half]))
    (tmp_path / "second.warc").write_bytes(b"".join(theirs[half:]))
    assert len(expected) > 50
    for name in ("first.warc", "second.warc"):  # files come before their pages, and pages before their files
        assert gicrawl("import", "warc", name, "--archive", "halves.db").returncode == 0
        assert gicrawl("reparse", "--workers", "1", "--archive", "halves.db").returncode == 0
    assert _reports(tmp_path / "halves.db") == expected


def test_a_second_import_reads_no_page_again(demo: Done, gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "theirs.warc").write_bytes(b"".join(_theirs(Path(demo.args[-1], "gicrawl.db"))[:40]))
    told = []
    for _ in range(2):
        assert gicrawl("import", "warc", "theirs.warc", "--archive", "a.db").returncode == 0
        with open_archive(tmp_path / "a.db") as archive:
            rows = [archive.db.conn.execute(f"SELECT * FROM {name}").fetchall() for name in ("links", "judgements")]  # noqa: S608  # ours
        told.append(rows)
    assert told[0] == told[1]
    assert all(told[0])
