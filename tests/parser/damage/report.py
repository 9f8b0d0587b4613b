"""A report before it is printed: prose and tables, with the wordings one office happened to use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from damage.figures import tables_of

if TYPE_CHECKING:
    from random import Random

    from damage.figures import Truth
    from gicrawl.parser.report import Key

GROUPS = (
    ("denied_", "（三）不予公开"),
    ("unable_", "（四）无法提供"),
    ("not_processed_", "（五）不予处理"),
    ("other_processing_", "（六）其他处理"),
)
RESULTS = "三、本年度办理结果"
RELATION = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
PLACE = "云岭县"


@dataclass(slots=True)
class Row:
    """A printed row: the vertical cells that begin with it (text, rows covered), its label, its values."""

    key: str
    label: str
    values: list[str]
    groups: list[tuple[str, int]] = field(default_factory=list)
    depth: int = 0
    """How many vertical cells stand to the left of the label, begun here or above."""


@dataclass(slots=True)
class Part:
    """A table."""

    key: str
    title: str
    columns: list[str]
    rows: list[Row]
    names: list[str] = field(default_factory=list)
    """For tables printed side by side: the names of the blocks."""


@dataclass(slots=True)
class Section:
    """A heading, prose and tables under it."""

    heading: str
    prose: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A whole report."""

    title: str
    sections: list[Section]
    gone: set[tuple[str, str]] = field(default_factory=set)
    """(table, row or column) that is not printed, or under a name that does not say what it is."""

    @property
    def parts(self) -> list[Part]:
        return [part for section in self.sections for part in section.parts]


def _wording(label: str, style: dict[str, str]) -> str:
    out = label.replace("（", style["left"]).replace("）", style["right"])
    for digit in "12345678":
        out = out.replace(f"{digit}.", digit + style["dot"])
    if "三安全一稳定" in out:
        out = out.replace("“", style["open"]).replace("”", style["close"])
    return out


def _labels(draw: Random) -> dict[str, str]:
    left, right = draw.choice([("（", "）"), ("(", ")"), ("（", ")"), ("（", "） ")])
    opened, closed = draw.choice([("“", "”"), ('"', '"'), ("《", "》"), ("", "")])
    dot = draw.choice([".", "、", "．", ". ", "."])
    return {"left": left, "right": right, "dot": dot, "open": opened, "close": closed}


def sheet(draw: Random, name: str, values: dict[Key, Truth]) -> Sheet:
    """A report of a form with these figures, in one of the usual wordings."""
    style = _labels(draw)
    short = draw.random() < 0.2
    variant = draw.random() < 0.2
    parts = []
    for table in tables_of(name):
        rows = []
        for row in table.rows:
            label = row.labels[0]
            if short and row.key.startswith("other_processing_") and len(row.labels) > 1:
                label = row.labels[1]
            if variant and row.key in {"normative_documents", "other_external_services"}:
                label = row.labels[1]
            printed = [values[table.key, row.key, column.key].raw for column in table.columns]
            rows.append(Row(row.key, _wording(label, style), printed))
        if table.key == "applications":
            _grouped(rows, style)
        columns = [column.labels[0] for column in table.columns]
        if variant:
            columns = [column.replace("增/减", "增／减") for column in columns]
        title = _wording(table.headers[0], style)
        names = [row.labels[0] for row in table.rows] if table.layout == "blocks" else []
        parts.append(Part(table.key, title, columns, rows, names))
    fourth = draw.choice(
        [
            "四、政府信息公开行政复议、行政诉讼情况",
            "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        ]
    )
    lead = draw.choice([[], [f"本年度共收到政府信息公开申请{draw.randrange(90)}件，均已按时答复。"]])
    sections = [
        Section(
            "一、总体情况",
            [f"{PLACE}坚持以公开为常态。全年主动公开政府信息{draw.randrange(9000)}条，行政复议{draw.randrange(9)}件。"],
        ),
        Section("二、主动公开政府信息情况", [], [part for part in parts if part.key.startswith("art20")]),
        Section("三、收到和处理政府信息公开申请情况", lead, [part for part in parts if part.key == "applications"]),
        Section(fourth, [], [part for part in parts if part.key == "review_litigation"]),
        Section("五、存在的主要问题及改进情况", ["一是主动性有待提高，2024年将开展培训3次；二是人员不足。"]),
        Section("六、其他需要报告的事项", ["本年度收取信息处理费0元。", f"{PLACE}人民政府办公室", "2022年1月20日"]),
    ]
    return Sheet(f"{PLACE}2021年政府信息公开工作年度报告", sections)


def _grouped(rows: list[Row], style: dict[str, str]) -> None:
    inside = [row for row in rows if row.key not in {"new_received", "carried_in", "carried_out"}]
    inside[0].groups.append((RESULTS, len(inside)))
    for row in inside:
        row.depth = 1
    for prefix, name in GROUPS:
        members = [row for row in rows if row.key.startswith(prefix)]
        for row in members:
            row.depth = 2
        if members:
            members[0].groups.append((_wording(name, style), len(members)))
