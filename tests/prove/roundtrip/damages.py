"""What happens to a report on its way to us, one hazard of real documents each.

A damage changes the sheet before it is printed; what it does to the printed text it leaves to `Sheet.after`. Truth
stays with the value cells: a row that is left out takes its truth with it, and what became unreadable is marked `open`.
"""
# ruff: noqa: ARG001 - one signature for all

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from opencc import OpenCC

from roundtrip import damages_rows as rows_
from roundtrip.reports import review_in_three as in_three
from roundtrip.sheets import BLANK, Figure, Grid, Paragraph, Sheet, Slot

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_HAN = re.compile(r"[\u4e00-\u9fff]")
_WRONG = "日曰目口白人入大太夫天未末本木术己已巳干千于土士"


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2t")


def _labels(sheet: Sheet) -> list[Slot]:
    return [slot for slot in sheet.slots() if slot.role == "label" and slot.text]


def _values(sheet: Sheet) -> list[Slot]:
    return [slot for slot in sheet.slots() if slot.key]


def _some(draw: Random, slots: list[Slot], share: float) -> list[Slot]:
    return draw.sample(slots, max(1, int(len(slots) * share)))


def _places(text: str) -> list[int]:
    return [at for at, character in enumerate(text) if _HAN.match(character)]


def label_characters_missing(sheet: Sheet, draw: Random) -> None:
    for slot in _some(draw, _labels(sheet), 0.2):
        places = _places(slot.text)
        if len(places) > 3:
            at = draw.choice(places)
            slot.text = slot.text[:at] + slot.text[at + 1 :]


def label_characters_wrong(sheet: Sheet, draw: Random) -> None:
    for slot in _some(draw, _labels(sheet), 0.2):
        for _ in range(draw.choice((1, 1, 2))):
            places = _places(slot.text)
            if len(places) > 3:
                at = draw.choice(places)
                slot.text = slot.text[:at] + draw.choice(_WRONG) + slot.text[at + 1 :]


def labels_truncated(sheet: Sheet, draw: Random) -> None:
    for slot in _some(draw, _labels(sheet), 0.15):
        slot.text = slot.text[: max(4, len(slot.text) * 2 // 3)]


def label_doubled(sheet: Sheet, draw: Random) -> None:
    """The first characters stand before the whole label, the second of them damaged."""
    slot = draw.choice(_labels(sheet))
    slot.text = f"{slot.text[:2]}{draw.choice('纟丿亠冂')} {slot.text}"


def labels_gone(sheet: Sheet, draw: Random) -> None:
    for slot in draw.sample(_labels(sheet), draw.randint(1, 3)):
        slot.text = ""


def ordinals_varied(sheet: Sheet, draw: Random) -> None:
    for slot in [s for s in sheet.slots() if s.role in {"label", "group", "title"}]:
        slot.text = re.sub(r"^(\d+)[.、]", lambda m: m[1] + draw.choice((".", "、", "．", ". ", " ", "")), slot.text)
        if draw.random() < 0.5:
            slot.text = slot.text.replace("（", "(").replace("）", draw.choice((")", ") ")))


_NAMES = (
    ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "1.逾期不补正"),
    ("2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "2.逾期不缴费"),
    ("其他对外管理服务事项", "其他对外管理服务事项（除行政许可外的其他行政权力）"),
    ("“三安全一稳定”", "《三安全一稳定》"),
    ("“三安全一稳定”", '"三安全一稳定"'),
    ("行政规范性文件", "规范性文件"),
    ("本年增/减", "本年增／减"),
    ("（单位：万元）", "(单位:万元)"),
    ("网上申请数", "网络申请数"),
    ("其他形式", "其它形式"),
    ("其他类型", "其它类型"),
    ("指标名称", "指 标 名 称"),
    ("计量单位", "单位"),
    ("否决公开", "不予公开"),
)


def names_varied(sheet: Sheet, draw: Random) -> None:
    for old, new in _NAMES:
        if draw.random() < 0.7:
            for slot in sheet.slots():
                if not slot.key:
                    slot.text = slot.text.replace(old, new)


_HEADINGS = {
    "主动公开政府信息情况": ("主动公开情况", "政府信息主动公开情况"),
    "收到和处理政府信息公开申请情况": ("政府信息公开申请收到和处理情况", "依申请公开情况"),
    "政府信息公开行政复议、行政诉讼情况": (
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "行政复议和行政诉讼情况",
    ),
    "其他需要报告的事项": ("来年工作思路", "需要报告的其他事项"),
    "附表": ("附件", "统计附表"),
}


def headings_varied(sheet: Sheet, draw: Random) -> None:
    for block in sheet.blocks:
        if isinstance(block, Paragraph) and block.heading:
            for old, new in _HEADINGS.items():
                if block.text.endswith(old):
                    block.text = block.text.removesuffix(old) + draw.choice(new)


def sections_renumbered(sheet: Sheet, draw: Random) -> None:
    heads = [block for block in sheet.blocks if isinstance(block, Paragraph) and block.heading]
    for block, number in zip(heads[1:], "一二三四五六", strict=False):
        block.text = number + block.text[1:]


def headings_gone(sheet: Sheet, draw: Random) -> None:
    heads = [block for block in sheet.blocks if isinstance(block, Paragraph) and block.heading]
    for block in draw.sample(heads, min(len(heads), 3)):
        sheet.blocks.remove(block)


def title_in_prose(sheet: Sheet, draw: Random) -> None:
    """The names of the sections stand in a list at the top and over paragraphs of section 一."""
    names = [block.text for block in sheet.blocks if isinstance(block, Paragraph) and block.heading]
    sheet.blocks.insert(1, Paragraph("本报告包括：" + "；".join(name[2:] for name in names) + "。"))
    heads = [n for n, block in enumerate(sheet.blocks) if isinstance(block, Paragraph) and block.heading]
    at = heads[0] + 1 if heads else 1
    sheet.blocks[at:at] = [
        Paragraph("（一）主动公开政府信息情况"),
        Paragraph("公开文件28件，解读16篇。"),
        Paragraph("（二）收到和处理政府信息公开申请情况"),
        Paragraph("上年结转2件，本年新收9件，予以公开6件，结转下年度继续办理1件。"),
    ]


_SENTENCES = (
    "行政复议3件，结果维持2件，结果纠正1件；行政诉讼1件，尚未审结。",
    "注：新收申请数量含上年度结转数量4件。",
    "全年办理申请31件，其中予以公开12件，部分公开5件，不予公开0件。",
    "制发规范性文件7件，废止2件，现行有效43件。",
    "当面申请2件，网上申请15件，信函申请6件，答复总数23件。",
)


def prose_between(sheet: Sheet, draw: Random) -> None:
    for grid in [g for g in sheet.grids() if draw.random() < 0.7]:
        at = next(n for n, block in enumerate(sheet.blocks) if block is grid)
        sheet.blocks.insert(at + draw.choice((0, 1)), Paragraph(draw.choice(_SENTENCES)))


def traditional(sheet: Sheet, draw: Random) -> None:
    convert = _traditional().convert
    sheet.title = convert(sheet.title)
    for block in sheet.blocks:
        if isinstance(block, Paragraph):
            block.text = convert(block.text)
    for slot in sheet.slots():
        if not slot.key:
            slot.text = convert(slot.text)


def spam(sheet: Sheet, draw: Random) -> None:
    """A mirror that puts its own name wherever a portal's name or the word 关于 would stand."""
    name = draw.choice(("星空比分直播", "万豪体育官方网站", "棋牌竞猜平台"))
    sheet.title = draw.choice((name + sheet.title, f"{sheet.title}-{name}", sheet.title))
    sheet.blocks.insert(0, Paragraph(f"{name}政务公开 {name}"))
    sheet.blocks.append(Paragraph(f"版权所有：{name} 备案号：90000123号-6 访问量：8812309"))


def chrome(sheet: Sheet, draw: Random) -> None:
    """What stands around an article."""
    year = sheet.year
    before = [
        "首页 > 政府信息公开 > 年度报告",
        "字号：大 中 小",
        f"发布时间：{year + 1}-01-28 10:32 浏览次数：351",
        "2019年",
        "2018年以前",
        "|",
        "索引号：11000000MB0001-2020-00012",
    ]
    after = [
        "扫一扫在手机打开当前页",
        "打印 | 关闭",
        "附件下载：1 个",
        "上一篇：关于印发工作要点的通知",
        "主办单位：办公室 电话：0999-1234567",
    ]
    sheet.blocks[0:0] = [Paragraph(text) for text in before if draw.random() < 0.8]
    sheet.blocks += [Paragraph(text) for text in after if draw.random() < 0.8]


def annotated(sheet: Sheet, draw: Random) -> None:
    filled = [
        slot for slot in _values(sheet) if slot.figure and isinstance(slot.figure.value, int) and slot.figure.value > 0
    ]
    for slot in draw.sample(filled, min(len(filled), 4)):
        part = draw.randint(1, max(1, int(slot.text)))
        slot.text += draw.choice((f"（其中修订{part}件）", f"（含自然失效 {part} 件）", f"(其中{part}件撤回)"))


def units(sheet: Sheet, draw: Random) -> None:
    for slot in _values(sheet):
        figure = slot.figure
        if figure is None or figure.value is None or slot.key is None:
            continue
        if slot.key[2] in {"procurement_amount", "fee_amount_wan"} and figure.value:
            unit = draw.choice(("万", "万元", " 万元", "元"))
            slot.text += unit
            slot.figure = replace(figure, unit="元" if unit == "元" else "万元")
        elif isinstance(figure.value, int) and slot.key[0] != "statistics" and draw.random() < 0.15:
            slot.text += draw.choice(("件", "项", "个"))


def broken_totals(sheet: Sheet, draw: Random) -> None:
    """Sums the issuer got wrong."""
    totals = [
        slot
        for slot in _values(sheet)
        if slot.key
        and (slot.key[2] == "total" or slot.key[1] in {"results_total", "requests_received", "replies_total"})
    ]
    for slot in draw.sample(totals, min(len(totals), draw.randint(1, 3))):
        number = draw.choice((0, draw.randint(1, 60), draw.randint(1, 999)))
        slot.text, slot.figure = str(number), Figure(number)


def blank_rows(sheet: Sheet, draw: Random) -> None:
    for grid in sheet.grids():
        if grid.kind in {"applications", "list"}:
            lines = list(grid.values())
            for row in draw.sample(lines, draw.randint(1, min(18, len(lines) - 2))):
                for slot in row:
                    if slot.key:
                        slot.text, slot.figure = "", Figure(None, BLANK)


def ghosts(sheet: Sheet, draw: Random) -> None:
    """What character recognition makes of single digits."""
    for slot in _values(sheet):
        if slot.text == "0" and draw.random() < 0.05:
            slot.text = draw.choice(("O", "Ů", "Q", "o", "。", "口"))  # 〇 is a figure: it is read
        elif slot.text == "1" and draw.random() < 0.1:
            slot.text = draw.choice(("l", "I", "丨"))
        else:
            continue
        slot.figure = replace(slot.figure or Figure(None), open=True)


def digits_styled(sheet: Sheet, draw: Random) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    how = draw.choice(("wide", "separated", "padded", "mixed"))
    for slot in _values(sheet):
        if not slot.text.isdigit():
            continue
        if how in {"wide", "mixed"} and draw.random() < 0.5:
            slot.text = slot.text.translate(wide)
        elif how in {"separated", "mixed"}:
            slot.text = f"{int(slot.text):,}"
        elif how == "padded":
            blank = draw.choice((" ", "\u3000", "\u00a0"))
            slot.text = blank + slot.text + blank


def header_fragments(sheet: Sheet, draw: Random) -> None:
    """Heads lose their second half, or all but a scrap."""
    for slot in sheet.slots():
        if slot.role == "head" and slot.text and draw.random() < 0.35:
            slot.text = draw.choice(
                (slot.text[: (len(slot.text) + 1) // 2], slot.text[-1:], slot.text[: len(slot.text) // 2])
            )
        elif slot.role == "note" and slot.text:
            slot.text = draw.choice(("年 米 ^ 持 1/1", slot.text[:9], ""))


def review_in_three(sheet: Sheet, draw: Random) -> None:
    sheet.blocks = [
        part
        for block in sheet.blocks
        for part in (in_three(block) if isinstance(block, Grid) and block.kind == "review" else [block])
    ]


def words_split(sheet: Sheet, draw: Random) -> None:
    """Line ends where a run of characters in another script began or ended."""
    for slot in sheet.slots():
        if slot.key or len(slot.text) < 3 or draw.random() < 0.6:
            continue
        if re.match(r"[（(\d]", slot.text) and draw.random() < 0.5:
            slot.text = re.sub(
                r"^([（(]?)([^）)]*?)([）).、])", lambda m: "\n".join(filter(None, m.groups())) + "\n", slot.text
            )
        else:
            at = draw.randint(1, len(slot.text) - 1)
            slot.text = slot.text[:at] + "\n" + slot.text[at:]


def no_charset(sheet: Sheet, draw: Random) -> None:
    sheet.charset, sheet.declared = "gb18030", False


def table_twice(sheet: Sheet, draw: Random) -> None:
    grid = draw.choice(sheet.grids())
    at = next(n for n, block in enumerate(sheet.blocks) if block is grid)
    sheet.blocks.insert(at + 1, grid)


def stray_pipes(sheet: Sheet, draw: Random) -> None:
    chance = draw.random

    def harm(text: str) -> str:
        out = []
        for line in text.split("\n"):
            out.append(line + "|" * draw.choice((1, 3, 5)) if line and chance() < 0.15 else line)
            if chance() < 0.03:
                out.append("|" * draw.choice((1, 3, 8)))
        return "\n".join(out)

    sheet.after.append(harm)


def cells_displaced(sheet: Sheet, draw: Random) -> None:
    """Fields of a line begin one or two places too far to the right, or at the left edge."""

    def harm(text: str) -> str:
        out = []
        for line in text.split("\n"):
            mark = "\t" if "\t" in line else "|" if line.startswith("|") and "---" not in line else ""
            if not mark or draw.random() < 0.85:
                out.append(line)
                continue
            fields = line.strip("|").split(mark) if mark == "|" else line.split(mark)
            label = next((at for at, field in enumerate(fields) if field.strip()), 0)
            how = draw.choice(("left", "after", "right"))
            if how == "left":
                fields = fields[label:]
            elif how == "after":
                fields[label + 1 : label + 1] = [" " if mark == "|" else ""] * draw.choice((1, 2))
            else:
                fields.insert(0, " " if mark == "|" else "")
            out.append("|" + "|".join(fields) + "|" if mark == "|" else mark.join(fields))
        return "\n".join(out)

    sheet.after.append(harm)


_SHEET = (
    label_characters_missing, label_characters_wrong, labels_truncated, label_doubled, labels_gone, ordinals_varied,
    names_varied, headings_varied, sections_renumbered, headings_gone, title_in_prose, prose_between, traditional, spam,
    chrome, annotated, units, broken_totals, blank_rows, ghosts, header_fragments, review_in_three, no_charset,
    words_split, digits_styled, table_twice, stray_pipes, cells_displaced,
)  # fmt: skip
DAMAGES: dict[str, Callable[[Sheet, Random], None]] = {damage.__name__: damage for damage in (*_SHEET, *rows_.ROWS)}

_FIELDS = {"text_tabs", "text_tabs_traces", "markdown", "markdown_collapsed", "markdown_repeated"}
_LINES = {"text_lines", "text_lines_tabbed", "text_pipes"}

LOSSY = {
    "labels_gone": "a row without its label can be told only by its neighbours and sums",
    "labels_truncated": "what is left of a label may begin several",
    "ghosts": "the print itself is no digit any more",
    "short_rows": "which value of a row is lost stands nowhere",
    "header_wrong": "the heads say what is not true",
    "header_invented": "two columns of an indicator list are told apart by their heads alone",
    "header_fragments": "scraps of heads may stand for several columns",
    "labels_joined": "the second row of values has no label of its own",
    "label_characters_wrong": "a wrong character may make one label into another",
    "cells_displaced": "an empty field and a blank value look alike",
}
"""Damages that lose information, and why."""


def applies(damage: str, layout: str, *, flat: bool) -> bool:
    """Whether this can happen to documents of that layout."""
    if damage in {"labels_wrapped", "numbers_first"}:
        return flat
    if damage == "cells_displaced":
        return layout in _FIELDS
    if damage == "stray_pipes":
        return layout.startswith("text_")
    if damage == "words_split":
        return layout in _LINES or (layout.startswith("html_") and layout != "html_breaks")
    if damage == "no_charset":
        return layout.startswith(("html_", "text_", "markdown"))
    return True
