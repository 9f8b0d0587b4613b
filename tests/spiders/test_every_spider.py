"""Lints every spider, so that a family that is added cannot be half there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from spiders.family import families
from spiders.portal import PortalSpider

HEADINGS = ["Recognised by:", "Lists:", "Paging:", "Articles:", "Caveats:", "History:"]
LOADER = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
CHECKOUT = Path(__file__).parents[2]


def test_there_is_one_spider_for_each_family_and_one_for_all() -> None:
    assert sorted(LOADER.list()) == sorted(["auto", *(family.name for family in families())])


def test_families_are_asked_in_an_order_that_is_no_accident() -> None:
    ranks = [family.rank for family in families()]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize("name", LOADER.list())
def test_a_spider_says_what_it_is_and_starts(name: str) -> None:
    made = LOADER.load(name)
    assert issubclass(made, PortalSpider)
    assert made.__doc__ is not None
    positions = [made.__doc__.find(heading) for heading in HEADINGS]
    assert -1 not in positions, f"{name}: the docstring lacks {HEADINGS[positions.index(-1)]}"
    assert positions == sorted(positions)
    spider = made(url="http://www.yunping.gov.cn/", portal="yunping")

    async def started() -> list[object]:
        return [request async for request in spider.start()]

    (request,) = asyncio.run(started())
    assert request.meta["lead"].role == "home"
    assert request.meta["lead"].portal == "yunping"
    assert spider.candidates()


def run_scrapy(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    scrapy = Path(sys.executable).with_name("scrapy")
    return subprocess.run([str(scrapy), *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_scrapy_list_in_a_checkout() -> None:
    done = run_scrapy("list", cwd=CHECKOUT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == sorted(LOADER.list())


def test_ours_are_found_beside_a_strangers_spiders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "__init__.py").write_text("raise RuntimeError('the wrong spiders')\n", encoding="utf-8")
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "gicrawl.settings")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    done = run_scrapy("list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == sorted(LOADER.list())


@pytest.mark.parametrize("arguments", [["-a", "url=nonsense"], [], ["-a", "portal=nowhere"]])
def test_what_a_user_gets_wrong_ends_in_one_line(
    tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GICRAWL_ARCHIVE", str(tmp_path / "gicrawl.db"))
    done = run_scrapy("crawl", "auto", *arguments, "-L", "ERROR", cwd=CHECKOUT)
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert "url=http" in last or "name it by its URL" in last
