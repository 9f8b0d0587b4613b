from __future__ import annotations

import re
from dataclasses import replace

import pytest
from archive_samples import message
from hypothesis import given, settings
from hypothesis import strategies as st

from gicrawl.archive.wire import (
    WireError,
    codings,
    header_values,
    mismatch,
    remake,
    request_line,
)


@st.composite
def chunked_sections(draw: st.DrawFn) -> bytes:
    """The body section of a chunked message, as wild as RFC 9112 §7.1 and sloppy servers make it."""
    newline = draw(st.sampled_from([b"\r\n", b"\n"]))
    extension = st.sampled_from([b"", b";a=b", b' ; name="quo;ted 5"', b"  "])
    wire = b""
    for data in draw(st.lists(st.one_of(st.binary(min_size=1, max_size=40), st.just(b"0\r\n\r\n")), max_size=5)):
        size = format(len(data), draw(st.sampled_from(["x", "X", "04x"]))).encode()
        wire += size + draw(extension) + newline + data + newline
    trailers = draw(st.sampled_from([b"", b"X-Sum: 1" + newline, b"A: \xc4\xea" + newline + b"B: 5" + newline]))
    return wire + draw(st.sampled_from([b"0", b"000"])) + draw(extension) + newline + trailers + newline


def take_apart(wire: bytes) -> tuple[bytes, bytes]:
    """Body and framing of a (perhaps torn) chunked body section: the definition, byte by byte."""
    body, framing, at = b"", b"", 0
    while at < len(wire):
        end = wire.find(b"\n", at) + 1
        if not end:
            break
        size = int(re.match(rb"[0-9A-Fa-f]+", wire[at:end])[0], 16)  # type: ignore[index]
        framing += wire[at:end]
        at = end
        if size == 0:
            break
        body += wire[at : at + size]
        at += size
        end = at + (2 if wire[at : at + 1] == b"\r" else 1)
        framing += wire[at:end]
        at = end
    return body, framing + wire[at:]


@settings(deadline=None)
@given(chunked_sections(), st.data())
def test_chunked_bodies_come_out_as_they_went_in_even_when_cut_at_any_byte(wire: bytes, data: st.DataObject) -> None:
    torn = wire[: data.draw(st.integers(0, len(wire)))]
    body, framing = take_apart(torn)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole = message(body, head, framing=framing, interim=b"HTTP/1.1 100 Continue\r\n\r\n", surplus=b"extra")
    assert remake(whole) == whole.interim + head + torn + b"extra"
    ended = torn == wire
    assert mismatch(replace(whole, complete=ended), status=200, method="GET") is None
    if b"0" not in torn:
        assert mismatch(whole, status=200, method="GET") == "it counts as complete, but has no last chunk"


@settings(deadline=None)
@given(chunked_sections(), st.binary(min_size=1, max_size=9))
def test_a_body_that_does_not_fit_its_framing_is_an_error(wire: bytes, more: bytes) -> None:
    body, framing = take_apart(wire)
    with pytest.raises(WireError, match="chunk data"):
        remake(message(body + more, framing=framing))
    if body:
        with pytest.raises(WireError, match="chunk data"):
            remake(message(body[:-1], framing=framing))


def test_chunking_that_makes_no_sense_is_kept_as_framing() -> None:
    assert remake(message(b"", b"", framing=b"zz\r\nnot a size")) == b"zz\r\nnot a size"
    assert remake(message(b"abc", b"", framing=b"3\r\nXY\r\n0\r\n\r\n")) == b"3\r\nabcXY\r\n0\r\n\r\n"
    assert remake(message(b"", b"", framing=b"0x10\r\n")) == b"0x10\r\n"


@settings(deadline=None)
@given(st.binary())
def test_plain_bodies_are_head_and_body(body: bytes) -> None:
    whole = message(body)
    assert remake(whole) == whole.head + body


def test_a_length_that_lies_is_found_only_where_it_speaks_of_this_body() -> None:
    short = message(b"abc", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
    assert mismatch(short, status=200, method="GET") == "Content-Length says 4 bytes, the body has 3"
    assert mismatch(short, status=304, method="GET") is None
    assert mismatch(short, status=200, method="HEAD") is None
    assert mismatch(message(b"abc", short.head, complete=False), status=200, method="GET") is None


def test_header_values_are_bytes_whatever_their_case_and_encoding() -> None:
    head = b"HTTP/1.1\r\nX-Name: \xc4\xea\xb1\xa8 \r\ncontent-ENCODING:gzip\r\nContent-Encoding: identity, BR\r\n\r\n"
    assert header_values(head, b"x-name") == [b"\xc4\xea\xb1\xa8"]
    assert codings(head) == ("gzip", "br")
    assert header_values(head, b"name") == []


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://www.linshui.gov.cn", "/"),
        ("http://www.linshui.gov.cn/a/b.html?c=d&e=/f#g", "/a/b.html?c=d&e=/f"),
        ("http://127.0.0.1:8001?x=1", "/?x=1"),
        ("https://www.linshui.gov.cn/#top", "/"),
    ],
)
def test_the_ordinary_request_line(url: str, target: str) -> None:
    assert request_line("GET", url) == f"GET {target} HTTP/1.1\r\n".encode()
