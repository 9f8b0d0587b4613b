"""The text reader: shapes of flattened text, and offsets that hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gicrawl.parser.document import Context, Line, Paragraph
from gicrawl.parser.readers import media_type, reader_for
from gicrawl.parser.readers.text import read


def blocks(text: str) -> list[list[str] | str]:
    return [
        [field.text for field in block.fields] if isinstance(block, Line) else block.text
        for block in read(text.encode(), Context()).blocks
        if isinstance(block, Line | Paragraph)
    ]


@given(st.text(st.sampled_from("甲乙 \t|12\n\r#\xa0-"), max_size=80))
def test_every_field_stands_where_it_says(text: str) -> None:
    for block in read(text.encode(), Context()).blocks:
        if isinstance(block, Line):
            assert all(text[field.start : field.start + len(field.text)] == field.text for field in block.fields)
        if isinstance(block, Paragraph):
            assert text[block.evidence["start"] : block.evidence["end"]] == block.text


def test_a_byte_order_mark_counts_as_the_character_it_is() -> None:
    body = "\ufeff规章\t3".encode()
    (line,) = read(body, Context()).blocks
    assert isinstance(line, Line)
    place = line.fields[1]
    assert body.decode()[place.start : place.start + 1] == "3"


def test_windows_line_ends_are_no_part_of_a_field() -> None:
    assert blocks("规章\t3\r\n\r\n行政许可\t4\r\n") == [["规章", "3"], ["行政许可", "4"]]


def test_markdown_rules_and_pipe_lines_are_no_rows() -> None:
    assert blocks("| 规章 | 3 |\n|---|---|\n||||\n## 一、总体情况") == [["规章", "3"], "一、总体情况"]


def test_a_cell_goes_on_over_lines_where_every_cell_has_a_line_of_its_own() -> None:
    cells = "".join(f"\t{number}\n" for number in range(30))
    assert blocks(f"前言\n\t本年新\n制作数量\n\t3\n\n{cells}\n后记")[:3] == [
        "前言",
        ["本年新\n制作数量", "3"],
        [str(n) for n in range(30)],
    ]


def test_bytes_are_told_by_what_they_are() -> None:
    assert media_type(b" \n\t") == "application/x-empty"
    assert media_type(b"%PDF-1.7 x") == "application/pdf"
    assert media_type(bytes(range(256)) * 20) == "application/octet-stream"
    assert media_type("﻿<!DOCTYPE html><html>".encode()) == "text/html"
    assert media_type("政府信息公开工作年度报告".encode("gb18030")) == "text/plain"
    assert media_type("政府信息公开工作年度报告".encode("utf-16")) == "text/plain"
    assert reader_for(b"") == "none"
    assert reader_for("年报".encode()) == "text"


def stacked(*rows: list[str]) -> bytes:
    """A cell a line, an empty one a blank, as many copies of tables come out."""
    return "\n".join(f"标题{at}\n" + "\n".join(cell or " " for cell in row) for at, row in enumerate(rows)).encode()


WHOLE = [["1", "0", "0", "2", "0", "0", "3"]] * 8


def blanks(body: bytes) -> list[int]:
    """Where the empty cells stand."""
    lines = [block for block in read(body, Context()).blocks if isinstance(block, Line)]
    return [line.fields[0].start for line in lines if line.text.isspace()]


def test_a_line_of_a_blank_is_an_empty_cell_where_rows_are_then_of_one_length() -> None:
    body = stacked(*WHOLE, ["", "0", "", "4", "", "", "4"], [""] * 7)
    assert len(blanks(body)) == 4 + 7
    assert all(body.decode()[start] == " " for start in blanks(body))


@pytest.mark.parametrize(
    "rows",
    [
        [*WHOLE, ["", "0", "0", "2", "0", "0"], ["", *["0"] * 7]],
        [["", *row[1:]] for row in WHOLE],
        [*WHOLE[:3], ["", *["0"] * 6]],
        [*WHOLE, *[["1", "2", "3", "4", "5"]] * 5, ["", *["0"] * 6]],
    ],
)
def test_where_it_is_not_certain_a_line_of_a_blank_is_nothing(rows: list[list[str]]) -> None:
    assert blanks(stacked(*rows)) == []


def test_lines_of_blanks_are_empty_cells_where_no_row_has_a_figure_in_every_column() -> None:
    body = stacked(*[["1", "", "", "2", "", "", "3"]] * 8, ["", "5"], [""])
    assert len(blanks(body)) == 8 * 4 + 2


def test_a_blank_before_a_pipe_is_an_empty_cell_of_a_list_whose_rows_end_at_equal_distances() -> None:
    rows = [("2", "30"), ("", "4"), ("7", "7"), ("", ""), ("", "1"), ("3", "9")] * 2
    body = "\n".join(f"第{at}项|\n件|\n{a or ' '}|\n{b or ' '}\n{'|' * (at % 3)}" for at, (a, b) in enumerate(rows))
    assert len(blanks(body.encode())) == 8


def test_blanks_between_the_rows_of_a_list_are_no_cells() -> None:
    assert blanks("\n".join(f"第{at}项\n{at}\n " for at in range(12)).encode()) == []
