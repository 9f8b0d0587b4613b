"""The servers on the wire, asked through raw sockets."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tomllib
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from gicrawl.sample import SampleError, SampleServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    with SampleServer() as server:
        return server.stop().manifest


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    """For questions about answers."""
    with SampleServer() as running:
        yield running


@pytest.fixture
def recorded() -> Iterator[SampleServer]:
    """For questions about the record: nobody else has asked this one."""
    with SampleServer() as running:
        yield running


def ask(port: int, target: str, *headers: str, method: str = "GET", body: bytes = b"") -> bytes:
    """One request on a connection of its own; everything the server wrote."""
    lines = [f"{method} {target} HTTP/1.1", "Host: test", "Connection: close", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        out = b""
        while piece := connection.recv(65536):
            out += piece
        return out


def read_one(connection: socket.socket) -> bytes:
    """One answer with a Content-Length from a connection that stays open."""
    raw = b""
    while b"\r\n\r\n" not in raw or len(split(raw)[2]) < int(split(raw)[1]["content-length"]):
        piece = connection.recv(65536)
        assert piece
        raw += piece
    return raw


def split(raw: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    return int(lines[0].split(" ")[1]), headers, body


def content(raw: bytes) -> bytes:
    """The body after framing and coding, read by hand."""
    _, headers, body = split(raw)
    if headers.get("transfer-encoding") == "chunked":
        rest, body = body, b""
        while True:
            line, _, rest = rest.partition(b"\r\n")
            size = int(line.split(b";")[0], 16)
            if size == 0:
                break
            body, rest = body + rest[:size], rest[size + 2 :]
    elif "content-length" in headers:
        assert len(body) == int(headers["content-length"])
    return gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body


def test_every_entry_is_served_as_the_manifest_says_and_every_byte_is_recorded(
    recorded: SampleServer, manifest: dict[str, Any]
) -> None:
    first = ask(recorded.ports["yunping"], "/robots.txt")
    asked = [("yunping", "/robots.txt", first)]
    for portal in manifest["portals"]:
        port = recorded.ports[portal["id"]]
        for entry in [*portal["reports"], *portal["near_misses"], *portal["unavailable"], *portal["unreadable"]]:
            raw = ask(port, entry["path"])
            asked.append((portal["id"], entry["path"], raw))
            status, headers, body = split(raw)
            if entry["kind"] == "missing":
                assert status == 404
            elif entry["kind"] == "torn":
                assert 0 < len(body) < int(headers["content-length"])
            elif entry["delivery"] is not None:
                assert status == 200
                assert hashlib.sha256(content(raw)).hexdigest() == entry["delivery"]["sha256"]
                assert ("content-encoding" in headers) == entry["delivery"]["gzip"]
            if entry["listed"] != entry["path"]:
                moved = ask(port, entry["listed"])
                asked.append((portal["id"], entry["listed"], moved))
                assert split(moved)[0] == 301
                assert split(moved)[1]["location"].removeprefix("http://test") == entry["path"]
            for file in entry["attachments"]:
                raw = ask(port, file["path"])
                asked.append((portal["id"], file["path"], raw))
                assert split(raw)[0] == (404 if file["missing"] else 200)
                if not file["missing"]:
                    assert hashlib.sha256(content(raw)).hexdigest() == file["sha256"]
    record = recorded.stop()
    assert record.manifest == manifest
    assert [(r.portal, r.target, r.response) for r in record.requests] == asked
    assert all(r.began <= r.received <= r.answered for r in record.requests)
    assert [r.complete for r in record.requests].count(False) == 2
    assert record.requests[0].request.startswith(b"GET /robots.txt HTTP/1.1\r\nHost: test\r\n")


def test_a_file_handed_out_by_a_program_is_found_by_its_query_and_named_in_the_head(
    server: SampleServer, manifest: dict[str, Any]
) -> None:
    seen = set()
    for portal in manifest["portals"]:
        port = server.ports[portal["id"]]
        files = [file for report in portal["reports"] for file in report["renditions"][1:] if file["present"]]
        for file in files:
            status, headers, _ = split(raw := ask(port, file["path"]))
            assert (status, headers["content-type"]) == (200, file["content_type"])
            assert hashlib.sha256(content(raw)).hexdigest() == file["sha256"]
            program = ".jsp" in file["path"] or "/protect/" in file["path"]
            assert ("content-disposition" in headers) == program
            if program:
                assert b".pdf" in headers["content-disposition"].encode("latin-1")
                seen.add((portal["id"], file["content_type"]))
                assert split(ask(port, file["path"][:-1]))[0] == 404
    assert ("yunping", "application/octet-stream") in seen
    assert {kind for portal, kind in seen if portal == "lanxi"} >= {"application/octet-stream", "application/pdf"}


def test_logo_and_icons_are_served_and_belong_to_no_report(server: SampleServer, manifest: dict[str, Any]) -> None:
    for portal in manifest["portals"]:
        assert len(portal["chrome"]) == 3
        for path in portal["chrome"]:
            status, headers, _ = split(ask(server.ports[portal["id"]], path))
            assert (status, headers["content-type"].split("/")[0]) == (200, "image")
        own = {r["path"] for e in (*portal["reports"], *portal["unreadable"]) for r in e["renditions"]}
        assert not own & set(portal["chrome"])


def test_conditional_requests(server: SampleServer, manifest: dict[str, Any]) -> None:
    seen = set()
    for portal in manifest["portals"]:
        port = server.ports[portal["id"]]
        for report in portal["reports"]:
            etag, date = report["delivery"]["etag"], report["delivery"]["last_modified"]
            path = report["path"]
            if (bool(etag), bool(date)) in seen:
                continue
            seen.add((bool(etag), bool(date)))
            if etag:
                raw = ask(port, path, f"If-None-Match: {etag}")
                assert split(raw)[0] == 304
                assert split(raw)[1]["etag"] == etag
                assert split(raw)[2] == b""
                assert split(ask(port, path, 'If-None-Match: "other"'))[0] == 200
                assert split(ask(port, path, f'If-None-Match: "other", {etag}'))[0] == 304
                late = "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"
                assert split(ask(port, path, 'If-None-Match: "other"', late))[0] == 200
            elif date:
                assert split(ask(port, path, f"If-Modified-Since: {date}"))[0] == 304
                early = "If-Modified-Since: Thu, 01 Jan 2015 00:00:00 GMT"
                assert split(ask(port, path, early))[0] == 200
                assert split(ask(port, path, "If-Modified-Since: yesterday"))[0] == 200
            else:
                late = "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"
                assert split(ask(port, path, late, 'If-None-Match: "x"'))[0] == 200
    assert seen == {(True, True), (True, False), (False, True), (False, False)}


def test_one_portal_has_rules_for_robots_and_the_other_an_error_page(server: SampleServer) -> None:
    status, headers, body = split(ask(server.ports["yunping"], "/robots.txt"))
    assert (status, headers["content-type"]) == (200, "text/plain")
    assert body.startswith(b"User-agent: *\r\nDisallow: ")
    status, headers, body = split(ask(server.ports["lanxi"], "/robots.txt"))
    assert status == 404
    assert b"<html" in body


def test_a_kept_connection_answers_several_requests_and_counts_as_one(recorded: SampleServer) -> None:
    answers = []
    request = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", recorded.ports["yunping"]), timeout=10) as connection:
        for _ in range(3):
            connection.sendall(request)
            answers.append(read_one(connection))
    assert all(raw.startswith(b"HTTP/1.1 200 OK\r\n") for raw in answers)
    record = recorded.stop()
    assert [r.connection for r in record.requests] == [1, 1, 1]
    assert {r.request for r in record.requests} == {request}
    assert [r.response for r in record.requests] == answers


def test_the_record_shows_two_requests_at_a_time() -> None:
    request = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with SampleServer(latency=0.2) as server:
        address = ("127.0.0.1", server.ports["yunping"])
        with socket.create_connection(address, timeout=10) as one, socket.create_connection(address, timeout=10) as two:
            for connection in (one, two):
                connection.sendall(request)
            for connection in (one, two):
                while connection.recv(65536):
                    pass
        ask(server.ports["yunping"], "/robots.txt")
        ask(server.ports["lanxi"], "/")
        server.wait_for_requests(4)
        assert len(server.requests()) == 4
        record = server.stop()
    assert [(a.connection, b.connection) for a, b in record.overlaps()] == [(1, 2)]


def test_a_head_request_gets_no_body(server: SampleServer, manifest: dict[str, Any]) -> None:
    path = next(r["path"] for r in manifest["portals"][0]["reports"] if r["delivery"]["transfer"] == "length")
    status, headers, body = split(ask(server.ports["yunping"], path, method="HEAD"))
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


def test_the_proxy_answers_a_form(server: SampleServer, manifest: dict[str, Any]) -> None:
    port = server.ports["lanxi"]
    page = content(ask(port, manifest["portals"][1]["column"])).decode()
    unit = page.split("unitid:'")[1].split("'")[0]
    column = manifest["portals"][1]["column"].split("/")[2][3:]
    form = f"col=1&columnid={column}&unitid={unit}".encode()
    target = "/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=2&perpage=2"
    rows = content(ask(port, target, "Content-Type: application/x-www-form-urlencoded", method="POST", body=form))
    assert rows.count(b"<record>") == 2
    assert f"<totalrecord>{manifest['portals'][1]['counts']['listed']}</totalrecord>".encode() in rows


def test_nonsense_is_answered_and_recorded(recorded: SampleServer) -> None:
    with socket.create_connection(("127.0.0.1", recorded.ports["lanxi"]), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01 not a request\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert recorded.stop().requests[0].request == b"\x16\x03\x01 not a request\r\n\r\n"


def test_half_a_request_is_recorded_as_it_came(recorded: SampleServer) -> None:
    with socket.create_connection(("127.0.0.1", recorded.ports["yunping"]), timeout=10) as connection:
        connection.sendall(b"GET /robots.txt HTT")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert recorded.stop().requests[0].request == b"GET /robots.txt HTT"


def test_nothing_of_the_manifest_is_served(server: SampleServer) -> None:
    for port in server.ports.values():
        for path in ("/manifest.json", "/requests.jsonl", "/report/manifest.json", "/../report/manifest.json"):
            assert split(ask(port, path))[0] == 404


def test_the_registry_names_each_portal_and_its_address(server: SampleServer) -> None:
    portals = tomllib.loads(server.portals_file.read_text(encoding="utf-8"))["portal"]
    assert [p["id"] for p in portals] == ["yunping", "lanxi"]
    for portal in portals:
        assert portal["home"] == f"http://www.{portal['id']}-sample.gov.cn/"
        assert portal["address"] == f"127.0.0.1:{server.ports[portal['id']]}"
        assert portal["family"] == "auto"


def test_a_folder_of_files_is_served_byte_for_byte(tmp_path: Path) -> None:
    files = {
        "a.txt": "某县人民政府2022年政府信息公开工作年度报告\r\n正文\r\n".encode(),
        "b.html": "<title>某镇2021年政府信息公开\n年度报告</title>".encode("gbk"),
        "c.pdf": b"%PDF-1.4\n",
        "d.md": "# 某局\n\n## 2020年政府信息公开年报\n".encode(),
        "e f.数据": b"\x00\xff",
        "g.txt": "某区𬒈村2020年政府信息公开年报\n".encode(),
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    with SampleServer(documents=tmp_path) as server:
        manifest = server.stop().manifest
    with SampleServer(documents=tmp_path) as server:
        served = {}
        titles = {}
        for portal in manifest["portals"]:
            assert not portal["reports"]
            column = content(ask(server.ports[portal["id"]], portal["column"])).decode(portal["charset"]["real"])
            for file in portal["files"]:
                assert file["title"] in unescape(column)
                raw = ask(server.ports[portal["id"]], file["path"])
                assert split(raw)[1]["content-type"] == file["content_type"]
                served[file["file"]] = content(raw)
                titles[file["file"]] = file["title"]
    assert served == files
    assert titles["a.txt"] == "某县人民政府2022年政府信息公开工作年度报告"
    assert titles["b.html"] == "某镇2021年政府信息公开 年度报告"
    assert titles["c.pdf"] == "政府信息公开工作年度报告（c.pdf）"
    assert titles["d.md"] == "2020年政府信息公开年报"


def test_what_cannot_be_served_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="no files in") as caught, SampleServer(documents=tmp_path):
        pass
    assert "\n" not in str(caught.value)
    with SampleServer() as server:
        taken = (server.ports["yunping"], server.ports["lanxi"])
        with pytest.raises(SampleError, match="cannot be served"), SampleServer(ports=taken):
            pass


def test_a_terminate_signal_writes_the_record_and_ends_well(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gicrawl.sample", "--portals-file", str(tmp_path / "p.toml")]
    command += ["--report-dir", str(tmp_path / "report"), "--seed", "4"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"ready {")
        assert process.poll() is None
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert (tmp_path / "report" / "manifest.json").exists()
    assert (tmp_path / "report" / "requests.jsonl").read_bytes() == b""
