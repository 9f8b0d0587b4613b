"""Texts cut at a fixed width, in the middle of words and numbers, and texts that only look so."""

from __future__ import annotations

import re

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.readers.text_wrapped import unwrapped
from gicrawl.parser.report import State

TITLE = "青禾市教育局2022年政府信息公开工作年度报告"
OPENING = (
    "根据《中华人民共和国政府信息公开条例》要求，现公布青禾市教育局2022年政府信息公开工作年度报告。"
    "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。"
)
PROSE = (
    "我局按照上级部署稳步推进公开工作，主动回应社会关切，完善平台栏目，加强业务培训，公众知晓度不断提高。"
    "下一步将健全工作机制，丰富解读形式，安排专人负责栏目维护，定期检查内容更新情况，并把结果纳入考核。"
)
TABLE = """第二十条第（一）项|信息内容|本年制发件数|本年废止件数|现行有效件数|规章|0|0|0|行政规范性文件|13|20|4157
第二十条第（五）项|信息内容|本年处理决定数量|行政许可|41257
第二十条第（六）项|信息内容|本年处理决定数量|行政处罚|38164|行政强制|70259
第二十条第（八）项|信息内容|本年收费金额（单位：万元）|行政事业性收费|3415.89"""
FIGURES = [0, 0, 0, 13, 20, 4157, 41257, 38164, 70259, 3415.89]


def text(separator: str) -> str:
    parts = [TITLE, OPENING, "一、总体情况", PROSE, "二、主动公开政府信息情况", *TABLE.split("\n"), PROSE]
    return separator.join(part.replace("|", separator) for part in parts)


def cut(whole: str, width: int, *, wide: int = 1, end: str = "\n") -> str:
    """The text in lines of a width, at which a character of Chinese takes `wide`."""
    lines, taken = [""], 0
    for char in whole:
        size = wide if ord(char) > 0x2E7F else 1
        if taken + size > width:
            lines.append("")
            taken = 0
        lines[-1] += char
        taken += size
    return end.join(lines)


@pytest.mark.parametrize("separator", ["\t", "|"])
@pytest.mark.parametrize(("width", "wide", "end"), [(31, 1, "\n"), (40, 1, "\r\n"), (48, 1, "\n"), (72, 2, "\n")])
def test_words_and_numbers_that_a_width_cuts_are_whole(width: int, wide: int, end: str, separator: str) -> None:
    body = cut(text(separator), width, wide=wide, end=end)
    report = parse([Source(body.encode())])
    printed = [cell for cell in report.cells if cell.state is State.NUMBER and cell.table.startswith("art20")]
    assert [cell.value for cell in printed] == FIGURES
    assert report.identity.issuer is not None
    assert report.identity.issuer.name == "青禾市教育局"
    places = [(cell.evidence["start"], cell.evidence["end"]) for cell in printed]
    assert [re.sub(r"\s", "", body[start:end]) for start, end in places] == [cell.raw for cell in printed]


def test_a_heading_below_a_paragraph_that_fills_its_last_line_stays_a_line() -> None:
    whole = "。".join(f"第{number}季度组织业务培训并检查栏目更新情况后通报有关单位" for number in "一二三四五六七八九")
    lines = cut(whole, 37).split("\n")
    full = "各单位均已按照要求落实公开责任并将具体情况纳入年度考核内容予以通报且及时公布办理结果。"[-37:]
    joined = unwrapped("\n".join([*lines, full, "三、其他情况"])).text
    assert joined.split("\n") == [whole, full, "三、其他情况"]


@pytest.mark.parametrize(
    "printed",
    [
        "\n".join(
            f"{label:　<30}{number:>12}" for number, label in enumerate(["收到申请数", "申请答复数", "其中"] * 4)
        ),
        "\n".join(f"{number:<4}{'第二十条第一项':>20}{'信息内容及本年制发件数':>30}" for number in range(9)),
        "\n".join(f"| {'行政规范性文件':　<20} | {number:>9} |" for number in range(9)),
        "\n".join(
            f"{number:>2}个部门按照全市统一要求完成了本年度公开栏目的更新维护与检查验收等工作。" for number in range(9)
        ),
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请\n0\n" * 9,
    ],
)
def test_lines_of_one_width_that_nothing_cuts_stay_lines(printed: str) -> None:
    assert unwrapped(printed).text == printed
    assert not unwrapped(printed).cuts


ROWS = ["行政许可", "行政处罚", "行政强制", "行政检查", "行政确认", "行政裁决", "行政给付", "其他事项"]
FIGURES_OF_ROWS = [16151, 7, 24943, 588, 1042, 98, 36176, 57523]


@pytest.mark.parametrize(
    "row",
    [
        "| {0:　<6}（{0:　<6}） | 件 | {1:>7} |",
        "{0:　<6}{0:　<6}     件     {1:<9}{1:>3}     ",
        "{0}{0}{0}\t件\t0\t0\t{1}",
    ],
)
def test_rows_that_a_width_cuts_are_whole(row: str) -> None:
    whole = [PROSE, *(row.format(*pair).rstrip() for pair in zip(ROWS, FIGURES_OF_ROWS, strict=True)), PROSE]
    text = "\n".join(cut(line, 30 if "|" in row else 31) for line in whole)
    assert unwrapped(text).text.split("\n") == whole


def test_a_number_that_alone_is_cut_off_is_whole_and_rows_that_fill_the_width_stay_rows() -> None:
    whole = [
        f"{at}.{label:　<12}{'件':<18}{number}"
        for at, (label, number) in enumerate(zip(ROWS, FIGURES_OF_ROWS, strict=True))
    ]
    assert unwrapped("\n".join(cut(line, 35) for line in whole)).text.split("\n") == whole


@pytest.mark.parametrize("page", ["{}", "{}\n"])
def test_the_numbers_of_pages_below_rows_that_fill_the_width_are_none_of_theirs(page: str) -> None:
    rows = [f"{label:　<20}件{number:>15}" for label, number in zip(ROWS, FIGURES_OF_ROWS, strict=True)]
    printed = "\n".join(row + "\n" + page.format(at) if at in {2, 5, 7} else row for at, row in enumerate(rows))
    assert unwrapped(printed).text == printed
