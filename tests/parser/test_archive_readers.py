"""Archives and saved pages: what is in them is read as if it had come alone, and says where it stands."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from datetime import date
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import TYPE_CHECKING

import pytest
from pdf_writer import Sheet, pdf
from test_pdf_report import draw
from test_tables import figures, form

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Grid, Source
from gicrawl.parser.output import message
from gicrawl.parser.readers import media_type, reader_for, readers
from gicrawl.parser.report import State, Status
from gicrawl.parser.version import parser_version
from gicrawl.sample.issuers import Issuer
from gicrawl.sample.report import ReportSpec, generate_report

if TYPE_CHECKING:
    from gicrawl.parser.report import Report

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def page(seed: int = 7, year: int = 2022, name: str = "云坪县水利局") -> bytes:
    office = Issuer(name, "云坪县", "county", "department", "department", name.removeprefix("云坪县"))
    spec = ReportSpec(issuer=office, year=year, published=date(year + 1, 1, 12), paste="plain")
    return generate_report(random.Random(seed), spec).html


def report_pdf(seed: int, changed: dict[tuple[str, str, str], int] | None = None) -> bytes:
    sheets = [Sheet() for _ in range(4)]
    of = form("form2021")
    draw(sheets, of, {**figures(of, seed), **(changed or {})}, 9)
    return pdf(*sheets)


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def read(*bodies: bytes) -> Report:
    return parse([Source(body) for body in bodies])


def values(report: Report) -> dict[tuple[str, str, str], tuple[State, object]]:
    return {cell.key: (cell.state, cell.value) for cell in report.cells}


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.problems]


def test_one_report_in_an_archive_is_that_report() -> None:
    alone = read(page())
    body = packed({"__MACOSX/._a.html": b"x", "说明.txt": "见附件".encode(), "图.png": PNG, "年报/a.html": page()})
    found = read(body)
    assert alone.status is Status.REPORT
    assert (found.status, found.media_type, found.reader) == (Status.REPORT, "application/zip", "zip+html")
    assert values(found) == values(alone)
    assert {cell.evidence.get("member") for cell in found.cells} == {"年报/a.html"}
    assert all(cell.evidence["path"] for cell in found.cells)
    assert all(fact.evidence.get("member") == "年报/a.html" for fact in found.facts)
    assert parser_version(found.reader) == found.parser


def test_names_that_chinese_windows_wrote_are_shown() -> None:
    body = packed({"NAME.html": page()}).replace(b"NAME", "年报".encode("gb18030"))
    assert read(body).cells[0].evidence["member"] == "年报.html"


def test_an_archive_in_an_archive_is_opened_and_no_further() -> None:
    once = packed({"a.html": page()})
    assert read(packed({"x.zip": once})).cells[0].evidence["member"] == "x.zip/a.html"
    assert codes(read(packed({"y.zip": packed({"x.zip": once})}))) == ["zip_without_report"]


def test_a_gzip_file_is_what_it_holds() -> None:
    found = read(gzip.compress(page()))
    assert (found.status, found.reader) == (Status.REPORT, "zip+html")
    assert values(found) == values(read(page()))


def test_renditions_in_one_archive_are_compared() -> None:
    same = read(packed({"a.pdf": report_pdf(3), "b.pdf": report_pdf(3)}))
    assert values(same) == values(read(report_pdf(3)))
    assert same.problems == ()
    key = ("applications", "new_received", "natural_person")
    other = read(packed({"a.pdf": report_pdf(3), "b.pdf": report_pdf(3, {key: 987_654})}))
    assert other.status is Status.REPORT
    assert "renditions_differ" in codes(other)
    doubted = next(cell for cell in other.cells if cell.key == key)
    assert doubted.state is State.AMBIGUOUS
    assert [place["member"] for _, place in doubted.candidates] == ["a.pdf", "b.pdf"]


def test_reports_of_two_bodies_in_one_archive_are_nobodys() -> None:
    found = read(packed({"a.html": page(), "b.html": page(8, name="云坪县统计局")}))
    assert found.status is Status.FAILED
    assert codes(found) == ["several_reports"]
    assert not found.cells


def test_a_note_beside_tables_without_a_title_says_whose_they_are() -> None:
    whole = page().decode()
    table = f"<html><meta charset=utf-8>{whole[whole.index('<table') : whole.rindex('</table>')]}</table></html>"
    title = "云坪县水利局2022年政府信息公开工作年度报告"
    report = read(packed({"1.html": table.encode(), f"{title}.txt": title.encode()}))
    identity = report.identity
    assert (identity.title, identity.year, identity.issuer and identity.issuer.name) == (title, 2022, "云坪县水利局")
    beside = read(packed({"1.html": page(), "说明.txt": "2021年政府信息公开工作年度报告见附件".encode()}))
    assert (beside.identity.year, beside.cells) == (2022, read(packed({"1.html": page()})).cells)


def test_an_archive_beside_a_page_is_one_of_its_attachments() -> None:
    notice = (
        "<html><head><title>云坪县水利局2022年政府信息公开工作年度报告</title></head><body><p>见附件</p></body></html>"
    )
    found = read(notice.encode(), packed({"a.html": page()}))
    assert found.status is Status.REPORT
    assert {(cell.evidence.get("attachment"), cell.evidence.get("member")) for cell in found.cells} == {(1, "a.html")}


def bomb(depth: int) -> bytes:
    inner = packed({"0.txt": bytes(70 << 20)})
    for _ in range(depth):
        inner = packed({f"{n}.zip": inner for n in range(3)})
    return inner


def locked() -> bytes:
    body = bytearray(packed({"a.html": page()}))
    body[6] |= 1
    body[body.index(b"PK\x01\x02") + 8] |= 1
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (bomb(1), "zip_too_large"),
        (gzip.compress(bytes(70 << 20)), "zip_too_large"),
        (gzip.compress(b"a" * 5000)[:-9], "zip_damaged"),
        (b"\x1f\x8b\x08" + b"noise" * 99, "zip_damaged"),
        (packed({"a.html": page()})[:900], "zip_damaged"),
        (locked(), "docx_encrypted"),
        (packed({f"{n}.html": b"<html><p>x</p></html>" for n in range(61)}), "zip_several"),
        (packed({"a.rar": b"Rar!\x1a\x07"}), "zip_without_report"),
        (b"PK\x05\x06" + bytes(18), "zip_without_report"),
        (b"Rar!\x1a\x07\x00", "unknown_format"),
        (b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAAAAAAAAAAAAAAAAAA", "mhtml_damaged"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n--a\r\n\r\nx", "mhtml_damaged"),
    ],
)
def test_what_cannot_be_read_is_one_problem(body: bytes, code: str) -> None:
    found = read(body)
    assert (found.status, codes(found)) == (Status.FAILED, [code])


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"Rar!\x1a\x07\x01\x00" + bytes(60), "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(60), "7z"),
        (b"report.docx".ljust(257, b"\0") + b"ustar\x0000" + bytes(300), "TAR"),
    ],
)
def test_an_archive_that_is_not_opened_is_named_with_what_to_do(body: bytes, name: str) -> None:
    found = read(body)
    assert (found.status, codes(found)) == (Status.FAILED, ["unknown_format"])
    assert f"a {name} archive" in message(found.problems[0])
    assert "ZIP" in message(found.problems[0], "zh")


def test_a_damaged_file_in_an_archive_is_told_beside_what_was_read() -> None:
    body = packed({"a.html": page(), "b.html": page(9)}, zipfile.ZIP_STORED)
    at = body.rindex(b"</html>", 0, body.index(b"PK\x01\x02"))
    found = read(body[:at] + b"XXXXXXX" + body[at + 7 :])
    assert found.status is Status.REPORT
    assert ("zip_member_damaged", (("count", "1"), ("names", "b.html"))) in [(p.code, p.fields) for p in found.problems]


def saved(html: str, charset: str = "utf-8", start: str | None = None) -> bytes:
    whole = MIMEMultipart("related", **({"start": start} if start else {}))
    whole["From"] = "<Saved by a browser>"
    whole["Snapshot-Content-Location"] = "http://example.invalid/a.html"
    whole.attach(MIMEImage(PNG, "png"))
    frame = MIMEText("<html><body><p>广告</p></body></html>", "html", "utf-8")
    frame["Content-ID"] = "<frame>"
    main = MIMEText(html, "html", charset)
    main["Content-ID"] = "<main>"
    for part in (frame, main) if start else (main, frame):
        whole.attach(part)
    return whole.as_bytes()


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_saved_page_is_its_page(charset: str) -> None:
    html = "<html><body><table><tr><td>项目<td>数<tr><td>规章<td>12</table></body></html>"
    body = saved(html, charset, "<main>")
    assert media_type(body) == "multipart/related"
    assert reader_for(body) == "mhtml+html+image"
    (grid,) = readers()["mhtml"].read(body, Context(declared_charset="big5")).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["项目", "数", "规章", "12"]
    assert grid.cells[3].evidence["part"] == 3
    assert "/table" in str(grid.cells[3].evidence["path"])


def test_a_saved_report_is_a_report() -> None:
    alone = page()
    found = read(saved(alone.decode()))
    assert found.status is Status.REPORT
    assert values(found) == values(read(alone))


def test_a_text_that_speaks_of_headers_is_a_text() -> None:
    assert media_type("From: 县政府\n\n2021年政府信息公开工作年度报告".encode()) == "text/plain"
    assert media_type(b"<html><body><p>Content-Type: multipart/related</p></body></html>") == "text/html"
