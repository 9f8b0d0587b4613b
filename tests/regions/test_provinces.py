"""The first level of divisions."""

from __future__ import annotations

from gicrawl.regions.provinces import province_names, province_seats, provinces


def test_every_province_has_a_rank_in_its_name_and_a_short_name_before_it() -> None:
    assert len(provinces()) == 31
    for province in provinces():
        assert province.name.startswith(province.short)
        assert province.name.endswith(("省", "市", "自治区"))


def test_only_municipalities_have_no_seat() -> None:
    without = {province.name for province in provinces() if province.seat is None}
    assert without == {"北京市", "天津市", "上海市", "重庆市"}
    assert len(province_seats()) == 27
    assert not province_seats() & province_names()
