"""Kill -9 in the middle of a crawl, inside transactions too; one more run ends as if nothing had happened.

The full proof, forty kills, is `tests/prove/crawl_kills.py`.
"""

import random
from pathlib import Path

import crawl_kills
import pytest
from whole import Walk, content, gicrawl

from gicrawl.archive.store import open_archive
from gicrawl.sample import SampleServer

KILLS = 2


@pytest.mark.slow
def test_two_kills_and_one_more_run_leave_the_archive_of_an_undisturbed_crawl(tmp_path: Path, from_home: Walk) -> None:
    archive = tmp_path / "gicrawl.db"
    kills = []
    with SampleServer() as server:
        for number, (at, inside) in enumerate(crawl_kills.moments(KILLS)):
            kill = crawl_kills.kill_once(
                server,
                archive,
                number=number,
                at=at,
                requests=from_home.requests_first,
                inside=inside,
                chosen=random.Random(number),
            )
            assert kill.kept >= kill.committed
            kills.append(kill)
        assert sum(kill.inside for kill in kills) == KILLS // 2
        with open_archive(archive) as opened:
            assert [run.status for run in opened.runs()] == [None] * KILLS  # none came to its end
        crawl_kills.gicrawl(*crawl_kills.crawl_arguments(server, archive))
    assert gicrawl("verify", "--archive", archive).status == 0
    assert content(archive)[0] == from_home.digests[0]  # that the same is read from it, too, is in the full proof
