"""What goes out as WARC comes back as it was, and goes out again the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from archive_samples import START, Make, message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc_samples import fields, records

from gicrawl.archive.records import (
    Capture,
    FileOrigin,
    Judgement,
    Link,
    Outcome,
    Role,
    TimeSource,
    Verdict,
    WireMessage,
)
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import verify
from gicrawl.archive.warc.importing import import_warc
from gicrawl.export.warc import export_warc

if TYPE_CHECKING:
    from pathlib import Path

    from gicrawl.archive.folder import Remark

GBK_HEAD = (
    b"HTTP/1.1 200 \xd5\xfd\xb3\xa3\r\nserver : \xd6\xd0\xce\xc4\r\nX-Odd:\r\n folded\r\nContent-Length: %d\r\n\r\n"
)


def export(archive: Archive, folder: Path, **options: int) -> list[tuple[bytes, bytes]]:
    """Records without our own description of the file, by header and block."""
    export_warc(archive, folder, **options)
    return [(header, block) for header, block in records(folder) if fields(header)[b"warc-type"] != b"warcinfo"]


def bring(path: Path, folder: Path) -> list[Remark]:
    told: list[Remark] = []
    with open_archive(path, create=True) as archive:
        import_warc(archive, sorted(folder.glob("*.warc.gz")), tell=told.append)
        assert list(verify(archive)) == []
    return told


def same(archive: Archive, other: Path, capture: UUID) -> None:
    with open_archive(other) as there:
        assert there.capture(capture) == archive.capture(capture)
        assert there.response(capture) == archive.response(capture)
        assert there.request(capture) == archive.request(capture)


@pytest.fixture
def captures(archive: Archive, make: Make) -> list[Capture]:
    """One of every kind a crawl makes."""
    request = b"GET /nb/1.html HTTP/1.1\r\nHost: portal.test\r\nUser-Agent: gicrawl\r\n\r\n"
    listing = make("http://portal.test/nb/", b"<ul>" * 50, role=Role.LIST, request_head=request, ip="127.0.0.1:8001")
    page = make(
        "http://portal.test/nb/1.html",
        b"<html>\xc4\xea\xb1\xa8</html>",
        response=message(b"<html>\xc4\xea\xb1\xa8</html>", GBK_HEAD % 17),
        referrer=listing.id,
        link_text="2023年政府信息公开工作年度报告\x00\u2028",
        robots="allowed",
        etag='"\xd6\xd0"',
        elapsed=0.1234567,
        spider="auto",
        spider_version="7",
        portal="linshui",
        certificate=bytes(range(32)),
        tls_relaxed=True,
        hop=1,
        requested_url="http://portal.test/old\n1",
    )
    again = make("http://portal.test/nb/1.html?again", b"<html>\xc4\xea\xb1\xa8</html>", request_head=request)
    unchanged = make(
        "http://portal.test/nb/1.html",
        status=304,
        outcome=Outcome.NOT_MODIFIED,
        revisit_of=page.id,
        response=message(b"", b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'),
    )
    chunked = make(
        "http://portal.test/chunked",
        response=message(
            b"hello world",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            framing=b"5;x=y\r\n\r\n 06\n\r\n0\r\nTrailer: 1\r\n\r\n",
            interim=b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
            surplus=b"left over \xff",
        ),
    )
    torn = make(
        "http://portal.test/torn",
        outcome=Outcome.TRUNCATED,
        error="the connection ended after 3 bytes of body",
        response=message(
            b"abc",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            framing=b"ff\r\n",
            complete=False,
        ),
    )
    torn_head = make(
        "http://portal.test/torn-head",
        outcome=Outcome.TRUNCATED,
        status=None,
        response=message(b"", b"HTTP/1.1 20", complete=False),
    )
    dns = make(
        "http://nowhere.test/",
        outcome=Outcome.DNS_ERROR,
        error="no such host",
        status=None,
        response=None,
        http_version=None,
    )
    reset = make(
        "http://portal.test/reset",
        outcome=Outcome.NETWORK_ERROR,
        error="reset",
        status=None,
        response=None,
        request_head=request,
        request_body=b"a=1&b=\xff",
    )
    file = replace(
        make(
            "nih:sha-256;00#2020/年报.pdf",
            method=None,
            status=None,
            http_version=None,
            response=None,
            origin=FileOrigin(
                path="2020/年报.pdf", modified=START, time_source=TimeSource.STATED, about=(("note", "从光盘\n来"),)
            ),
        ),
        body=b"%PDF-1.4 a file",
    )
    made = [listing, page, again, unchanged, chunked, torn, torn_head, dns, reset, file]
    with archive.writer() as writer:
        for capture in made:
            writer.add(capture)
        writer.judge(Verdict(capture=page.id, judgement=Judgement.SOFT_404, signature="找不到", rule="1"))
        writer.judge(Verdict(capture=page.id, judgement=Judgement.CONTENT, signature=None, rule="2", pages_end=False))
        for position in range(2):
            writer.link(
                Link(
                    page=listing.id,
                    url=f"http://portal.test/nb/{position}",
                    text="年报",
                    title=None,
                    date="2024-01-3",
                    position=position,
                )
            )
    return made


def test_an_archive_comes_back_as_it_was(archive: Archive, captures: list[Capture], tmp_path: Path) -> None:
    first = export(archive, tmp_path / "one")
    assert bring(tmp_path / "b.db", tmp_path / "one") == []
    for capture in captures:
        same(archive, tmp_path / "b.db", capture.id)
    with open_archive(tmp_path / "b.db") as there:
        for view in ("judgements_readable", "links_readable", "captures_readable"):
            told = f"SELECT * FROM {view} ORDER BY 1, 2, 3"  # noqa: S608
            assert there.db.conn.execute(told).fetchall() == archive.db.conn.execute(told).fetchall()
        restored = {run.id: run for run in there.runs()}
        assert all(restored[run.id] == run for run in archive.runs())
        assert export(there, tmp_path / "two") == first


def test_every_capture_is_named_by_its_record(archive: Archive, captures: list[Capture], tmp_path: Path) -> None:
    kinds = {
        fields(header)[b"warc-record-id"].decode(): fields(header)[b"warc-type"].decode()
        for header, _ in export(archive, tmp_path)
    }
    named = [kinds[f"<urn:uuid:{capture.id}>"] for capture in captures]
    assert named == [
        *("response", "response", "revisit", "revisit", "response", "response", "response"),
        *("metadata", "request", "resource"),
    ]


def test_the_wire_stands_in_the_block(archive: Archive, captures: list[Capture], tmp_path: Path) -> None:
    blocks = {fields(header)[b"warc-record-id"].decode(): block for header, block in export(archive, tmp_path)}
    page, chunked = captures[1], captures[4]
    assert blocks[f"<urn:uuid:{page.id}>"] == archive.wire(page.id)
    block = blocks[f"<urn:uuid:{chunked.id}>"]
    assert block.endswith(b"0\r\n\r\n")
    assert (
        archive.wire(chunked.id)
        == b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + block[:-2] + b"Trailer: 1\r\n\r\nleft over \xff"
    )


def test_the_same_archive_gives_the_same_bytes(archive: Archive, captures: list[Capture], tmp_path: Path) -> None:
    assert captures
    for folder in ("one", "two"):
        export_warc(archive, tmp_path / folder, most_bytes=3000)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(names) > 2
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_parts_come_in_any_order(archive: Archive, captures: list[Capture], tmp_path: Path) -> None:
    first = export(archive, tmp_path / "one", most_bytes=1)
    told: list[Remark] = []
    files = sorted((tmp_path / "one").glob("*.warc.gz"), reverse=True)
    assert len(files) == len(captures)
    with open_archive(tmp_path / "b.db", create=True) as there:
        done = import_warc(there, files, tell=told.append)
        assert (done.new, done.refused, told) == (len(captures), 0, [])
        assert export(there, tmp_path / "two") == first


def test_a_second_import_adds_nothing(archive: Archive, captures: list[Capture], tmp_path: Path) -> None:
    export(archive, tmp_path / "one")
    before = archive.db.conn.execute("SELECT count(*) FROM captures").fetchone()
    runs = len(archive.runs())
    done = import_warc(archive, sorted((tmp_path / "one").glob("*.gz")), tell=lambda remark: pytest.fail(remark.code))
    assert (done.new, done.kept, done.known, done.run) == (0, 0, len(captures), None)
    assert archive.db.conn.execute("SELECT count(*) FROM captures").fetchone() == before
    assert len(archive.runs()) == runs


def test_a_smaller_export_leaves_no_files_of_a_larger_one(
    archive: Archive, captures: list[Capture], tmp_path: Path
) -> None:
    export(archive, tmp_path, most_bytes=1)
    export(archive, tmp_path)
    assert captures
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "gicrawl-00000.warc.gz", "gicrawl.cdxj"]


def test_without_the_page_that_led_there_a_capture_is_taken_all_the_same(
    archive: Archive, captures: list[Capture], tmp_path: Path
) -> None:
    export(archive, tmp_path / "one", most_bytes=1)
    files = sorted((tmp_path / "one").glob("*.warc.gz"))
    told: list[Remark] = []
    with open_archive(tmp_path / "b.db", create=True) as there:
        import_warc(there, files[1:2], tell=told.append)
        stored = there.capture(captures[1].id)
        assert stored.referrer is None
        assert stored.run not in {run.id for run in archive.runs()}
    assert [remark.code for remark in told] == ["warc_relation_lost"] * 2
    assert all(remark.warning for remark in told)


def test_what_is_attached_before_its_page_by_time_still_finds_it(archive: Archive, make: Make, tmp_path: Path) -> None:
    page = make("http://portal.test/a", time=START + timedelta(days=9))
    attached = make("http://portal.test/a.pdf", b"%PDF", time=START, referrer=page.id, role=Role.ATTACHMENT)
    with archive.writer() as writer:
        writer.add(page)
        writer.add(attached)
    first = export(archive, tmp_path / "one")
    assert bring(tmp_path / "b.db", tmp_path / "one") == []
    same(archive, tmp_path / "b.db", attached.id)
    with open_archive(tmp_path / "b.db") as there:
        assert export(there, tmp_path / "two") == first


hostile_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
framing = st.lists(st.binary(max_size=12), max_size=4)


@st.composite
def messages(draw: st.DrawFn) -> WireMessage:
    head = b"HTTP/1.1 200 OK\r\n" + draw(st.binary(max_size=60)) + b"\r\n\r\n"
    body = draw(st.binary(max_size=80))
    frames = None
    if draw(st.booleans()):
        chunks = draw(framing)
        body = b"".join(chunks)
        frames = b"".join(b"%x;\xff=1\r\n\r\n" % len(chunk) for chunk in chunks if chunk) + b"0\r\n\r\n"
    return WireMessage(
        interim=draw(st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n"])),
        head=head,
        body=body,
        framing=frames,
        surplus=draw(st.binary(max_size=20)),
        complete=True,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(messages(), hostile_text, hostile_text, st.binary(max_size=40)), min_size=1, max_size=4))
def test_hostile_bytes_survive(tmp_path: Path, made: list[tuple[WireMessage, str, str, bytes]]) -> None:
    folder = tmp_path / str(uuid4())
    with open_archive(folder / "a.db", create=True) as archive:
        run = archive.start_run("crawl", {"odd": "\u2028"}, user_agent="x", vantage=None)
        ids = [uuid4() for _ in made]
        with archive.writer() as writer:
            for at, (answer, path, text, asked) in enumerate(made):
                url = f"http://portal.test/{path}"
                writer.add(
                    Capture(
                        id=ids[at],
                        run=run,
                        time=START + timedelta(seconds=at),
                        requested_url=url + text,
                        final_url=url,
                        hop=0,
                        method="POST",
                        outcome=Outcome.OK,
                        role=Role.ARTICLE,
                        status=200,
                        request_head=b"POST / HTTP/1.1\r\n" + asked + b"\r\n\r\n",
                        request_body=asked,
                        response=answer,
                        error=text,
                        link_text=text,
                    )
                )
        first = export(archive, folder / "one")
        bring(folder / "b.db", folder / "one")
        for capture in ids:
            same(archive, folder / "b.db", capture)
        with open_archive(folder / "b.db") as there:
            assert export(there, folder / "two") == first
