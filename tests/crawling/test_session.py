"""The archive fails, the portal is down, TLS is not to be trusted: one line each, nothing lost; `scrapy crawl` too."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from rawserver import RawServer, page, raw

from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.records import Outcome
from gicrawl.archive.store import open_archive
from gicrawl.crawling.run import Target
from gicrawl.crawling.terms import Terms
from gicrawl.crawling.trouble import MAX_FAILURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gicrawl.archive.stored import StoredCapture
    from gicrawl.crawling.run import CrawlSummary

    TinyCrawl = Callable[..., CrawlSummary]
    Captures = Callable[..., list[StoredCapture]]

TEXT = "本机关依照条例编制本年度报告。" * 40
HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def scrapy_crawl(
    archive: Path, url: str, *, preexec: Callable[[], None] | None = None, proxy: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "scrapy", "crawl", "tiny", "-a", f"url={url}"),
            *("-s", f"GICRAWL_ARCHIVE={archive}", "-s", "SPIDER_MODULES=tinyspider", "-s", "DOWNLOAD_DELAY=0"),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(HERE), "http_proxy": proxy, "all_proxy": proxy},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=preexec,
    )


def test_scrapy_crawl_archives_the_same(archive_path: Path, captures: Captures) -> None:
    with RawServer({}) as inner, RawServer({"/1": page(TEXT)}) as server:
        inside = [
            f"{inner.url}/secret",
            f"http://localhost:{inner.port}/secret",
            "http://10.0.0.1/",
            "file:///etc/hosts",
        ]
        links = "".join(f"<a href='{url}'>报告</a>" for url in ("/1", *inside))
        server.routes["/"] = page(links + TEXT)
        done = scrapy_crawl(archive_path, f"{server.url}/", proxy=inner.url)
        assert done.returncode == 0, done.stderr
        assert inner.visits == []  # neither asked for, nor asked as a proxy
    assert "Traceback" not in done.stderr
    assert [capture.outcome for capture in captures() if capture.request_head] == [
        *(Outcome.NOT_FOUND, Outcome.OK, Outcome.OK)
    ]
    refused = {capture.final_url for capture in captures() if capture.outcome is Outcome.REFUSED_BY_GUARD}
    assert {url for url in refused if not url.endswith("/robots.txt")} == set(inside[:3])
    with open_archive(archive_path) as archive:
        assert [run.status for run in archive.runs()] == ["finished"]
        assert archive.db["links"].count == 5


def test_a_cookie_makes_no_crawl_fetch_the_list_of_public_suffixes(
    archive_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # a machine that has never crawled
    monkeypatch.delenv("TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS", raising=False)
    with RawServer({"/": page(TEXT, "Set-Cookie: id=1; Path=/")}) as server:
        done = scrapy_crawl(archive_path, f"{server.url}/")
    assert done.returncode == 0, done.stderr
    assert "tldextract" not in done.stderr
    kept = {path.parent.name for path in tmp_path.rglob("*.json")}
    assert kept == {"publicsuffix.org-tlds"}, "read from what came along; a fetched one would stand beside it"


def test_archive_that_is_none_stops_scrapy_crawl_with_one_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"these are notes, not an archive\n" * 200)
    with RawServer({"/": page(TEXT)}) as server:
        done = scrapy_crawl(path, f"{server.url}/")
    assert server.visits == []
    assert "Traceback" not in done.stderr
    assert [line for line in done.stderr.splitlines() if "notes.txt" in line and "ERROR" in line]


def test_archive_that_is_none_is_an_error_for_the_caller(tiny_crawl: TinyCrawl, archive_path: Path) -> None:
    archive_path.parent.mkdir()
    archive_path.write_bytes(b"these are notes, not an archive\n" * 200)
    with pytest.raises(ArchiveError):
        tiny_crawl("http://127.0.0.1:9/")


def test_full_disk_stops_the_crawl_with_one_line_and_keeps_what_was_written(archive_path: Path) -> None:
    def no_large_files() -> None:
        import resource  # noqa: PLC0415 - runs in the child
        import signal  # noqa: PLC0415

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    links = "".join(f"<a href='/{number}'>报告</a>" for number in range(60))
    with RawServer({"/": page(links)}) as server:
        for number in range(60):
            server.routes[f"/{number}"] = page(os.urandom(50_000), kind="application/octet-stream")
        done = scrapy_crawl(archive_path, f"{server.url}/", preexec=no_large_files)
    assert "Traceback" not in done.stderr, done.stderr
    errors = [line for line in done.stderr.splitlines() if "gicrawl.crawling" in line and "ERROR" in line]
    assert errors
    assert "disk" in errors[0]
    assert "not in it" in errors[-1]  # what was fetched and is not stored is said
    assert len(server.visits) < 60
    with open_archive(archive_path) as archive:
        assert archive.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def nobody() -> Iterator[str]:
    """A port that refuses connections."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_portal_that_is_down_is_one_line_and_ends_soon(
    tiny_crawl: TinyCrawl, captures: Captures, nobody: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        summary = tiny_crawl(" ".join(f"http://{nobody}/{number}" for number in range(20)))
    assert {capture.outcome for capture in captures("/robots.txt")} == {Outcome.NETWORK_ERROR}
    assert {capture.outcome for capture in captures("/3")} == {Outcome.ROBOTS_DENIED}
    assert summary.targets[0].requests == 0
    assert summary.seconds < 10
    assert not [record for record in caplog.records if record.exc_info]
    assert [record.getMessage() for record in caplog.records if record.name == "gicrawl.crawling"] == [
        f"{nobody}: robots.txt cannot be reached; nothing is fetched from there for now"
    ]


def test_portal_that_dies_in_mid_crawl_is_left_alone(tiny_crawl: TinyCrawl, captures: Captures) -> None:
    routes = {f"/{number}": raw(close=True) for number in range(20)}
    with RawServer({"/robots.txt": page("", "Connection: close", status="404 x"), **routes}) as server:
        summary = tiny_crawl(" ".join(f"{server.url}{path}" for path in routes))
    assert len(server.visits) == 1 + MAX_FAILURES
    assert "without an answer" in summary.stopped_hosts[server.address]
    assert {capture.outcome for capture in captures("/19")} <= {Outcome.REFUSED_BY_GUARD, Outcome.NETWORK_ERROR}


def self_signed(folder: Path) -> tuple[Path, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("www.one.gov.cn")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path, hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()


def serve_tls(pem: Path, listener: socket.socket, times: int) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    for _ in range(times):
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as connection:
                while connection.recv(65536):
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nAuch")
        except OSError:
            plain.close()


@pytest.mark.parametrize("trusted", [True, False])
def test_certificate_is_recorded_or_refused(
    tiny_crawl: TinyCrawl,
    captures: Captures,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trusted: bool,  # noqa: FBT001 - a case
) -> None:
    pem, digest = self_signed(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=serve_tls, args=(pem, listener, 1), daemon=True)
        thread.start()
        tiny_crawl("https://www.one.gov.cn/a", closed=True, GICRAWL_ADDRESSES={"www.one.gov.cn": f"127.0.0.1:{port}"})
        thread.join(10)
    found = captures()
    if trusted:
        assert [capture.outcome for capture in found] == [Outcome.OK, Outcome.OK]
        assert {capture.certificate for capture in found} == {digest}
    else:
        assert [capture.outcome for capture in found] == [Outcome.TLS_ERROR, Outcome.ROBOTS_DENIED]


@pytest.mark.parametrize("declared", [True, False])
def test_tls_is_relaxed_only_where_declared_and_then_on_record(
    tiny_crawl: TinyCrawl,
    captures: Captures,
    tmp_path: Path,
    declared: bool,  # noqa: FBT001 - a case
) -> None:
    pem, digest = self_signed(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=serve_tls, args=(pem, listener, 1 + declared), daemon=True).start()
        target = Target(url="https://www.one.gov.cn/a", family="tiny", portal="one", terms=Terms(relaxed_tls=declared))
        tiny_crawl(target, closed=True, GICRAWL_ADDRESSES={"www.one.gov.cn": address})
    found = captures()
    if declared:
        assert {capture.outcome for capture in found} == {Outcome.OK}
        assert {(capture.tls_relaxed, capture.certificate) for capture in found} == {(True, digest)}
    else:
        assert [capture.outcome for capture in found] == [Outcome.TLS_ERROR, Outcome.ROBOTS_DENIED]
        assert not any(capture.tls_relaxed for capture in found)
