"""Tables whose columns are places on the line: what stands below what decides which cell is empty."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Line
from gicrawl.parser.readers.text import read

TERMINAL = """\
                              自然人   企业   机构   总计
一、本年新收申请数量              12      3      1     16
二、上年结转申请数量                      4      2      6
（一）予以公开                    10      7            17
（二）“不予公开”
（三）无法提供                     2             3      5
（四）其他                        10      7      3
四、结转下年度                     1      2      3      6
"""
"""As an editor shows it: wide characters take two places, curved quotation marks as well."""

CONVERTED = """\
      （一）予以公开                          4          40       28    1       1          2          76

      （二）部分公开（区分处理的，只计这一情形
      ，不计其他情形）                         2          7        1     4       34         9          57

            1.属于国家秘密                   4          7              7       2          2          22

            2.其他法律行政法规禁止公开                        2        1     2       1          7          13

            3.危及“三安全一稳定”               12         9              1       4          7          33

            4.保护第三方合法权益                4          1        7     7       38         1          58

            5.属于三类内部事务信息               2          1        28    1       23         7          62

            6.属于四类过程性信息                           4        7     1       1          1          14
"""
"""As pdftotext -layout wrote it: a place for each character, whatever its width, blank lines between."""

PACKED = """\
新收数量  1  2  3  6
结转数量  4  1  5
予以公开  5  2  4  11
不予公开  1  1  2
"""
"""Nothing but two blanks between values: which of four is missing stands nowhere."""


def rows(text: str) -> dict[str, list[str]]:
    blocks = read(text.encode(), Context()).blocks
    return {
        block.fields[0].text: [field.text for field in block.fields[1:]] for block in blocks if isinstance(block, Line)
    }


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_gap_in_a_column_is_an_empty_cell(end: str) -> None:
    assert rows(TERMINAL.replace("\n", end)) == {
        "一、本年新收申请数量": ["12", "3", "1", "16"],
        "二、上年结转申请数量": ["", "4", "2", "6"],
        "（一）予以公开": ["10", "7", "", "17"],
        "（三）无法提供": ["2", "", "3", "5"],
        "（四）其他": ["10", "7", "3", ""],
        "四、结转下年度": ["1", "2", "3", "6"],
    }


def test_places_may_be_characters() -> None:
    found = rows(CONVERTED)
    assert found["1.属于国家秘密"] == ["4", "7", "", "7", "2", "2", "22"]
    assert found["2.其他法律行政法规禁止公开"] == ["", "2", "1", "2", "1", "7", "13"]
    assert found["，不计其他情形）"] == ["2", "7", "1", "4", "34", "9", "57"]


def test_values_at_one_distance_tell_no_columns() -> None:
    assert rows(PACKED) == {}


def test_no_two_cells_share_a_place_and_each_stands_where_it_says() -> None:
    fields = [
        field
        for block in read(TERMINAL.encode(), Context()).blocks
        if isinstance(block, Line)
        for field in block.fields
    ]
    assert all(TERMINAL[field.start : field.start + len(field.text)] == field.text for field in fields)
    assert len({field.start for field in fields}) == len(fields)


def test_a_table_below_another_has_columns_of_its_own() -> None:
    second = "甲类        1          2\n乙类                   3\n丙类        4         15\n丁类        6          7\n"
    text = f"{TERMINAL}\n四、行政复议情况\n\n{second}"
    found = rows(text)
    assert found["乙类"] == ["", "3"]
    assert found["（一）予以公开"] == ["10", "7", "", "17"]
