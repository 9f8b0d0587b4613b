from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gicrawl.archive.heads import Elsewhere, cut_request, cut_response, paste

FIELDS = [b"", b"date: now\r\n", b"DATE:\tx\n", b"Date: \r\n", b'ETag: "a"\r\n', b'etag:"a"', b"Content-Length: 12\r\n"]
FIELDS += [
    b"Content-Length: 012\r\n",
    b"Last-Modified: then \t\r\n",
    b'If-None-Match: "a"\r\n',
    b":",
    b"\n",
    b"ETag:a\rb\n",
]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(FIELDS), st.binary(max_size=20)), max_size=9))
def test_heads_come_back_whole_whatever_was_cut_out_of_them(parts: list[bytes]) -> None:
    head = b"".join(parts)
    known = {"length": 12, "etag": '"a"', "modified": "then"}
    data, gap, date = cut_response(head, Elsewhere(**known))  # type: ignore[arg-type]
    assert paste(data, gap, Elsewhere(date, **known)) == head  # type: ignore[arg-type]
    assert paste(*cut_request(head, Elsewhere(etag='"a"')), Elsewhere(etag='"a"')) == head


def head(date: bytes, length: int, etag: bytes) -> bytes:
    fields = b"Date: %s\r\nServer: x\r\ncontent-length:%d\r\nETag: %s\r\n\r\n" % (date, length, etag)
    return b"HTTP/1.1 200 OK\r\n" + fields


def test_messages_of_a_site_share_a_head() -> None:
    one = cut_response(head(b"Sun, 01 Feb 2026 03:04:05 GMT", 9, b'"a"'), Elsewhere(length=9, etag='"a"'))
    two = cut_response(head(b"Mon, 02 Feb 2026 03:04:05 GMT", 1000, b'"bc"'), Elsewhere(length=1000, etag='"bc"'))
    assert one[:2] == two[:2]
    assert one[1] == "date@23 length@51 etag@59"
    assert (one[2], two[2]) == (b"Sun, 01 Feb 2026 03:04:05 GMT", b"Mon, 02 Feb 2026 03:04:05 GMT")


@pytest.mark.parametrize(
    "elsewhere",
    [Elsewhere(length=10), Elsewhere(length=9, etag='"b"'), Elsewhere(etag="年"), Elsewhere(modified='"a"')],
)
def test_what_is_not_kept_elsewhere_to_the_byte_stays_in_the_head(elsewhere: Elsewhere) -> None:
    data, gap, _ = cut_response(head(b"now", 9, b'"a"'), elsewhere)
    assert b'"a"' in data
    assert (b":9" in data) == (elsewhere.length != 9)
    assert gap is not None


def test_validators_of_a_request_are_cut_where_they_are_those_of_the_answer() -> None:
    sent = b'Host: x\r\nIf-None-Match: "a"\r\nIf-Modified-Since: then\r\n\r\n'
    data, gap = cut_request(sent, Elsewhere(etag='"a"', modified="later"))
    assert (data, gap) == (b"Host: x\r\nIf-None-Match: \r\nIf-Modified-Since: then\r\n\r\n", "etag@24")
