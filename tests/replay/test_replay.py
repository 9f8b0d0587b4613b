"""What others' software makes of our archive: pywb serves its WARC export, Chromium shows the reports, and what a crawl
archived comes back through the index of another archive."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import warm
from components import Browser, Shown, nginx, pywb

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.crawling.elsewhere.bring import Orders, bring
from gicrawl.crawling.elsewhere.commoncrawl import CommonCrawl
from gicrawl.crawling.elsewhere.errands import errand_of
from gicrawl.crawling.elsewhere.visit import client_for
from gicrawl.crawling.elsewhere.wayback import Wayback
from gicrawl.portals.registry import load
from gicrawl.sample import SampleServer
from spiders.mementos import MementoReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import StoredCapture
    from gicrawl.crawling.elsewhere.index import Source


COUNTER = "浏览次数"
"""A script of the portal writes the number of visits behind it; it is not collected."""

PAGES = 3
"""Compared of each kind: with pictures, without."""


@dataclass(frozen=True, slots=True)
class World:
    """A crawl of the sample portals, and its export as others serve it.

    Attributes:
        archive: of the crawl.
        live: what the browser showed of some reports while the portals stood.
        replay: origin of pywb.
        files: origin of nginx, serving the WARC files.
        portals: registry with the columns.
    """

    archive: Path
    live: dict[str, Shown]
    replay: str
    files: str
    portals: Path


def _gicrawl(*arguments: str | Path) -> None:
    done = warm.run(arguments, timeout=300)
    assert done.returncode in {0, 1}, done.stderr  # the sample portals hold faults on purpose


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("replay")
    archive, registry = folder / "gicrawl.db", folder / "portals.toml"
    with SampleServer() as server:
        portals = list(load(server.portals_file))
        _gicrawl("crawl", "--all", "--portals", server.portals_file, "--archive", archive, "--delay", "0.02")
        hosts = {str(urlsplit(portal.home).hostname): str(portal.address) for portal in portals}
        with Browser(hosts) as browser:
            live = {url: browser.shows(url) for url in _chosen(archive)}
        manifest = server.stop().manifest
    registry.write_text("".join(map(_entry, manifest["portals"])), encoding="utf-8")
    _gicrawl("export", "--format", "warc", "--to", folder / "warc", "--archive", archive)
    warcs = sorted((folder / "warc").glob("*.warc.gz"))
    with pywb(folder / "pywb", warcs) as replay, nginx(folder / "nginx", folder / "warc") as files:
        yield World(archive, live, replay, files, registry)


def _entry(portal: dict[str, str]) -> str:
    origin = f"http://{portal['host']}"
    values = {"id": portal["id"], "body": portal["body"], "level": portal["level"], "home": f"{origin}/"}
    lines = [f'{name} = "{value}"' for name, value in values.items()]
    return "\n".join(["[[portal]]", *lines, f'columns = ["{origin}{portal["column"]}"]', "", ""])


def _chosen(path: Path) -> list[str]:
    """Some reports with pictures, and some without."""
    with open_archive(path) as archive:
        found = archive.db.conn.execute(
            "SELECT DISTINCT c.url, EXISTS ("
            "SELECT 1 FROM links_readable AS l JOIN captures_readable AS i ON i.url = l.url "
            "WHERE l.page_url = c.url AND l.role = 'image' AND i.outcome = 'ok') FROM captures_readable AS c "
            "WHERE c.role = 'article' AND c.outcome = 'ok' AND c.judgement = 'content' AND c.hop = 0 "
            "AND c.sniffed_type = 'text/html' ORDER BY c.url"
        ).fetchall()
    return [url for kind in (0, 1) for url in [url for url, pictured in found if pictured == kind][:PAGES]]


def _lines(shown: Shown) -> list[str]:
    return [line.partition(COUNTER)[0].strip() for line in shown.text.splitlines() if line.strip()]


def test_a_browser_shows_reports_as_they_were(world: World) -> None:
    pictures = 0
    with Browser() as browser:
        for url, live in world.live.items():
            replayed = browser.shows(f"{world.replay}/web/20991231mp_/{url}")
            assert _lines(replayed) == _lines(live), url
            assert len(live.text) > 200
            with open_archive(world.archive) as archive:
                kept = archive.db.conn.execute(
                    "SELECT l.url FROM links_readable AS l JOIN captures_readable AS i ON i.url = l.url "
                    "WHERE l.page_url = ? AND l.role = 'image' AND i.outcome = 'ok'",
                    [url],
                ).fetchall()
            names = {link.rpartition("/")[2] for (link,) in kept}
            assert {name: live.images[name] for name in names} == {name: replayed.images.get(name) for name in names}
            pictures += len(names)
    assert len(world.live) == 2 * PAGES
    assert pictures >= PAGES


@pytest.mark.parametrize("source", ["wayback", "commoncrawl"])
def test_what_a_crawl_archived_comes_back_through_another_archive(world: World, tmp_path: Path, source: str) -> None:
    target = tmp_path / "gicrawl.db"
    asyncio.run(_bring(source, world, target))
    expected, found = _reports(world.archive), _reports(target)
    assert found.keys() <= expected.keys()
    assert len(found) > 0.8 * len(expected), sorted(expected.keys() - found.keys())
    assert {key: expected[key] for key in found} == found


async def _bring(name: str, world: World, target: Path) -> None:
    """Patient with nobody: pywb falls silent in the middle of what the portals tore on purpose."""
    index = f"{world.replay}/web/cdx"
    source: Source = (
        Wayback(index, f"{world.replay}/web/") if name == "wayback" else CommonCrawl((index,), f"{world.files}/")
    )
    client, user_agent = client_for(target, source.urls, contact=None, delay=0, silence=1)
    errands = [errand_of(portal) for portal in load(world.portals)]
    orders = Orders(source, errands, MementoReader(), {"from": name}, user_agent)
    with open_archive(target, create=True) as archive:
        try:
            await bring(archive, orders, client, tell=lambda _remark: None)
        finally:
            await client.close()


def _reports(path: Path) -> dict[tuple[str, str], str]:
    """Content of every report, file and picture that came whole, by URL and time to the second."""
    with open_archive(path) as archive:
        return {
            (capture.final_url, f"{capture.time:%Y%m%d%H%M%S}"): sha256(_content(archive, capture)).hexdigest()
            for capture in archive.captures()
            if _counts(capture)
        }


def _content(archive: Archive, capture: StoredCapture) -> bytes:
    """As a reader sees it; the last chunk and the trailers that pywb leaves at its end are no part of it."""
    return archive.content(capture).removesuffix(b"0\r\nPage-Checked: yes\r\n\r\n")


def _counts(capture: StoredCapture) -> bool:
    return (
        capture.role in {Role.ARTICLE, Role.ATTACHMENT, Role.IMAGE}
        and capture.outcome is Outcome.OK
        and capture.judgement is not Judgement.SOFT_404
    )
