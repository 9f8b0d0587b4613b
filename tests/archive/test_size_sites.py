"""What an archive of many unlike sites takes beside the same captures as warc.gz."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from archive_pages import pages

from archive import filled, warc
from gicrawl.archive.compact import compact
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify


@pytest.mark.slow
def test_twenty_unlike_sites_take_three_fifths_of_their_warc_gz(tmp_path: Path) -> None:
    drawn = list(pages(5))
    assert len({page.template for page in drawn}) == 20
    path = tmp_path / "gicrawl.db"
    filled(path, drawn)
    size, other = path.stat().st_size, warc(tmp_path / "x.warc.gz", drawn)
    print(f"{size / other:.3f} of warc.gz, {size / len(drawn):.0f} bytes a capture")  # noqa: T201  # shown with -s
    assert size <= 0.60 * other
    with open_archive(path) as archive:
        kept = dict(archive.db.conn.execute("SELECT sha256, size FROM bodies").fetchall())
        dictionaries = archive.db["dictionaries"].count
        compact(archive, level=9)
        assert kept == dict(archive.db.conn.execute("SELECT sha256, size FROM bodies").fetchall())
        assert list(verify(archive)) == []
    assert 40 <= dictionaries <= 80, "one for each design of a site, more or less"
    assert path.stat().st_size < 1.01 * size
