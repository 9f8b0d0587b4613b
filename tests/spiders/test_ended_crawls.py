"""A crawl that the user ends says nothing about the pages it did not come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made_pages import html, platform, trs_home, trs_list
from made_walks import LOADER, ORIGIN, portal, walk
from twisted.python.failure import Failure

from gicrawl.crawling.ending import CrawlEnded
from gicrawl.crawling.lead import Lead

if TYPE_CHECKING:
    from made_portals import Page

COLUMN = "/zfxxgk/zfxxgknb/"


@pytest.mark.parametrize("exchanges", [0, 1, 2, 4, 6, 7, 11])
def test_at_whatever_page_the_crawl_ends_no_line_is_logged(exchanges: int) -> None:
    pages: dict[str, Page] = {"/": trs_home("/zfxxgk/"), "/zfxxgk/": platform("zfxxgknb/")}
    for number in range(3):
        name = "" if number == 0 else f"index_{number}.html"
        pages[COLUMN + name] = trs_list(range(4 * number, 4 * number + 4), f'createPageHTML(3,{number},"index","html")')
    pages[f"{COLUMN}202101/t20210115_40000.html"] = html('<div id=zoom><a href="a.pdf">附件</a></div>')
    pages[f"{COLUMN}202101/a.pdf"] = (200, "application/pdf", b"%PDF-1.7")
    site = portal(pages)
    got = walk("auto", site, over_after=exchanges)
    assert len(site.asked) == exchanges
    assert got.log == ""


def test_known_pages_that_are_not_come_to_are_no_news(caplog: pytest.LogCaptureFixture) -> None:
    spider = LOADER.load("auto")(url=ORIGIN)
    for role in ("list", "article", "attachment", "image"):
        request = spider.revisit(f"{ORIGIN}/a.html", Lead(role=role))
        assert request is not None
        assert request.errback is not None
        assert list(request.errback(Failure(CrawlEnded("ended")))) == []
    assert caplog.records == []
