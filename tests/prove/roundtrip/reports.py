"""Invented reports: who, which year, their prose, and their tables on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.sample import forms
from roundtrip import drawn
from roundtrip.sheets import BLANK, NOT_APPLICABLE, Block, Figure, Grid, Key, Paragraph, Row, Sheet, Slot

if TYPE_CHECKING:
    from random import Random

FORMS = (
    "form2021", "form2021", "form2019", "form2019", "hybrid", "form2014", "legacy2008", "fujian2008", "fujian2009",
    "fujian2012", "fujian2013_dept", "fujian2013_gov",
)  # fmt: skip
STATUTORY = ("form2021", "form2019", "hybrid")

_PLACES = ("临河市", "平川县", "安宁区", "青石县", "云岭市", "北塘区", "南屏县", "长汀镇", "石桥乡", "龙泉市")
_BODIES = ("人民政府", "", "财政局", "教育局", "自然资源局", "人民政府办公室", "水务局")
_HEADS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def report(draw: Random, form: str) -> Sheet:
    """A whole report, undamaged."""
    issuer = draw.choice(_PLACES) + draw.choice(_BODIES)
    if form in STATUTORY:
        return _statutory(draw, form, issuer)
    return _listed(draw, form, issuer)


def printed(figure: Figure) -> str:
    """A figure in the plainest print."""
    if figure.state == BLANK:
        return ""
    if figure.state == NOT_APPLICABLE:
        return "/"
    return str(figure.value)


def value(figures: dict[Key, Figure], key: Key) -> Slot:
    figure = figures[key]
    return Slot(printed(figure), key, figure, role="value")


def _title(draw: Random, issuer: str, year: int) -> str:
    return draw.choice((f"{issuer}{year}年政府信息公开工作年度报告", f"{year}年{issuer}政府信息公开工作年度报告"))


def _opening(draw: Random, issuer: str, year: int) -> str:
    first = draw.choice(
        (
            f"根据《中华人民共和国政府信息公开条例》，{issuer}编制了{year}年度报告，现予公布。",
            f"本报告由{issuer}编制，全文共六个部分。",
        )
    )
    return first + f"所列数据的统计期限自{year}年1月1日起，至{year}年12月31日止。"


def _statutory(draw: Random, form: str, issuer: str) -> Sheet:
    small, large = {"hybrid": ("form2021", "form2019")}.get(form, (form, form))
    year = draw.choice((2019, 2020) if form == "form2019" else (2021, 2022, 2023, 2024))
    figures = drawn.articles(draw, small) | drawn.applications(draw, large) | drawn.review(draw)
    received = figures["applications", "new_received", "total"].value
    figures = drawn.styled(draw, figures)
    blocks: list[Block] = [Paragraph(_opening(draw, issuer, year))]
    prose = {
        0: [
            f"{year}年，收到政府信息公开申请{received}件，均在期限内答复。",
            "门户网站栏目按季度检查，失效链接随时更正。",
        ],
        4: ["个别科室报送不及时。下一步将把报送时间列入考核。"],
        5: ["没有需要报告的其他事项。"],
    }
    grids: dict[int, list[Grid]] = {
        1: article_grids(draw, small, figures),
        2: [applications_grid(draw, large, figures)],
        3: [review_grid(figures)],
    }
    for at, head in enumerate(_HEADS):
        blocks.append(Paragraph(head, heading=True))
        blocks += [Paragraph(text) for text in prose.get(at, [])]
        blocks += grids.get(at, [])
    blocks += [Paragraph(issuer), Paragraph(f"{year + 1}年1月{draw.randint(5, 29)}日")]
    return Sheet(_title(draw, issuer, year), issuer, year, form, blocks)


def article_grids(draw: Random, form: str, figures: dict[Key, Figure]) -> list[Grid]:
    """The small tables: one table of all, or one each."""
    out: list[Grid] = []
    width = max(len(article.columns) for article in forms.articles(form)) + 1
    single = draw.random() < 0.7
    for article in forms.articles(form):
        spans = _spans(width if single else len(article.columns) + 1, len(article.columns) + 1)
        rows: list[Row] = [[Slot(f"第二十条第（{article.item}）项", columns=sum(spans), role="title")]]
        rows.append([Slot("信息内容", columns=spans[0])])
        rows[1] += [Slot(name, columns=span) for (_, name), span in zip(article.columns, spans[1:], strict=True)]
        for key, label in article.rows:
            row = [Slot(label, columns=spans[0], role="label")]
            for (column, _), span in zip(article.columns, spans[1:], strict=True):
                row.append(value(figures, (article.key, key, column)))
                row[-1].columns = span
            rows.append(row)
        if single and out:
            out[0].rows += rows
        else:
            out.append(Grid("article", rows, head=2))
    return out


def _spans(width: int, pieces: int) -> list[int]:
    """The last cells take what is left over."""
    out = [width // pieces] * pieces
    for at in range(width - sum(out)):
        out[-1 - at] += 1
    return out


def applications_grid(draw: Random, form: str, figures: dict[Key, Figure]) -> Grid:
    """The large table under its header of three rows; groups stand beside their rows."""
    names = [name for _, name in forms.APPLICANTS]
    rows: list[Row] = [
        [Slot(_NOTE if draw.random() < 0.6 else "", columns=3, rows=3, role="note"), Slot("申请人情况", columns=7)],
        [Slot(names[0], rows=2), Slot("法人或其他组织", columns=5), Slot("总计", rows=2)],
        [Slot(name) for name in names[1:]],
    ]

    def values(key: str) -> Row:
        return [value(figures, ("applications", key, column)) for column in forms.APPLICATION_COLUMNS]

    rows += [[Slot(row.label, columns=3, role="label"), *values(row.key)] for row in (forms.NEW, forms.CARRIED_IN)]
    results = [*forms.results(form), forms.TOTAL]
    groups = [row.group for row in results]
    for at, row in enumerate(results):
        line: Row = [Slot("三、本年度办理结果", rows=len(results), role="group")] if at == 0 else []
        if row.group and (at == 0 or groups[at - 1] != row.group):
            line.append(Slot(row.group, rows=groups.count(row.group), role="group"))
        line.append(Slot(row.label, columns=1 if row.group else 2, role="label"))
        rows.append(line + values(row.key))
    rows.append([Slot(forms.CARRIED_OUT.label, columns=3, role="label"), *values(forms.CARRIED_OUT.key)])
    return Grid("applications", rows, head=3)


def review_grid(figures: dict[Key, Figure]) -> Grid:
    """Fifteen values in one row."""
    names = [name for _, name in forms.REVIEW_COLUMNS]
    keys = [(row, column) for row, _ in forms.REVIEW_ROWS for column, _ in forms.REVIEW_COLUMNS]
    return Grid(
        "review",
        [
            [Slot("行政复议", columns=5), Slot("行政诉讼", columns=10)],
            [*(Slot(name, rows=2) for name in names), *(Slot(name, columns=5) for _, name in forms.REVIEW_ROWS[1:])],
            [Slot(name) for _ in range(2) for name in names],
            [value(figures, ("review_litigation", row, column)) for row, column in keys],
        ],
        head=3,
    )


def review_in_three(grid: Grid) -> list[Grid]:
    """The same as three tables of five, each under its name."""
    names = [name for _, name in forms.REVIEW_COLUMNS]
    values = grid.rows[-1]
    return [
        Grid(
            "review",
            [[Slot(title, columns=5, role="title")], [Slot(name) for name in names], values[5 * at : 5 * at + 5]],
            head=2,
        )
        for at, (_, title) in enumerate(forms.REVIEW_ROWS)
    ]


def _listed(draw: Random, form: str, issuer: str) -> Sheet:
    spec = drawn.lists()[form]
    year = draw.randint(*spec["years"])
    columns = draw.choice(spec["columns"])
    rows, figures = drawn.listed(draw, form, len(columns))
    figures = drawn.styled(draw, figures)
    keys = ["value"] if len(columns) == 1 else ["annual", "cumulative"]
    lines: list[Row] = [
        [Slot(spec["name"]), Slot(spec["unit"]), *(Slot(name.replace("{年}", str(year))) for name in columns)]
    ]
    for row in rows:
        line = [Slot(row["label"], role="label"), Slot(row.get("unit", ""), role="unit")]
        if "unit" in row:
            line += [value(figures, ("statistics", row["key"], key)) for key in keys]
        else:
            line += [Slot("", role="none") for _ in keys]
        lines.append(line)
    blocks: list[Block] = [
        Paragraph(_opening(draw, issuer, year).replace("六个", "七个")),
        Paragraph("一、概述", heading=True),
        Paragraph("本年度继续完善公开目录，按月更新栏目，并设置查阅点方便群众查询。"),
        Paragraph("二、存在的问题和改进措施", heading=True),
        Paragraph("部分信息更新不够及时，今后将明确专人负责。"),
        Paragraph("三、附表", heading=True),
        Paragraph("政府信息公开情况统计表"),
        Grid("list", lines, head=1),
        Paragraph(f"{year + 1}年2月{draw.randint(1, 28)}日"),
    ]
    return Sheet(_title(draw, issuer, year), issuer, year, form, blocks)
