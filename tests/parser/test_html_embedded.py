"""Reports that a page carries as a string, for its own script to unpack."""

from __future__ import annotations

import json
import time
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from turbohtml import parse as browse

from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.readers import media_type
from gicrawl.parser.report import State, Status

if TYPE_CHECKING:
    from gicrawl.parser.report import Report

TITLE = "云岭县水利局2022年政府信息公开工作年度报告"
SENTENCE = "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止，全年主动公开政府信息工作平稳有序。"


def _article() -> str:
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(table for table in form.tables if table.key == "applications")
    rows = "".join(
        f'<tr><td class="x">{row.labels[0]}</td>' + "".join(f"<td>{at}</td>" for at in (2, 0, 1, 0, 0, 0, 3)) + "</tr>"
        for row in table.rows
    )
    return f'<p style="a">{SENTENCE}</p>\n<p>三、收到和处理政府信息公开申请情况</p><table>{rows}</table>'


ARTICLE = _article()


def packed(value: object, *, ascii_only: bool = False) -> str:
    """JSON as it may stand in a script."""
    return json.dumps(value, ensure_ascii=ascii_only).replace("</", "<\\/")


CELL_END = "<\\/td>"
CARRIED = {
    "json": f"<script>var a = {packed({'content': ARTICLE})}</script>",
    "json in ASCII": "<script>show(" + packed(ARTICLE, ascii_only=True).replace("<", "\\u003c") + ");</script>",
    "json within json": f"<script>show({packed(packed({'a': ARTICLE}))})</script>",
    "added up": "<script>var s = '"
    + f"{CELL_END}' +\n '".join(ARTICLE.replace("\n", "").replace("/", "\\/").split(CELL_END))
    + "';</script>",
    "back ticks": f"<script>// don't\nconst a = `{ARTICLE}`;</script>",
    "percent": f"<script>document.write(unescape('{quote(ARTICLE)}'))</script>",
    "references": f'<script>var a = "{escape(ARTICLE)}".replace(1)</script>'.replace("\n", " "),
    "CDATA": f"<script type='text/xml'><record><![CDATA[{ARTICLE}]]></record></script>",
    "a program in CDATA": f"<script>//<![CDATA[\nvar a={packed(ARTICLE)};\n//]]></script>",
    "template": f"<script type='text/template'>{ARTICLE}</script>",
    "text area": f"<textarea hidden>{escape(ARTICLE)}</textarea>",
    "shown as text": f"<div>{escape(ARTICLE)}</div>",
    "template of markup": f"<script type='text/template'>{escape(ARTICLE)}</script>",
    "comment": f"<!-- {ARTICLE} -->",
}


def page(carried: str, shown: str = "", title: str = TITLE) -> bytes:
    return (
        f"<html><meta charset=utf-8><title>{title}</title><body><h1>{title}</h1>{shown}{carried}</body></html>".encode()
    )


def read(body: bytes) -> Report:
    return parse([Source(body)])


def numbers(report: Report) -> list[object]:
    return [cell.value for cell in report.cells if cell.row == "new_received"]


@pytest.mark.parametrize("how", CARRIED)
def test_a_report_in_a_string_is_read_and_its_place_told(how: str) -> None:
    report = read(page(CARRIED[how]))
    assert (report.identity.status, report.identity.year) == (Status.REPORT, 2022)
    assert numbers(report) == [2, 0, 1, 0, 0, 0, 3]
    assert "embedded_markup" in [problem.code for problem in report.problems]
    cell = next(cell for cell in report.cells if cell.row == "new_received" and cell.column == "total")
    path, start, end = (cell.evidence[f"embedded{name}"] for name in ("", "_start", "_end"))
    assert isinstance(start, int)
    assert isinstance(end, int)
    tree = browse(page(CARRIED[how]).decode())
    if how == "comment":
        assert path == "/html/body/comment()[1]"
        return
    node = tree.xpath(str(path))[0]
    string = node.text[start:end]
    assert string.strip("\"'`")[:2] in {"<p", "\\u", "%3", "&l", "{\\"}
    assert len(string) >= len(ARTICLE) or how == "json in ASCII"


@pytest.mark.parametrize(
    ("carried", "path"),
    [
        (f"<iframe srcdoc='{escape(ARTICLE)}'></iframe>", "/html/body/iframe/@srcdoc"),
        (f"<input type=hidden value='{escape(ARTICLE)}'>", "/html/body/input/@value"),
        (f"<template>{ARTICLE}</template>", "/html/body/template"),
    ],
)
def test_a_report_in_a_saved_frame_a_hidden_field_or_a_template_is_read(carried: str, path: str) -> None:
    report = read(page(carried))
    assert numbers(report) == [2, 0, 1, 0, 0, 0, 3]
    assert {cell.evidence.get("embedded") for cell in report.cells if cell.row == "new_received"} == {path}


def test_what_a_declared_shadow_root_shows_is_read() -> None:
    report = read(page(f'<x-article><template shadowrootmode="open">{ARTICLE}<slot></slot></template></x-article>'))
    assert numbers(report) == [2, 0, 1, 0, 0, 0, 3]
    (place,) = {cell.evidence.get("embedded") for cell in report.cells if cell.row == "new_received"}
    assert place == "/html/body/x-article/template"


def test_the_source_of_a_page_is_read_as_the_page() -> None:
    markup = page(ARTICLE).decode().replace("</tr>", "\n</tr>\n")
    lines = "".join(
        f'<tr><td class="line-number" value="{at}"></td><td class="line-content">{escape(line)}</td></tr>'
        for at, line in enumerate(markup.split("\n"), 1)
    )
    report = read(f"<html><body><table><tbody>{lines}</tbody></table></body></html>".encode())
    assert (report.identity.title, numbers(report)) == (TITLE, [2, 0, 1, 0, 0, 0, 3])
    cell = next(cell for cell in report.cells if cell.row == "new_received")
    assert (cell.evidence["embedded"], cell.evidence["embedded_start"]) == ("/html/body/table", 0)
    assert "embedded_markup" in [problem.code for problem in report.problems]


def test_the_frame_of_a_saved_page_is_read_with_it() -> None:
    parts = (page("<iframe src='cid:b@x'></iframe>"), f"<html><body>{ARTICLE}</body></html>".encode())
    body = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    for part in parts:
        body += b"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + part + b"\r\n"
    report = read(body + b"--x--\r\n")
    assert (report.identity.title, numbers(report)) == (TITLE, [2, 0, 1, 0, 0, 0, 3])


def test_one_place_has_one_cell() -> None:
    places = [json.dumps(cell.evidence, sort_keys=True) for cell in read(page(CARRIED["json"])).cells]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"code": 0, "data": {"title": TITLE, "content": ARTICLE}}).encode(),
        json.dumps([{"title": TITLE, "body": escape(ARTICLE)}], ensure_ascii=False).encode(),
        f"callback({json.dumps({'docTitle': TITLE, 'html': ARTICLE})});".encode(),
    ],
)
def test_the_answer_of_a_service_is_read(body: bytes) -> None:
    assert media_type(body) == "application/json"
    report = read(body)
    assert report.identity.title == TITLE
    assert numbers(report) == [2, 0, 1, 0, 0, 0, 3]
    raw = body.decode()
    cell = report.cells[0]
    start, end = cell.evidence["embedded_start"], cell.evidence["embedded_end"]
    assert isinstance(start, int)
    assert isinstance(end, int)
    assert raw[start] == raw[end - 1] == '"'


SHORT = (
    "<p>根据《政府信息公开条例》编制本报告，统计期限自2012年1月1日起至2012年12月31日止。</p><p>一、概述</p><p>全年工作平稳有序。</p>"
    "<p>二、主动公开情况</p><p>2012年主动公开政府信息213条。</p><p>三、依申请公开情况</p><p>2012年收到公开申请6件，均已答复。</p>"
    "<p>四、存在的问题和改进措施</p><p>内容还不够丰富，下一步加强培训。</p>"
)


@pytest.mark.parametrize("dated", ["pubDate", "publishTime", "releaseTime", "FBRQ"])
def test_a_short_report_in_sentences_is_one_under_the_title_that_a_service_names(dated: str) -> None:
    title = TITLE.replace("2022", "2012")
    given = {"data": {"title": title, dated: "2013-03-01 10:20:00", "content": SHORT}}
    identity = read(json.dumps(given).encode()).identity
    assert (identity.status, identity.title, identity.year) == (Status.REPORT, title, 2012)
    assert (identity.published, identity.published_source) == ("2013-03-01", "meta")
    several = {"data": [{"title": title, "content": SHORT}, {"title": "年报", "content": SHORT.replace("213", "214")}]}
    assert read(json.dumps(several).encode()).identity.status is Status.NOT_A_REPORT


@pytest.mark.parametrize("body", [b'{"a": 1}', '["云岭县", "政府信息公开"]'.encode(), b"[1] <p>a", b"{a}<p>"])
def test_what_only_looks_like_it_is_as_before(body: bytes) -> None:
    assert media_type(body) != "application/json"


def test_of_several_reports_in_strings_none_is_taken() -> None:
    other = ARTICLE.replace("<td>3</td>", "<td>4</td>")
    items = packed([{"title": TITLE, "content": ARTICLE}, {"title": TITLE, "content": other}])
    assert read(items.encode()).cells == ()
    report = read(page(f"<script>var list = {items}</script>"))
    assert report.cells == ()
    assert report.identity.status is Status.NOT_A_REPORT


def test_the_same_string_twice_is_one() -> None:
    assert numbers(read(page(CARRIED["json"] + CARRIED["text area"]))) == [2, 0, 1, 0, 0, 0, 3]


def test_what_a_page_shows_goes_before_what_it_hides() -> None:
    other = CARRIED["json"].replace("<td>3<", "<td>4<")
    assert numbers(read(page(other, ARTICLE))) == [2, 0, 1, 0, 0, 0, 3]
    prose = f"<div class=article><p>{SENTENCE * 12}</p></div>"
    commented = read(page(CARRIED["comment"], prose))
    assert commented.cells == ()
    assert "tables_in_comment" in [problem.code for problem in commented.problems]


def test_near_misses_stay_near_misses() -> None:
    widget = "<script>var t = '<table><tr><td>政府信息公开指南</td><td>1</td></tr></table>';</script>"
    news = page(widget, f"<p>{SENTENCE}</p>", "县水利局召开政府信息公开工作会议")
    assert read(news).identity.status is Status.NOT_A_REPORT
    notice = page(CARRIED["json"], "", "关于做好2022年政府信息公开工作年度报告编制工作的通知")
    assert read(notice).identity.status is Status.NOT_A_REPORT


@pytest.mark.parametrize(
    "carried",
    [
        "<!--<p>政府信息公开-->" * 20_000,
        "<script>" + '"<table>\\' * 100_000 + "</script>",
        "<script>" + "'<p>' + " * 50_000 + "</script>",
        "<script>`<table>" + "\\u003c![CDATA[" * 50_000 + "</script>",
        "<textarea>" + "&amp;" * 50_000 + "lt;table&gt;</textarea>",
        "<script>'" + "{'[" * 50_000 + "<table></script>",
    ],
)
def test_strings_made_to_hurt_end(carried: str) -> None:
    began = time.process_time()
    assert read(page(carried)).cells == ()
    assert time.process_time() - began < 10


def test_a_page_without_any_of_it_is_what_it_was() -> None:
    report = read(page("", ARTICLE))
    assert all("embedded" not in cell.evidence for cell in report.cells)
    assert all(cell.state is State.NUMBER for cell in report.cells if cell.row == "new_received")
