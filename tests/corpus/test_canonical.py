from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gicrawl.corpus.canonical import canonical_url, report_id


@pytest.mark.parametrize(
    "same",
    [
        "https://www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=7",
        "http://WWW.Ganquan.gov.cn:80/zfxxgk/nb/2023.html?id=7#page2",
        "https://www.ganquan.gov.cn:443/zfxxgk/nb/2023.html;jsessionid=0A1B2C?id=7",
        "http://www.ganquan.gov.cn./zfxxgk/nb/2023.html?JSESSIONID=77&id=7",
        "http://www.ganquan.gov.cn/(S(3ihqaq55xk3jlmn4dxq2bdmu))/zfxxgk/nb/2023.html?id=7&_=1706500000000",
        "http://www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=7&rnd=0.4471&t=1706500000000",
        "http://user@www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=7&",
    ],
)
def test_one_page_has_one_name(same: str) -> None:
    assert canonical_url(same) == "//www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=7"


@pytest.mark.parametrize(
    "other",
    [
        "http://www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=8",
        "http://www.ganquan.gov.cn/zfxxgk/nb/2023.html",
        "http://www.ganquan.gov.cn/ZFXXGK/nb/2023.html?id=7",
        "http://www.ganquan.gov.cn:8080/zfxxgk/nb/2023.html?id=7",
        "http://ganquan.gov.cn/zfxxgk/nb/2023.html?id=7",
        "http://www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=7&sid=9",
        "http://www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=7&_=9",
        "http://www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=7&t=3",
    ],
)
def test_other_pages_have_other_names(other: str) -> None:
    assert report_id(other) != report_id("http://www.ganquan.gov.cn/zfxxgk/nb/2023.html?id=7")


def test_a_url_beyond_reading_is_its_own_name() -> None:
    assert canonical_url("http://[::bad/") == "http://[::bad/"
    assert canonical_url("http://host:port/") == "http://host:port/"


@given(st.text())
def test_every_string_has_an_id(url: str) -> None:
    assert len(report_id(url)) == 32
