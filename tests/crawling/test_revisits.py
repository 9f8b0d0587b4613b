"""What an earlier crawl found is looked after: with real spiders on portals that lose links, pages and whole lists."""

from __future__ import annotations

import gzip
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from crawl_process import crawl_killed_after
from rawserver import NO_ROBOTS, RawServer, page, raw

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest
from gicrawl.crawling.judge import prevails
from gicrawl.crawling.run import CrawlOptions, CrawlSummary, Target, crawl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rawserver import Visit

    from gicrawl.archive.stored import StoredCapture

    TinyCrawl = Callable[..., CrawlSummary]
    Captures = Callable[..., list[StoredCapture]]

COLUMN = "/gk/nb/list.html"
TEXT = "<p>本机关依照条例编制本年度报告。</p>" * 40


def title(year: int) -> str:
    return f"云坪县{year}年政府信息公开工作年度报告"


@dataclass
class Portal:
    """A portal whose lists and reports can be changed between two crawls; reports have an ETag."""

    lists: list[list[int]] = field(default_factory=lambda: [[2024, 2023, 2022], [2021, 2020]])
    gone: set[int] = field(default_factory=set)
    home: str = f'<a href="{COLUMN}">政府信息公开年报</a>'
    delay: float = 0.0

    def routes(self) -> dict[str, Any]:
        routes: dict[str, Any] = {"/": lambda _: page(f"<html><title>云坪县</title>{self.home}{TEXT}</html>")}
        for number in range(3):
            routes[self.path(number)] = lambda _, number=number: self.list_page(number)
        for year in range(2015, 2026):
            routes[f"/gk/nb/{year}.html"] = lambda visit, year=year: self.report(visit, year)
        return routes

    @staticmethod
    def path(number: int) -> str:
        return COLUMN.replace(".", f"_{number + 1}.") if number else COLUMN

    def list_page(self, number: int) -> object:
        if number >= len(self.lists):
            return page("nothing here", status="404 Not Found")
        rows = "".join(f'<li><a href="/gk/nb/{year}.html">{title(year)}</a></li>' for year in self.lists[number])
        pager = f'<a href="{self.path(number + 1)}">下一页</a>' if number + 1 < len(self.lists) else ""
        return page(f"<html><head><title>政府信息公开年报</title></head><body><ul>{rows}</ul>{pager}</body></html>")

    def report(self, visit: Visit, year: int) -> object:
        if year in self.gone:
            return page("nothing here", status="404 Not Found")
        if visit.header("If-None-Match") == f'"{year}"':
            return raw(f'HTTP/1.1 304 Not Modified\r\nETag: "{year}"\r\n\r\n'.encode())
        text = f"<html><head><title>{title(year)}</title></head><body>{TEXT}</body></html>"
        answer = page(text, f'ETag: "{year}"')
        return raw(*answer.parts, before=self.delay)


@pytest.fixture
def walk(archive_path: Path) -> Callable[..., CrawlSummary]:
    """Crawls with the spider every user gets."""

    def run(*targets: str | Target, **options: Any) -> CrawlSummary:  # noqa: ANN401 - as `CrawlOptions` has them
        return crawl(
            [Target(url=target) if isinstance(target, str) else target for target in targets],
            CrawlOptions(archive=archive_path, delay=0.0, settings={"DOWNLOAD_TIMEOUT": 5}, **options),
        )

    return run


def asked_later(server: RawServer, before: int) -> list[str]:
    return [path for path in server.paths()[before:] if path != "/robots.txt"]


def test_unchanged_portal_is_walked_and_nothing_is_asked_for_twice(walk: TinyCrawl, archive_path: Path) -> None:
    with RawServer(Portal().routes()) as server:
        first = walk(f"{server.url}/")
        before, content = len(server.visits), digest(archive_path)
        second = walk(f"{server.url}/")
        assert sorted(server.paths()[:before]) == sorted(server.paths()[before:])
        assert len(set(server.paths())) == before == 1 + 1 + 2 + 5
    assert (first.targets[0].revisits, second.targets[0].revisits) == (0, 0)
    assert second.targets[0].captures == {"not_modified": 5, "ok": 3, "not_found": 1}
    assert digest(archive_path) == content


def test_report_taken_off_the_list_is_asked_for_conditionally_with_what_led_to_it_then(
    walk: TinyCrawl, captures: Captures, archive_path: Path
) -> None:
    portal = Portal()
    with RawServer(portal.routes()) as server:
        walk(f"{server.url}/")
        portal.lists = [[2024, 2023], [2021, 2020]]
        before = len(server.visits)
        second = walk(f"{server.url}/")
        assert asked_later(server, before).count("/gk/nb/2022.html") == 1
        assert asked_later(server, before)[-1] == "/gk/nb/2022.html"
        assert server.of("/gk/nb/2022.html")[1].header("If-None-Match") == '"2022"'
        walk(f"{server.url}/", full=True)
        assert server.of("/gk/nb/2022.html")[2].header("If-None-Match") is None
    first, again, fully = captures("/gk/nb/2022.html")
    assert (first.outcome, again.outcome, fully.outcome) == (Outcome.OK, Outcome.NOT_MODIFIED, Outcome.OK)
    assert (again.role, again.link_text, again.hop) == (Role.ARTICLE, title(2022), 0)
    assert again.revisit_of == first.id
    assert again.referrer is None
    assert second.targets[0].revisits == 1
    with open_archive(archive_path) as archive:
        assert [run.summary["revisits"] for run in archive.runs() if run.summary] == [0, 1, 1]


def test_withdrawn_report_does_not_make_the_walk_a_failed_one(
    walk: TinyCrawl, captures: Captures, caplog: pytest.LogCaptureFixture
) -> None:
    portal = Portal()
    with RawServer(portal.routes()) as server:
        walk(f"{server.url}/")
        portal.lists, portal.gone = [[2024, 2023, 2022], [2021]], {2020}
        with caplog.at_level(logging.INFO):
            (target,) = walk(f"{server.url}/").targets
        (third,) = walk(f"{server.url}/").targets
    assert [capture.outcome for capture in captures("/gk/nb/2020.html")] == [Outcome.OK] + [Outcome.NOT_FOUND] * 2
    assert (target.reason, target.errors, target.list_pages, target.revisits) == ("finished", (), 2, 1)
    assert third.revisits == 1  # it may come back
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_known_report_without_an_answer_is_on_record_and_alarms_nobody(
    walk: TinyCrawl, captures: Captures, caplog: pytest.LogCaptureFixture
) -> None:
    portal = Portal()
    with RawServer(portal.routes()) as server:
        walk(f"{server.url}/")
        portal.lists = [[2024, 2023, 2022], [2021]]
        server.routes["/gk/nb/2020.html"] = raw(close=True)
        with caplog.at_level(logging.INFO):
            (target,) = walk(f"{server.url}/").targets
    assert (target.reason, target.errors, target.revisits) == ("finished", (), 1)
    assert captures("/gk/nb/2020.html")[-1].outcome is Outcome.NETWORK_ERROR
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_list_that_nothing_leads_to_is_read_but_is_no_part_of_the_walk(
    walk: TinyCrawl, captures: Captures, archive_path: Path
) -> None:
    """The pager of page 1 breaks; page 2 has a new report meanwhile."""
    portal = Portal()
    routes = portal.routes()
    with RawServer(routes) as server:
        walk(f"{server.url}/")
        portal.lists[1] = [2021, 2020, 2019]
        shown = page(
            "<html><head><title>政府信息公开年报</title></head><body>"
            f'<a href="/gk/nb/2024.html">{title(2024)}</a></body></html>'
        )
        server.routes[COLUMN] = shown
        (target,) = walk(f"{server.url}/").targets
    assert (target.list_pages, target.revisits) == (1, 1 + 4)
    first, again = captures(Portal.path(1))
    assert (again.role, again.judgement, again.pages_end) == (Role.LIST, Judgement.CONTENT, False)
    assert first.pages_end is True
    (new,) = captures("/gk/nb/2019.html")
    assert (new.outcome, new.referrer, new.link_text) == (Outcome.OK, again.id, title(2019))
    with open_archive(archive_path) as archive:
        (links,) = archive.db.execute(
            "SELECT count(*) FROM links WHERE page = (SELECT id FROM captures WHERE uuid = ?)", [again.id.bytes]
        ).fetchone()
    assert links == 3


def test_list_page_that_is_gone_is_asked_for_once_more_and_then_left(walk: TinyCrawl) -> None:
    portal = Portal()
    with RawServer(portal.routes()) as server:
        walk(f"{server.url}/")
        portal.lists = [[2024, 2023, 2022, 2021, 2020]]
        walk(f"{server.url}/")
        assert len(server.of(Portal.path(1))) == 2
        (third,) = walk(f"{server.url}/").targets
        assert len(server.of(Portal.path(1))) == 2
    assert third.revisits == 0


def test_known_column_is_read_where_the_home_page_leads_nowhere(walk: TinyCrawl, captures: Captures) -> None:
    portal = Portal()
    with RawServer(portal.routes()) as server:
        walk(f"{server.url}/")
        portal.home = "<a href='/other/'>新闻</a>"
        portal.lists[0].insert(0, 2025)
        (target,) = walk(f"{server.url}/").targets
    assert [capture.outcome for capture in captures("/gk/nb/2025.html")] == [Outcome.OK]
    assert target.list_pages == 0  # and nobody says that the portal was walked
    assert target.revisits == 2 + 5


def test_portal_that_is_down_is_not_asked_for_everything_it_had(walk: TinyCrawl, captures: Captures) -> None:
    with RawServer(Portal().routes()) as server:
        walk(f"{server.url}/")
        server.routes["/robots.txt"] = page("", status="503 Busy")
        before = len(captures())
        (target,) = walk(f"{server.url}/").targets
    assert target.revisits == 0
    later = captures()[before:]
    assert {capture.final_url for capture in later} == {f"{server.url}/robots.txt", f"{server.url}/"}


def test_no_page_beyond_the_number_asked_for_and_none_of_another_year(walk: TinyCrawl, archive_path: Path) -> None:
    portal = Portal()
    with RawServer(portal.routes()) as server:
        walk(f"{server.url}/")
        portal.lists = [[2024]]
        before = len(server.visits)
        walk(f"{server.url}/", years=(2021, 2023))
        assert sorted(asked_later(server, before)) == [
            "/",
            "/gk/nb/2021.html",
            "/gk/nb/2022.html",
            "/gk/nb/2023.html",
            COLUMN,
            Portal.path(1),
        ]
        before = len(server.visits)
        (target,) = walk(f"{server.url}/", max_pages=5).targets
        asked = asked_later(server, before)
        assert len(asked) == 5
        assert asked[:3] == ["/", COLUMN, "/gk/nb/2024.html"]
        assert asked[3] == "/gk/nb/2020.html"  # the one unseen the longest
    assert target.revisits == 2
    with open_archive(archive_path) as archive:
        *_, run = archive.runs()
    assert run.summary is not None
    assert ["--max-pages" in line for line in run.summary["bounds"]] == [True]


def test_pages_of_other_hosts_and_targets_of_redirects_are_left_alone(walk: TinyCrawl, captures: Captures) -> None:
    portal, other = Portal(), Portal()
    with RawServer(portal.routes()) as server, RawServer(other.routes()) as stranger:
        server.routes["/gk/nb/2022.html"] = page("moved", "Location: /gk/nb/2019.html", status="301 Moved")
        walk(f"{server.url}/", f"{stranger.url}/")
        portal.lists = [[2024]]
        before, others = len(server.visits), len(stranger.visits)
        (target,) = walk(f"{server.url}/").targets
        assert len(stranger.visits) == others
        assert asked_later(server, before).count("/gk/nb/2019.html") == 1
    assert target.revisits == 1 + 4
    moved = captures("/gk/nb/2019.html")
    assert [capture.hop for capture in moved if capture.final_url.startswith(server.url)] == [1, 1]


def test_named_url_that_redirects_to_another_host_has_its_pages_there(archive_path: Path) -> None:
    portal = Portal()
    with RawServer(portal.routes()) as server:
        entry = Target(url="http://yunping.gov.cn/", address=server.address)
        addresses = {"GICRAWL_ADDRESSES": {"yunping.gov.cn": server.address, "www.yunping.gov.cn": server.address}}
        server.routes["yunping.gov.cn /"] = page("moved", "Location: http://www.yunping.gov.cn/", status="301 Moved")

        def visit() -> CrawlSummary:
            return crawl([entry], options)

        options = CrawlOptions(archive=archive_path, delay=0.0, closed=True, settings=addresses)
        visit()
        portal.lists = [[2024, 2023, 2022], [2021]]
        (target,) = visit().targets
    assert target.revisits == 1


def test_portal_with_two_columns_is_asked_for_each_page_once(walk: TinyCrawl) -> None:
    portal = Portal()
    old = "/gk/old/list.html"
    with RawServer(portal.routes()) as server:
        server.routes[old] = page(
            "<html><head><title>政府信息公开年报</title></head><body>"
            f'<a href="/gk/nb/2016.html">{title(2016)}</a><a href="/gk/nb/2015.html">{title(2015)}</a></body></html>'
        )
        columns = [
            Target(portal="yunping", url=f"http://www.yunping.gov.cn{path}", address=server.address)
            for path in (COLUMN, old)
        ]
        walk(*columns, closed=True)
        before = len(server.visits)
        second = walk(*columns, closed=True)
        assert sorted(server.paths()[before:]) == sorted(server.paths()[:before])
        portal.lists = [[2024, 2023, 2022], [2021]]
        before = len(server.visits)
        third = walk(*columns, closed=True)
        assert len(server.visits) - before == before // 2
    assert sum(target.revisits for target in second.targets) == 0
    assert sum(target.revisits for target in third.targets) == 1


def digest(path: Path) -> str:
    with open_archive(path) as archive:
        return content_digest(archive)


def test_killed_crawl_goes_on_to_the_same_content(tmp_path: Path) -> None:
    whole = tmp_path / "undisturbed.db"
    portal = Portal(delay=0.1)
    portal.home += '<a href="/gk/other/list.html">部门政府信息公开年报</a>'
    with RawServer(portal.routes()) as server:
        server.routes["/gk/other/list.html"] = page(
            "<html><head><title>部门政府信息公开年报</title></head><body>"
            f'<a href="/gk/nb/2016.html">{title(2016)}</a><a href="/gk/nb/2015.html">{title(2015)}</a></body></html>'
        )
        target = Target(url=f"{server.url}/")
        crawl([target], CrawlOptions(archive=whole, delay=0.0))
        for visits in (3, 6, 8):
            archive = tmp_path / f"killed-at-{visits}.db"
            crawl_killed_after(visits, server, archive)
            crawl([target], CrawlOptions(archive=archive, delay=0.0))
            assert digest(archive) == digest(whole)


def test_soft_404_stays_one_whatever_the_spider_makes_of_the_page(
    tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path
) -> None:
    missing = "<html><head><title>您访问的页面不存在</title></head><body>{}</body></html>"
    routes = {
        "/bare": page(missing.format("")),
        "/links": page(missing.format("<a href='/1'>返回首页</a>")),
        "/empty": page("<html><body></body></html>"),
        "/strange": page(f"<html>{TEXT}</html>"),
        "/1": page(TEXT),
    }
    with RawServer({"/robots.txt": NO_ROBOTS, **routes}) as server:
        (target,) = tiny_crawl(" ".join(f"{server.url}{path}" for path in routes)).targets
    said = {path: captures(path)[0] for path in routes}
    assert said["/bare"].judgement is Judgement.SOFT_404
    assert said["/links"].judgement is Judgement.SOFT_404
    assert said["/links"].pages_end is None  # an error page is not the end of a list
    assert said["/empty"].judgement is Judgement.EMPTY
    assert said["/strange"].judgement is Judgement.LAYOUT_UNKNOWN
    assert (target.list_pages, target.layout_unknown) == (2, 2)  # /strange and /1
    with open_archive(archive_path) as archive:
        assert archive.db["judgements"].count_where("judgement = 'soft_404'") == 2


def test_what_stands_between_us_and_a_page_is_not_outdone_by_what_it_looks_like() -> None:
    read = (Judgement.CONTENT, Judgement.LAYOUT_UNKNOWN)
    for standing in (Judgement.BLOCKED, Judgement.SOFT_404):
        assert [prevails(said, standing) for said in read] == [False, False]
        assert prevails(Judgement.BLOCKED, standing)
    assert [prevails(said, Judgement.EMPTY) for said in read] == [True, False]
    assert all(prevails(said, standing) for said in read for standing in (None, Judgement.CONTENT))


def test_body_compressed_anew_is_kept_but_is_nothing_new(tiny_crawl: TinyCrawl, archive_path: Path) -> None:
    times = iter(range(100))

    def zipped(_: object) -> object:
        return page(gzip.compress(TEXT.encode(), mtime=next(times)), "Content-Encoding: gzip")

    def bodies() -> int:
        with open_archive(archive_path) as archive:
            return archive.db["bodies"].count

    with RawServer({"/a": zipped}) as server:
        first = tiny_crawl(f"{server.url}/a")
        assert (first.bodies_new, bodies()) == (2, 2)  # robots.txt and the page
        second = tiny_crawl(f"{server.url}/a")
        assert (second.bodies_new, bodies()) == (0, 3)
        server.routes["/a"] = page(TEXT)  # the server stops compressing
        third = tiny_crawl(f"{server.url}/a")
        assert (third.bodies_new, bodies()) == (0, 4)
        server.routes["/a"] = page(gzip.compress(f"{TEXT}二".encode(), mtime=9), "Content-Encoding: gzip")
        assert tiny_crawl(f"{server.url}/a").bodies_new == 1
