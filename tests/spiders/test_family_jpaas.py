"""Hanweb jpaas: HTML in JSON, parameters in single-quoted pseudo-JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from made_pages import html, title
from made_walks import portal, walk

if TYPE_CHECKING:
    from made_portals import Answer, Page

COLUMN = "/col/col1229/index.html"
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
HEAD = "<title>政府信息公开年报</title>"


def rows(numbers: range) -> str:
    return "".join(
        f'<li><a href="/art/2021/art_{n:032x}.html" title="{title(n)}">{title(n)[:12]}…</a>'
        f"<span>2021-01-{n % 28 + 1:02}</span></li>"
        for n in numbers
    )


def pager(count: int, *, escaped: bool = False) -> str:
    data = (
        "{'webId':'W1','pageId':'P2','parseType':'bulidstatic','pageType':'column','tagId':'分页列表','tplSetId':'T3'}"
    )
    if escaped:
        data = data.replace("'", "&quot;")
    return f'<div class="pagination" count="{count}" rows="15" pageNo="1" unitUrl="{UNIT}" queryData="{data}"></div>'


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("inlined", [0, 15])
@pytest.mark.parametrize("shape", ["object", "string"])
def test_every_page_is_asked_for_as_the_page_itself_would(inlined: int, shape: str, *, escaped: bool) -> None:
    def unit(asked: dict[str, str]) -> Answer:
        assert (asked["webId"], asked["pageId"], asked["tplSetId"]) == ("W1", "P2", "T3")
        assert (asked["parseType"], asked["tagId"]) == ("bulidstatic", "分页列表")
        parameters: dict[str, Any] = json.loads(asked["paramJson"])
        assert parameters["pageSize"] == 15
        start = (parameters["pageNo"] - 1) * 15
        markup = f"<ul>{rows(range(start, min(start + 15, 38)))}</ul>"
        body = {"success": True, "data": {"html": markup} if shape == "object" else markup}
        return 200, "application/json", json.dumps(body, ensure_ascii=False).encode()

    pages: dict[str, Page] = {
        COLUMN: html(f"<ul>{rows(range(inlined))}</ul>{pager(38, escaped=escaped)}", HEAD),
        UNIT: unit,
    }
    site = portal(pages)
    got = walk("auto", site, url=COLUMN)
    assert len(got.articles) == 38
    assert got.last[-1] is True
    assert True not in got.last[:-1]
    assert len([path for path in site.paths() if path.startswith(UNIT)]) == (2 if inlined else 3)
    assert set(got.layouts) == {"jpaas"}


def test_a_list_that_is_wholly_in_its_page_needs_no_more() -> None:
    site = portal({COLUMN: html(f"<ul>{rows(range(9))}</ul>{pager(9)}", HEAD)})
    got = walk("auto", site, url=COLUMN)
    assert len(got.articles) == 9
    assert got.last == [True]
    assert not [path for path in site.paths() if path.startswith("/api-gateway")]
