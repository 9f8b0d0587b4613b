"""What counts as a value in a cell."""

from __future__ import annotations

import pytest

from gicrawl.parser.align.numbers import Kind, read_value


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("0", 0),
        (" 16 ", 16),
        ("１６", 16),
        ("-652", -652),
        ("－652", -652),
        ("+3", 3),
        ("1,234", 1234),
        ("12，345，678", 12345678),
        ("3415.891", 3415.891),
        ("16件", 16),
        ("22（其中修订16件）", 22),
        ("\u200b7", 7),
        (".56", 0.56),
        ("减3", -3),
        ("增加12", 12),
        ("减少1项", -1),
        ("30①", 30),
        ("30²", 30),
        ("30[1]", 30),
        ("1,204 ※", 1204),
        (r"\-1", -1),
        (r"3415\.89", 3415.89),
        ("〇", 0),
        (" 零 ", 0),
    ],
)
def test_a_printed_number_is_its_value(printed: str, number: float) -> None:
    value = read_value(printed)
    assert value is not None
    assert (value.kind, value.number) == (Kind.NUMBER, number)


@pytest.mark.parametrize("printed", ["一千二百万元", "叁仟元整", "十二件", "约16", "约120万元"])
def test_an_amount_that_is_no_exact_figure_is_a_word_in_a_cell_and_no_label(printed: str) -> None:
    value = read_value(printed)
    assert value is not None
    assert value.kind is Kind.WORD


@pytest.mark.parametrize("printed", ["一", "十", "万元", "二、主动公开", "其中：一件", "三公经费"])
def test_ordinals_and_labels_are_no_amounts(printed: str) -> None:
    assert read_value(printed) is None


@pytest.mark.parametrize(
    ("printed", "number", "unit"),
    [
        ("9038万", 9038, "万元"),
        ("3987.75 万", 3987.75, "万元"),
        ("251000元", 251000, "元"),
        ("5件", 5, None),
        ("120.5（万元）", 120.5, "万元"),
        ("￥1,205.50", 1205.5, "元"),
        ("人民币35.6万元", 35.6, "万元"),
    ],
)
def test_money_keeps_its_unit_and_is_not_converted(printed: str, number: float, unit: str | None) -> None:
    value = read_value(printed)
    assert value is not None
    assert value.unit == unit
    assert value.number == number


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("", Kind.GAP),
        (" ", Kind.BLANK),
        ("\xa0", Kind.BLANK),
        ("\u3000", Kind.BLANK),
        ("/", Kind.NOT_APPLICABLE),
        ("—", Kind.NOT_APPLICABLE),
        ("－", Kind.NOT_APPLICABLE),
        ("无", Kind.WORD),
        ("未发生", Kind.WORD),
        ("Ů", Kind.ILLEGIBLE),
        ("-3-", Kind.NOISE),
        ("— 12 —", Kind.NOISE),
    ],
)
def test_what_is_no_number_has_no_value(printed: str, kind: Kind) -> None:
    value = read_value(printed)
    assert value is not None
    assert (value.kind, value.number) == (kind, None)


@pytest.mark.parametrize(
    "printed",
    ["1.", "1、", "2020年", "1.属于国家秘密", "（一）", "1 3", "12,34", "3/4页", "总计", "①", "⑴", "3(1)"],
)
def test_text_is_no_value(printed: str) -> None:
    value = read_value(printed)
    assert value is None or value.kind is Kind.ILLEGIBLE


def test_a_hundred_million_is_never_turned_into_another_unit() -> None:
    value = read_value("1.2亿元")
    assert value is not None
    assert (value.kind, value.number) == (Kind.WORD, None)


@pytest.mark.parametrize("text", ["18（减）", "18（减少）", "5(下降)"])
def test_a_sign_in_brackets_behind_a_number_is_not_overlooked(text: str) -> None:
    value = read_value(text)
    assert value is not None
    assert value.number is None
