"""Where a registered portal's spider begins: at its column, and for a full crawl at its home page again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from scrapy.utils.test import get_crawler

from spiders.auto import AutoSpider

if TYPE_CHECKING:
    from pathlib import Path

HOME = "http://www.yunping.gov.cn/"
COLUMN = "http://www.yunping.gov.cn/gk/nb/"
REGISTRY = f"""
[[portal]]
id = "yunping"
body = "云坪县人民政府"
level = "county"
region_code = "990122"
home = "{HOME}"
columns = ["{COLUMN}"]
"""


@pytest.mark.parametrize(("full", "entry", "role"), [(False, COLUMN, "list"), (True, HOME, "home")])
def test_a_full_crawl_discovers_the_columns_again(tmp_path: Path, *, full: bool, entry: str, role: str) -> None:
    registry = tmp_path / "portals.toml"
    registry.write_text(REGISTRY, encoding="utf-8")
    crawler = get_crawler(AutoSpider, {"GICRAWL_PORTALS": str(registry), "GICRAWL_FULL": full})
    spider = AutoSpider.from_crawler(crawler, portal="yunping")

    async def started() -> list[object]:
        return [request async for request in spider.start()]

    (request,) = asyncio.run(started())
    assert (request.url, request.meta["lead"].role) == (entry, role)
