"""How one office prints the labels of the forms: brackets, ordinals, quotes and headings differ between reports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.sample.drawing import chance

if TYPE_CHECKING:
    import random

_SHORT_OTHER = {
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": "1.逾期不补正",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请": "2.逾期不缴费",
}

SECTIONS = (
    ("一、总体情况", "一、总体情况"),
    ("二、主动公开政府信息情况", "二、主动公开情况"),
    ("三、收到和处理政府信息公开申请情况", "三、政府信息公开申请收到和处理情况"),
    ("四、政府信息公开行政复议、行政诉讼情况", "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
    ("五、存在的主要问题及改进情况", "五、政府信息公开工作存在的主要问题及改进情况"),
    ("六、其他需要报告的事项", "六、需要报告的其他事项"),
)
"""The six headings of the format, each with a variant met in the wild."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One office's habits.

    Attributes:
        ordinal: what stands after 1, 2, 3.
        brackets: the brackets around 一, 二, 三.
        quotes: the quotes around 三安全一稳定.
        short_other: whether the rows of 其他处理 are abbreviated.
        long_services: whether 其他对外管理服务事项 carries its explanation.
        normative: the name of normative documents.
        change: the header of the change of items.
        spaced_article: whether 第二十条第 (八) 项 is printed with spaces.
        headings: the six section headings.
    """

    ordinal: str
    brackets: tuple[str, str]
    quotes: tuple[str, str]
    short_other: bool
    long_services: bool
    normative: str
    change: str
    spaced_article: bool
    headings: tuple[str, ...]

    def label(self, text: str) -> str:
        """A label of the form as this office prints it."""
        if self.short_other:
            text = _SHORT_OTHER.get(text, text)
        if self.long_services and text == "其他对外管理服务事项":
            text = "其他对外管理服务事项（除行政许可外的其他行政权力）"
        if text in {"规范性文件", "行政规范性文件"} and self.normative:
            text = self.normative
        text = text.replace("本年增/减", self.change)
        text = re.sub(r"^(\d)\.", rf"\g<1>{self.ordinal}", text)
        text = text.replace("“", self.quotes[0]).replace("”", self.quotes[1])
        return text.replace("（", self.brackets[0]).replace("）", self.brackets[1])

    def article(self, item: str) -> str:
        """The heading row of a small table of part 二."""
        text = self.label(f"第二十条第（{item}）项")
        return re.sub(r"(?<=第)([（(].[）)])", r" \1 ", text) if self.spaced_article else text


def draw_wording(rng: random.Random) -> Wording:
    """Draw one office's habits; the wording of the notice itself is the most common."""
    return Wording(
        ordinal=rng.choices((".", "、", "．", ". "), weights=(5, 3, 1, 1))[0],
        brackets=rng.choices((("（", "）"), ("(", ")")), weights=(3, 2))[0],
        quotes=rng.choices((("“", "”"), ('"', '"'), ("《", "》")), weights=(6, 3, 1))[0],
        short_other=chance(rng, 0.3),
        long_services=chance(rng, 0.3),
        normative=rng.choices(("", "规范性文件", "行政规范性文件"), weights=(4, 1, 1))[0],
        change=rng.choices(("本年增/减", "本年增／减"), weights=(3, 1))[0],
        spaced_article=chance(rng, 0.25),
        headings=tuple(rng.choices(pair, weights=(3, 1))[0] for pair in SECTIONS),
    )
