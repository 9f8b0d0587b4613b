"""Faults on demand: each is served as it is named, on the wire, and goes when it is taken back."""

from __future__ import annotations

import http.client
import zlib
from typing import TYPE_CHECKING

import pytest

from gicrawl.sample import SampleServer
from gicrawl.sample.changes import KINDS
from gicrawl.sample.faults import FAULTS, ROBOTS_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUS = {
    "throttled": 429,
    "busy": 503,
    "broken": 500,
    "loop": 302,
    "homeward": 302,
    "challenge": 521,
    "torn": 200,
    "garbled": 200,
    "misnamed": 200,
    "soft_404": 200,
}


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    with SampleServer(seed=4, families=("ucap",)) as running:
        yield running


def get(server: SampleServer, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.ports["qingya"], timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        try:
            body = answer.read()
        except http.client.IncompleteRead as torn:
            body = b"torn:" + torn.partial
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body
    finally:
        connection.close()


def test_each_fault_is_on_the_wire_and_is_taken_back(server: SampleServer) -> None:
    assert set(STATUS) == set(FAULTS)
    assert {*FAULTS, *ROBOTS_FAULTS} < set(KINDS)
    reports = server.manifest()["portals"][0]["reports"]
    for fault, report in zip(STATUS, reports, strict=False):
        before = get(server, report["path"])[2]
        server.change("qingya", fault, report["path"])
        status, headers, body = get(server, report["path"])
        assert status == STATUS[fault], fault
        if fault in {"throttled", "busy"}:
            assert headers["retry-after"] == "3"
        elif fault == "loop":
            assert headers["location"] == report["path"]
        elif fault == "homeward":
            assert headers["location"] == "/"
        elif fault == "challenge":
            assert "__jsluid_s" in headers["set-cookie"]
        elif fault == "torn":
            assert body.startswith(b"torn:")
        elif fault == "garbled":
            with pytest.raises(zlib.error):
                zlib.decompress(body, 31)
        elif fault == "misnamed":
            assert headers["content-type"] == "application/pdf"
            assert b"<html" in body
        elif fault == "soft_404":
            assert "您访问的页面不存在".encode() in body
        server.change("qingya", "restore", report["path"])
        assert get(server, report["path"])[2] == before


def test_robots_may_be_a_page_an_error_or_closed(server: SampleServer) -> None:
    served = {}
    for fault in ROBOTS_FAULTS:
        server.change("qingya", fault)
        served[fault] = get(server, "/robots.txt")
    assert {fault: answer[0] for fault, answer in served.items()} == {
        "robots_html": 200,
        "robots_broken": 500,
        "robots_closed": 200,
        "robots_slow_down": 200,
    }
    assert served["robots_html"][1]["content-type"].startswith("text/html")
