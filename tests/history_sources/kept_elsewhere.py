"""What another web archive kept of two invented portals, as a WARC file: made by warcio, not by us."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from pathlib import Path

TRS = "http://www.qingwan.gov.cn"
COLUMN = f"{TRS}/zfxxgk/zfxxgknb/"
REPORT = f"{COLUMN}202001/t20200120_1001.html"
WITHDRAWN = f"{COLUMN}202101/t20210118_1002.html"
AS_FILE = f"{COLUMN}202201/t20220119_1003.html"
PDF = f"{COLUMN}202201/P020220119500000000001.pdf"
PICTURE = f"{COLUMN}202201/W020220119500000000002.png"
NOTICE = f"{COLUMN}202003/t20200301_1009.html"
STYLE = f"{COLUMN}style.css"
HANWEB = "http://www.luoxi.gov.cn"
HANWEB_COLUMN = f"{HANWEB}/col/col345/index.html"
HANWEB_REPORT = f"{HANWEB}/art/2021/1/29/art_345_99.html"
HANWEB_OTHER = f"{HANWEB}/art/2021/1/29/art_77_12.html"

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC"
)


@dataclass(frozen=True, slots=True)
class Version:
    """A capture in the other archive."""

    url: str
    timestamp: str
    body: bytes
    media_type: str = "text/html"
    status: str = "200 OK"

    @property
    def digest(self) -> str:
        return base64.b32encode(hashlib.sha1(self.body).digest()).decode()  # noqa: S324 - what indexes use


@dataclass(frozen=True, slots=True)
class Row:
    """Where a version lies in the WARC file."""

    version: Version
    filename: str
    offset: int
    length: int


def page(title: str, body: str) -> bytes:
    head = f'<meta charset="utf-8"><meta name="ArticleTitle" content="{title}"><title>{title}</title>'
    return f"<html><head>{head}</head><body><div class=TRS_Editor><h1>{title}</h1>{body}</div></body></html>".encode()


def listing(*links: tuple[str, str]) -> bytes:
    items = "".join(f'<li><a href="{url}" title="{text}">{text}</a><span>2022-01-19</span></li>' for url, text in links)
    title = "<title>政府信息公开年报</title>"
    return f"<html><head><meta charset=utf-8>{title}</head><body><ul class=list>{items}</ul></body></html>".encode()


def _title(body: str, year: int) -> str:
    return f"{body}{year}年政府信息公开工作年度报告"


_2019, _2020, _2021 = (_title("清湾县人民政府", year) for year in (2019, 2020, 2021))
_PROSE = "<p>一、总体情况。2019年，清湾县人民政府主动公开政府信息{number}条，收到政府信息公开申请{number}件。</p>" * 3
_FIRST = page(_2019, _PROSE.format(number=41))
_CORRECTED = page(_2019, _PROSE.format(number=43))
_FILES = page(
    _2021,
    f"<p>{_2021}全文见附件，请下载。清湾县人民政府办公室。</p>"
    f'<p><img src="./{PICTURE.rpartition("/")[2]}" width=600 height=400></p>'
    f'<p><a href="./{PDF.rpartition("/")[2]}">{_2021}.pdf</a></p>',
)

VERSIONS = (
    Version(COLUMN, "20200201000000", listing((REPORT, _2019))),
    Version(COLUMN, "20220201000000", listing((REPORT, _2019), (AS_FILE, _2021))),
    Version(REPORT, "20200202000000", _FIRST),
    Version(REPORT, "20200802000000", _FIRST),  # seen again, the same: no version
    Version(REPORT, "20210202000000", _CORRECTED),
    Version(REPORT, "20220202000000", _FIRST),  # restored
    Version(WITHDRAWN, "20210203000000", page(_2020, _PROSE.format(number=52))),
    Version(WITHDRAWN, "20220203000000", b"<h1>404</h1>", status="404 Not Found"),
    Version(AS_FILE, "20220204000000", _FILES),
    Version(PDF, "20220205000000", b"%PDF-1.4\n% invented\n", "application/pdf"),
    Version(PICTURE, "20220206000000", PNG, "image/png"),
    Version(NOTICE, "20200305000000", page("关于做好年报编制工作的通知", "<p>各单位：请按时报送。</p>" * 30)),
    Version(STYLE, "20200305000000", b"body{}", "text/css"),
    Version(HANWEB_COLUMN, "20210301000000", b"<html><title>x</title><script>render()</script><p>" + b"a" * 300),
    Version(HANWEB_REPORT, "20210302000000", page(_title("洛溪县人民政府", 2020), _PROSE.format(number=7))),
    Version(HANWEB_OTHER, "20210302000000", page("洛溪县召开会议", "<p>新闻。</p>" * 90)),
)

ARRIVE = {
    (COLUMN, "20200201000000", "list"),
    (COLUMN, "20220201000000", "list"),
    (REPORT, "20200202000000", "article"),
    (REPORT, "20210202000000", "article"),
    (REPORT, "20220202000000", "article"),
    (WITHDRAWN, "20210203000000", "article"),
    (AS_FILE, "20220204000000", "article"),
    (PDF, "20220205000000", "attachment"),
    (PICTURE, "20220206000000", "image"),
    (NOTICE, "20200305000000", "article"),
    (HANWEB_COLUMN, "20210301000000", "list"),
    (HANWEB_REPORT, "20210302000000", "article"),
}
"""What is to be in our archive in the end, each once."""

REGISTRY = f"""
[[portal]]
id = "qingwan"
body = "清湾县人民政府"
level = "county"
region_code = "321099"
home = "{TRS}/"
columns = ["{COLUMN}"]

[[portal]]
id = "luoxi"
body = "洛溪县人民政府"
level = "county"
region_code = "321098"
home = "{HANWEB}/"
columns = ["{HANWEB_COLUMN}"]
"""


def write_warc(path: Path, versions: tuple[Version, ...] = VERSIONS) -> list[Row]:
    """Write the versions as WARC records, a gzip member each; say where each lies."""
    rows = []
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for version in versions:
            begin = file.tell()
            fields = [("Content-Type", version.media_type), ("ETag", f'"{version.digest[:6]}"')]
            head = StatusAndHeaders(version.status, [*fields, ("Content-Length", str(len(version.body)))], "HTTP/1.1")
            stamp = version.timestamp
            date = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:]}Z"
            record = writer.create_warc_record(
                version.url,
                "response",
                payload=BytesIO(version.body),
                http_headers=head,
                warc_headers_dict={"WARC-Date": date, "WARC-IP-Address": "192.0.2.7"},
            )
            writer.write_record(record)
            record.raw_stream.close()  # warcio leaves the copy it digested to the garbage collector
            rows.append(Row(version, path.name, begin, file.tell() - begin))
    return rows
