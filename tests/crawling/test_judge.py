"""Content, nothing, a block, or a page that only says that there is nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.crawling.judge import judge

TEXT = "<p>" + "本机关依照条例的规定编制本年度报告，数据自一月一日起。" * 20 + "</p>"
RUISHU = '<meta id="9DhefwqGPrzG" content="blob" r="m"><script>$_ts=window[\'$_ts\'];' + "x" * 30_000 + "</script>"


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
