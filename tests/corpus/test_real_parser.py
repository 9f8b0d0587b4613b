"""The joint with gicrawl's own parser: the other tests foresee every word with a parser of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.archive.store import open_archive
from gicrawl.corpus.digest import corpus_digest
from gicrawl.corpus.reparse import pending, reparse
from gicrawl.corpus.views import parses
from gicrawl.corpus.wording import problem_text
from gicrawl.parser import parser_version

if TYPE_CHECKING:
    from corpus_fakes import Filler

HOST = "http://www.ganquan.gov.cn"
NEWS = (
    "<html><head><title>植树</title></head><body><h1>植树</h1><p>今日，全县干部职工参加义务植树活动。</p></body></html>"
)


def test_whatever_a_portal_sends_is_parsed_and_accounted_for(filler: Filler) -> None:
    filler.add(f"{HOST}/news", NEWS.encode("gb18030"), declared_type="text/html", declared_charset="gb2312")
    filler.add(f"{HOST}/empty", b"")
    filler.add(f"{HOST}/noise", bytes(range(256)) * 40)
    filler.add(f"{HOST}/text", "关于开展植树活动的通知\n各村：\n请于本周五参加。\n".encode())
    summary = reparse(filler.path, workers=2)
    assert summary.parsed == 4
    with open_archive(filler.path) as archive:
        found = {parse.url.removeprefix(HOST): parse for parse in parses(archive)}
        assert list(pending(archive)) == []
        digest = corpus_digest(archive)
    statuses = {url: parse.status.value for url, parse in found.items()}
    assert statuses == {"/news": "not_a_report", "/empty": "failed", "/noise": "failed", "/text": "not_a_report"}
    for parse in found.values():
        assert parse.current
        assert parse.parser == parser_version(parse.reader)
    for lang in ("en", "zh"):
        assert all(problem_text(problem, lang) for problem in found["/empty"].problems + found["/noise"].problems)
    again = reparse(filler.path, workers=1, everything=True)
    assert (again.parsed, again.added) == (4, 0)
    with open_archive(filler.path) as archive:
        assert corpus_digest(archive) == digest
