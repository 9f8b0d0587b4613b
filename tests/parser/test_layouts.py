"""What documents share: the same table has the same skeleton whatever it says, and whatever stands around it."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest
from damage.figures import figures
from damage.judging import LAYOUTS
from damage.report import sheet

from gicrawl.parser.align.cells import plain_cells
from gicrawl.parser.align.layouts import skeleton
from gicrawl.parser.align.readings import read_labels
from gicrawl.parser.align.row_layout import layout_of
from gicrawl.parser.align.rows import _cells, _kept
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


@pytest.mark.parametrize("slip", ["", "9"])
def test_where_nothing_is_open_cells_are_those_that_weighing_would_find(slip: str) -> None:
    text = printed("html_plain", 1)
    figure = re.compile(r"(?<=[>\t])\d+(?=[<\t\n])").search(text, text.index("本年新收政府信息公开申请数量"))
    assert figure is not None
    at = figure.start()
    body = (text[:at] + slip + text[at:]).encode()  # a row that does not add up
    atoms = stream(readers()[reader_for(body)].read(body, Context()))
    plain, unsure = 0, 0
    for reading in read_labels(atoms, load_forms()):
        if reading.table.layout == "rows":
            last = atoms.atom_at(reading.last - 1) + len(reading.table.columns) + 1
            bones, part = skeleton(atoms, reading, atoms.atom_at(reading.first), last)
            if (found := _kept(bones)).plain is not None:
                plain += 1
                cells = plain_cells(part, reading.table.key, found.plain)
                assert (cells, []) == _cells(part, reading.table, layout_of(bones))
                unsure += len({cell.confidence for cell in cells}) > 1
    assert plain > 1
    assert unsure == bool(slip)
