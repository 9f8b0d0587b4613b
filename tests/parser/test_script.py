"""The folded twin keeps every place, and names come out in Simplified script."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gicrawl.parser.script import ZERO_WIDTH, fold, squeeze, to_simplified


@given(st.text())
def test_folding_keeps_length_and_is_done_once(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_every_character_folds_to_one_that_stays() -> None:
    every = "".join(chr(code) for code in range(sys.maxunicode + 1))
    folded = fold(every)
    assert len(folded) == len(every)
    assert fold(folded) == folded


@given(st.text(), st.text())
def test_folding_looks_at_one_character_at_a_time(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


@pytest.mark.parametrize(
    ("printed", "counts_as"),
    [
        ("審結後、復議后、答覆與複製", "审结后、复议后、答复与复制"),
        ("規范性文件／規範性文件", "规范性文件/规范性文件"),
        ("２０２１年度（本級）", "2021年度(本级)"),
        ("〔2019〕60號【附件】", "(2019)60号(附件)"),
        ("“三安全一穩定”「三安全一稳定」", '"三安全一稳定""三安全一稳定"'),
        ("《條例》〈条例〉", "《条例》《条例》"),
        ("—－–‑", "----"),
        ("二○二◯", "二〇二〇"),
        ("⼈⺠政府", "人民政府"),
        ("a\u3000b\xa0c\td\ne\u2003f", "a b c d e f"),
        ("公\u200b开\ufeff年\xad报", f"公{ZERO_WIDTH}开{ZERO_WIDTH}年{ZERO_WIDTH}报"),
        ("㈠予以公开½", "㈠予以公开½"),
    ],
)
def test_what_counts_as_what(printed: str, counts_as: str) -> None:
    assert fold(printed) == counts_as


def test_offsets_in_the_folded_text_are_offsets_in_the_printed_one() -> None:
    printed = "一、\u3000總體\u200b情況：收到申請１２件"
    at = fold(printed).index("收到申请12件")
    assert printed[at : at + 7] == "收到申請１２件"


def test_squeezing_drops_blanks_and_widthless_characters() -> None:
    assert squeeze(" 指\u3000標\u200b 名\n称 ") == "指标名称"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("雲溪縣發展和改革委員會", "云溪县发展和改革委员会"),
        ("乾縣人民政府", "乾县人民政府"),
        ("乾安县人民政府", "乾安县人民政府"),
        ("餘干縣後勤中心", "余干县后勤中心"),
        ("臺前縣人民政府辦公室", "台前县人民政府办公室"),
        ("青禾市统计局", "青禾市统计局"),
    ],
)
def test_names_in_simplified_script(printed: str, name: str) -> None:
    assert to_simplified(printed) == name


def test_a_lone_surrogate_is_left_alone() -> None:
    assert fold("\ud800x") == "\ud800x"


def test_a_character_counts_as_the_same_alone_and_in_any_text() -> None:
    every = "".join(chr(code) for code in range(0x30000) if not 0xD800 <= code <= 0xDFFF)
    assert [char for char, plain in zip(every, fold(every), strict=True) if fold(char * 9) != plain * 9] == []
    assert fold(fold(every)) == fold(every)
