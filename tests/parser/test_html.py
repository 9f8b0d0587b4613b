from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import turbohtml
from lxml import html as lxml_html

from gicrawl.parser.document import Context, Document, Grid, Paragraph
from gicrawl.parser.readers.html import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Ends = Callable[[], AbstractContextManager[None]]

LONG = "全年主动公开政府信息三百余条,内容涉及机构职能、规划计划、财政预决算等方面。" * 5
DATA = "<table><tr><td>规章</td><td>1</td></tr><tr><td>规范性文件</td><td>2</td></tr></table>"


def parse(markup: str, charset: str = "utf-8") -> Document:
    return read(markup.encode(charset), Context())


def grids(markup: str) -> list[Grid]:
    return [block for block in parse(markup).blocks if isinstance(block, Grid)]


def texts(markup: str) -> list[str]:
    return [block.text for block in parse(markup).blocks if isinstance(block, Paragraph)]


def matrix(grid: Grid) -> list[list[str]]:
    """Every slot of the grid with the text of the cell that covers it."""
    rows = [[""] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        for row in range(cell.row, cell.row + cell.rowspan):
            for column in range(cell.column, cell.column + cell.colspan):
                rows[row][column] = cell.text
    return rows


def codes(markup: str) -> list[str]:
    return [code for code, _ in parse(markup).problems]


def cells(*texts_: str) -> str:
    return "<table><tr>" + "".join(f"<td>{text}</td>" for text in texts_) + "</tr><tr><td>甲<td>乙</tr></table>"


def test_blocks_come_in_reading_order_with_headings_marked() -> None:
    document = parse(f"<h1>某县年度报告</h1><p>一</p>{DATA}<div>二<p>三</p>四</div><h2>五</h2>")
    shown = [(b.text, b.heading) if isinstance(b, Paragraph) else "grid" for b in document.blocks]
    assert shown == [
        ("某县年度报告", True),
        ("一", False),
        "grid",
        ("二", False),
        ("三", False),
        ("四", False),
        ("五", True),
    ]


def test_spans_are_placed_as_browsers_do() -> None:
    grid = grids(
        "<table><tr><td rowspan=2 colspan=2>甲<td>乙<td>丙<tr><td rowspan=3>丁<td>戊<tr><td>己<td>庚<td>辛</table>"
    )[0]
    assert matrix(grid) == [["甲", "甲", "乙", "丙"], ["甲", "甲", "丁", "戊"], ["己", "庚", "丁", "辛"]]
    assert [(c.text, c.row, c.column, c.rowspan, c.colspan) for c in grid.cells][3] == ("丁", 1, 2, 2, 1)


@pytest.mark.parametrize(
    ("attributes", "span"),
    [
        ("colspan=2", 2),
        ("colspan='2px'", 2),
        ("colspan=' +2'", 2),
        ("colspan=''", 1),
        ("colspan=0", 1),
        ("colspan=-2", 1),
        ("colspan='two'", 1),
        ("colspan", 1),
    ],
)
def test_odd_colspans(attributes: str, span: int) -> None:
    grid = grids(f"<table><tr><td {attributes}>甲<td>1</tr><tr><td>乙<td>丙<td>2</table>")[0]
    assert grid.cells[0].colspan == span
    assert grid.cells[1].column == span


def test_rowspan_zero_reaches_to_the_end_of_its_group_and_no_span_beyond_it() -> None:
    grid = grids(
        "<table><tbody><tr><td rowspan=0>甲<td>1<tr><td>2</tbody><tbody><tr><td rowspan=9>乙<td>3</tbody></table>"
    )[0]
    assert matrix(grid) == [["甲", "1"], ["甲", "2"], ["乙", "3"]]


def test_the_foot_of_a_table_comes_last_wherever_it_is_written() -> None:
    grid = grids("<table><tfoot><tr><td>合计<td>3</tfoot><tbody><tr><td>甲<td>1<tr><td>乙<td>2</table>")[0]
    assert matrix(grid) == [["甲", "1"], ["乙", "2"], ["合计", "3"]]


def test_a_number_over_several_spans_is_one_number() -> None:
    grid = grids(cells("<p><span>20</span><font>2</font><b>3</b>年</p>", "<span>1</span>\n<span>2</span>"))[0]
    assert [c.text for c in grid.cells[:2]] == ["2023年", "1 2"]


def test_line_ends_inside_cells() -> None:
    grid = grids(
        cells(
            "<p>1</p><p>2</p>",
            "3<br>4",
            "5<p>6</p>7",
            "<div><p>8<br>9</p>甲</div>乙",
            "<font><p>丙</p></font>丁",
            "<font><p>1</p><p>2</p></font>",
            "<div><div>1</div><div>2</div></div>",
            "<font>1<p>2</p></font>",
        )
    )[0]
    assert [c.text for c in grid.cells[:8]] == [
        "1\n2",
        "3\n4",
        "5\n6\n7",
        "8\n9\n甲\n乙",
        "丙\n丁",
        "1\n2",
        "1\n2",
        "1\n2",
    ]


def test_blank_cells_stay_and_no_break_spaces_are_kept() -> None:
    grid = grids(cells("", "&nbsp;", "<p> </p>", "0", "&nbsp;&nbsp;7 "))[0]
    assert [c.text for c in grid.cells[:5]] == ["", "\xa0", "", "0", "\xa0\xa07"]


def test_white_space_of_the_source_is_no_text() -> None:
    assert texts("<p>\n   自\r\n\t然人  甲\t乙\n</p>") == ["自 然人 甲\t乙"]
    assert texts("<pre>\n甲\t1\n乙\t\t2\n</pre>") == ["甲\t1\n乙\t\t2"]


def test_br_ends_a_line_of_a_paragraph() -> None:
    assert texts("<p>一、总体情况<br>　二<br/>\n三</p>") == ["一、总体情况\n　二\n三"]


@pytest.mark.parametrize("wrap", ["<table><tr><td>{}</td></tr></table>", "<table><tr><td>&nbsp;<td>{}<td></table>"])
def test_layout_tables_are_read_through(wrap: str) -> None:
    inner = f"<p>{LONG}</p>{DATA}<p>{LONG}</p>"
    for _ in range(4):
        inner = wrap.format(inner)
    blocks = parse(inner).blocks
    assert [type(b).__name__ for b in blocks if not isinstance(b, Paragraph) or b.text.strip("\xa0")] == [
        "Paragraph",
        "Grid",
        "Paragraph",
    ]


def test_a_row_of_empty_cells_apart_from_its_table_is_a_row_and_a_bar_is_text() -> None:
    assert [len(grid.cells) for grid in grids(f"<table><tr>{'<td>' * 5}</tr></table>")] == []
    (row,) = grids(f"<table><tr><td>四、结转下年度继续办理{'<td>&nbsp;</td>' * 7}</tr></table>")
    assert len(row.cells) == 8
    assert grids("<table><tr><td>来源：本网<td>&nbsp;<td>2024年1月5日</tr></table>") == []


def test_an_article_in_a_table_is_text() -> None:
    assert texts(f"<table><tr><td>正文</td></tr><tr><td><p>{LONG}</p><p>{LONG * 5}</p></td></tr></table>") == [
        "正文",
        LONG,
        LONG * 5,
    ]


def test_a_tiny_table_in_a_cell_is_a_way_to_write_a_number() -> None:
    tiny = "<table><tr><td></td><td>12</td></tr></table>"
    two = "<table><tr><td>1</td><td>2</td></tr></table>"
    grid = grids(f"<table><tr><td>甲</td><td>{tiny}</td></tr><tr><td>{two}</td><td><p>3</p></td></tr></table>")[0]
    assert matrix(grid) == [["甲", "12"], ["1\n2", "3"]]


def test_broken_tables_keep_their_cells() -> None:
    assert matrix(grids("<table><td>a<td>b<tr><td>c<td>d")[0]) == [["a", "b"], ["c", "d"]]
    assert matrix(grids("<table><tr><td><font>2<td><font>3<tr><td><span>4<td>5</table>")[0]) == [["2", "3"], ["4", "5"]]
    assert matrix(
        grids("<table border=1 width=100%' ><tr><td align=center>a<td nowrap>1<tr><td class=x y>b<td>2")[0]
    ) == [
        ["a", "1"],
        ["b", "2"],
    ]


def test_evidence_leads_to_the_element_in_the_browsers_tree() -> None:
    markup = (
        f"<div><p>前</p><table><thead><tr><th>项<th>数<tbody><tr><td>甲<td>17<tr><td>乙<th>18</table></div>{DATA}<p>后"
    )
    tree = turbohtml.parse(markup, positions=False)
    for block in parse(markup).blocks:
        for part in block.cells if isinstance(block, Grid) else [block]:
            assert isinstance(part.evidence["path"], str)
            found = tree.xpath_one(part.evidence["path"])
            assert isinstance(found, turbohtml.Element)
            assert found.text == part.text


def test_scripts_styles_and_forms_are_no_text() -> None:
    noise = (
        "<script>var a='<p>1</p>'</script><style>p{}</style><select><option>2</select><textarea>3</textarea><!--4-->"
    )
    assert texts(f"<p>甲{noise}乙</p>{noise}") == ["甲乙"]
    assert grids(cells(f"5{noise}", "6"))[0].cells[0].text == "5"


MENU = "<ul>" + "".join(f"<li><a href='/{i}/'>栏目{i}</a></li>" for i in range(9)) + "</ul>"


def test_links_around_the_article_are_left_out_and_those_inside_stay() -> None:
    article = f"<div class=TRS_Editor><p>{LONG}</p><p><a href=a.pdf>附件</a></p>{DATA}</div>"
    page = f"{MENU}<h1>某县报告</h1><p>发布日期：2022-02-08</p>{article}{MENU}<p>版权所有 某县人民政府</p>"
    assert texts(page) == ["某县报告", "发布日期：2022-02-08", LONG, "附件"]
    assert len(grids(page)) == 1


def test_a_table_of_links_is_a_menu_unless_they_are_numbers() -> None:
    menu = "<table><tr>" + "".join(f"<td><a href={i}>栏目{i}</a></td>" for i in "甲乙丙丁") + "</tr></table>"
    assert len(grids(f"{menu}<h1>某县报告</h1><p>{LONG}</p>{DATA}")) == 1
    assert len(grids(f"<p>{LONG}</p>{DATA.replace('2', '<a href=list>2</a>')}")) == 1
    linked = "".join(f"<tr><td><a href={i}>规章{i}</a></td><td><a href={i}>{i}</a></td></tr>" for i in range(3))
    assert len(grids(f"<p>{LONG}</p><table>{linked}</table>")) == 1


def test_a_list_of_links_with_dates_is_chrome_beside_a_known_article_and_nowhere_else() -> None:
    rows = "".join(f"<li><a href={i}>某局第{i}号工作信息标题</a><span>2022-01-0{i}</span></li>" for i in range(1, 8))
    article = f"<div id=zoom><p>{LONG}</p>{DATA}<ul><li><a href=1.pdf>附件一</a></li></ul></div>"
    assert texts(f"<ul>{rows}</ul>{article}") == [LONG, "附件一"]
    assert texts(f"<ul><li>{rows}</li><li>{article}</li></ul>")[-2:] == [LONG, "附件一"]
    assert len(texts(f"<ul>{rows}</ul>")) == 7


def test_a_page_without_a_known_article_loses_only_links_and_foot() -> None:
    page = f"<div>{MENU}</div><h1>某县报告</h1><div><p>{LONG}</p>{DATA}<p>{LONG}</p></div><p>网站标识码：1234567890</p>"
    assert texts(page) == ["某县报告", LONG, LONG]


def test_text_and_tables_after_the_article_element_are_not_lost() -> None:
    head = f"<div id=zoom><p>{LONG}</p></div>"
    assert LONG * 2 in texts(f"{head}<div><p>{LONG * 2}</p></div>")
    assert len(grids(f"{head}<p>附表</p>{DATA}")) == 1
    assert len(grids(f"{DATA}{head}")) == 1


def test_a_banner_in_the_editors_class_is_not_the_article() -> None:
    page = f"<div class=TRS_Editor><embed src=a.swf></div><div><p>{LONG}</p>{DATA}</div>"
    assert texts(page) == [LONG]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<meta name=articletitle content=' 甲县报告 '><title>乙</title>", "甲县报告"),
        ("<meta name=ArticleTitle content=null><title>乙\n _ 门户</title>", "乙 _ 门户"),
        ("<title>丙县报告-丙县</title></head><h1>某某门户</h1><h1>丙县报告</h1>", "丙县报告"),
        ("<title>丁</title></head><ucaptitle>丁县<b>报告</b></ucaptitle>", "丁县报告"),
        ("", None),
    ],
)
def test_the_title_the_page_declares(head: str, title: str | None) -> None:
    assert parse(f"<html><head>{head}<p>正文").title == title


def test_labels_are_lower_cased_and_the_first_one_wins() -> None:
    document = parse(
        "<meta name=PubDate content='2020-01-14 16:20'><meta name=pubdate content=x><meta charset=utf-8><p>甲"
    )
    assert document.labels == (("pubdate", "2020-01-14 16:20"),)


def test_gbk_pages_declared_gb2312() -> None:
    document = parse(f"<meta charset=gb2312><p>镕{LONG}</p>{DATA}", "gb18030")
    assert (document.charset, document.media_type) == ("gb18030", "text/html")
    assert document.blocks[0] == Paragraph(f"镕{LONG}", {"path": "/html/body/p"})


def test_tables_hidden_where_this_reader_does_not_look_are_a_problem() -> None:
    assert codes(f"<p>{LONG}</p><!-- {DATA} -->") == ["tables_in_comment"]
    assert codes(f"<p>{LONG}</p><script>var t = '{DATA}'</script>") == ["tables_in_script"]
    assert codes(f"<p>{LONG}</p>{DATA}<!-- {DATA} -->") == []
    assert codes(f"<div id=zoom><p>{LONG}</p><img src=1.png><img src=2.png></div>") == ["pictures_without_tables"]


# --- hostile input ---------------------------------------------------------------------------------------------------


def test_absurd_spans_end(ends: Ends) -> None:
    rows = "".join(f"<tr><td colspan=1000000 rowspan=65534>{i}<td>1" for i in range(3000))
    with ends():
        found = grids(f"<table>{rows}</table>")
        assert "table_spans_cut" in codes(f"<table>{rows}</table>")
    assert found[0].rows == 3000


def test_deep_nesting_is_no_recursion() -> None:
    for opening in ("<table><tr><td>甲", "<div>乙", "<font>丙", "<ul><li>丁", "<p><span>"):
        assert parse(opening * 5000 + LONG).blocks


@pytest.mark.parametrize("seed", range(30))
def test_garbage_never_raises(seed: int) -> None:
    rng = random.Random(seed)
    pieces = [
        "<table>",
        "<tr>",
        "<td",
        " colspan=",
        "'",
        '"',
        ">",
        "</table>",
        "<p>",
        "<!--",
        "-->",
        "<script>",
        "0",
        "甲",
    ]
    soup = "".join(rng.choice(pieces) for _ in range(2000)).encode() + rng.randbytes(rng.choice([0, 5]))
    document = read(soup, Context())
    assert document == read(soup, Context())
    assert read(rng.randbytes(2000), Context()).blocks == ()


@pytest.mark.parametrize("body", [b"", b"   \n", b"\xef\xbb\xbf", b"<html></html>"])
def test_empty_pages_say_so(body: bytes) -> None:
    document = read(body, Context())
    assert document.blocks == ()
    assert [code for code, _ in document.problems] == ["no_text"]


# --- second opinion --------------------------------------------------------------------------------------------------


def well_formed(rng: random.Random) -> tuple[str, list[list[str]]]:
    """A table written from a random tiling, and the slots it covers."""
    height, width = rng.randint(2, 9), rng.randint(2, 8)
    slots: list[list[str]] = [[""] * width for _ in range(height)]
    free = {(r, c) for r in range(height) for c in range(width)}
    markup = ["<table><tbody>"]
    for row in range(height):
        markup.append("<tr>")
        for column in range(width):
            if (row, column) not in free:
                continue
            right = column + 1
            while right < width and (row, right) in free and rng.random() < 0.3:
                right += 1
            bottom = row + 1
            while bottom < height and rng.random() < 0.2:
                bottom += 1
            text = str(rng.randint(0, 99999))
            for r in range(row, bottom):
                for c in range(column, right):
                    free.discard((r, c))
                    slots[r][c] = text
            pieces = list(text) if rng.random() < 0.3 else [text]
            spans = f' colspan="{right - column}"' * (right - column > 1) + f' rowspan="{bottom - row}"' * (
                bottom - row > 1
            )
            markup.append(f"<td{spans}><p>{''.join(f'<span>{piece}</span>' for piece in pieces)}</p>\n</td>")
        markup.append("</tr>")
    return "".join([*markup, "</tbody></table>"]), slots


@pytest.mark.parametrize("seed", range(60))
def test_grids_agree_with_the_truth_and_with_lxml(seed: int) -> None:
    markup, slots = well_formed(random.Random(seed))
    grid = grids(f"<p>{LONG}</p>{markup}")[0]
    assert matrix(grid) == slots
    theirs = [td.text_content().strip() for td in lxml_html.fromstring(markup).iter("td")]
    assert [cell.text for cell in grid.cells] == theirs


def test_a_raised_figure_behind_a_number_is_the_mark_of_a_note() -> None:
    row = "<table><tr><td>新收</td><td>30<sup>1</sup></td><td>5万m<sup>2</sup></td><td>4</td></tr></table>"
    assert matrix(grids(row)[0]) == [["新收", "30[1]", "5万m2", "4"]]
    assert texts("<p>收到申请30<sup>2</sup>件</p>") == ["收到申请30[2]件"]
    assert texts("<p>收到申请30<sup>注1</sup>件</p>") == ["收到申请30[注1]件"]


def test_what_is_struck_out_is_not_stated_and_what_is_filled_in_is() -> None:
    row = "<td>新收</td><td><s>21</s>20</td><td><del>3</del><ins>4</ins></td><td><input value=7></td>"
    assert matrix(grids(f"<table><tr>{row}</tr></table>")[0]) == [["新收", "20", "4", "7"]]
    assert texts("<p>收到<strike>5</strike>6件 <input value=搜索></p>") == ["收到6件"]


def test_empty_paragraphs_are_empty_cells_where_every_cell_is_a_paragraph() -> None:
    rows = [["1", "", "", "2", "", "", "3"]] * 8 + [[""] * 7]
    page = "".join(
        f"<p>第{at}项</p>" + "".join(f"<p>{cell or '<br>'}</p>" for cell in row) for at, row in enumerate(rows)
    )
    blocks = read(f"<p>甲县</p><p></p><p>年报。</p><p>&nbsp;</p>{page}".encode(), Context()).blocks
    assert [block.text for block in blocks if isinstance(block, Paragraph)].count(" ") == 8 * 4 + 7
    listed = "".join(f"<p>第{at}项</p><p>件</p><p>{'7' if at % 3 == 2 else '&nbsp;'}</p>" for at in range(30))
    blocks = read(f"<p>甲县</p>{listed}".encode(), Context()).blocks
    assert [block.text for block in blocks if isinstance(block, Paragraph)].count(" ") == 20


def test_the_row_without_height_that_word_measures_columns_by_is_no_row() -> None:
    ruler = "<![if !supportMisalignedColumns]><tr height=0><td width=80></td><td width=90>{}</td></tr><![endif]>"
    for text, rows in (("", 2), ("&nbsp;", 2), ("5", 3)):
        (grid,) = grids(DATA.replace("</table>", ruler.format(text) + "</table>"))
        assert (grid.rows, len(grid.cells)) == (rows, 2 * rows)
    spanning = "<table><tr><td rowspan=3>规章</td><td>1</td></tr><tr><td>2</td></tr><tr height=0><td></td></tr></table>"
    assert grids(spanning)[0].rows == 3
