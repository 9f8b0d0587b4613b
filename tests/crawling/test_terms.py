"""When, how far and where a portal is visited; what is refused is on record with its reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from rawserver import RawServer, Visit, page, raw

from gicrawl.archive.records import Judgement, Outcome
from gicrawl.crawling.hosts import endpoint
from gicrawl.crawling.run import Target
from gicrawl.crawling.terms import Terms, registered, terms_of
from gicrawl.crawling.trouble import MAX_REFUSALS
from gicrawl.portals.registry import Portal
from gicrawl.portals.visiting import Hours

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gicrawl.archive.stored import StoredCapture
    from gicrawl.crawling.run import CrawlSummary

    TinyCrawl = Callable[..., CrawlSummary]
    Captures = Callable[..., list[StoredCapture]]

TEXT = "本机关依照条例编制本年度报告。" * 40
HOME = "http://www.one.gov.cn"
LISTED = "".join(f"<a href='/{number}'>报告</a>" for number in range(6)) + TEXT
ROUTES = {"/": page(LISTED), **{f"/{number}": page(TEXT) for number in range(6)}}


def clock_from(shanghai: str) -> Callable[[], datetime]:
    """A clock that starts at a time of day in Shanghai."""
    begin = datetime.now(UTC)
    start = datetime.fromisoformat(f"2026-11-22T{shanghai}+08:00").astimezone(UTC)
    return lambda: start + (datetime.now(UTC) - begin)


def at(server: RawServer, terms: Terms, *paths: str, name: str = "one") -> Target:
    return Target(
        url=" ".join(f"{HOME}{path}" for path in paths or ("/",)),
        family="tiny",
        portal=name,
        address=server.address,
        terms=terms,
    )


def crawled(tiny_crawl: TinyCrawl, server: RawServer, *targets: Target, **settings: object) -> CrawlSummary:
    names = ("www.one.gov.cn", "tjj.two.gov.cn", "files.example.com", "mirror.example.com")
    return tiny_crawl(*targets, closed=True, GICRAWL_ADDRESSES=dict.fromkeys(names, server.address), **settings)


def refused(captures: Captures) -> list[StoredCapture]:
    found = [capture for capture in captures() if capture.outcome is Outcome.REFUSED_BY_GUARD]
    assert all(not capture.request_head and capture.error for capture in found)
    return found


# Hours


def test_a_closed_portal_is_asked_for_nothing_and_says_so(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    terms = Terms(hours=Hours.read("22:00-06:00"))
    with RawServer(dict(ROUTES)) as server:
        summary = crawled(tiny_crawl, server, at(server, terms, "/", "/1"), GICRAWL_CLOCK=clock_from("12:00:00"))
    assert server.visits == []
    assert {capture.final_url for capture in refused(captures)} >= {f"{HOME}/", f"{HOME}/1"}
    assert all("22:00-06:00" in (capture.error or "") for capture in refused(captures))
    assert ["22:00-06:00" in error for error in summary.targets[0].errors] == [True]


def test_a_portal_that_opens_soon_is_waited_for(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    terms = Terms(hours=Hours.read("22:00-06:00"))
    clock = clock_from("21:59:59")
    with RawServer({"/": page(TEXT)}) as server:
        crawled(tiny_crawl, server, at(server, terms), GICRAWL_CLOCK=clock)
    assert [capture.outcome for capture in captures("/")] == [Outcome.OK]
    assert min(capture.time for capture in captures()) >= datetime(2026, 11, 22, 14, tzinfo=UTC)


def test_a_crawl_ends_when_the_portal_closes(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    terms = Terms(hours=Hours.read("21:00-22:00"))
    begin = datetime(2026, 11, 22, 13, 58, tzinfo=UTC)  # 21:58 in Shanghai
    with RawServer(dict(ROUTES)) as server:
        clock = lambda: begin + timedelta(seconds=30 * len(server.visits))  # noqa: E731 - time passes with each request
        summary = crawled(tiny_crawl, server, at(server, terms), GICRAWL_CLOCK=clock)
    assert len(server.visits) == 4
    assert len(refused(captures)) == 8 - 4
    assert summary.targets[0].errors


# Bounds


@pytest.mark.parametrize("columns", [1, 2])
def test_requests_of_all_columns_count_together(tiny_crawl: TinyCrawl, captures: Captures, columns: int) -> None:
    terms = Terms(max_pages=4)
    with RawServer({**ROUTES, "/b": page(LISTED)}) as server:
        targets = [at(server, terms, path) for path in ("/", "/b")[:columns]]
        summary = crawled(tiny_crawl, server, *targets)
    assert len(server.visits) == 4  # robots.txt among them
    assert len(refused(captures)) >= 3
    assert all("max_pages" in (capture.error or "") for capture in refused(captures))
    assert [line.count("max_pages") for target in summary.targets for line in target.errors] == [1]


def test_bytes_are_bounded(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    with RawServer(dict(ROUTES)) as server:
        crawled(tiny_crawl, server, at(server, Terms(max_bytes=2000)))
    assert 2 <= len(server.visits) <= 5
    assert len(server.visits) + len(refused(captures)) == 8
    assert all("max_megabytes" in (capture.error or "") for capture in refused(captures))


def test_time_is_bounded(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    with RawServer(dict(ROUTES)) as server:
        summary = crawled(tiny_crawl, server, at(server, Terms(max_seconds=0.6)), delay=0.2)
    assert len(server.visits) < 8
    assert all("max_hours" in (capture.error or "") for capture in refused(captures))
    assert ["max_hours" in error for error in summary.targets[0].errors] == [True]


def test_a_calendar_without_an_end_is_left(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    def day(visit: Visit) -> object:
        number = int(visit.path.rpartition("/")[2])
        return page(f"<a href='/day/{number + 1}'>次日</a>{TEXT}")

    routes: dict[str, object] = {f"/day/{number}": day for number in range(60)}
    with RawServer(routes) as server:
        target = Target(url=f"{HOME}/day/0", family="chain", portal="one", address=server.address)
        crawled(tiny_crawl, server, target, GICRAWL_MAX_DEPTH=5)
    assert len(server.visits) == 7
    (late,) = refused(captures)
    assert late.final_url == f"{HOME}/day/6"
    assert "max_depth" in (late.error or "")


# Where


@pytest.mark.parametrize("how", ["redirect", "refresh", "link"])
def test_what_leads_to_a_foreign_host_is_named_and_not_followed(
    tiny_crawl: TinyCrawl, captures: Captures, how: str
) -> None:
    mirror = "http://mirror.example.com/1"
    answers = {
        "redirect": page("", f"Location: {mirror}", status="302 Found"),
        "refresh": page(f"<meta http-equiv=refresh content='0;url={mirror}'>{TEXT}"),
        "link": page(f"<a href='{mirror}'>镜像</a>{TEXT}"),
    }
    with RawServer({"/": answers[how], "/1": page(TEXT)}) as server:
        summary = crawled(tiny_crawl, server, at(server, Terms()))
    assert {visit.host for visit in server.visits} == {"www.one.gov.cn"}  # not even its robots.txt
    (found,) = refused(captures)
    assert found.final_url == mirror
    assert "mirror.example.com" in (found.error or "")
    assert found.hop == (0 if how == "link" else 1)
    assert summary.targets[0].elsewhere == (how == "link")


@pytest.mark.parametrize(
    ("target", "terms"),
    [
        ("http://tjj.two.gov.cn/1", Terms()),
        ("http://files.example.com/1", Terms(hosts=frozenset({"files.example.com"}))),
        ("http://files.example.com/1", Terms(begins=("http://www.example.com/",))),
    ],
)
def test_redirects_lead_on_within_gov_cn_and_to_declared_hosts(
    tiny_crawl: TinyCrawl, captures: Captures, target: str, terms: Terms
) -> None:
    routes = {"/": page("", f"Location: {target}", status="301 Moved"), "/1": page(TEXT)}
    with RawServer(routes) as server:
        crawled(tiny_crawl, server, at(server, terms))
    assert refused(captures) == []
    assert [capture.outcome for capture in captures("/1")] == [Outcome.OK]


def test_an_entry_says_what_the_terms_are(tmp_path: Path) -> None:
    text = (
        '[[portal]]\nid = "a"\nbody = "云坪县人民政府"\nlevel = "county"\nhome = "http://www.yunping.gov.cn/"\n'
        'hours = "22:00-06:00"\ntls = "relaxed"\nmax_megabytes = 2\nmax_hours = 0.5\ndelay = 9\n'
    )
    (tmp_path / "portals.toml").write_text(text, encoding="utf-8")
    found = registered("a", {"GICRAWL_PORTALS": str(tmp_path / "portals.toml")})  # type: ignore[arg-type]
    assert (str(found.hours), found.relaxed_tls, found.delay) == ("22:00-06:00", True, 9.0)
    assert (found.max_bytes, found.max_seconds, found.max_pages) == (2 << 20, 1800.0, None)
    assert terms_of(Portal(id="b", body="x", level="county", home="http://b.gov.cn/")) == Terms(
        begins=("http://b.gov.cn/",)
    )


# Turns


def test_a_host_is_one_host_whatever_its_ports_and_scheme() -> None:
    urls = ("http://a.gov.cn/", "https://A.gov.cn./", "http://a.gov.cn:8080/")
    assert {endpoint(url).guest_of for url in urls} == {"a.gov.cn"}
    assert endpoint("http://127.0.0.1:8001/").guest_of != endpoint("http://127.0.0.1:8002/").guest_of


# A host that is left alone


CHALLENGE = page(
    "<script>document.cookie='__jsl_clearance_s=1|a';location.reload()</script>",
    "Set-Cookie: __jsluid_h=1",
    status="521 ",
)


def test_a_block_is_heeded_by_the_runs_of_a_whole_day(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    with RawServer({"/": CHALLENGE, "/1": page(TEXT)}) as server:
        target = at(server, Terms(), "/", "/1")
        crawled(tiny_crawl, server, target)
        assert server.paths() == ["/robots.txt", "/"]
        again = crawled(tiny_crawl, server, target)
        assert len(server.visits) == 2
        assert again.stopped_hosts == {"www.one.gov.cn": "it blocks us (jsl)"}
        assert {capture.judgement for capture in [*captures("/"), *captures("/1")]} == {Judgement.BLOCKED}
        assert all("jsl" in (capture.error or "") for capture in refused(captures))
        crawled(tiny_crawl, server, target, GICRAWL_CLOCK=lambda: datetime.now(UTC) + timedelta(hours=25))
    assert server.paths()[2:] == ["/robots.txt", "/"]


def test_a_shield_before_robots_txt_is_a_block_and_no_unreachable_file(
    tiny_crawl: TinyCrawl, captures: Captures
) -> None:
    with RawServer({"/robots.txt": CHALLENGE, "/": page(TEXT)}) as server:
        summary = crawled(tiny_crawl, server, at(server, Terms()))
    assert server.paths() == ["/robots.txt"]
    assert [capture.judgement for capture in captures("/robots.txt")] == [Judgement.BLOCKED]
    assert [capture.outcome for capture in captures("/")] == [Outcome.REFUSED_BY_GUARD]
    assert "jsl" in summary.stopped_hosts["www.one.gov.cn"]


def test_a_long_rest_is_kept_by_later_runs_which_do_not_wait(tiny_crawl: TinyCrawl) -> None:
    with RawServer({"/": page("x", "Retry-After: 4000", status="429 Too Many")}) as server:
        target = at(server, Terms())
        crawled(tiny_crawl, server, target)
        second = crawled(tiny_crawl, server, target)
    assert server.paths() == ["/robots.txt", "/"]
    assert second.seconds < 30
    assert "4000" in second.stopped_hosts["www.one.gov.cn"]


# Bodies


def test_a_stream_without_a_length_ends_at_the_bound(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    endless = raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", *[b"x" * 20_000] * 50, close=True)
    with RawServer({"/": endless}) as server:
        crawled(tiny_crawl, server, at(server, Terms()), DOWNLOAD_MAXSIZE=100_000)
    assert [capture.outcome for capture in captures("/")] == [Outcome.TOO_LARGE]


def test_a_host_that_refuses_page_after_page_is_left_alone(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    links = "".join(f"<a href='/{number}'>报告</a>" for number in range(20))
    routes = {f"/{number}": page("no", status="403 Forbidden") for number in range(20)}
    with RawServer({"/": page(links + TEXT), **routes}) as server:
        summary = crawled(tiny_crawl, server, at(server, Terms()))
    assert len(server.visits) == 2 + MAX_REFUSALS
    assert "HTTP 403" in summary.stopped_hosts["www.one.gov.cn"]
    assert len(refused(captures)) == 20 - MAX_REFUSALS
