"""Lists that only a script asks for, on portals of no known software: scripts and answers in many dresses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from made_pages import html, title
from made_walks import portal, walk

from spiders.asked import Asked
from spiders.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from made_portals import Answer, Portal

HEAD = "<title>政府信息公开年报</title>"
FIELDS = '<input type="hidden" id="chan" value="c102914"><ul id="list"></ul>'

SCRIPTS = {
    "jQuery, JSON": """$.ajax({type:"POST",url:"/api/list",contentType:"application/json;charset=utf-8",
        data:JSON.stringify({channelId:"c102914",pageNo:1,pageSize:10}),success:function(r){show(r.data)}});""",
    "jQuery, a form, variables": """var channelId = 'c102914', pageSize=10; var page = 1;
        function load(pageNo){ $.post('/api/list',
        {channelId: channelId, pageNo: pageNo, pageSize: pageSize}, function(d){ show(d) }, 'json') }
        load(page);""",
    "getJSON, an address in pieces": """var api="/api/list";var q="channelId=c102914&pageSize=10";
        function go(n){$.getJSON(api+"?"+q+"&pageNo="+n+"&_="+new Date().getTime(),function(d){render(d)})}go(1)""",
    "axios": """const params={channelId:'c102914',pageNo:1,pageSize:10};
        axios.get(`/api/list`,{params}).then(r=>{this.rows=r.data})""",
    "axios, post": """axios({method:'post',url:'/api/list',
        data:{channelId:'c102914',pageNo:this.pageNo,pageSize:10}}).then(function(r){})""",
    "vue": """new Vue({el:'#app',data:{rows:[],query:{channelId:'c102914',pageNo:1,pageSize:10}},
        methods:{load(){axios.post('/api/list',this.query).then(res=>{this.rows=res.data.rows})}},
        mounted(){this.load()}})""",
    "vue, an address like a page's": """new Vue({el:'#app',data:{rows:[],pageNo:1,pageSize:10},
        methods:{load(){axios.get('/api/list.html',{params:{channelId:'c102914',pageNo:this.pageNo,
        pageSize:this.pageSize}}).then(res=>{this.rows=res.data.rows})}},mounted(){this.load()}})""",
    "fetch, template": """const size=10, cid='c102914';let pageNo=1;
        async function load(){
        const r=await fetch(`/api/list?channelId=${cid}&pageNo=${pageNo}&pageSize=${size}`);show(await r.json())}""",
    "fetch, post": """fetch('/api/list',{method:'POST',headers:{'Content-Type':'application/json'},
        body:JSON.stringify({channelId:'c102914',pageNo:1,pageSize:10})}).then(r=>r.json())""",
    "XMLHttpRequest": """var x=new XMLHttpRequest();x.open("POST","/api/list",true);
        x.setRequestHeader("Content-Type","application/x-www-form-urlencoded");
        x.send("channelId=c102914&pageNo=1&pageSize=10");""",
    "a field of the page": """$.ajax({url:'/api/list',data:{channelId:$("#chan").val(),pageNo:1,
        pageSize:10},dataType:'json'})""",
    "a parameter of the address": """function getQueryString(n){return 0} var id=getQueryString("cid");
        $.ajax({ "url" : "/api/list" , "type" : "get" ,
        "data" : { "channelId" : id , "pageNo" : 1 , "pageSize" : 10 } });""",
    "options of a pager": """layui.use('table',function(){table.render({elem:'#list',url:'/api/list',method:'post',
        where:{channelId:'c102914',pageNo:1,pageSize:10}})})""",
    "assigned one by one": """var data={};data.channelId="c102914";data.pageNo=1;data.pageSize=10;
        $.ajax({url:"/api/list",type:'POST',data:data,success:cb});""",
    "a counter first": """$.get("/api/hits?id=3&page=1",function(){});$.post("/api/stat/visit",{columnId:1,page:2});
        $.post("/api/list",{channelId:"c102914",pageNo:1,pageSize:10},cb);""",
}  # fmt: skip


def row(n: int) -> dict[str, Any]:
    return {"title": title(n), "url": f"/cols/2021/1/{n + 1}/{n:032x}.shtml", "publishTime": "2021-01-29 10:00:00"}


ANSWERS: dict[str, Callable[[list[dict[str, Any]], int], Any]] = {
    "rows": lambda rows, total: {"code": 200, "rows": rows, "total": total},
    "nested": lambda rows, total: {"data": {"page": {"content": rows, "totalElements": total}}, "msg": "ok"},
    "a string of JSON": lambda rows, total: {"data": json.dumps({"list": rows, "totalCount": str(total)})},
    "other names": lambda rows, total: {
        "recordCount": total,
        "result": [
            {
                "docid": 7,
                "doctitle": one["title"],
                "docpuburl": one["url"],
                "docreltime": "2021.01.29",
                "sitename": "某站",
            }
            for one in rows
        ],
    },
    "urls within": lambda rows, total: {
        "data": {
            "pages": -(-total // 10),
            "results": [
                {"source": {"showTitle": one["title"], "urls": json.dumps({"pc": one["url"]})}} for one in rows
            ],
        }
    },
    "markup": lambda rows, total: {
        "data": "".join(f'<li><a href="{one["url"]}">{one["title"]}</a></li>' for one in rows),
        "total": total,
    },
    "nothing but rows": lambda rows, _: rows,
}


def site_of(script: str, answer: str) -> Portal:
    def served(asked: dict[str, str]) -> Answer:
        asked |= json.loads(asked["BODY"]) if asked["BODY"].startswith("{") else {}
        number = int(asked["pageNo"])
        rows = (
            [row(n) for n in range((number - 1) * 10, min(number * 10, 25))]
            if asked.get("channelId") == "c102914"
            else []
        )
        return 200, "application/json", json.dumps(ANSWERS[answer](rows, 25), ensure_ascii=False).encode()

    return portal(
        {"/zfxxgk/nb/": html(f"{FIELDS}<script>{script}</script>", HEAD), "/api/list": served, "/api/list.html": served}
    )


@pytest.mark.parametrize("dress", SCRIPTS)
def test_a_request_is_read_from_its_script(dress: str) -> None:
    site = site_of(SCRIPTS[dress], "rows")
    got = walk("auto", site, url="/zfxxgk/nb/?cid=c102914")
    assert len(set(got.articles)) == 25
    assert set(got.layouts) == {"asked"}
    assert got.last[-1] is True
    assert len(site.asked) == 1 + 3 + 25


@pytest.mark.parametrize("answer", ANSWERS)
def test_rows_are_found_by_what_they_hold(answer: str) -> None:
    got = walk("auto", site_of(SCRIPTS["jQuery, JSON"], answer), url="/zfxxgk/nb/")
    assert len(set(got.articles)) == 25
    assert {link["date"] for link in got.links} <= {"2021-01-29", None}


@pytest.mark.parametrize(
    "script",
    [
        "$.get('/api/hits?id=3',function(n){$('#n').html(n)});",
        "$.ajax({url:'/weather/query',data:{city:'350300'}});",
        "function search(){location.href='/search?q='+encodeURIComponent($('#q').val())+'&page=1'}",
        "$.post('/feedback/save',{name:$('#n').val(),page:location.href});",
        "(function(){var hm=document.createElement('script');hm.src='https://hm.example.com/hm.js?abc';})();",
    ],
)
def test_what_a_script_asks_for_otherwise_is_not_asked_for(script: str) -> None:
    page = Page("http://www.yunping.gov.cn/nb/", html(f"<script>{script}</script>", HEAD).encode())
    assert Asked().recognises(page) is None


def test_requests_to_other_sites_are_not_made() -> None:
    script = SCRIPTS["jQuery, JSON"].replace("/api/list", "https://api.example.com/list")
    page = Page("http://www.yunping.gov.cn/nb/", html(f"<script>{script}</script>", HEAD).encode())
    assert Asked().recognises(page) is None
