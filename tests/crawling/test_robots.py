"""robots.txt as RFC 9309 says, each fetch and each denial on record."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rawserver import RawServer, page, raw

from gicrawl.archive.records import Outcome, Role
from gicrawl.crawling.rules import DAY, SOON, RobotsCache, read_robots

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.archive.stored import StoredCapture
    from gicrawl.crawling.run import CrawlSummary

    TinyCrawl = Callable[..., CrawlSummary]
    Captures = Callable[..., list[StoredCapture]]

TEXT = "本机关依照条例编制本年度报告。" * 40


@pytest.mark.parametrize(
    ("status", "body", "url", "verdict"),
    [
        (200, b"User-agent: *\nDisallow: /x", "http://a/x/1", "denied"),
        (200, b"User-agent: *\nDisallow: /x", "http://a/y", "allowed"),
        (200, b"User-agent: *\nDisallow: /\n\nUser-agent: gicrawl\nAllow: /", "http://a/y", "allowed"),
        (200, b"User-agent: gicrawl\nDisallow: /\n\nUser-agent: *\nAllow: /", "http://a/y", "denied"),
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /", "http://a/y", "denied"),
        (200, "User-agent: *\nDisallow: /年报".encode(), "http://a/%E5%B9%B4%E6%8A%A5/1", "denied"),
        (200, b"\n <!DOCTYPE html><p>Disallow: /", "http://a/y", "absent"),
        (200, b"", "http://a/y", "allowed"),
        (404, b"User-agent: *\nDisallow: /", "http://a/y", "absent"),
        (403, b"", "http://a/y", "absent"),
        (429, b"", "http://a/y", "unreachable"),
        (500, b"", "http://a/y", "unreachable"),
        (503, b"User-agent: *\nAllow: /", "http://a/y", "unreachable"),
    ],
)
def test_what_a_robots_txt_says(status: int, body: bytes, url: str, verdict: str) -> None:
    assert read_robots(status, body).verdict(url) == verdict


def test_what_pause_a_robots_txt_asks_for() -> None:
    def pause(body: str) -> float | None:
        return read_robots(200, f"User-agent: *\n{body}".encode()).delay

    assert pause("Disallow: /x") is None
    assert pause("Crawl-delay: 3") == 3.0
    assert pause("Request-rate: 1/7s") == 7.0
    assert pause("Crawl-delay: 9\nRequest-rate: 2/10s") == 9.0


def test_rules_are_used_for_a_day_and_an_unreachable_file_is_asked_for_sooner() -> None:
    cache = RobotsCache()
    now = time.monotonic()
    for status, body, seconds in ((200, b"User-agent: *", DAY), (404, b"", DAY), (500, b"", SOON)):
        rules = read_robots(status, body)
        assert now + seconds - 1 <= rules.expires <= time.monotonic() + seconds
        cache.known["http://a"] = rules
        assert cache.get("http://a") is rules
        cache.known["http://a"] = replace(rules, expires=time.monotonic())
        assert cache.get("http://a") is None


def test_denied_pages_are_on_record_and_nothing_is_sent(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    rules = page("User-agent: *\nDisallow: /private\n", kind="text/plain")
    with RawServer({"/robots.txt": rules, "/private": page(TEXT), "/open": page(TEXT)}) as server:
        summary = tiny_crawl(f"{server.url}/private {server.url}/open")
    assert server.paths() == ["/robots.txt", "/open"]
    (denied,) = captures("/private")
    assert (denied.outcome, denied.robots, denied.request_head) == (Outcome.ROBOTS_DENIED, "denied", b"")
    (allowed,) = captures("/open")
    assert allowed.robots == "allowed"
    (robots,) = captures("/robots.txt")
    assert (robots.role, robots.robots) == (Role.ROBOTS, None)
    assert summary.targets[0].requests == 2


@pytest.mark.parametrize(
    "answer",
    [
        page("x", status="500 Broken"),
        raw(close=True),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nU", close=True),
    ],
)
def test_unreachable_robots_txt_closes_the_host(tiny_crawl: TinyCrawl, captures: Captures, answer: object) -> None:
    with RawServer({"/robots.txt": answer, "/a": page(TEXT), "/b": page(TEXT)}) as server:
        tiny_crawl(f"{server.url}/a {server.url}/b")
    assert set(server.paths()) == {"/robots.txt"}
    assert len(server.visits) <= 3
    for path in ("/a", "/b"):
        (denied,) = captures(path)
        assert (denied.outcome, denied.robots) == (Outcome.ROBOTS_DENIED, "unreachable")


def test_redirected_robots_txt_is_followed_and_archived_hop_by_hop(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    routes = {
        "/robots.txt": page("", "Location: /r1", status="301 Moved"),
        "/r1": page("", "Location: /r2", status="302 Found"),
        "/r2": page("User-agent: *\nDisallow: /a\nCrawl-delay: 0.3\n", kind="text/plain"),
        "/a": page(TEXT),
        "/b": page(TEXT),
    }
    with RawServer(routes) as server:
        tiny_crawl(f"{server.url}/a {server.url}/b")
    assert server.paths() == ["/robots.txt", "/r1", "/r2", "/b"]
    assert server.visits[3].start - server.visits[2].end >= 0.3
    assert [(capture.hop, capture.role) for capture in captures("/r2")] == [(2, Role.ROBOTS)]


def test_robots_txt_that_redirects_for_ever_counts_as_absent(tiny_crawl: TinyCrawl) -> None:
    routes = {"/robots.txt": page("", "Location: /robots.txt", status="302 Found"), "/a": page(TEXT)}
    with RawServer(routes) as server:
        summary = tiny_crawl(f"{server.url}/a")
    assert server.paths() == ["/robots.txt"] * 6 + ["/a"]
    assert summary.targets[0].captures["ok"] == 1


def test_redirect_into_a_forbidden_place_is_denied(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    rules = page("User-agent: *\nDisallow: /private\n", kind="text/plain")
    routes = {"/robots.txt": rules, "/a": page("", "Location: /private", status="302 Found"), "/private": page(TEXT)}
    with RawServer(routes) as server:
        tiny_crawl(f"{server.url}/a")
    assert "/private" not in server.paths()
    (denied,) = captures("/private")
    assert (denied.outcome, denied.hop, denied.requested_url) == (Outcome.ROBOTS_DENIED, 1, f"{server.url}/a")


def test_robots_txt_that_leads_inside_does_not_open_the_host(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    routes = {"/robots.txt": page("", "Location: http://10.0.0.1/robots.txt", status="302 Found"), "/a": page(TEXT)}
    with RawServer(routes) as server:
        tiny_crawl(f"{server.url}/a")
    assert server.paths() == ["/robots.txt"]
    (denied,) = captures("/a")
    assert (denied.outcome, denied.robots) == (Outcome.ROBOTS_DENIED, "unreachable")
