"""Anybody's WARC, sound or not: what is there is read, what is wrong is told with its place, and reading goes on."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import sys
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warc_samples import record, response

from gicrawl.archive.warc.reader import Damage, Reader, Record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def read(data: bytes, **options: int) -> list[Record | Damage]:
    return list(Reader(io.BytesIO(data), **options))


def blocks(items: list[Record | Damage]) -> list[bytes]:
    return [item.block for item in items if isinstance(item, Record)]


def damages(items: list[Record | Damage]) -> list[tuple[str, int]]:
    return [(item.code, item.place.offset) for item in items if isinstance(item, Damage)]


def plain(parts: list[bytes]) -> bytes:
    return b"".join(parts)


def members(parts: list[bytes]) -> bytes:
    return b"".join(gzip.compress(part) for part in parts)


def one_member(parts: list[bytes]) -> bytes:
    return gzip.compress(b"".join(parts))


def blocked(parts: list[bytes]) -> bytes:
    data = b"".join(parts)
    return b"".join(gzip.compress(data[at : at + 100]) for at in range(0, len(data), 100))


def frames(parts: list[bytes]) -> bytes:
    return b"".join(zstd.compress(part) for part in parts)


def frames_with_dictionary(parts: list[bytes]) -> bytes:
    samples = [b"WARC/1.0\r\nWARC-Type: response %d\r\nContent-Type: application/http" % at for at in range(400)]
    dictionary = zstd.train_dict(samples, 2000)
    kept = zstd.compress(dictionary.dict_content)
    skippable = b"\x5d\x2a\x4d\x18" + len(kept).to_bytes(4, "little") + kept
    return skippable + b"".join(zstd.compress(part, zstd_dict=dictionary) for part in parts)


PACKINGS = [plain, members, one_member, blocked, frames, frames_with_dictionary]
PARTS = [
    record("warcinfo", b"software: other\r\n"),
    *(response(f"http://a.test/{at}", b"%d" % at * 99) for at in range(5)),
]


@pytest.mark.parametrize("pack", PACKINGS)
def test_every_way_to_compress_is_read(pack: object) -> None:
    assert callable(pack)
    items = read(pack(PARTS))
    assert damages(items) == []
    assert [item.header + item.block + b"\r\n\r\n" for item in items if isinstance(item, Record)] == PARTS


@pytest.mark.parametrize("pack", PACKINGS)
def test_a_place_leads_back_to_its_record(pack: object) -> None:
    assert callable(pack)
    reader = Reader(io.BytesIO(pack(PARTS)))
    for item in list(reader):
        assert isinstance(item, Record)
        assert next(iter(reader.at(item.place))) == item


@pytest.mark.parametrize("pack", [plain, members, one_member, frames])
def test_a_torn_tail_costs_no_more_than_itself(pack: object) -> None:
    assert callable(pack)
    items = read(pack(PARTS)[:-30])
    assert blocks(items) == [item.block for item in read(pack(PARTS[:-1])) if isinstance(item, Record)]
    assert len(damages(items)) == 1


@pytest.mark.parametrize("pack", [members, frames])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_flipped_bit_costs_one_record(pack: object, data: st.DataObject) -> None:
    assert callable(pack)
    packed = [pack([part]) for part in PARTS]
    hurt = data.draw(st.integers(0, len(PARTS) - 1))
    at = data.draw(st.integers(0, len(packed[hurt]) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    packed[hurt] = packed[hurt][:at] + bytes([packed[hurt][at] ^ bit]) + packed[hurt][at + 1 :]
    got = blocks(read(b"".join(packed)))
    others = [
        item.block for at, part in enumerate(PARTS) for item in read(part) if at != hurt and isinstance(item, Record)
    ]
    if hurt == 0 and at < 4:
        return  # a file that is no longer known as compressed
    assert [block for block in got if block in others] == others


def test_wrong_digests_are_told_and_the_rest_is_read() -> None:
    body = b"<html>x</html>"
    good = "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    parts = [
        response("http://a.test/1", body, f"WARC-Payload-Digest: {good}"),
        response("http://a.test/2", body, "WARC-Payload-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"),
        response("http://a.test/3", body, f"WARC-Block-Digest: sha256:{'0' * 64}"),
        response("http://a.test/4", body, f"WARC-Payload-Digest: sha256:{hashlib.sha256(body).hexdigest()}"),
        response("http://a.test/5", body, "WARC-Payload-Digest: blake9:whatever"),
    ]
    items = read(members(parts))
    assert [type(item).__name__ for item in items] == ["Record", "Damage", "Damage", "Record", "Record"]
    assert [item.cause for item in items if isinstance(item, Damage)] == ["WARC-Payload-Digest", "WARC-Block-Digest"]
    assert damages(items)[0] == ("warc_digest", len(gzip.compress(parts[0])))


@pytest.mark.parametrize("pack", [plain, members, one_member, frames])
@pytest.mark.parametrize("claim", [b"1099511627776", b"99999", b"-1", b"many", b"", b"1\r\nContent-Length: 2"])
def test_a_record_that_lies_about_its_length_hides_no_other(pack: object, claim: bytes) -> None:
    assert callable(pack)
    parts = [response(f"http://a.test/{at}", b"%d" % at * 9) for at in range(4)]
    length = parts[1].split(b"Content-Length: ", 1)[1].split(b"\r\n", 1)[0]
    liar = parts[1].replace(b"Content-Length: " + length, b"Content-Length: " + claim, 1)
    items = read(pack([parts[0], liar, *parts[2:]]))
    got = blocks(items)
    assert len(damages(items)) >= 1
    assert [got[0], *got[-2:]] == [
        item.block for at in (0, 2, 3) for item in read(parts[at]) if isinstance(item, Record)
    ]


@pytest.mark.parametrize("pack", [plain, members, one_member])
def test_a_record_that_says_it_is_shorter_is_not_taken(pack: object) -> None:
    assert callable(pack)
    part = record("resource", b"0123456789", "WARC-Target-URI: http://a.test/")
    short = part.replace(b"Content-Length: 10", b"Content-Length: 5")
    items = read(pack([short, part]))
    assert blocks(items) == [b"0123456789"]
    assert len(damages(items)) == 1


def test_a_bomb_is_not_unfolded() -> None:
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    header = record("resource", b"", "WARC-Target-URI: http://a.test/").replace(b"Length: 0", b"Length: 314572800")
    bomb = [engine.compress(header[:-4])]
    bomb += [engine.compress(bytes(1 << 20)) for _ in range(300)]
    data = b"".join([*bomb, engine.flush(), gzip.compress(PARTS[1])])
    tracemalloc.start()
    items = read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(item).__name__ for item in items] == ["Damage", "Record"]
    assert peak < 16 << 20


def test_megabytes_of_fields_are_read_and_endless_ones_are_not() -> None:
    odd = "X-Odd: " + "\udcd6\udcd0" * 500_000
    long = response("http://a.test/" + "x" * 1_000_000, b"1", odd)
    endless = b"WARC/1.0\r\nX: " + b"y" * (5 << 20)
    items = read(members([long, endless, PARTS[1]]))
    assert [type(item).__name__ for item in items] == ["Record", "Damage", "Record"]
    assert isinstance(items[0], Record)
    assert items[0].header.count(b"\xd6\xd0") == 500_000


@pytest.mark.parametrize(
    "data", [b"", b"\r\n", b"no archive at all", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18\xff\xff\xff\xff"]
)
def test_what_is_no_warc_is_told(data: bytes) -> None:
    items = read(data)
    assert blocks(items) == []
    assert len(items) == (1 if data.strip() else 0)


def test_zeros_at_the_end_are_told_once() -> None:
    items = read(members(PARTS) + bytes(5000))
    assert len(blocks(items)) == len(PARTS)
    assert len(damages(items)) == 1


def test_folded_fields_are_joined_and_kept_as_they_are() -> None:
    data = record("metadata", b"x", "X-Long: one\r\n  two\r\n\tthree", "x-lOng: four")
    (item,) = read(data)
    assert isinstance(item, Record)
    assert item.get(b"x-long") == b"one two three"
    assert b"X-Long: one\r\n  two\r\n\tthree\r\nx-lOng: four\r\n" in item.header


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PARTS), st.binary(max_size=200)), max_size=5), st.booleans())
def test_nothing_in_a_file_breaks_the_reader(parts: list[bytes], packed: bool) -> None:  # noqa: FBT001
    data = members(parts) if packed else plain(parts)
    for item in read(data):
        assert item.place.offset <= len(data)
