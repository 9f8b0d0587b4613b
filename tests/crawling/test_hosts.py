"""What a page cannot make us dial."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from typing import TYPE_CHECKING

import pytest
from rawserver import RawServer, page
from scrapy.exceptions import CannotResolveHostError

from gicrawl.archive.records import Outcome
from gicrawl.crawling.hosts import AddressError, Endpoint, Hosts, RefusedByGuard, endpoint, is_public
from gicrawl.crawling.run import ContactMissing, Target, with_contact

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.archive.stored import StoredCapture
    from gicrawl.crawling.run import CrawlSummary

    TinyCrawl = Callable[..., CrawlSummary]
    Captures = Callable[..., list[StoredCapture]]

TEXT = "本机关依照条例编制本年度报告。" * 40


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to refuse, not one to bind
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:  # noqa: FBT001 - an expected value
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    "url", ["ftp://a/", "file:///etc/passwd", "javascript:x", "http:///x", "http://a:99999/", "data:,x"]
)
def test_only_web_urls_have_an_endpoint(url: str) -> None:
    with pytest.raises(RefusedByGuard, match=re.escape(url)):
        endpoint(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("http://www.example.gov.cn", "www.example.gov.cn", 80, False),
        ("https://www.example.gov.cn/a/b.html?c=d", "www.example.gov.cn", 443, True),
        ("https://www.example.gov.cn?c=http://other.example", "www.example.gov.cn", 443, True),
        ("http://127.0.0.1:59999/a", "127.0.0.1", 59999, False),
        ("http://127.0.0.1:65535#a", "127.0.0.1", 65535, False),
        ("HTTP://WWW.Example.gov.cn./a", "www.example.gov.cn", 80, False),
        ("http://www.example.gov.cn@other.example/", "other.example", 80, False),
        ("http://www.example.gov.cn:80@other.example/", "other.example", 80, False),
        ("http://[::1]:8080/", "::1", 8080, False),
        ("http://政府.cn/", "xn--mxtq1m.cn", 80, False),
    ],
)
def test_where_a_url_leads(url: str, host: str, port: int, tls: bool) -> None:  # noqa: FBT001 - an expected value
    assert endpoint(url) == Endpoint(host, port, tls)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:8001/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://localhost/",
        "http://169.254.169.254/latest/",
        "http://8.8.8.8:22/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1./",
    ],
)
def test_guard_refuses_what_leads_inside(url: str) -> None:
    hosts = Hosts(contact="mail@example.org")
    with pytest.raises(RefusedByGuard):
        asyncio.run(hosts.resolve(endpoint(url)))


def test_named_hosts_may_be_private_on_the_port_named() -> None:
    hosts = Hosts(named=["127.0.0.1:8001"])
    (address,) = asyncio.run(hosts.resolve(endpoint("http://127.0.0.1:8001/")))
    assert (address.ip, address.port) == ("127.0.0.1", 8001)
    with pytest.raises(RefusedByGuard):
        asyncio.run(hosts.resolve(endpoint("http://127.0.0.1:8002/")))


def test_nothing_beyond_loopback_without_a_contact() -> None:
    with pytest.raises(RefusedByGuard, match="contact"):
        asyncio.run(Hosts().resolve(endpoint("http://8.8.8.8/")))
    assert asyncio.run(Hosts(contact="mail@example.org").resolve(endpoint("http://8.8.8.8/")))


def test_unknown_names_are_told_from_refused_ones() -> None:
    with pytest.raises(CannotResolveHostError):
        asyncio.run(Hosts(contact="x").resolve(endpoint("http://nowhere.invalid/")))
    with pytest.raises(RefusedByGuard, match="closed"):
        asyncio.run(Hosts(contact="x", closed=True).resolve(endpoint("http://nowhere.invalid/")))


@pytest.mark.parametrize("address", ["8.8.8.8:80", "127.0.0.1", "localhost:80", "127.0.0.1:x", "127.0.0.1:0", ""])
def test_addresses_must_be_loopback(address: str) -> None:
    with pytest.raises(AddressError):
        Hosts({"www.a.gov.cn": address})


def test_links_to_other_ports_and_private_hosts_are_refused_and_on_record(
    tiny_crawl: TinyCrawl, captures: Captures
) -> None:
    with RawServer({"/": page(TEXT)}) as inner, RawServer({}) as server:
        server.routes["/"] = page(
            f"<a href='{inner.url}/'>one</a><a href='http://10.0.0.1/'>two</a><a href='ftp://x/'>three</a>{TEXT}"
        )
        server.routes["/away"] = page("", f"Location: {inner.url}/secret", status="302 Found")
        tiny_crawl(f"{server.url}/ {server.url}/away")
    assert inner.visits == []
    refused = [capture for capture in captures() if capture.outcome == Outcome.REFUSED_BY_GUARD]
    assert {capture.final_url for capture in refused} >= {f"{inner.url}/", "http://10.0.0.1/", f"{inner.url}/secret"}
    assert all(not capture.request_head and capture.error for capture in refused)


def test_sample_names_lead_to_loopback_and_nowhere_else(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    with RawServer({"/": page(f"<a href='http://www.other.gov.cn/'>elsewhere</a>{TEXT}")}) as server:
        target = Target(url="http://www.one.gov.cn/", family="tiny", portal="one", address=server.address)
        tiny_crawl(target, closed=True)
        (home,) = [capture for capture in captures("/") if capture.final_url == "http://www.one.gov.cn/"]
        assert home.ip == server.address
    (elsewhere,) = [capture for capture in captures() if capture.role == "article"]
    assert elsewhere.outcome == Outcome.REFUSED_BY_GUARD


def test_proxy_variables_are_ignored(tiny_crawl: TinyCrawl, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer({"/a": page(TEXT)}) as server, RawServer({}) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        tiny_crawl(f"{server.url}/a")
    assert proxy.visits == []
    assert len(server.visits) == 2


def test_crawl_beyond_loopback_needs_a_contact(tiny_crawl: TinyCrawl) -> None:
    with pytest.raises(ContactMissing, match=r"www\.one\.gov\.cn"):
        tiny_crawl("http://www.one.gov.cn/")


def test_contact_goes_into_the_user_agent() -> None:
    assert with_contact("gicrawl/1.0 (research)", "a@b.org") == "gicrawl/1.0 (+a@b.org; research)"
    assert with_contact("gicrawl/1.0 (+old; research)", "a@b.org") == "gicrawl/1.0 (+a@b.org; research)"


def test_a_registered_name_that_leads_inside_is_refused_on_any_port(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    """`localhost` stands for a portal whose name somebody has pointed at this machine: an answer of the DNS."""
    with RawServer({"/": page(TEXT)}) as server:
        target = Target(url=f"http://localhost:{server.port}/", family="tiny", portal="one")
        tiny_crawl(target, GICRAWL_CONTACT="mail@example.org")
        assert server.visits == []
    assert {capture.outcome for capture in captures()} == {Outcome.REFUSED_BY_GUARD}
    assert all("not on the public internet" in (capture.error or "") for capture in captures())


def test_a_registered_address_was_written_down_by_the_user(tiny_crawl: TinyCrawl) -> None:
    with RawServer({"/": page(TEXT)}) as server:
        tiny_crawl(Target(url=f"{server.url}/", family="tiny", portal="one"))
    assert server.paths() == ["/robots.txt", "/"]
