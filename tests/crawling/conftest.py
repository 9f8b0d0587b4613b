"""What the tests of this room share: a crawl of a raw server with a tiny spider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.archive.store import open_archive
from gicrawl.crawling.run import CrawlOptions, CrawlSummary, Target, crawl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gicrawl.archive.stored import StoredCapture

Crawl = "Callable[..., CrawlSummary]"


@pytest.fixture
def archive_path(tmp_path: Path) -> Path:
    return tmp_path / "archive" / "gicrawl.db"


@pytest.fixture
def tiny_crawl(archive_path: Path) -> Callable[..., CrawlSummary]:
    """Crawls URLs (or targets) without a delay."""

    def run(*targets: str | Target, delay: float = 0.0, full: bool = False, **settings: object) -> CrawlSummary:
        closed = bool(settings.pop("closed", False))
        return crawl(
            [Target(url=target, family="tiny") if isinstance(target, str) else target for target in targets],
            CrawlOptions(
                archive=archive_path,
                delay=delay,
                full=full,
                closed=closed,
                settings={"SPIDER_MODULES": ["tinyspider"], "DOWNLOAD_TIMEOUT": 5, **settings},
            ),
        )

    return run


@pytest.fixture
def captures(archive_path: Path) -> Callable[..., list[StoredCapture]]:
    """All captures of the archive, or those of one path."""

    def read(path: str | None = None) -> list[StoredCapture]:
        with open_archive(archive_path) as archive:
            found = list(archive.captures())
        return [one for one in found if path is None or one.final_url.partition("//")[2].partition("/")[2] == path[1:]]

    return read
