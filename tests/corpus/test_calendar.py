from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gicrawl.corpus.calendar import deadline, expected_scopes, expected_years, last_due


def test_deadlines_follow_the_regulations_in_force() -> None:
    assert deadline("department", 2018) == date(2019, 3, 31)
    assert deadline("department", 2019) == deadline("office", 2019) == date(2020, 1, 31)
    assert deadline("government", 2019) == date(2020, 3, 31)
    assert deadline(None, 2021) == deadline("development_zone", 2021) == date(2022, 3, 31)


@pytest.mark.parametrize(
    ("kind", "moment", "year"),
    [
        ("government", datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC), 2024),  # a second before midnight in China
        ("government", datetime(2026, 3, 31, 16, 0, tzinfo=UTC), 2025),
        ("department", datetime(2026, 1, 31, 15, 59, tzinfo=UTC), 2024),
        ("department", datetime(2026, 1, 31, 16, 0, tzinfo=UTC), 2025),
        ("department", datetime(2019, 2, 15, tzinfo=UTC), 2017),  # the old Regulations: 31 March for all
        ("government", datetime(2025, 12, 31, 16, 0, tzinfo=UTC), 2024),  # New Year in China
    ],
)
def test_a_report_is_due_when_its_day_has_passed_in_china(kind: str, moment: datetime, year: int) -> None:
    assert last_due(kind, moment) == year


def test_years_have_no_gap_from_the_first_found_to_the_last_due() -> None:
    def years(found: set[int], registered: tuple[int, int] | None = None, **more: object) -> tuple[int, ...]:
        known = {"due": 2022, "ended": None, "listed": registered is not None} | more
        return expected_years(found, registered, **known)  # type: ignore[arg-type]

    assert years({2019, 2021}) == (2019, 2020, 2021, 2022)
    assert years({2019}, (2017, 2018)) == (2017, 2018, 2019, 2020, 2021, 2022)
    assert years(set(), (2020, 2030)) == (2020, 2021, 2022)
    assert years(set(), listed=True) == (2022,)
    assert years(set()) == ()
    assert years({2016}, ended=2019) == (2016, 2017, 2018)  # its successor reports on 2019
    assert years({2016, 2019}, ended=2019) == (2016, 2017, 2018, 2019)  # but what was found counts
    assert years({2023}) == (2023,)  # published before it was due


def test_one_scope_is_expected_unless_both_were_found_in_one_year() -> None:
    assert expected_scopes({}, 2020, government=True) == ("region",)
    assert expected_scopes({}, 2020, government=False) == ("body",)
    assert expected_scopes({2019: {"body"}}, 2020, government=True) == ("body",)
    assert expected_scopes({2018: {"region"}, 2019: {"body"}}, 2018, government=True) == ("region",)
    assert expected_scopes({2019: {"region", "body"}}, 2020, government=True) == ("body", "region")
    assert expected_scopes({2019: {"region", "body"}, 2020: {"body"}}, 2020, government=True) == ("body", "region")
    assert expected_scopes({2020: {"unknown"}}, 2020, government=True) == ("unknown",)
    assert expected_scopes({2019: {"region", "body"}, 2020: {"unknown"}}, 2020, government=True) == ("unknown",)
