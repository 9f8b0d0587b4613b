"""WARC files as other tools see them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import warm
from explain_samples import report
from fastwarc.warc import ArchiveIterator

from gicrawl.archive.records import Outcome
from gicrawl.archive.store import open_archive
from gicrawl.archive.tombstones import Kind, Subject, withhold
from gicrawl.archive.warc.importing import import_warc
from gicrawl.corpus.reparse import reparse
from gicrawl.export.errors import ExportError
from gicrawl.export.warc import export_warc
from gicrawl.export.warc_index import surt

if TYPE_CHECKING:
    from pathlib import Path

    from corpus_fakes import Filler

REPORT = report()


@pytest.fixture
def filled(filler: Filler) -> Path:
    filler.add("http://www.ganquan.test/nb/", b"<ul><li>list</ul>")
    first = filler.add("http://www.ganquan.test/nb/1.html", REPORT, headers={"Content-Length": str(len(REPORT))})
    filler.add("http://www.ganquan.test/nb/2.html?b=2&a=1", REPORT)
    filler.add("http://www.ganquan.test/nb/1.html", b"", outcome=Outcome.NOT_MODIFIED, revisit_of=first, status=304)
    filler.add("http://www.ganquan.test/gzip", gzip.compress(REPORT), headers={"Content-Encoding": "gzip"})
    filler.add("http://www.ganquan.test/empty", b"", headers={"Content-Length": "0"})
    filler.add("http://www.ganquan.test/torn", b"abc", headers={"Content-Length": "9"}, complete=False)
    filler.add("http://gone.test/", None, outcome=Outcome.DNS_ERROR, error="no such host")
    return filler.path


def export(path: Path, folder: Path) -> Path:
    with open_archive(path) as archive:
        summary = export_warc(archive, folder)
    assert [file.path.name for file in summary.files] == ["gicrawl-00000.warc.gz", "gicrawl.cdxj"]
    return folder / "gicrawl-00000.warc.gz"


def test_warcio_finds_nothing_wrong(filled: Path, tmp_path: Path) -> None:
    file = export(filled, tmp_path / "out")
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(file)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("digest pass") > 10


def test_fastwarc_reads_it_and_agrees_with_every_digest(filled: Path, tmp_path: Path) -> None:
    file = export(filled, tmp_path / "out")
    kinds = []
    with file.open("rb") as opened:
        for record in ArchiveIterator(opened, parse_http=False):
            kinds.append(record.headers["WARC-Type"])
            assert record.verify_block_digest()
    assert kinds[:4] == ["warcinfo", "metadata", "response", "metadata"]
    assert (kinds.count("response"), kinds.count("revisit"), kinds.count("metadata")) == (5, 2, 9)


def test_the_index_leads_to_the_records(filled: Path, tmp_path: Path) -> None:
    file = export(filled, tmp_path / "out")
    lines = (tmp_path / "out" / "gicrawl.cdxj").read_bytes().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == 7
    data = file.read_bytes()
    for line in lines:
        key, stamp, told = line.decode().split(" ", 2)
        entry = json.loads(told)
        at, length = int(entry["offset"]), int(entry["length"])
        record = gzip.decompress(data[at : at + length]).decode("latin-1")
        assert f"WARC-Target-URI: {entry['url']}\r\n" in record
        assert (key, entry["filename"]) == (surt(entry["url"]), file.name)
        assert f"WARC-Date: {stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:" in record
        assert ("WARC-Type: revisit" in record) == (entry["mime"] == "warc/revisit")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.Ganquan.gov.cn/", "cn,gov,ganquan)/"),
        ("https://www2.ganquan.gov.cn:443/col//a/../B/?", "cn,gov,ganquan)/col/b"),
        ("http://127.0.0.1:8001/A?b=1&A=2#x", "1,0,0,127:8001)/a?a=2&b=1"),
        ("http://u:p@a.cn/%7Ex/%2e%2e/年报.pdf", "cn,a)/%e5%b9%b4%e6%8a%a5.pdf"),
        ("http://年报.cn/x", "cn,xn--hwt46g)/x"),
        ("http://a.cn/x?PHPSESSID=0123456789abcdef0123456789abcdef&y=1", "cn,a)/x?y=1"),
        ("http://[::1]:80/x", "::1)/x"),
        ("nih:sha-256;00#a", "nih:sha-256;00#a"),
        ("http://[broken/", "[broken)/"),
    ],
)
def test_urls_sort_as_wayback_machines_sort_them(url: str, key: str) -> None:
    assert surt(url) == key


def test_the_text_of_a_report_stands_beside_it(filled: Path, tmp_path: Path) -> None:
    reparse(filled, workers=1)
    file = export(filled, tmp_path / "out")
    with file.open("rb") as opened:
        texts = [
            (record.headers["WARC-Target-URI"], record.reader.read().decode())
            for record in ArchiveIterator(opened, parse_http=False)
            if record.headers["WARC-Type"] == "conversion"
        ]
    assert {url for url, _ in texts} >= {"http://www.ganquan.test/nb/1.html", "http://www.ganquan.test/gzip"}
    assert all("政府信息公开" in text and "<p>" not in text for _, text in texts)
    with open_archive(tmp_path / "b.db", create=True) as archive:
        import_warc(archive, [file], tell=lambda remark: pytest.fail(remark.code))
    again = export(tmp_path / "b.db", tmp_path / "again")
    assert again.read_bytes() == file.read_bytes()


def test_what_is_withheld_stays_out(filled: Path, tmp_path: Path) -> None:
    with open_archive(filled) as archive:
        page = next(capture for capture in archive.captures() if capture.final_url.endswith("/1.html"))
        assert page.body_sha256 is not None
        withhold(archive, [Subject(Kind.BODY, page.body_sha256)], who="somebody", why="a name")
        summary = export_warc(archive, tmp_path / "out")
    assert summary.withheld == 3  # the page, the other page with the same body, and that the page was unchanged
    with gzip.open(tmp_path / "out" / "gicrawl-00000.warc.gz") as file:
        assert REPORT not in file.read()


def test_a_folder_that_cannot_be_written_is_told_and_left(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with open_archive(filled) as archive, pytest.raises(ExportError, match="--to"):
        export_warc(archive, tmp_path / "file")


def test_an_empty_archive_gives_an_empty_file(tmp_path: Path) -> None:
    with open_archive(tmp_path / "a.db", create=True) as archive:
        summary = export_warc(archive, tmp_path / "out")
    assert (summary.captures, [file.records for file in summary.files]) == (0, [1, 0])


def test_the_commands(filled: Path, tmp_path: Path) -> None:
    out, other = str(tmp_path / "out"), str(tmp_path / "b.db")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return warm.run([*arguments, "--lang", "en"])

    exported = run("export", "--format", "warc", "--to", out, "--archive", str(filled))
    assert (exported.returncode, exported.stdout.count("\n")) == (0, 2)
    file = tmp_path / "out" / "gicrawl-00000.warc.gz"
    imported = run("import", "warc", str(file), "--archive", other)
    assert (imported.returncode, imported.stdout) == (0, "new 8\nkept 0\nknown 0\nrefused 0\n")
    torn = tmp_path / "torn.warc.gz"
    torn.write_bytes(file.read_bytes()[:-20])
    again = run("import", "warc", str(torn), "--archive", other)
    assert (again.returncode, again.stdout) == (1, "new 0\nkept 0\nknown 7\nrefused 1\n")
    assert [line for line in again.stderr.splitlines() if str(torn) in line] != []
    assert "Traceback" not in again.stderr
    missing = run("import", "warc", str(tmp_path / "none.warc"), "--archive", other)
    assert (missing.returncode, "Traceback" in missing.stderr) == (2, False)
