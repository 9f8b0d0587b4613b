"""Slips are found where they were planted, and nowhere else. The proof at length is `tests/prove/check_slips.py`."""

from __future__ import annotations

import pytest
from planted import NO_SLIP, SLIPS, measure


def test_undamaged_reports_raise_no_alarm() -> None:
    tally = measure(NO_SLIP, range(1000, 1030), undamaged=True)
    assert (tally.clean, tally.documents) == (30, 30)
    assert not tally.alarms


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_found_where_it_was_planted(slip: str) -> None:
    tally = measure(slip, range(2000, 2003))
    assert tally.planted
    assert tally.found == tally.planted
    assert not tally.alarms
