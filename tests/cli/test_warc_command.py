"""`gicrawl import warc` of what another tool fetched: the same reports are read of it as of a crawl of ours."""

from __future__ import annotations

import random
import subprocess
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
WARCIO = Path(sys.executable).parent / "warcio"
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


def test_out_and_in_and_out_again_is_the_same(demo: Done, gicrawl: Run, tmp_path: Path) -> None:
    crawled = Path(demo.args[-1], "gicrawl.db")
    (tmp_path / "theirs.warc").write_bytes(b"".join(_theirs(crawled)[:40]))
    said = []
    for _ in range(2):  # a second import reads no page again
        assert gicrawl("import", "warc", "theirs.warc", "--archive", "theirs.db").returncode == 0
        with open_archive(tmp_path / "theirs.db") as there:
            said.append([there.db.conn.execute(f"SELECT * FROM {name}").fetchall() for name in ("links", "judgements")])  # noqa: S608  # ours
    assert said[0] == said[1]
    assert all(said[0])
    for archive in (crawled, tmp_path / "theirs.db"):
        once, again, empty = (f"{archive.stem} {what}" for what in ("once", "again", "empty.db"))
        assert gicrawl("export", "--format", "warc", "--to", once, "--archive", str(archive)).returncode == 0
        (warc,) = (tmp_path / once).glob("*.warc.gz")
        checked = subprocess.run([WARCIO, "check", warc], capture_output=True, check=False)
        assert (checked.returncode, checked.stdout) == (0, b"")
        assert gicrawl("import", "warc", str(warc), "--archive", empty).returncode == 0
        assert gicrawl("export", "--format", "warc", "--to", again, "--archive", empty).returncode == 0
        assert (tmp_path / again / warc.name).read_bytes() == warc.read_bytes()
