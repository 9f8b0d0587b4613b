"""End to end on loopback: what the server wrote is what the archive holds."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from rawserver import RawServer, Visit, page, raw

from gicrawl.archive.records import Judgement, Outcome
from gicrawl.archive.store import open_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gicrawl.archive.stored import StoredCapture
    from gicrawl.crawling.run import CrawlSummary

    TinyCrawl = Callable[..., CrawlSummary]
    Captures = Callable[..., list[StoredCapture]]

TEXT = "本机关依照条例编制本年度报告。" * 40
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n"
    b"5;ext=1\r\n<p>ab\r\n000A\r\ncdefghijkl\r\n0;last\r\nX-Trailer: t\r\n\r\n"
)

WIRES = {
    "plain": page(TEXT),
    "chunked": raw(CHUNKED[:70], CHUNKED[70:90], CHUNKED[90:], pause=0.02),
    "gzip": page(gzip.compress(TEXT.encode()), "Content-Encoding: gzip"),
    "gbk-header": raw(b"HTTP/1.1 200 \xba\xc3\r\nX-Name: \xc4\xea\xb1\xa8\r\nContent-Length: 2\r\n\r\nok"),
    "http10": raw(b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nup to the end of the connection", close=True),
    "bare-lf": raw(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
    "folded": raw(b"HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nContent-Length: 2\r\n\r\nok"),
    "interim": raw(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    ),
    "surplus": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", close=True),
    "missing": page("找不到", status="404 Not Found"),
    "gone": page("没有了", status="410 Gone"),
    "teapot": page("x", status="418 I'm a teapot"),
}


def check_wires(server: RawServer, archive_path: Path) -> None:
    """Every answer the server wrote can be made again from the archive, in the order written."""
    with open_archive(archive_path) as archive:
        made: dict[str, list[tuple[bytes, bytes]]] = {}
        for capture in archive.captures():
            if capture.request_head:
                path = "/" + capture.final_url.partition("//")[2].partition("/")[2]
                made.setdefault(path, []).append((archive.request(capture.id), archive.wire(capture.id)))
    wrote: dict[str, list[tuple[bytes, bytes]]] = {}
    for visit in server.visits:
        wrote.setdefault(visit.path, []).append((visit.request, bytes(visit.sent)))
    assert made == wrote


def test_archived_wire_equals_what_the_server_wrote(
    tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path
) -> None:
    with RawServer({f"/{name}": answer for name, answer in WIRES.items()}) as server:
        summary = tiny_crawl(" ".join(f"{server.url}/{name}" for name in WIRES))
        check_wires(server, archive_path)
    assert summary.archive_error is None
    assert summary.targets[0].reason == "finished"
    assert summary.targets[0].errors == ()
    outcomes = {capture.final_url.rpartition("/")[2]: capture.outcome for capture in captures()}
    expected = dict.fromkeys(WIRES, Outcome.OK) | {
        "missing": Outcome.NOT_FOUND,
        "gone": Outcome.GONE,
        "teapot": Outcome.HTTP_ERROR,
        "robots.txt": Outcome.NOT_FOUND,
    }
    assert outcomes == expected
    (zipped,) = captures("/gzip")
    with open_archive(archive_path) as archive:
        assert archive.content(zipped).decode() == TEXT
    assert all(capture.robots == "absent" for capture in captures() if capture.role != "robots")
    assert summary.targets[0].requests == len(WIRES) + 1


def test_request_says_what_we_ask_for_and_who_we_are(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    with RawServer({"/a": page(TEXT)}) as server:
        tiny_crawl(f"{server.url}/a?%E5%B9%B4=1#part")
        (visit,) = server.of("/a?%E5%B9%B4=1")
        (capture,) = captures("/a?%E5%B9%B4=1")
    assert visit.header("Accept-Encoding") == "identity"
    assert visit.header("Host") == server.address
    assert (visit.header("User-Agent") or "").startswith("gicrawl/")
    assert capture.ip == server.address
    assert capture.declared_charset == "utf-8"
    assert capture.elapsed is not None


def test_keep_alive_uses_one_connection(tiny_crawl: TinyCrawl) -> None:
    routes = {f"/{number}": page(TEXT) for number in range(5)}
    with RawServer(routes) as server:
        tiny_crawl(" ".join(f"{server.url}{path}" for path in routes))
    assert len(server.visits) == 6
    assert len({visit.connection for visit in server.visits}) == 1


def test_dropped_keep_alive_connection_is_dialled_again(tiny_crawl: TinyCrawl) -> None:
    """The server ends the connection after each answer without having said so."""
    routes = {f"/{number}": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", close=True) for number in range(5)}
    with RawServer(routes) as server:
        summary = tiny_crawl(" ".join(f"{server.url}{path}" for path in routes))
    assert summary.targets[0].captures == {"ok": 5, "not_found": 1}
    assert sorted(path for path in server.paths() if path != "/robots.txt") == sorted(routes)


@pytest.mark.parametrize(
    ("answer", "outcome", "arrived"),
    [
        (raw(b"HTTP/1.1 200 OK\r\nContent-Le", close=True), Outcome.TRUNCATED, b""),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", close=True), Outcome.TRUNCATED, b"12345"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", reset=True), Outcome.TRUNCATED, b"12345"),
        (raw(b"HTTP/1.1 200 OK\r\n\r\n12345", reset=True), Outcome.TRUNCATED, b"12345"),
        (raw(CHUNKED[:84], close=True), Outcome.TRUNCATED, b"<p>"),
        (raw(CHUNKED[:-20], close=True), Outcome.TRUNCATED, b"<p>abcdefghijkl"),
        (raw(b"SSH-2.0-x\r\n", close=True), Outcome.NETWORK_ERROR, b""),
        (raw(close=True), Outcome.NETWORK_ERROR, b""),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", b"cd", pause=3.0), Outcome.TRUNCATED, b"ab"),
        (raw(b"HTTP/1.1 200 OK\r\n\r\n", before=3.0), Outcome.NETWORK_ERROR, b""),
    ],
)
def test_torn_answers_are_kept_marked_and_asked_for_again(  # noqa: PLR0917 - three parameters, three fixtures
    tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path, answer: object, outcome: Outcome, arrived: bytes
) -> None:
    absent = page("", "Connection: close", status="404 Not Found")
    with RawServer({"/robots.txt": absent, "/a": [answer, page(TEXT)]}) as server:
        tiny_crawl(f"{server.url}/a", DOWNLOAD_TIMEOUT=0.4)
        first, second = captures("/a")
        with open_archive(archive_path) as archive:
            sent = bytes(server.of("/a")[0].sent)
            if "pause=3" not in repr(answer):
                assert archive.wire(first.id) == sent[: len(archive.wire(first.id))]
                if not getattr(answer, "before", 0):
                    assert archive.wire(first.id) == sent
            message = archive.response(first.id)
    assert first.outcome == outcome
    assert first.error
    assert (message.body if message is not None else b"") == arrived
    assert second.outcome == Outcome.OK


def test_redirects_are_hops_and_errors_are_retried(
    tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path
) -> None:
    routes = {
        "/old": page("moved", "Location: /new", status="301 Moved"),
        "/new": [page("busy", status="503 Busy"), page(TEXT)],
        "/loop": page("again", "Location: /loop", "Set-Cookie: seen=1", status="302 Found"),
    }
    with RawServer(routes) as server:
        tiny_crawl(f"{server.url}/old {server.url}/loop")
        check_wires(server, archive_path)
    old, busy, new = captures("/old") + captures("/new")
    assert (old.outcome, old.hop) == (Outcome.REDIRECT, 0)
    assert (busy.outcome, busy.hop, busy.requested_url) == (Outcome.HTTP_ERROR, 1, f"{server.url}/old")
    assert (new.outcome, new.hop, new.final_url) == (Outcome.OK, 1, f"{server.url}/new")
    assert len(captures("/loop")) == 3
    assert server.of("/loop")[1].header("Cookie") == "seen=1"


def test_over_long_body_is_cut_and_marked(tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path) -> None:
    with RawServer({"/big": page(b"x" * 900_000)}) as server:
        tiny_crawl(f"{server.url}/big", DOWNLOAD_MAXSIZE=100_000)
    (big,) = captures("/big")
    assert big.outcome == Outcome.TOO_LARGE
    with open_archive(archive_path) as archive:
        message = archive.response(big.id)
    assert message is not None
    assert len(message.body) == 100_000
    assert not message.complete


def test_links_and_pages_read_reach_the_archive(tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path) -> None:
    column = "<html><body><ul><li><a href='/1'>某县2023年报告</a><li><a href='/2'>某县2024年报告</a></ul>" + TEXT
    with RawServer({"/list": page(column), "/1": page(TEXT), "/2": page(TEXT + "二"), "/1?bare": page(TEXT)}) as server:
        summary = tiny_crawl(f"{server.url}/list {server.url}/1?bare")
    assert (summary.targets[0].links, summary.targets[0].list_pages) == (2, 2)
    assert summary.targets[0].layout_unknown == 1
    assert summary.bodies_new == 4  # robots.txt, the list, two texts
    (first,) = captures("/1")
    (column_page,) = captures("/list")
    assert (first.referrer, first.link_text) == (column_page.id, "某县2023年报告")
    assert column_page.pages_end is True
    with open_archive(archive_path) as archive:
        assert archive.db["links"].count == 2
        (run,) = archive.runs()
    assert run.status == "finished"


def test_second_visit_is_conditional_and_goes_on_from_the_archive(
    tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path
) -> None:
    def column(visit: object) -> object:
        if getattr(visit, "header")("If-None-Match") == '"v1"':  # noqa: B009 - Visit is a type of the test server
            return raw(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
        return page(
            gzip.compress(f"<a href='/1'>报告</a>{TEXT}".encode(), mtime=0), 'ETag: "v1"', "Content-Encoding: gzip"
        )

    routes = {"/list": column, "/1": page(TEXT, "Last-Modified: Tue, 01 Jan 2030 00:00:00 GMT")}
    with RawServer(routes) as server:
        tiny_crawl(f"{server.url}/list")
        second = tiny_crawl(f"{server.url}/list")
        check_wires(server, archive_path)
        assert server.of("/1")[1].header("If-Modified-Since") == "Tue, 01 Jan 2030 00:00:00 GMT"
        third = tiny_crawl(f"{server.url}/list", full=True)
        assert server.of("/list")[2].header("If-None-Match") is None
    assert second.bodies_new == 0
    assert second.targets[0].captures == {"not_modified": 1, "ok": 1, "not_found": 1}
    assert second.targets[0].links == 1
    first, revisit, _ = captures("/list")
    assert revisit.outcome == Outcome.NOT_MODIFIED
    assert revisit.revisit_of == first.id
    assert third.bodies_new == 0


def test_rate_limits_are_told_from_errors_and_sat_out(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    with RawServer({"/a": [page("slow down", "Retry-After: 1", status="503 Busy"), page(TEXT)]}) as server:
        tiny_crawl(f"{server.url}/a")
    limited, good = captures("/a")
    assert (limited.outcome, good.outcome) == (Outcome.RATE_LIMITED, Outcome.OK)
    one, two = server.of("/a")
    assert two.start - one.end >= 1.0


def test_host_that_asks_for_too_long_a_rest_is_left_alone(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    with RawServer({"/a": page("x", "Retry-After: 86400", status="429 Too Many"), "/b": page(TEXT)}) as server:
        summary = tiny_crawl(f"{server.url}/a {server.url}/b")
    assert server.paths() == ["/robots.txt", "/a"]
    assert "86400" in summary.stopped_hosts[server.address]
    assert {capture.outcome for capture in captures("/b")} == {Outcome.REFUSED_BY_GUARD}


def test_block_is_recognised_and_the_host_left_alone(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    challenge = "<html><script>document.cookie='__jsl_clearance_s=1|abc;max-age=3600';location.reload()</script></html>"
    blocked = page(challenge, "Set-Cookie: __jsluid_h=1", status="521 ")
    with RawServer({"/a": blocked, "/b": page(TEXT)}) as server:
        summary = tiny_crawl(f"{server.url}/a {server.url}/b")
    assert [path for path in server.paths() if path != "/robots.txt"] == ["/a"]
    (capture,) = captures("/a")
    assert (capture.outcome, capture.judgement) == (Outcome.HTTP_ERROR, Judgement.BLOCKED)
    assert "jsl" in summary.stopped_hosts[server.address]


def test_undecodable_answer_is_shown_as_it_came(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    with RawServer({"/a": page(TEXT, "Content-Encoding: gzip")}) as server:
        summary = tiny_crawl(f"{server.url}/a")
    assert summary.targets[0].layout_unknown == 1  # the spider saw it
    (capture,) = captures("/a")
    assert capture.outcome == Outcome.OK


def test_what_unfolds_beyond_the_bound_is_kept_as_it_came_and_shown_to_nobody_unfolded(
    tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path
) -> None:
    bomb = gzip.compress(b"<a href='/x'>" + bytes(80 << 20), 9)
    with RawServer({"/a": page(bomb, "Content-Encoding: gzip")}) as server:
        tiny_crawl(f"{server.url}/a")
    (capture,) = captures("/a")
    with open_archive(archive_path) as archive:
        message = archive.response(capture.id)
        assert message is not None
        assert message.body == bomb
        assert archive.db["links"].count == 0


def test_redirects_in_circles_and_without_an_end_do_end(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    def onward(visit: Visit) -> object:
        return page("", f"Location: /n{int(visit.path[2:]) + 1}", status="302 Found")

    circle = {"/a": page("", "Location: /b", status="302 Found"), "/b": page("", "Location: /a", status="302 Found")}
    with RawServer({**circle, **{f"/n{number}": onward for number in range(30)}}) as server:
        summary = tiny_crawl(f"{server.url}/a {server.url}/n0")
    assert len(server.visits) <= 1 + 2 + 6
    assert {capture.outcome for capture in captures() if capture.role != "robots"} == {Outcome.REDIRECT}
    assert summary.targets[0].reason == "finished"


def test_a_server_that_first_writes_a_session_into_the_address_is_followed(
    tiny_crawl: TinyCrawl, captures: Captures
) -> None:
    folder = "/(S(3ihqaq55xk3jlmn4dxq2bdmu))"
    with RawServer(
        {
            "/a": page("", f"Location: {folder}/a", status="302 Found"),
            f"{folder}/a": page(TEXT),
            "/b": page("", "Location: /b;jsessionid=0A1B2C", status="302 Found"),
            "/b;jsessionid=0A1B2C": page(TEXT),
        }
    ) as server:
        tiny_crawl(f"{server.url}/a {server.url}/b")
    assert [captures(path)[-1].outcome for path in (f"{folder}/a", "/b;jsessionid=0A1B2C")] == [Outcome.OK] * 2


def test_cookies_that_change_with_each_answer_change_no_page(
    tiny_crawl: TinyCrawl, captures: Captures, archive_path: Path
) -> None:
    def page_of(_: Visit) -> object:
        return page(TEXT, f"Set-Cookie: session={len(server.visits)}; path=/")

    with RawServer({"/a": page_of}) as server:
        for _ in range(2):
            tiny_crawl(f"{server.url}/a")
    first, second = captures("/a")
    assert first.body_sha256 == second.body_sha256
    with open_archive(archive_path) as archive:
        assert archive.wire(first.id) != archive.wire(second.id)
