"""`gicrawl` wherever it is started, and Scrapy's own commands in a checkout."""

from pathlib import Path

import pytest
from whole import BIN, SCRIPT, captures, content, ended, gicrawl, start

from gicrawl.archive.records import Outcome
from gicrawl.sample import SampleServer

ROOT = Path(__file__).resolve().parents[2]
STRANGE = """
from pathlib import Path
Path(__file__).with_name("met").write_text("imported")
raise SystemExit("these are somebody else's spiders")
"""


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A folder that holds another project: a package of spiders and a Scrapy project of its own."""
    (tmp_path / "spiders").mkdir()
    for name in ("__init__", "auto", "portal"):
        (tmp_path / "spiders" / f"{name}.py").write_text(STRANGE, encoding="utf-8")
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = spiders.settings\n", encoding="utf-8")
    return tmp_path


def test_crawl_and_reparse_outside_a_checkout_beside_a_strangers_spiders(strange: Path) -> None:
    with SampleServer() as server:
        done = gicrawl("crawl", server.origin("lanxi"), "--delay", "0", "--max-pages", "16", cwd=strange)
    assert done.status == 0, done.err
    archive = strange / "archive" / "gicrawl.db"
    assert sum(capture.outcome is Outcome.OK for capture in captures(archive)) >= 8
    done = gicrawl("reparse", "--workers", "2", cwd=strange)
    assert done.status == 0, done.err
    assert "report " in done.out
    assert not (strange / "spiders" / "met").exists()


def test_scrapy_lists_the_spiders() -> None:
    done = ended(start("list", command=(str(BIN / "scrapy"),), cwd=ROOT))
    assert done.status == 0, done.err
    assert {"auto", "trs", "hanweb", "static"} <= set(done.out.split())


def test_scrapy_crawl_archives_what_gicrawl_crawl_does(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    with SampleServer() as server:
        url = f"{server.origin('yunping')}/"
        done = gicrawl("crawl", url, "--archive", ours, "--delay", "0.02", "--max-pages", "30")
        assert done.status == 0, done.err
        scrapy = ("crawl", "auto", "-a", f"url={url}", "-s", "DOWNLOAD_DELAY=0.02", "-a", "max_pages=30")
        plain = ended(start(*scrapy, command=(str(BIN / "scrapy"),), cwd=ROOT, GICRAWL_ARCHIVE=str(theirs)))
        assert plain.status == 0, plain.err
        record = server.stop()

    def told(archive: Path) -> list[tuple[object, ...]]:
        return sorted(
            (
                c.final_url,
                c.requested_url,
                c.hop,
                c.method,
                c.outcome,
                c.role,
                c.status or 0,
                c.body_sha256 or b"",
                c.link_text or "",
                c.robots or "",
                c.spider or "",
                c.request_head,
            )
            for c in captures(archive)
        )

    assert told(ours) == told(theirs)
    assert len(told(ours)) > 25
    assert content(ours)[0] == content(theirs)[0]
    assert record.overlaps() == []


def test_python_dash_m_starts_the_same_command(tmp_path: Path) -> None:
    def version(*command: str) -> str:
        return ended(start("--version", command=command, cwd=tmp_path)).out

    assert version(SCRIPT) == version(str(BIN / "python"), "-m", "gicrawl") != ""
