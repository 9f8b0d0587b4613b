"""Records in the usual shape are read in one go, all others bit by bit: what comes out must not show it."""

from __future__ import annotations

import gzip
import io
import re
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warc_samples import record, response

from gicrawl.archive.bodies import squeeze
from gicrawl.archive.warc.http import declared
from gicrawl.archive.warc.reader import Damage, Reader, Record, fields_of
from gicrawl.archive.wire import head_end, header_values

READ = 1 << 15

NAMES = [b"WARC-Type", b"warc-target-uri", b"X-A", b"X A", b"X-A ", b" X-A", b"\tX", b""]
COLONS = [b":", b": ", b":\t ", b" : ", b""]
VALUES = [b"", b"a", b"a ", b"a\t", b"a\x0b", b"\x0ca", b"a: b", b"\xff", b"a\rb", b"a  b"]
ENDS = [b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\r\n", b"\r\n \r\n"]
VERSIONS = [b"WARC/1.0\r\n", b"WARC/1.1\r\n", b"WARC/0.18\r\n", b"WARC/1.0\n"]


def read(data: bytes) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for item in Reader(io.BytesIO(data)):
        if isinstance(item, Record):
            assert item.fields == fields_of(item.header)
            found.append((item.type, item.id, item.header, item.fields, item.block))
        else:
            assert isinstance(item, Damage)
            found.append((item.code, item.cause))
    return found


@given(
    version=st.sampled_from(VERSIONS),
    lines=st.lists(st.tuples(*map(st.sampled_from, (NAMES, COLONS, VALUES, ENDS))), max_size=4),
    length=st.sampled_from([b"3", b"03", b"4", b"2", b"+3", b"3 ", b""]),
    block=st.sampled_from([b"abc", b"\r\n\r", b"\n\n\n"]),
)
@settings(max_examples=150, deadline=None)
def test_a_record_is_the_same_however_it_is_packed(
    version: bytes, lines: list[tuple[bytes, ...]], length: bytes, block: bytes
) -> None:
    header = version + b"".join(map(b"".join, lines)) + b"Content-Length: " + length + b"\r\n\r\n"
    odd = header + block + b"\r\n\r\n"
    sound = record("metadata", b"sound")
    together = read(gzip.compress(odd + sound))  # never in one go
    assert read(gzip.compress(odd) + gzip.compress(sound)) == together
    assert read(squeeze(odd) + squeeze(sound)) == together
    assert read(odd + sound) == together


@pytest.mark.parametrize("level", [0, 6])
@pytest.mark.parametrize("over", range(-4, 20))
def test_members_begin_anywhere_in_what_is_read_at_once(over: int, level: int) -> None:
    """Also where the two bytes by which a member is known, or its header, are torn apart."""
    noise = zlib.compress(bytes(range(256)) * 4000, 1)
    size = READ
    while len(first := gzip.compress(record("resource", (noise * 9)[:size]), level, mtime=0)) > READ + over:
        size -= len(first) - READ - over
    second = response("http://example.gov.cn/", b"page")
    data = first + b"".join(gzip.compress(one) for one in (second, second))
    assert [len(found) for found in read(data)] == [5, 5, 5]


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"\r\n\r\n"]), max_size=8).map(b"".join))
def test_a_head_ends_at_its_first_blank_line(message: bytes) -> None:
    found = re.search(rb"\r?\n\r?\n", message)
    assert head_end(message) == (-1 if found is None else found.end())


@given(
    st.lists(
        st.sampled_from(
            [b"\n", b"\r\n", b"\r", b" ", b"\t", b":", b"ETag", b"etag", b"Content-Type", b'"x"', b"text/html"]
        ),
        max_size=10,
    ).map(b"".join)
)
def test_fields_of_a_head_are_found_whatever_is_around_them(head: bytes) -> None:
    line_by_line = re.findall(rb"^etag:[ \t]*([^\r\n]*)", head, re.IGNORECASE | re.MULTILINE)
    assert header_values(head, b"etag") == [value.rstrip(b" \t") for value in line_by_line]
    told = [line.partition(b":") for line in head.split(b"\n")[1:]]
    first = next((value.strip(b" \t\r") for name, colon, value in told if colon and name.lower() == b"etag"), None)
    assert declared(head).etag == (None if first is None else first.decode("latin-1"))
