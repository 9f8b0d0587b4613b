"""What the archive says went over the wire is what the sample servers wrote down, exchange by exchange."""

import re
from collections.abc import Iterator

import pytest
from whole import Walk

from gicrawl.archive.records import Outcome
from gicrawl.archive.store import open_archive
from gicrawl.archive.stored import StoredCapture
from gicrawl.sample.process import RequestRecord


@pytest.fixture(params=("from_home", "from_origin"))
def walk(request: pytest.FixtureRequest) -> Walk:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Walk)
    return found


def pairs(walk: Walk) -> Iterator[tuple[RequestRecord, StoredCapture, bytes, bytes]]:
    """Each exchange of a host with the capture of the same place in the order of time: the request and wire bytes."""
    for portal in walk.portals:
        exchanges = sorted((e for e in walk.record.requests if e.portal == portal["id"]), key=lambda e: e.began)
        home = walk.url(portal, "/")
        with open_archive(walk.archive) as archive:
            sent = [c for c in archive.captures() if c.request_head and c.final_url.startswith(home)]
            sent.sort(key=lambda capture: capture.time)
            assert len(sent) == len(exchanges)
            for exchange, capture in zip(exchanges, sent, strict=True):
                yield exchange, capture, archive.request(capture.id), archive.wire(capture.id)


def test_every_capture_equals_the_servers_own_record(walk: Walk) -> None:
    seen = 0
    for exchange, capture, request, wire in pairs(walk):
        assert request == exchange.request, capture.final_url
        assert wire == exchange.response, capture.final_url
        assert capture.status == exchange.status
        seen += 1
    assert seen == len(walk.record.requests) > 200


def test_every_way_to_answer_was_met(walk: Walk) -> None:
    met: dict[str, set[Outcome]] = {}
    for exchange, capture, _, wire in pairs(walk):
        head, _, body = wire.partition(b"\r\n\r\n")
        ways = {f"status {exchange.status}"}
        if re.search(rb"(?im)^transfer-encoding: *chunked", head):
            ways.add("chunked")
            ways |= {"chunk extension"} if re.search(rb"^[0-9A-Fa-f]+;[^\r\n]*\r\n", body, re.MULTILINE) else set()
            ways |= {"trailer"} if re.search(rb"\r\n0\r\n[^\r\n]+\r\n\r\n$", body) else set()
        elif re.search(rb"(?im)^content-length:", head):
            ways.add("plain" if exchange.complete else "torn")
        elif exchange.status == 200:
            ways.add("closed by the server")
        if re.search(rb"(?im)^content-encoding: *gzip", head):
            ways.add("gzip")
            ways |= {"gzip in chunks"} if "chunked" in ways else set()
        for way in ways:
            met.setdefault(way, set()).add(capture.outcome)
    assert met["torn"] == {Outcome.TRUNCATED}
    assert met["status 304"] == {Outcome.NOT_MODIFIED}
    assert met["status 301"] == {Outcome.REDIRECT}
    assert met["status 404"] == {Outcome.NOT_FOUND}
    for way in ("chunked", "chunk extension", "trailer", "gzip", "gzip in chunks", "closed by the server"):
        assert met[way] == {Outcome.OK}, way
    assert Outcome.OK in met["plain"]


def test_what_was_not_sent_to_the_end_is_marked_and_what_was_not_modified_names_its_body(walk: Walk) -> None:
    with open_archive(walk.archive) as archive:
        for exchange, capture, _, _ in pairs(walk):
            message = archive.response(capture.id)
            assert message is not None
            assert message.complete == exchange.complete
            if capture.outcome is Outcome.NOT_MODIFIED:
                assert capture.revisit_of is not None
                assert capture.body_sha256 is None
                earlier = archive.capture(capture.revisit_of)
                assert earlier.final_url == capture.final_url
                assert earlier.outcome is Outcome.OK
