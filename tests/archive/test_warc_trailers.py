"""Trailer fields of chunked answers: other tools read what we write, and no byte of them is lost."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from archive_samples import message
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given
from hypothesis import strategies as st
from warc_samples import fields, records, response
from warcio.archiveiterator import ArchiveIterator

from gicrawl.archive.store import open_archive
from gicrawl.archive.warc.http import cut_trailers, put_trailers
from gicrawl.archive.warc.importing import import_warc
from gicrawl.export.warc import export_warc

if TYPE_CHECKING:
    from pathlib import Path

    from archive_samples import Make

    from gicrawl.archive.folder import Remark
    from gicrawl.archive.store import Archive

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Checked\r\n\r\n"
FRAMING = b"5\r\n\r\n6\r\n\r\n0\r\nChecked: yes\r\nBy: \xc4\xea\r\n\r\n"


@pytest.fixture
def exported(archive: Archive, make: Make, tmp_path: Path) -> Path:
    answers = [make(f"http://portal.test/{n}", response=message(b"hello world", HEAD, framing=FRAMING)) for n in (1, 2)]
    with archive.writer() as writer:
        for answer in answers:
            writer.add(answer)
    export_warc(archive, tmp_path / "warc")
    return tmp_path / "warc"


def test_other_tools_read_the_page_and_find_the_next_one(exported: Path) -> None:
    (path,) = exported.glob("*.warc.gz")
    data = gzip.decompress(path.read_bytes())
    by_warcio = [one.content_stream().read() for one in ArchiveIterator(BytesIO(data)) if one.rec_type == "response"]
    assert by_warcio == [b"hello world"] * 2
    by_fastwarc = [
        one.reader.read()
        for one in FastIterator(BytesIO(data), parse_http=True, auto_decode="all")
        if one.headers["WARC-Type"] == "response"
    ]
    assert by_fastwarc == by_warcio


def test_every_byte_comes_back(archive: Archive, exported: Path, tmp_path: Path) -> None:
    remarks: list[Remark] = []
    with open_archive(tmp_path / "there.db", create=True) as there:
        import_warc(there, sorted(exported.glob("*.warc.gz")), tell=remarks.append)
        assert remarks == []
        for capture in archive.captures():
            assert there.wire(capture.id) == archive.wire(capture.id)
            assert there.wire(capture.id).endswith(b"0\r\nChecked: yes\r\nBy: \xc4\xea\r\n\r\n")
        export_warc(there, tmp_path / "again")
    assert records(tmp_path / "again") == records(exported)


def test_a_foreign_record_leaves_with_what_it_came_with(tmp_path: Path) -> None:
    block = HEAD + b"5\r\nhello\r\n0\r\nChecked: yes\r\n\r\n"
    plain = response("http://portal.test/1", b"")
    header = plain[: plain.index(b"Content-Length: ")] + b"Content-Length: %d\r\n\r\n" % len(block)
    (tmp_path / "theirs.warc").write_bytes(header + block + b"\r\n\r\n")
    remarks: list[Remark] = []
    with open_archive(tmp_path / "here.db", create=True) as here:
        import_warc(here, [tmp_path / "theirs.warc"], tell=remarks.append)
        (capture,) = here.captures()
        assert here.content(capture) == b"hello"
        export_warc(here, tmp_path / "out")
    assert remarks == []
    assert [sent for named, sent in records(tmp_path / "out") if fields(named)[b"warc-type"] == b"response"] == [block]


@given(
    st.lists(st.sampled_from([b"5;x=y\r\n\r\n", b" 06\n\r\n", b"a\n\n"]), max_size=3),
    st.sampled_from([b"0\r\n", b"000 ;0\n", b"0;a=b\r\n"]),
    st.lists(st.sampled_from([b"A: b\r\n", b"0\r\n", b"B: \xff\n", b"a\r\n"]), max_size=3),
    st.sampled_from([b"\r\n", b"\n"]),
)
def test_trailers_are_cut_and_put_back(chunks: list[bytes], last: bytes, trailers: list[bytes], end: bytes) -> None:
    framing = b"".join([*chunks, last, *trailers, end])
    cut, said = cut_trailers(framing)
    assert put_trailers(cut, said) == framing
    assert (cut, said) == (b"".join([*chunks, last, end]), b"".join(trailers))
