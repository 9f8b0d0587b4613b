"""When a report counts as withdrawn: the rule alone, on looks and columns of our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from gicrawl.corpus.history_columns import Columns, ColumnsRead, ListPage
from gicrawl.corpus.withdrawn import Look, Sight, Watch, watched

BEGAN = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
S, M, U, X, D = Sight.SHOWN, Sight.MISSING, Sight.UNLISTED, Sight.UNCLEAR, "down"


def looks(*seen: tuple[float, Sight | str]) -> Watch:
    """Visits as (day, what was seen); `down`: it was missing on a night on which the portal was not well."""
    return watched(
        Look(
            capture=UUID(int=number),
            time=BEGAN + timedelta(days=day),
            run=UUID(int=number),
            sight=Sight.MISSING if sight == D else Sight(sight),
            reason="not_found",
            answers=False,
            healthy=sight != D,
        )
        for number, (day, sight) in enumerate(seen)
    )


@pytest.mark.parametrize(
    ("seen", "withdrawn"),
    [
        ([(0, S), (1, M), (4, M), (8, M)], True),
        ([(0, S), (1, U), (4, U), (8, U)], True),
        ([(0, S), (1, U), (4, M), (8, U)], True),
        ([(0, S), (1, M), (4.5, M), (7.99, M)], True),  # seven nights, each a little earlier than the one before
        ([(0, S), (1, M)], False),
        ([(0, S), (1, M), (30, M)], False),  # two visits
        ([(0, S), (1, M), (2, M), (3, M), (4, M), (7, M)], False),  # six days
        ([(0, S), (1, M), (4, S), (8, M), (9, M)], False),
        ([(0, S), (1, M), (4, X), (8, M), (9, M)], True),  # a visit that tells nothing breaks nothing
        ([(0, S), (1, M), (4, X), (8, M)], False),  # nor does it count
        ([(0, S), (1, D), (4, D), (8, D), (9, D)], False),
        ([(0, S), (1, D), (4, M), (8, M)], False),
        ([(0, S), (1, X), (4, X), (8, X)], False),
        ([(1, M), (4, M), (8, M)], False),  # it never was there
    ],
)
def test_three_visits_over_seven_days_on_a_portal_that_is_well(
    seen: list[tuple[float, Sight | str]], *, withdrawn: bool
) -> None:
    watch = looks(*seen)
    assert (watch.withdrawn_at(BEGAN + timedelta(days=90)) is not None) is withdrawn


def test_what_comes_back_was_withdrawn_between_and_is_no_more() -> None:
    watch = looks((0, S), (2, M), (5, M), (9, M), (12, S))
    (absence,) = watch.absences
    assert absence.visits == 3
    assert absence.confirmed is not None
    assert absence.back is not None
    assert watch.absent is None
    held = [day for day in range(15) if watch.withdrawn_at(BEGAN + timedelta(days=day))]
    assert held == list(range(2, 12))


def page(number: int, *links: str, end: bool = False, shows: bool = True) -> ListPage:
    return ListPage(
        capture=UUID(int=number),
        run=UUID(int=1),
        time=number,
        key=(f"/list_{number}" if number > 1 else "/list", b""),
        referrer=None if number == 1 else "/list",
        shows=shows,
        missing=False,
        pages_end=end,
        links=tuple(link.encode() for link in links),
    )


def absent(read: ColumnsRead) -> set[str]:
    return {report.decode() for report in read.absent}


def test_what_is_taken_out_of_the_middle_of_a_column_is_missed_until_it_is_back() -> None:
    columns = Columns()
    columns.visit([page(1, "a", "b"), page(2, "c", "d", end=True)], {})
    assert absent(columns.visit([page(1, "a", "c"), page(2, "d", end=True)], {})) == {"b"}
    assert absent(columns.visit([page(1, "n", "a"), page(2, "c", "d", end=True)], {})) == {"b"}
    assert absent(columns.visit([page(1, "n", "a"), page(2, "b", "c", "d", end=True)], {})) == set()


def test_what_moves_down_the_pages_is_not_missed() -> None:
    columns = Columns()
    columns.visit([page(1, "a", "b"), page(2, "c", end=True)], {})
    assert absent(columns.visit([page(1, "n", "a"), page(2, "b", "c", end=True)], {})) == set()


def test_the_oldest_entries_of_a_column_that_keeps_its_length_fall_off() -> None:
    columns = Columns()
    columns.visit([page(1, "a", "b", "c", end=True)], {})
    assert absent(columns.visit([page(1, "n", "a", "b", end=True)], {})) == set()
    assert absent(columns.visit([page(1, "n", "a", end=True)], {})) == {"b"}  # nothing new pushed it out


@pytest.mark.parametrize(
    "second",
    [
        [page(1, "a", "c")],  # not to the end
        [page(1, "a", "c", end=True)],  # a page that is known was not asked for
        [page(1, "a", "c"), page(2, shows=False)],
        [page(2, "d", end=True)],
    ],
)
def test_a_column_that_was_not_read_whole_has_lost_nothing(second: list[ListPage]) -> None:
    columns = Columns()
    columns.visit([page(1, "a", "b"), page(2, "c", "d", end=True)], {})
    read = columns.visit(second, {})
    assert (absent(read), read.complete) == (set(), None)


def test_a_link_to_an_address_that_leads_on_names_both() -> None:
    columns = Columns()
    columns.visit([page(1, "old", "b", end=True)], {b"old": {b"new"}})
    read = columns.visit([page(1, "new", "b", end=True)], {b"old": {b"new"}})
    assert b"new" in read.linked
    assert b"new" not in read.absent
