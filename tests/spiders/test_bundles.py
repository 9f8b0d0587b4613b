"""Portals that one script draws: what it names is asked, and what does not answer is an unknown layout."""

from __future__ import annotations

import json

from made_pages import title
from made_walks import portal, walk

HOME = '<title>某区</title><script defer src="/static/js/app.3f.js"></script><body><div id="app"></div></body>'
PROGRAM = """(()=>{const r=[{path:"/home",name:"首页"},{path:"/gk",name:"政府信息公开",children:[{path:"nb",
meta:{title:"\\u653f\\u5e9c\\u4fe1\\u606f\\u516c\\u5f00\\u5e74\\u62a5",catId:88}}]}];
const s=x.create({baseURL:"/prod-api"});
function a(e){return s({url:"/cms/article/list",method:"METHOD",params:e})}
function b(e){return s({url:"/cms/article/detail",method:"get",params:{articleId:e}})}
function c(e){return s({url:"/system/user/list",method:"get",params:e})}
a({pageNum:1,pageSize:10,catId:this.catId})})();"""


def rows(query: dict[str, str]) -> tuple[int, str, bytes]:
    sent = query | json.loads(query["BODY"] or "{}")
    first = (int(sent["pageNum"]) - 1) * 10
    known = [{"articleId": n, "title": title(n)} for n in range(12)] if str(sent["catId"]) == "88" else []
    return 200, "application/json", json.dumps({"total": len(known), "rows": known[first : first + 10]}).encode()


def test_the_interfaces_of_a_portals_program_are_asked_with_the_number_of_its_column() -> None:
    for method in ("get", "post"):
        program = PROGRAM.replace("METHOD", method)
        got = walk("auto", portal({"/": HOME, "/static/js/app.3f.js": program, "/prod-api/cms/article/list": rows}))
        assert got.articles == [f"/prod-api/cms/article/detail?articleId={n}" for n in range(12)]
        assert got.layouts == [None, "asked", "asked", "asked"]


def test_a_program_whose_interfaces_answer_no_rows_leaves_the_layout_unknown() -> None:
    closed = {"/": HOME, "/static/js/app.3f.js": PROGRAM, "/prod-api/cms/article/list": '{"code":401}'}
    for pages in (closed, {"/": HOME, "/static/js/app.3f.js": "(()=>{})();"}):
        got = walk("auto", portal(pages))
        assert got.articles == []
        assert None in got.layouts
