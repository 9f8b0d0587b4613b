"""gkmlpt: a tree in a script, rows and attachments in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from made_pages import html, title
from made_walks import ORIGIN, portal, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

TREE = (
    '[{"id":2601,"name":"政府信息公开指南","jump_url":"","children":[]},'
    '{"id":2628,"name":"法定主动公开内容","jump_url":"","children":[{"id":2630,"name":"财政预决算","children":[]}]},'
    '{"id":2629,"name":"政府信息公开年报","jump_url":"","children":[]},'
    '{"id":2631,"name":"政府网站年度报表","jump_url":"","children":[]}]'
)


def index(prefix: str = "", tree: str = TREE) -> str:
    script = f"window._CONFIG = {{ HOST: '{prefix}/gkmlpt', SID: '755001', // 站点\n TREE: {tree}, NAV: [] }};"
    return html(f"<div id=app></div><script>{script}</script>", "<title>云坪区政府信息公开目录</title>")


def article(number: int, date: object, prefix: str = "", **more: object) -> dict[str, Any]:
    url = f"{ORIGIN}{prefix}/gkmlpt/content/4/4300/post_{4300000 + number}.html"
    return {"id": number, "title": title(number), "url": url, "post_url": "", "date": date, "attachment": []} | more


def answering(articles: list[dict[str, Any]], size: int = 100) -> Any:  # noqa: ANN401  a page of the portal
    def answer(asked: dict[str, str]) -> Answer:
        assert asked["sid"] == "755001"
        start = (max(int(asked["page"]), 1) - 1) * size
        body = {
            "classify": {"id": 2629, "name": "政府信息公开年报", "post_count": len(articles)},
            "total": len(articles),
            "articles": articles[start : start + size],
        }
        return 200, "application/json", json.dumps(body).encode()

    return answer


@pytest.mark.parametrize("prefix", ["", "/pskjcxfws"])
def test_the_tree_names_the_column_and_the_interface_has_its_rows(prefix: str) -> None:
    pages: dict[str, Page] = {
        "/": html(f'<a href="{prefix}/gkmlpt/index">政府信息公开</a><a href="/xw/">新闻</a>'),
        f"{prefix}/gkmlpt/index": index(prefix),
        f"{prefix}/gkmlpt/api/all/2629": answering([article(n, 1737590400, prefix) for n in range(130)]),
    }
    site = portal(pages)
    got = walk("auto", site)
    assert len(got.articles) == 130
    assert got.last == [False, False, True]
    assert [path for path in site.paths() if "/api/" in path] == [
        f"{prefix}/gkmlpt/api/all/2629?page={page}&sid=755001" for page in (1, 2)
    ]
    assert {link["date"] for link in got.links} == {"2025-01-23"}


@pytest.mark.parametrize("date", [1737590400, "1737590400", 1737590400000, "2025-01-23 08:00:00", "20250123"])
def test_a_date_is_read_whether_number_or_words(date: object) -> None:
    pages: dict[str, Page] = {"/gkmlpt/index": index(), "/gkmlpt/api/all/2629": answering([article(1, date)])}
    got = walk("gkmlpt", portal(pages), url="/gkmlpt/index")
    assert [link["date"] for link in got.links] == ["2025-01-23"]


def test_files_that_the_list_names_belong_to_the_article() -> None:
    files = [
        {"id": 1, "name": "报告.pdf", "type": "pdf", "size": 1, "url": f"{ORIGIN}/attachment/0/1/1.pdf"},
        {"id": 2, "name": "报告.docx", "type": "docx", "size": 1, "url": f"{ORIGIN}/attachment/0/1/2.docx"},
    ]
    pages: dict[str, Page] = {
        "/gkmlpt/index": index(),
        "/gkmlpt/api/all/2629": answering([article(1, 1737590400, attachment=files), article(2, 1737590400)]),
        "/gkmlpt/content/4/4300/post_4300001.html": html(
            '<div class="article-content"><p>见附件。</p><a href="/attachment/0/1/1.pdf">附件：报告</a></div>'
        ),
        "/gkmlpt/content/4/4300/post_4300002.html": html('<div class="article-content"><p>正文。</p></div>'),
    }
    got = walk("auto", portal(pages), url="/gkmlpt/index")
    attachments = [link for link in got.links if link["role"] == "attachment"]
    assert [link["url"].rpartition("/")[2] for link in attachments] == ["1.pdf", "2.docx"]
    assert len({link["page"] for link in attachments}) == 1
    assert attachments[0]["page"] not in {link["page"] for link in got.links if link["role"] == "article"}
    assert sorted(path for path in got.leads if path.startswith("/attachment")) == [
        "/attachment/0/1/1.pdf",
        "/attachment/0/1/2.docx",
    ]


def test_names_in_the_tree_may_be_escaped_and_their_keys_in_another_order() -> None:
    name = json.dumps("政府信息公开年度报告")
    tree = f'[{{children:[{{"id":7,"name":"x"}}],name:{name},"parent_id":3,id:2629}}]'
    pages: dict[str, Page] = {
        "/gkmlpt/index": index(tree=tree),
        "/gkmlpt/api/all/2629": answering([article(1, 1737590400)]),
    }
    got = walk("auto", portal(pages), url="/gkmlpt/index")
    assert len(got.articles) == 1


def test_a_tree_without_reports_is_no_column() -> None:
    tree = TREE.replace("政府信息公开年报", "机构职能")
    got = walk("auto", portal({"/gkmlpt/index": index(tree=tree)}), url="/gkmlpt/index")
    assert got.articles == []
    assert got.layouts == [None]


def test_an_interface_that_breaks_off_before_its_total_is_no_end() -> None:
    articles = [article(n, 1737590400) for n in range(130)]

    def answer(asked: dict[str, str]) -> Answer | bytes:
        return answering(articles)(asked) if asked["page"] == "1" else (500, "text/html", b"")

    got = walk("auto", portal({"/gkmlpt/index": index(), "/gkmlpt/api/all/2629": answer}), url="/gkmlpt/index")
    assert len(got.articles) == 100
    assert True not in got.last


def test_a_page_that_only_its_address_and_its_tree_tell() -> None:
    page = index().replace("/gkmlpt", "")
    pages: dict[str, Page] = {"/gkmlpt/index": page, "/gkmlpt/api/all/2629": answering([article(1, 1700000000)])}
    assert len(walk("auto", portal(pages), url="/gkmlpt/index").articles) == 1
