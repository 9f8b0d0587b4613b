"""WARC files that other tools wrote: captures are made of what is one, and everything leaves as it came."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.server
import io
import shutil
import subprocess
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from warc_samples import fields, record, records, response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from gicrawl.archive.records import Outcome, Role, WarcOrigin
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify
from gicrawl.archive.warc.importing import WarcImported, import_warc
from gicrawl.corpus.reparse import reparse
from gicrawl.export.warc import export_warc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gicrawl.archive.folder import Remark
    from gicrawl.archive.stored import StoredCapture

REPORT = """<html><head><meta charset="utf-8"><title>甘泉县2021年政府信息公开工作年度报告</title></head>
<body><p>一、总体情况</p><p>2021年，本机关主动公开政府信息12条。</p></body></html>""".encode()
UUID_1, UUID_2, UUID_3 = (f"{at}2345678-1234-4234-8234-123456789abc" for at in (1, 2, 3))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "g.db"


def bring(path: Path, *files: Path) -> tuple[WarcImported, list[Remark]]:
    told: list[Remark] = []
    with open_archive(path, create=True) as archive:
        done = import_warc(archive, files, tell=told.append)
        assert list(verify(archive)) == []
    return done, told


def write(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(gzip.compress(part) for part in parts))
    return path


def exported(path: Path, folder: Path) -> dict[bytes, tuple[bytes, bytes]]:
    """Header and block of each record that is not our own description of a file, by id; each id is there once."""
    with open_archive(path) as archive:
        export_warc(archive, folder)
    found = {}
    for header, block in records(folder):
        if not block.startswith(b"software: gicrawl"):
            uuid = fields(header)[b"warc-record-id"]
            assert uuid not in found
            found[uuid] = (header, block)
    return found


def comes_back(path: Path, folder: Path, *files: Path, unresolved: int = 0) -> None:
    """What others wrote leaves as it came, also by way of a second archive."""
    one = exported(path, folder / "one")
    for file in files:
        with gzip.open(file) if file.read_bytes()[:2] == b"\x1f\x8b" else file.open("rb") as opened:
            data = opened.read()
        for header, block in one.values():
            if header in data:
                data = data.replace(header + block + b"\r\n\r\n", b"", 1)
        assert data == b""
    done, told = bring(folder / "second.db", *sorted((folder / "one").glob("*.warc.gz")))
    assert (done.refused, len(told)) == (unresolved, unresolved)
    assert exported(folder / "second.db", folder / "two") == one


def captures(path: Path) -> list[StoredCapture]:
    with open_archive(path) as archive:
        return list(archive.captures())


def test_warcio(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "warcio.warc.gz"
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "warcio"}))
        head = StatusAndHeaders(
            "200 OK", [("Content-Type", "text/html; charset=GBK"), ("ETag", '"a"')], protocol="HTTP/1.0"
        )
        answer = writer.create_warc_record(
            "http://a.test/nb/1.html", "response", payload=io.BytesIO(REPORT), length=len(REPORT), http_headers=head
        )
        asked = StatusAndHeaders("GET /nb/1.html HTTP/1.0", [("Host", "a.test")], is_http_request=True)
        writer.write_request_response_pair(
            writer.create_warc_record("http://a.test/nb/1.html", "request", http_headers=asked), answer
        )
        writer.write_record(
            writer.create_revisit_record(
                "http://b.test/nb/1.html",
                answer.rec_headers.get_header("WARC-Payload-Digest"),
                answer.rec_headers.get_header("WARC-Target-URI"),
                answer.rec_headers.get_header("WARC-Date"),
                http_headers=head,
            )
        )
        writer.write_record(
            writer.create_warc_record(
                "urn:X-thing", "metadata", payload=io.BytesIO(b"{}"), length=2, warc_content_type="text/json"
            )
        )
    done, told = bring(path, file)
    assert (done.new, done.kept, done.refused, told) == (2, 2, 0, [])
    first, again = captures(path)
    assert (first.outcome, first.role, first.status, first.method) == (Outcome.OK, Role.ARTICLE, 200, "GET")
    assert (first.declared_type, first.declared_charset, first.etag) == ("text/html", "GBK", '"a"')
    assert isinstance(first.origin, WarcOrigin)
    assert first.origin.file == "warcio.warc.gz"
    assert first.origin.record == f"urn:uuid:{first.id}"
    assert gzip.decompress(file.read_bytes()[first.origin.offset :]).startswith(b"WARC/1.1\r\nWARC-Type: response")
    assert (again.body_sha256, again.role, again.final_url) == (
        first.body_sha256,
        Role.ARTICLE,
        "http://b.test/nb/1.html",
    )
    comes_back(path, tmp_path, file)
    assert reparse(path, workers=1).documents == 2


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_wget(path: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "1.html").write_bytes(REPORT)
    (site / "2.html").write_bytes(REPORT)
    (site / "index.html").write_text('<a href="1.html">1</a> <a href="2.html">2</a> <a href="none.html">3</a>')
    with serving(site) as origin:
        subprocess.run(
            [
                "wget",
                "-q",
                "-r",
                "-e",
                "robots=off",
                "--warc-file",
                str(tmp_path / "got"),
                "-P",
                str(tmp_path / "files"),
                f"{origin}/",
            ],
            check=False,
        )
    file = tmp_path / "got.warc.gz"
    done, told = bring(path, file)
    assert (done.refused, told) == (0, [])
    found = {capture.final_url.rpartition("/")[2]: capture for capture in captures(path)}
    assert {name: capture.outcome.value for name, capture in found.items()} == {
        "": "ok",
        "1.html": "ok",
        "2.html": "ok",
        "none.html": "not_found",
    }
    assert {name: capture.role.value for name, capture in found.items()} == {
        "": "navigation",
        "1.html": "article",
        "2.html": "article",
        "none.html": "navigation",
    }
    assert found["2.html"].body_sha256 == hashlib.sha256(REPORT).digest()
    assert found["1.html"].request_head.startswith(b"GET /1.html HTTP/1.1\r\n")
    assert bring(path, file)[0] == WarcImported(0, 0, done.new + done.kept, 0, None)
    comes_back(path, tmp_path, file)


def test_odd_records_are_kept_byte_for_byte(path: Path, tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    unchunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nhello, decoded"
    unzipped = b"HTTP/1.1 200 OK\r\nX-Was-Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nhello, unzipped"
    named = "WARC-Target-URI: http://a.test/"
    parts = [
        record("warcinfo", b"software: Heritrix/3\r\nhostname: crawler\r\n", "X-Odd:   spaces  "),
        record(
            "response", chunked, f"{named}1", "Content-Type: application/http; msgtype=response", "X-\u4e2d: \u6587"
        ),
        record("response", unchunked, f"{named}2"),
        record("response", unzipped, f"{named}2b"),
        record("response", b"HTTP/1.0 200\n\nbare", "WARC-Target-URI: <http://a.test/3>", version="0.18"),
        record(
            "response",
            b"20200203040506\r\na.test.\t60\tIN\tA\t127.0.0.1\r\n",
            "WARC-Target-URI: dns:a.test",
            "Content-Type: text/dns",
        ),
        record("response", b"220 FTP", "WARC-Target-URI: ftp://a.test/x"),
        record("resource", b"%PDF-1.4", f"{named}4.pdf", "Content-Type: application/pdf; x=y"),
        record("request", b"GET / HTTP/1.1\r\n\r\n", f"{named}nobody"),
        record("conversion", b"text", f"{named}5", f"WARC-Refers-To: <urn:uuid:{UUID_1}>"),
        record(
            "continuation",
            b"more",
            f"{named}6",
            "WARC-Segment-Number: 2",
            f"WARC-Segment-Origin-ID: <urn:uuid:{UUID_1}>",
        ),
        record("x-screenshot", b"\x89PNG", f"{named}7", "WARC-Odd: \udcd6\udcd0"),
        record("response", b"HTTP/1.1 200 OK\r\n\r\n", f"{named}8", "WARC-Truncated: time", "WARC-Truncated: length"),
        record("metadata", b"via: http://a.test/\r\n", f"{named}9", f"WARC-Concurrent-To: <urn:uuid:{UUID_1}>"),
    ]
    file = write(tmp_path / "odd.warc.gz", *parts)
    done, told = bring(path, file)
    assert (done.new, done.kept, done.refused, told) == (6, 8, 0, [])
    by_url = {capture.final_url: capture for capture in captures(path)}
    bodies = {url.rpartition("/")[2]: capture.body_size for url, capture in by_url.items()}
    assert bodies == {"1": 5, "2": 14, "2b": 15, "3": 4, "4.pdf": 8, "8": None}
    assert by_url["http://a.test/8"].outcome is Outcome.TRUNCATED
    assert by_url["http://a.test/4.pdf"].role is Role.ARTICLE
    assert by_url["http://a.test/4.pdf"].method is None
    comes_back(path, tmp_path, file)


def test_heritrix_puts_three_records_together(path: Path, tmp_path: Path) -> None:
    concurrent = f"WARC-Concurrent-To: <urn:uuid:{UUID_1}>"
    parts = [
        response("http://a.test/", REPORT, "WARC-IP-Address: 10.0.0.1", uuid=UUID_1),
        record("request", b"GET / HTTP/1.0\r\nHost: a.test\r\n\r\n", "WARC-Target-URI: http://a.test/", concurrent),
        record("metadata", b"seed: \r\nvia: http://b.test/\r\n", "WARC-Target-URI: http://a.test/", concurrent),
    ]
    file = write(tmp_path / "h.warc.gz", *parts)
    assert bring(path, file)[0].new == 1
    (capture,) = captures(path)
    assert (str(capture.id), capture.method, capture.ip) == (UUID_1, "GET", "10.0.0.1")
    comes_back(path, tmp_path, file)


def revisit(url: str, *more: str, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") -> bytes:
    profile = "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
    return record("revisit", head, f"WARC-Target-URI: {url}", profile, *more)


def test_revisits_find_what_they_refer_to_however_they_say_it(path: Path, tmp_path: Path) -> None:
    sha1 = "sha1:" + base64.b32encode(hashlib.sha1(REPORT, usedforsecurity=False).digest()).decode()
    parts = [
        revisit("http://a.test/early", f"WARC-Refers-To: <urn:uuid:{UUID_1}>"),
        response("http://a.test/", REPORT, f"WARC-Payload-Digest: {sha1}", uuid=UUID_1),
        revisit("http://a.test/id", f"WARC-Refers-To: <urn:uuid:{UUID_1}>"),
        revisit(
            "http://a.test/date",
            "WARC-Refers-To-Target-URI: http://a.test/",
            "WARC-Refers-To-Date: 2020-02-03T04:05:06Z",
        ),
        revisit("http://a.test/digest", f"WARC-Payload-Digest: {sha1}"),
        revisit("http://a.test/headless", f"WARC-Refers-To: <urn:uuid:{UUID_1}>", head=b""),
        revisit("http://a.test/304", f"WARC-Refers-To: <urn:uuid:{UUID_1}>", head=b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    ]
    file = write(tmp_path / "r.warc.gz", *parts)
    done, told = bring(path, file)
    assert (done.new, told) == (7, [])
    by_url = {capture.final_url.rpartition("/")[2]: capture for capture in captures(path)}
    body = hashlib.sha256(REPORT).digest()
    assert {name for name, capture in by_url.items() if capture.body_sha256 == body} == set(by_url) - {"304"}
    assert by_url["304"].outcome is Outcome.NOT_MODIFIED
    assert str(by_url["304"].revisit_of) == UUID_1
    assert by_url["304"].role is Role.ARTICLE
    comes_back(path, tmp_path, file)


def test_a_revisit_of_nothing_is_told_kept_and_found_later(path: Path, tmp_path: Path) -> None:
    alone = write(tmp_path / "alone.warc.gz", revisit("http://a.test/again", f"WARC-Refers-To: <urn:uuid:{UUID_1}>"))
    done, told = bring(path, alone)
    assert (done.new, done.refused, [remark.code for remark in told]) == (0, 1, ["warc_unresolved"])
    comes_back(path, tmp_path / "before", alone, unresolved=1)
    other = write(tmp_path / "other.warc.gz", response("http://a.test/", REPORT, uuid=UUID_1))
    assert bring(path, other, alone)[0].new == 2
    assert {capture.body_size for capture in captures(path)} == {len(REPORT)}
    comes_back(path, tmp_path / "after", alone, other)


def test_two_records_with_one_id_are_told_apart(path: Path, tmp_path: Path) -> None:
    parts = [
        response("http://a.test/1", b"one", uuid=UUID_1),
        response("http://a.test/1", b"one", uuid=UUID_1),
        response("http://a.test/2", b"two", uuid=UUID_1),
        record("metadata", b"a", uuid=UUID_2),
        record("metadata", b"a", uuid=UUID_2),
        record("metadata", b"bb", uuid=UUID_2),
        response("http://a.test/3", b"three", uuid=UUID_3),
    ]
    done, told = bring(path, write(tmp_path / "d.warc.gz", *parts))
    assert (done.new, done.kept, done.known, done.refused) == (2, 1, 2, 2)
    offsets = [sum(len(gzip.compress(part)) for part in parts[:at]) for at in (2, 5)]
    assert [(remark.code, dict(remark.fields)["offset"]) for remark in told] == [
        ("warc_duplicate", str(offsets[0])),
        ("warc_duplicate", str(offsets[1])),
    ]


def test_hostile_urls_and_headers_are_kept_and_shown_safely(path: Path, tmp_path: Path) -> None:
    urls = [
        "http://a.test/\x1b[2J\x00\x7f",
        "http://[broken/",
        "http://a.test/\udcd6\udcd0",
        "http://a.test/" + "x" * 2_000_000,
    ]
    head = b"X-Odd: \xd6\xd0\x00\x1b\r\n: nameless\r\nno colon\r\nX-Long: " + b"y" * 3_000_000 + b"\r\n"
    parts = [response(url, b"%d" % at, head=head) for at, url in enumerate(urls)]
    odd = record("response", b"HTTP/1.1 200 OK\r\n\r\n", "WARC-Target-URI: http://a.test/when", uuid="\x1b]0;pwned\x07")
    parts.append(odd.replace(b"WARC-Date: 2020-02-03T04:05:06Z", b"WARC-Date: 2020-13-03T04:05:06Z"))
    file = write(tmp_path / "h.warc.gz", *parts)
    done, told = bring(path, file)
    assert (done.new, done.refused) == (4, 1)
    assert all(value.isprintable() and len(value) < 400 for remark in told for _, value in remark.fields)
    assert {capture.body_size for capture in captures(path)} == {1}
    comes_back(path, tmp_path, write(tmp_path / "good.warc.gz", *parts[:-1]))


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"nothing",
        b'{"format":2}',
        b'{"format":1,"run":"x","url":"http://a/","outcome":"ok","role":"article","time":1}',
        b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"\\ud800","outcome":"ok","role":"article","time":1}',
        b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"a","outcome":"fine","role":"article","time":1}',
        b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"a","outcome":"ok","role":"article","time":1e99}',
        b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"a","outcome":"ok","role":"list","time":1,"hop":9e9}',
        (
            b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"a","outcome":"ok","role":"list","time":1,'
            b'"status":99999999999999999999}'
        ),
        (
            b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"a","outcome":"ok","role":"list","time":1,'
            b'"links":[[{},"a","b",null,null,"article"]]}'
        ),
        (
            b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"a","outcome":"ok","role":"list","time":1,'
            b'"judgements":[["content",[],"1",null]]}'
        ),
        b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"a","outcome":"ok","role":"list","time":1,"origin":[1]}',
        (
            b'{"format":1,"run":"12345678-1234-4234-8234-123456789abc","url":"a","outcome":"ok","role":"list","time":1,'
            b'"response":{"head":5}}'
        ),
        b"[" * 100_000,
    ],
)
def test_metadata_that_only_looks_like_ours_is_refused(path: Path, tmp_path: Path, line: bytes) -> None:
    forged = record("metadata", b"gicrawl-capture: " + line + b"\r\n", "WARC-Target-URI: http://a/", uuid=UUID_1)
    done, told = bring(path, write(tmp_path / "f.warc.gz", forged, response("http://a.test/1", b"one")))
    assert (done.new, done.refused, [remark.code for remark in told]) == (1, 1, ["warc_metadata"])


def test_an_import_that_was_killed_goes_on(path: Path, tmp_path: Path) -> None:
    parts = [response(f"http://a.test/{at}", b"%d" % at) for at in range(9)]
    bring(path, write(tmp_path / "w.warc.gz", *parts[:5]))
    file = write(tmp_path / "w.warc.gz", *parts)
    done, _ = bring(path, file)
    assert (done.new, done.known) == (4, 5)
    comes_back(path, tmp_path, file)
