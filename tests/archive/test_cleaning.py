"""Of two pages the same report is on, or not, whatever else differs."""

from __future__ import annotations

import gzip
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from archive_samples import message
from hypothesis import given, settings
from hypothesis import strategies as st

from gicrawl.archive.cleaning import RULE, clean, cleaned, cleaned_digests, make_cleaned
from gicrawl.archive.tombstones import erase

if TYPE_CHECKING:
    from archive_samples import Make

    from gicrawl.archive.store import Archive

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="token" content="1f3a">
<title>云坪县2023年政府信息公开工作年度报告</title><script>var hits = 5; // <p>no text</p>
</script><style>.a{width:5px}</style></head><body><!-- built 2024-01-30 -->
<div class="top">今天是2024年1月30日 星期二</div><ul class="nav"><li><a href="/a">首页</a></li>
<li><a href="/b">政务公开</a></li></ul>
<h1>云坪县2023年政府信息公开工作年度报告</h1>
<p class="info">发布时间：2024-01-30 10:22 来源：县政府办 浏览次数：<b id=hit>1234</b>次
【<a href="javascript:print()">打印</a>】</p>
<p>2023年，本县主动公开政府信息5678条，网站访问量达12万人次。统计期限自2023年1月1日起。</p>
<table><tr><td>规章</td><td>3</td><td></td><td>7</td></tr><tr><td>行政许可</td><td><p>120</p></td></tr></table>
<p><img src="/pic/1.jpg?v=3" width=9></p><p>附件：<a href="/files/1.pdf">年度报告.pdf</a></p>
<p>云坪县人民政府</p><p>2024年1月30日</p>
<div class="related"><h3>相关链接</h3><ul>
<li><a href="/r/1.html" title="x">石桥县2023年年度报告</a><span>01-29</span></li>
<li><a href="/r/2.html"><div>柳溪县2023年年度报告</div></a> [01-28]</li></ul></div>
<table><tr><td><a href="/l/1">省政府网站</a></td><td>·</td><td><a href="/l/2">市政府网站</a></td></tr></table>
<input type="hidden" name="csrf" value="aa01"><div>访问量：</div><div>99,001</div><p>您是第 88123 位访客</p>
<p>会话 0123456789abcdef0123456789abcdef</p></body></html>"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">1234</b>", ">99999</b>"),
        ("99,001", "100,432"),
        ("88123", "88124"),
        ("今天是2024年1月30日 星期二", "今天是2025年11月2日 星期日"),
        ("发布时间：2024-01-30 10:22", "发布时间：2024-02-01 08:00"),
        ("built 2024-01-30", "built <p>today</p>"),
        ("var hits = 5;", "var hits = 6; document.write('<b>x</b>');"),
        ('content="1f3a"', 'content="77bb"'),
        ('value="aa01"', 'value="cc99"'),
        ("0123456789abcdef0123456789abcdef", "f" * 32),
        ('class="top"', 'class="top new" data-t="9"'),
        ("石桥县2023年年度报告</a><span>01-29", "另一县2024年年度报告</a><span>03-15"),
        ("</ul></div>", '<li><a href="/r/3.html">又一县年度报告</a>03-16</li></ul></div>'),
        ("省政府网站</a></td>", '省政府网站</a></td><td>·</td><td><a href="/l/9">新网站</a></td>'),
        ("1.jpg?v=3", "1.jpg?v=4"),
        ("<p>2023年，本县", "<p>\n  2023年，<span style='x'>本</span>县"),
    ],
)
def test_what_passes_by_is_no_other_report(old: str, new: str) -> None:
    assert old in PAGE
    assert cleaned(PAGE.replace(old, new).encode()) == cleaned(PAGE.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5678条", "5679条"),
        ("12万人次", "13万人次"),
        ("<td>3</td>", "<td>4</td>"),
        ("<td>3</td><td></td>", "<td></td><td>3</td>"),
        ("<p>120</p>", "<p>121</p>"),
        ("本县主动公开", "本县依法主动公开"),
        ("1.jpg", "2.jpg"),
        ("年度报告.pdf", "年度报告（更正）.pdf"),
        ("<p>云坪县人民政府</p>", ""),
        ("自2023年1月1日起。", "自2023年1月2日起。"),
        ("<title>云坪县", "<title>关于更正云坪县"),
    ],
)
def test_what_the_report_says_counts(old: str, new: str) -> None:
    assert old in PAGE
    assert cleaned(PAGE.replace(old, new).encode()) != cleaned(PAGE.encode())


def test_the_charset_of_a_page_is_no_part_of_what_it_says() -> None:
    recoded = PAGE.replace("utf-8", "gb2312").encode("gb18030")
    assert cleaned(recoded) == cleaned(PAGE.encode()) == cleaned(PAGE.replace("utf-8", "", 1).encode("gb18030"))


def test_a_column_is_its_links() -> None:
    column = "<h1>年报</h1><ul>" + "".join(f"<li><a href=/{n}>某县第{n}号年度报告</a>2024-01-30</li>" for n in range(9))
    assert cleaned(column.encode()) != cleaned(column.replace("第8号", "第9号").encode())


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "<a href=x>",
                "</a>",
                "<!--",
                "-->",
                "<td>",
                "</td>",
                "<script>",
                "</script",
                "1",
                "年",
                "&#x0;",
                "\x02",
            ]
        )
    )
)
def test_any_page_has_a_digest(parts: list[str]) -> None:
    clean("".join(parts).encode()).decode()


@pytest.mark.parametrize(
    "part", ["<", "<a href ", "<!--", "<script>", "\x02", "<a href=x>", "<img src ", "<td> ", "&", "1-", "浏览"]
)
def test_no_page_takes_longer_than_its_length(part: str) -> None:
    page = (part * (400_000 // len(part))).encode()
    began = time.process_time()
    clean(page)
    assert time.process_time() - began < 5


def test_digests_are_kept_once_and_told_of(archive: Archive, make: Make) -> None:
    first = make("http://x/1", PAGE.encode())
    counted = make("http://x/1", PAGE.replace("1234", "1235").encode())
    zipped = make(
        "http://x/2",
        response=message(gzip.compress(PAGE.encode()), b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"),
    )
    torn = message(gzip.compress(PAGE.encode())[:99], b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    picture = make("http://x/3", b"\x89PNG\r\n\x1a\n" + bytes(40))
    with archive.writer() as writer:
        for capture in (first, counted, zipped, picture, make("http://x/4", response=torn)):
            writer.add(capture)
    bodies = [row[0] for row in archive.db.conn.execute("SELECT sha256 FROM bodies ORDER BY id")]
    before = cleaned_digests(archive, bodies)
    digest = cleaned(PAGE.encode()).sha256
    assert before == dict.fromkeys(bodies[:3], digest)
    assert make_cleaned(archive) == 3
    assert make_cleaned(archive) == 0
    assert cleaned_digests(archive, [*bodies, bytes(32)]) == before
    shown = archive.db.conn.execute("SELECT cleaned FROM captures_readable ORDER BY time").fetchall()
    assert shown == [(digest.hex(),)] * 3 + [(None,)] * 2
    assert archive.db.conn.execute("SELECT DISTINCT kind, rule FROM digests WHERE kind = 'cleaned'").fetchall() == [
        ("cleaned", RULE)
    ]


def test_of_erased_pages_no_digest_is_made_and_none_is_tried(archive: Archive, make: Make) -> None:
    with archive.writer() as writer:
        writer.add(make("http://x/1", PAGE.encode()))
        writer.add(make("http://x/2", PAGE.replace("1234", "4321").encode()))
    gone = sha256(PAGE.encode()).digest()
    erase(archive, [gone], who="an editor", why="a name")
    tried: list[None] = []
    assert make_cleaned(archive, lambda: tried.append(None)) == len(tried) == 1
    assert cleaned_digests(archive, [gone]) == {}
