from __future__ import annotations

import random

import pytest

from gicrawl.parser.charset import decode

PROSE = "本报告根据《中华人民共和国政府信息公开条例》编制,全年主动公开政府信息317条。" * 6
RARE = "镕堃喆䶮㛃"  # outside GB 2312, the last two outside GBK


def page(charset: str, text: str = PROSE, label: str | None = None) -> bytes:
    meta = f'<meta charset="{label or charset}">'
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>".encode(charset)


def codes(body: bytes, declared: str | None = None) -> list[str]:
    return [code for code, _ in decode(body, declared).problems]


@pytest.mark.parametrize("declared", [None, "utf-8", "gb2312", "text/html; charset=GBK", "ISO-8859-1", "nonsense"])
@pytest.mark.parametrize("label", ["utf-8", "gb2312"])
def test_utf8_is_utf8_whatever_anybody_declares(declared: str | None, label: str) -> None:
    decoded = decode(page("utf-8", label=label), declared)
    assert (decoded.charset, decoded.problems) == ("utf-8", ())
    assert PROSE in decoded.text


@pytest.mark.parametrize("label", ["gb2312", "GBK", "x-gbk", "gb18030"])
def test_the_whole_family_is_read_as_gb18030(label: str) -> None:
    decoded = decode(page("gb18030", PROSE + RARE, label=label))
    assert decoded.charset == "gb18030"
    assert PROSE + RARE in decoded.text
    assert decoded.problems == ()


def test_gb18030_without_any_label_is_not_western() -> None:
    body = f"<p>{PROSE}</p>".encode("gb18030")
    assert PROSE in decode(body).text
    assert PROSE in decode(body, "text/html; charset=iso-8859-1").text
    assert codes(body, "iso-8859-1") == []


def test_gb18030_declared_utf8_is_read_and_reported() -> None:
    decoded = decode(page("gb18030", label="utf-8"), "utf-8")
    assert PROSE in decoded.text
    assert decoded.problems == (("charset_contradiction", (("declared", "utf-8"), ("used", "gb18030"))),)


def test_big5_is_honoured_from_header_and_meta() -> None:
    text = "縣政府資訊公開年度報告" * 9
    assert text in decode(page("big5", text)).text
    assert text in decode(f"<p>{text}</p>".encode("big5"), "big5").text


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [True, False])
def test_utf16_with_and_without_its_mark(charset: str, *, mark: bool) -> None:
    body = (("\ufeff" if mark else "") + f"<html><body>{PROSE}</body></html>").encode(charset)
    decoded = decode(body, "utf-8")
    assert decoded.text == f"<html><body>{PROSE}</body></html>"
    assert (decoded.charset, decoded.bom) == (charset, mark)


def test_a_mark_at_the_start_is_taken_off_and_one_in_the_middle_stays() -> None:
    decoded = decode(f"\ufeff<p>{PROSE}</p>\ufeff<p>二</p>".encode())
    assert decoded.bom
    assert decoded.text == f"<p>{PROSE}</p>\ufeff<p>二</p>"


def test_a_utf8_mark_before_and_inside_gb18030_does_not_shift_it() -> None:
    mark = "\ufeff".encode()
    decoded = decode(mark + page("gb18030", label="gbk") + mark + page("gb18030", label="gbk"))
    assert decoded.charset == "gb18030"
    assert decoded.text.count(PROSE) == 2


@pytest.mark.parametrize("at", [0.01, 0.3, 0.9])
def test_a_damaged_byte_in_utf8_does_not_turn_the_page_into_another_charset(at: float) -> None:
    body = bytearray(PROSE.encode())
    body[int(len(body) * at)] = 0xFF
    decoded = decode(bytes(body), "gbk")
    assert decoded.charset == "utf-8"
    assert decoded.problems[0][0] == "charset_damaged"
    assert int(dict(decoded.problems[0][1])["count"]) == decoded.text.count("\ufffd")


def test_a_page_torn_inside_a_character_is_damaged_by_one() -> None:
    decoded = decode(PROSE.encode()[:-4])
    assert decoded.charset == "utf-8"
    assert ("count", "1") in decoded.problems[0][1]


def test_damage_in_gb18030_is_counted() -> None:
    body = bytearray(page("gb18030", PROSE, "gbk"))
    body[200] = 0xFF
    decoded = decode(bytes(body))
    assert decoded.charset == "gb18030"
    assert [code for code, _ in decoded.problems] == ["charset_damaged"]


def test_damage_done_before_encoding_is_counted() -> None:
    assert codes((PROSE + "\ufffd").encode()) == ["charset_damaged"]


@pytest.mark.parametrize("seed", range(40))
def test_random_bytes_are_no_text(seed: int) -> None:
    decoded = decode(random.Random(seed).randbytes(3000), random.Random(seed).choice([None, "gbk", "big5", "utf-8"]))
    assert decoded.text == ""
    assert decoded.charset is None
    assert decoded.problems == (("charset_unknown", ()),)


def test_zeros_are_no_text() -> None:
    assert decode(bytes(5000)).problems == (("charset_unknown", ()),)


def test_empty_is_empty() -> None:
    assert decode(b"").text == ""
    assert decode(b"").problems == ()
