"""The reader loses no byte, and never takes one message for two."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gicrawl.archive.wire import remake
from gicrawl.crawling.wire import ResponseReader, parse_head


def read(
    wire: bytes, *, method: str = "GET", pieces: tuple[int, ...] = (), eof: bool = True, limit: int = 0
) -> ResponseReader:
    reader = ResponseReader(method, max_body=limit)
    cuts = [0, *sorted(cut for cut in pieces if cut < len(wire)), len(wire)]
    for start, end in pairwise(cuts):
        if start < end:
            reader.feed(wire[start:end])
    if eof:
        reader.eof()
    return reader


LINE_ENDS = st.sampled_from([b"\r\n", b"\n"])
EXTENSIONS = st.sampled_from([b"", b";a", b" ; name=value", b';q="x;y"'])


@st.composite
def chunked(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A chunked message and its body."""
    wire = bytearray(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    body = bytearray()
    for data in draw(st.lists(st.binary(min_size=1, max_size=40), max_size=6)):
        size = f"{len(data):X}" if draw(st.booleans()) else f"{len(data):04x}"
        wire += size.encode() + draw(EXTENSIONS) + draw(LINE_ENDS) + data + draw(LINE_ENDS)
        body += data
    wire += b"0" + draw(EXTENSIONS) + draw(LINE_ENDS)
    for trailer in draw(st.lists(st.sampled_from([b"X-Sum: 1", "X-名: 值".encode("gbk")]), max_size=2)):
        wire += trailer + draw(LINE_ENDS)
    wire += draw(LINE_ENDS)
    return bytes(wire), bytes(body)


@given(message=chunked(), pieces=st.lists(st.integers(1, 300), max_size=12), surplus=st.binary(max_size=20))
@settings(max_examples=300, deadline=None)
def test_chunked_message_is_read_whole_and_made_again(
    message: tuple[bytes, bytes], pieces: list[int], surplus: bytes
) -> None:
    wire, body = message
    reader = read(wire + surplus, pieces=tuple(pieces))
    result = reader.message()
    assert result.complete
    assert result.body == body
    assert result.surplus == surplus
    assert remake(result) == wire + surplus
    assert reader.reusable == (not surplus)


@given(message=chunked(), cut=st.integers(0, 400), pieces=st.lists(st.integers(1, 300), max_size=12))
@settings(max_examples=300, deadline=None)
def test_message_torn_anywhere_keeps_what_arrived(message: tuple[bytes, bytes], cut: int, pieces: list[int]) -> None:
    wire, body = message
    torn = wire[: min(cut, len(wire) - 1)]
    result = read(torn, pieces=tuple(pieces)).message()
    assert not result.complete
    assert remake(result) == torn
    assert body.startswith(result.body)


@given(wire=st.binary(max_size=200), pieces=st.lists(st.integers(1, 200), max_size=6))
@settings(max_examples=300, deadline=None)
@example(wire=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", pieces=[])
@example(wire=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n", pieces=[40, 50])
@example(wire=b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n-5\r\nabc", pieces=[])
@example(wire=b"\r\n\r\nHTTP/1.1 200\r\n\r\nrest", pieces=[1, 2, 3])
def test_nothing_that_arrives_is_lost_however_broken(wire: bytes, pieces: list[int]) -> None:
    assert remake(read(wire, pieces=tuple(pieces)).message()) == wire


@pytest.mark.parametrize(
    ("wire", "method", "body", "surplus"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", "GET", b"abc", b"def"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "GET", b"abc", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc", "GET", b"abc", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n", "HEAD", b"", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 300\r\n\r\n", "GET", b"", b""),
        (b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\nx", "GET", b"", b"x"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "GET",
            b"abc",
            b"",
        ),
        (b"HTTP/1.0 200 OK\r\n\r\nup to the end", "GET", b"up to the end", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nup to the end", "GET", b"up to the end", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nup to the end", "GET", b"up to the end", b""),
        (b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx", "GET", b"x", b""),
    ],
)
def test_framing_follows_rfc_9112(wire: bytes, method: str, body: bytes, surplus: bytes) -> None:
    result = read(wire, method=method).message()
    assert result.complete
    assert (result.body, result.surplus) == (body, surplus)
    assert remake(result) == wire


@pytest.mark.parametrize(
    ("wire", "fault"),
    [
        (b"", "without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "within the headers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "2 short"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", "contradictory"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"<html>nginx</html>", "not HTTP"),
    ],
)
def test_faults_are_said(wire: bytes, fault: str) -> None:
    reader = read(wire)
    assert reader.fault is not None
    assert fault in reader.fault
    assert not reader.message().complete
    assert not reader.reusable
    assert remake(reader.message()) == wire


def test_interim_answers_are_kept_apart() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    reader = read(interim + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", pieces=(3, 20, 40, 60))
    assert reader.message().interim == interim
    assert reader.head is not None
    assert reader.head.status == 200


@pytest.mark.parametrize("framing", [b"Content-Length: 100000\r\n\r\n", b"\r\n"])
def test_reading_stops_at_the_limit(framing: bytes) -> None:
    wire = b"HTTP/1.1 200 OK\r\n" + framing
    reader = ResponseReader("GET", max_body=1000)
    reader.feed(wire)
    sent = 0
    while not reader.finished:
        reader.feed(b"x" * 300)
        sent += 300
    assert sent == 1200
    assert reader.too_large
    assert reader.message().body == b"x" * 1000
    assert reader.message().surplus == b"x" * 200
    assert remake(reader.message()) == wire + b"x" * 1200
    assert not reader.message().complete


@pytest.mark.parametrize("chunks", [True, False])
def test_an_over_long_body_is_the_same_however_its_packets_fall(*, chunks: bool) -> None:
    body = bytes(range(250)) * 8
    framing = b"Transfer-Encoding: chunked\r\n\r\n7d0\r\n" if chunks else b"Content-Length: 2000\r\n\r\n"
    wire = b"HTTP/1.1 200 OK\r\n" + framing + body + (b"\r\n0\r\n\r\n" if chunks else b"")
    kept = {read(wire, pieces=pieces, limit=1000).message().body for pieces in ((), (900, 1400), (1130, 1131))}
    assert kept == {body[:1000]}


def test_a_body_of_exactly_the_limit_is_complete() -> None:
    reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", limit=10)
    assert reader.message().complete
    assert not reader.too_large


def test_endless_headers_and_size_lines_end() -> None:
    reader = ResponseReader("GET")
    reader.feed(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100_000):
        reader.feed(b"X-Padding: " + b"x" * 100 + b"\r\n")
        if reader.finished:
            break
    assert reader.too_large
    reader = ResponseReader("GET")
    reader.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"x" * 20_000)
    assert reader.finished
    assert reader.too_large


def test_reuse_only_where_the_server_keeps_the_connection() -> None:
    body = b"Content-Length: 1\r\n\r\nx"
    assert read(b"HTTP/1.1 200 OK\r\n" + body, eof=False).reusable
    assert not read(b"HTTP/1.1 200 OK\r\nConnection: Close\r\n" + body, eof=False).reusable
    assert not read(b"HTTP/1.0 200 OK\r\n" + body, eof=False).reusable
    assert read(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + body, eof=False).reusable
    assert not read(b"HTTP/1.1 200 OK\r\n" + body + b"HTTP/1.1 200 OK", eof=False).reusable


def test_headers_are_read_leniently() -> None:
    head = parse_head(
        b"HTTP/1.1 404 \xd5\xd2\xb2\xbb\xb5\xbd\r\nServer: a\r\nX-Name:\xc4\xea\xb1\xa8 \r\nX-Fold: one\r\n  two\r\n"
        b"no colon here\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nWeird Name : v\r\n\r\n",
    )
    assert head is not None
    assert (head.status, head.reason.decode("gbk")) == (404, "找不到")
    assert head.get(b"x-name") == "年报".encode("gbk")
    assert head.get(b"x-fold") == b"one two"
    assert head.all(b"SET-COOKIE") == [b"a=1", b"b=2"]
    assert head.get(b"weird name") == b"v"
    assert parse_head(b"HTTP/1.1 20") is None
    torn = parse_head(b"HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 12")
    assert torn is not None
    assert torn.headers == ((b"A", b"1"),)
