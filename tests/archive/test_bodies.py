from __future__ import annotations

import gzip
import io
import sys
import zipfile
import zlib
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gicrawl.archive.bodies import (
    DecodeError,
    Dictionary,
    decode,
    describe_decoded,
    load_dictionary,
    sniff,
    squeeze,
    unpack,
)
from gicrawl.archive.dictionaries import Sites

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_packing_loses_nothing_and_never_grows(body: bytes) -> None:
    packed = Sites(lambda _host: []).pack(body, sha256(body).digest(), None)
    assert unpack(packed.codec, packed.data, None) == body
    assert len(packed.data) <= packed.size == len(body)


def test_a_body_packed_against_a_dictionary_needs_it() -> None:
    earlier = b"<div>chrome of the site</div>" * 40 + bytes(range(256))
    body = earlier + b"<p>news</p>"
    small = squeeze(body, 3, Dictionary(earlier, is_raw=True))
    assert len(small) < 40
    assert unpack("zstd", small, load_dictionary(squeeze(earlier))) == body
    with pytest.raises(DecodeError, match="damaged"):
        unpack("zstd", small[:-4], load_dictionary(squeeze(earlier)))
    with pytest.raises(DecodeError, match="damaged"):
        unpack("zstd", small, None)
    with pytest.raises(DecodeError, match="unknown codec"):
        unpack("lzma", small, None)


def test_another_dictionary_than_the_right_one_never_gives_another_body() -> None:
    earlier = b"".join(b"<a href=%d>chrome</a>" % number for number in range(200))
    other = earlier.replace(b"chrome", b"CHROME")
    small = squeeze(earlier + b"news", 3, Dictionary(earlier, is_raw=True))
    with pytest.raises(DecodeError, match="damaged"):
        unpack("zstd", small, Dictionary(other, is_raw=True))
    with pytest.raises(DecodeError, match="dictionary is damaged"):
        load_dictionary(squeeze(earlier)[:-1])


PLAIN = "<html>年报</html>".encode() * 50


def raw_deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(body) + engine.flush()


@pytest.mark.parametrize(
    ("codings", "body"),
    [
        ((), PLAIN),
        (("gzip",), gzip.compress(PLAIN)),
        (("x-gzip",), gzip.compress(PLAIN[:100]) + gzip.compress(PLAIN[100:])),
        (("gzip",), gzip.compress(PLAIN) + b"trailing"),
        (("deflate",), zlib.compress(PLAIN)),
        (("deflate",), raw_deflate(PLAIN)),
        (("zstd",), zstd.compress(PLAIN)),
        (("deflate", "gzip"), gzip.compress(zlib.compress(PLAIN))),
    ],
)
def test_codings_are_undone(codings: tuple[str, ...], body: bytes) -> None:
    assert decode(body, codings) == PLAIN


def test_brotli_is_undone_where_its_package_is_there() -> None:
    brotli = pytest.importorskip("brotli")
    for plain in (PLAIN, b"", bytes(300_000)):
        assert decode(brotli.compress(plain), ["br"]) == plain
    for bad in (brotli.compress(PLAIN)[:-1], b"\xff\xff\xff"):
        with pytest.raises(DecodeError):
            decode(bad, ["br"])
    with pytest.raises(DecodeError, match="more than"):
        decode(brotli.compress(bytes(1 << 20)), ["br"], limit=1000)


@pytest.mark.parametrize(
    ("codings", "body", "why"),
    [
        (["sdch"], PLAIN, "unknown content-coding sdch"),
        (["gzip"], PLAIN, "damaged"),
        (["gzip"], b"", "ends before"),
        (["gzip"], gzip.compress(PLAIN)[:-9], "ends before"),
        (["gzip"], gzip.compress(PLAIN)[:-1] + b"\x99", "damaged"),
        (["deflate"], b"\x07\x01\x02", "damaged"),
        (["zstd"], PLAIN, "damaged"),
        (["zstd"], zstd.compress(PLAIN)[:-1], "ends before"),
    ],
)
def test_what_cannot_be_decoded_says_so(codings: list[str], body: bytes, why: str) -> None:
    with pytest.raises(DecodeError, match=why):
        decode(body, codings)
    assert describe_decoded(body, codings) is None


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(1 << 22))),
        ("deflate", zlib.compress(bytes(1 << 22))),
        ("zstd", zstd.compress(bytes(1 << 22))),
        ("gzip", gzip.compress(bytes(60_000)) * 9),
    ],
)
def test_bombs_are_given_up(coding: str, bomb: bytes) -> None:
    with pytest.raises(DecodeError, match="more than 100000 bytes"):
        decode(bomb, [coding], limit=100_000)


def zipped(name: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, "<x/>")
    return kept.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", "application/x-empty"),
        (b"%PDF-1.7\n...", "application/pdf"),
        (zipped("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (zipped("OFD.xml"), "application/ofd"),
        (zipped("report.txt"), "application/zip"),
        (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
        (OLE, "application/x-ole-storage"),
        (gzip.compress(b"x"), "application/gzip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(9), "image/jpeg"),
        (b"GIF89a" + bytes(9), "image/gif"),
        (b"BM" + bytes(60), "image/bmp"),
        (b"BM is how a text may begin", "text/plain"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html><p>", "text/html"),
        (b"<!-- generated --><html>", "text/html"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x">', "text/html"),
        ("<TABLE><tr><td>年报".encode("gb18030"), "text/html"),
        ("<html>年报".encode("utf-16"), "text/html"),
        (b'<?xml version="1.0"?><urlset/>', "application/xml"),
        (b"<datastore><record/></datastore>", "application/xml"),
        (b'{"docs": [1]}\n', "application/json"),
        (b'[{"a": 1}]', "application/json"),
        (b"[2026-01-22] opened", "text/plain"),
        ("二、主动公开政府信息情况".encode("gb18030"), "text/plain"),
        (b"User-agent: *\nDisallow:\n", "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
    ],
)
def test_bodies_are_what_their_bytes_are(body: bytes, media_type: str) -> None:
    assert sniff(body) == media_type


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_sniffing_has_an_answer_for_anything(body: bytes) -> None:
    assert "/" in sniff(body)
