"""What documents share: the same table has the same skeleton whatever it says, and whatever stands around it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from damage.figures import figures
from damage.judging import LAYOUTS
from damage.report import sheet

from gicrawl.parser.align.layouts import skeleton
from gicrawl.parser.align.readings import read_labels
from gicrawl.parser.align.stream import stream
from gicrawl.parser.document import Context
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers import reader_for, readers

if TYPE_CHECKING:
    from gicrawl.parser.align.layouts import Skeleton

PAGES = ("html_plain", "html_word", "html_one_table", "tsv")


def printed(layout: str, numbers: int) -> str:
    """A report in one wording, with figures of its own."""
    truth = figures(Random(numbers), "form2021", "zeros", broken=False)
    return LAYOUTS[layout](sheet(Random("one office"), "form2021", truth), Random("one page"))


def skeletons(text: str) -> dict[str, Skeleton]:
    body = text.encode()
    atoms = stream(readers()[reader_for(body)].read(body, Context()))
    out = {}
    for reading in read_labels(atoms, load_forms()):
        if reading.table.layout == "rows":
            last = atoms.atom_at(reading.last - 1) + len(reading.table.columns) + 1
            out[reading.table.key] = skeleton(atoms, reading, atoms.atom_at(reading.first), last)[0]
    return out


@pytest.mark.parametrize("layout", PAGES)
def test_other_figures_are_no_other_skeleton(layout: str) -> None:
    one, other = skeletons(printed(layout, 1)), skeletons(printed(layout, 2))
    assert printed(layout, 1) != printed(layout, 2)
    assert len(one) > 1
    assert one == other


@pytest.mark.parametrize("layout", PAGES)
def test_other_prose_above_is_no_other_skeleton(layout: str) -> None:
    text = printed(layout, 1)
    prose = "本年度主动公开规范性文件三件，处理重复申请两件。"
    more = text.replace("<body>", f"<body><p>{prose}</p><p>{prose}</p>") if "<body>" in text else f"{prose}\n{text}"
    assert more != text
    assert skeletons(more)["applications"] == skeletons(text)["applications"]


def test_another_label_is_another_skeleton() -> None:
    text = printed("html_plain", 1)
    assert skeletons(text.replace("重复申请", "重复的申请"))["applications"] != skeletons(text)["applications"]


def test_a_blank_where_a_number_stood_is_another_skeleton() -> None:
    text = printed("html_plain", 1)
    at = text.index("</td>", text.index("本年新收政府信息公开申请数量") + 40)
    start = text.rindex(">", 0, at) + 1
    assert text[start:at].strip().isdigit()
    assert skeletons(text[:start] + text[at:])["applications"] != skeletons(text)["applications"]
