"""Content, nothing, a block, or a page that only says that there is nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.crawling.judge import judge

TEXT = "<p>" + "本机关依照条例的规定编制本年度报告，数据自一月一日起。" * 20 + "</p>"
RUISHU = '<meta id="9DhefwqGPrzG" content="blob" r="m"><script>$_ts=window[\'$_ts\'];' + "x" * 30_000 + "</script>"
SHELL = "<html><script>document.cookie='a=1;path=/';location.reload()</script></html>"


@dataclass(frozen=True)
class Facts:
    outcome: Outcome = Outcome.OK
    role: Role = Role.ARTICLE
    status: int | None = 200
    id: UUID = field(default_factory=uuid4)


def check(
    body: str | bytes, facts: Facts | None = None, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n"
) -> tuple[object, object]:
    verdict = judge(facts or Facts(), head, body if isinstance(body, bytes) else body.encode())
    return (None, None) if verdict is None else (verdict.judgement, verdict.signature)


def test_content() -> None:
    assert check(f"<html><title>年报</title>{TEXT}") == (Judgement.CONTENT, None)
    assert check(b"%PDF-1.7\n...") == (Judgement.CONTENT, None)
    assert check('{"rows": []}') == (Judgement.CONTENT, None)
    assert check("<html><body><img src=a.jpg></body></html>") == (Judgement.CONTENT, None)


@pytest.mark.parametrize("body", ["", " \r\n", "<html><head></head><body> &nbsp; </body></html>"])
def test_empty(body: str) -> None:
    assert check(body)[0] is Judgement.EMPTY


@pytest.mark.parametrize(
    ("body", "status", "head", "signature"),
    [
        ("<script>eval()</script>", 521, b"HTTP/1.1 521 \r\nSet-Cookie: __jsluid_s=1\r\n\r\n", "jsl"),
        ("<script>document.cookie='__jsl_clearance_s=1'</script>", 200, b"", "jsl"),
        (RUISHU, 202, b"", "ruishu"),
        (RUISHU, 412, b"", "ruishu"),
        (RUISHU, 200, b"", "ruishu"),
        ("<p>当前访问疑似黑客攻击，已被网站管理员设置为拦截。请登录知道创宇云防御", 403, b"", "365cyd"),
        ("<a href='https://errors.aliyun.com/'>x</a>", 405, b"", "waf:aliyun"),
        ("<script>document.cookie='C3VK=a1b2c3'</script>", 200, b"", "js_cookie"),
        ("<script>document.cookie=('_')+('j');location.href=location.pathname</script>", 521, b"", "jsl"),
        (SHELL, 200, b"HTTP/1.1 200 OK\r\nSet-Cookie: __jsluid_h=1\r\n\r\n", "jsl"),
        (SHELL, 200, b"", "js_cookie"),
        ("<html><head><script r='m' src='/4QbVt/c.js'></script></head><body></body></html>", 412, b"", "ruishu"),
        ("<meta id='9Dh' content='blob' r=m><script src='/4QbVt/c.js'></script>", 202, b"", "ruishu"),
        ("<title>浏览器安全检查</title><p>浏览器安全检查中</p>", 200, b"", "365cyd"),
        ("<script>var arg1='A1';setCookie('acw_sc__v2', x)</script>", 200, b"", "waf:aliyun"),
        ("<script src='//waf.tencent-cloud.com/x.js'></script>", 403, b"", "waf:tencent"),
        ("<p>拦截", 403, b"HTTP/1.1 403 X\r\nServer: WAF/2.0\r\n\r\n", "waf:safedog"),
        ("<p>denied", 418, b"HTTP/1.1 418 X\r\nServer: CloudWAF\r\n\r\n", "waf:cloudwaf"),
        ("<a href='http://www.dbappwaf.cn/'>x</a>", 403, b"", "waf:dbappwaf"),
        ("<p>denied", 403, b"HTTP/1.1 403 X\r\nServer: YUNDUN\r\n\r\n", "waf:yundun"),
        ("<script>document.cookie='yunsuo_session_verify=1'</script>", 200, b"", "waf:yunsuo"),
        (
            "<html><script>self.location='/?security_verify_data=313932302c31303830';</script></html>",
            200,
            b"",
            "waf:yunsuo",
        ),
        (
            "<title>安全验证</title><p>请输入验证码继续访问</p><form><img src=/captcha.jpg><input name=c></form>",
            200,
            b"",
            "waf:captcha",
        ),
        ("<script src='/wzws-waf-cgi/x'></script>", 200, b"", "waf:360"),
        (
            SHELL.replace("reload()", "replace('/a')"),
            200,
            b"HTTP/1.1 200 OK\r\nSet-Cookie: aqb_cc=1\r\n\r\n",
            "waf:aqb",
        ),
        ("<p>x", 493, b"HTTP/1.1 493 X\r\nWZWS-RAY: 1\r\n\r\n", "waf:wzws"),
        ("<p>x", 403, b"HTTP/1.1 403 X\r\nServer: BDWAF\r\n\r\n", "waf:bdwaf"),
        ("<p>x", 403, b"HTTP/1.1 403 X\r\nServer: NSFocus\r\n\r\n", "waf:nsfocus"),
        ("<p>x", 403, b"HTTP/1.1 403 X\r\nServer: yunjiasu-nginx\r\n\r\n", "waf:yunjiasu"),
        ("<p>您的请求被电信云防护拦截", 405, b"", "waf:ctyun"),
    ],
)
def test_blocks_are_recognised(body: str, status: int, head: bytes, signature: str) -> None:
    outcome = Outcome.OK if status < 300 else Outcome.HTTP_ERROR
    assert check(body, Facts(outcome=outcome, status=status), head) == (Judgement.BLOCKED, signature)


def test_the_same_script_on_a_good_page_is_content() -> None:
    assert check(f"<html>{RUISHU}{TEXT}") == (Judgement.CONTENT, None)
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: aqb_cc=1\r\n\r\n"
    assert check(f"<html>{TEXT}", head=head) == (Judgement.CONTENT, None)
    assert check(b"%PDF-1.7", head=head) == (Judgement.CONTENT, None)


SCRIPT = "<script r='m' src='/4QbVt/c.js'></script>"
COOKIES = b"HTTP/1.1 200 OK\r\nServer: CloudWAF\r\nSet-Cookie: aqb_cc=1; safedog-flow-item=2; __jsluid_s=3\r\n\r\n"


@pytest.mark.parametrize(
    "page",
    [
        "<a href=1.html>一</a><a href=2.html>二</a><a href=3.html>三</a>",
        "<ul><li><a href=t20240101_1.html>云坪县2023年年报</a></ul>",
        "<p>年报见附件</p><a href='P020240101.pdf'>附件</a>",
        "<table><tr><td>新收</td><td>1</td></tr></table>",
        "<div id=app></div><script src=/app.js></script>",
        "<div id='1'><script>loadPageData(params,'1')</script></div>",
        "<script type='text/xml'><datastore><recordset></recordset></datastore></script>",
    ],
)
def test_the_same_script_on_a_short_page_with_something_on_it_is_content(page: str) -> None:
    assert check(f"<html><head>{SCRIPT}</head><body>{page}", head=COOKIES) == (Judgement.CONTENT, None)


def test_the_cookies_of_a_shield_block_nobody() -> None:
    assert check("<p>年报目录暂无内容", head=COOKIES) == (Judgement.CONTENT, None)
    facts = Facts(outcome=Outcome.REDIRECT, status=302)
    assert check("", facts, COOKIES + b"Location: /index.html\r\n") == (None, None)
    assert check(
        "<p>x", Facts(outcome=Outcome.HTTP_ERROR, status=502), b"HTTP/1.1 502 X\r\nServer: CloudWAF\r\n\r\n"
    ) == (
        None,
        None,
    )


def test_a_redirect_to_the_script_of_a_shield_is_a_block() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /WZWSRELw/index.html?wzwschallenge=1\r\n\r\n"
    assert check("", Facts(outcome=Outcome.REDIRECT, status=302), head) == (Judgement.BLOCKED, "waf:360")


def test_a_robots_txt_that_is_kept_from_us_is_a_block_and_one_that_is_a_page_is_none() -> None:
    robots = Facts(role=Role.ROBOTS, outcome=Outcome.HTTP_ERROR, status=521)
    assert check(SHELL, robots) == (Judgement.BLOCKED, "jsl")
    assert check(RUISHU, Facts(role=Role.ROBOTS)) == (None, None)
    assert check("", Facts(role=Role.ROBOTS, outcome=Outcome.HTTP_ERROR, status=500)) == (None, None)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_soft_404(encoding: str) -> None:
    body = "<html><head><title>提示</title></head><body>抱歉，您访问的页面不存在！<a href=/>返回首页</a></body></html>"
    judgement, signature = check(body.encode(encoding))
    assert judgement is Judgement.SOFT_404
    assert signature
    assert check(f"<title>404 Not Found</title>{TEXT * 20}".encode(encoding))[0] is Judgement.SOFT_404


def test_a_report_that_speaks_of_missing_pages_is_content() -> None:
    assert check(f"<title>年报</title>{TEXT}<p>群众反映个别页面不存在的问题已经整改。")[0] is Judgement.CONTENT


@pytest.mark.parametrize(
    "facts",
    [
        Facts(role=Role.ROBOTS),
        Facts(outcome=Outcome.REDIRECT, status=302),
        Facts(outcome=Outcome.NOT_FOUND, status=404),
        Facts(outcome=Outcome.HTTP_ERROR, status=500),
    ],
)
def test_where_the_outcome_says_it_all_there_is_no_judgement(facts: Facts) -> None:
    assert check("<p>页面不存在", facts) == (None, None)
