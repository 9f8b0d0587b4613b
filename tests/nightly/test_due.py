"""When pages and portals are due: a function of their history, the season and the moment."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from made_nights import COLUMN, HOME, REPORT, START, Nights, nights

from gicrawl.archive.history import PageHistory
from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.crawling.visits import Step
from gicrawl.nightly.due import in_season, is_due, is_rested, rules
from gicrawl.nightly.plan import Known, learn, make, stepper

SUMMER = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)
ENTRY = {"one": [HOME]}


def page(role: Role, seen: datetime, **changes: Any) -> PageHistory:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {
        "url": COLUMN,
        "method": "GET",
        "body": b"",
        "role": role,
        "hop": 0,
        "first": seen,
        "time": seen,
        "outcome": Outcome.OK,
        "judgement": None,
        "run": uuid4(),
        "changed": None,
        "failures": 0,
        "good": True,
        "shown": uuid4(),
        **changes,
    }
    return PageHistory(**fields)


def first_due(known: PageHistory, by_hours: int = 1) -> float:
    """Nights after which a page is due, to the hour."""
    for hours in range(0, 24 * 100, by_hours):
        if is_due(known, known.time + timedelta(hours=hours), rules()):
            return hours / 24
    pytest.fail("never due")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), False),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), True),  # midnight in Shanghai
        (datetime(2026, 3, 31, 12, 0, tzinfo=UTC), True),
        (datetime(2026, 4, 15, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 4, 15, 16, 0, tzinfo=UTC), False),
        (SUMMER, False),
    ],
)
def test_the_season_has_the_dates_of_shanghai(moment: datetime, *, expected: bool) -> None:
    assert in_season(moment, rules()) is expected


def test_lists_are_looked_at_every_night_in_season_and_rarely_outside() -> None:
    assert 0.5 < first_due(page(Role.LIST, START)) < 1
    assert 10 < first_due(page(Role.LIST, SUMMER)) < 14


def test_a_list_that_goes_on_changing_is_looked_at_more_often() -> None:
    assert first_due(page(Role.LIST, SUMMER, changed=SUMMER)) < 3


def test_a_young_article_is_looked_at_weekly_in_season_and_an_old_one_monthly() -> None:
    assert 6 < first_due(page(Role.ARTICLE, START)) < 7
    assert 29 < first_due(page(Role.ARTICLE, START, first=START - nights(400))) < 30
    assert 29 < first_due(page(Role.ARTICLE, SUMMER)) < 30


def test_robots_txt_is_used_for_a_day_and_never_where_it_could_not_be_had() -> None:
    assert first_due(page(Role.ROBOTS, SUMMER)) < 1
    assert first_due(page(Role.ROBOTS, SUMMER, failures=1, outcome=Outcome.HTTP_ERROR)) == 0


def test_what_fails_is_tried_the_next_night_and_then_ever_more_rarely() -> None:
    waits = [
        first_due(page(Role.ARTICLE, START, failures=count, outcome=Outcome.NETWORK_ERROR)) for count in range(1, 9)
    ]
    assert waits[0] < 1
    assert waits == sorted(waits)
    assert waits[-1] == waits[-2] < 31


def test_what_is_gone_or_forbidden_is_hardly_ever_looked_at() -> None:
    for changes in (
        {"outcome": Outcome.NOT_FOUND},
        {"judgement": Judgement.SOFT_404},
        {"outcome": Outcome.ROBOTS_DENIED},
    ):
        assert first_due(page(Role.LIST, START, **changes)) > 20


def test_a_page_seen_by_a_clock_far_ahead_is_due() -> None:
    assert is_due(page(Role.ARTICLE, START + nights(3000)), START, rules())


def test_a_portal_that_fails_is_rested_ever_longer() -> None:
    assert is_rested([], START, rules())
    assert not is_rested([START], START + timedelta(hours=2), rules())
    assert is_rested([START], START + timedelta(hours=23), rules())
    assert not is_rested([START] * 5, START + nights(4), rules())
    assert is_rested([START] * 50, START + nights(8), rules())


def plan_at(made: Nights, moment: datetime) -> tuple[str, Known]:
    known = learn(made.archive, ENTRY)
    plan = make(known, ENTRY, moment, rules())
    (state,) = [name for name in ("due", "resting", "not_due") if "one" in getattr(plan, name)]
    return state, known


def test_a_portal_never_visited_is_due(made: Nights) -> None:
    assert plan_at(made, START)[0] == "due"


def test_a_portal_just_visited_has_nothing_due_and_tomorrow_its_list(made: Nights) -> None:
    made.visit(START)
    assert plan_at(made, START + timedelta(minutes=5))[0] == "not_due"
    tomorrow = START + timedelta(hours=23)
    state, known = plan_at(made, tomorrow)
    assert state == "due"
    step = stepper(known, tomorrow, rules())
    by_url = {found.url: step("one", found) for found in known.portals["one"].pages}
    assert by_url[COLUMN] is Step.FETCH
    assert by_url[f"{HOME}robots.txt"] is Step.FETCH
    assert by_url[HOME] is Step.SHOW  # the way to the column, from the archive
    assert by_url[REPORT] is Step.LEAVE
    assert step("one", None) is Step.FETCH


def test_a_column_new_to_the_registry_makes_a_portal_due(made: Nights) -> None:
    made.visit(START)
    known = learn(made.archive, ENTRY)
    more = {"one": [HOME, "http://www.one.example/nb2/"]}
    assert "one" in make(known, more, START + timedelta(minutes=5), rules()).due


def test_what_a_killed_run_saw_is_shown_again_until_a_run_has_come_to_its_end(made: Nights) -> None:
    made.visit(START, ended=False)
    soon = START + timedelta(minutes=5)
    state, known = plan_at(made, soon)
    assert state == "due"
    step = stepper(known, soon, rules())
    assert {step("one", found) for found in known.portals["one"].pages} == {Step.SHOW}
    made.run(kind="nightly_crawl")  # asked for nothing, for nothing was due; but it walked to the end
    assert plan_at(made, soon)[0] == "not_due"


def test_a_run_cut_short_by_a_bound_settles_nothing(made: Nights) -> None:
    made.visit(START, ended=False)
    made.run(max_pages=3)
    assert plan_at(made, START + timedelta(minutes=5))[0] == "due"


def test_what_a_killed_run_failed_to_get_is_asked_for_at_once(made: Nights) -> None:
    run = made.visit(START, ended=False)
    made.capture(run, REPORT, START + timedelta(seconds=1), Role.ARTICLE, Outcome.NETWORK_ERROR)
    soon = START + timedelta(minutes=5)
    _, known = plan_at(made, soon)
    (report,) = [found for found in known.portals["one"].pages if found.url == REPORT]
    assert stepper(known, soon, rules())("one", report) is Step.FETCH


def test_a_portal_that_is_down_rests_and_is_due_again(made: Nights) -> None:
    made.visit(START)
    made.visit(START + nights(1), Outcome.NETWORK_ERROR)
    assert plan_at(made, START + nights(1) + timedelta(hours=3))[0] == "resting"
    assert plan_at(made, START + nights(2))[0] == "due"


def test_one_page_that_cannot_be_had_does_not_rest_its_portal(made: Nights) -> None:
    made.visit(START)
    run = made.run()
    made.capture(run, f"{HOME}robots.txt", START + nights(1), Role.ROBOTS, Outcome.NOT_FOUND)
    made.capture(run, REPORT, START + nights(1), Role.ARTICLE, Outcome.NETWORK_ERROR)
    assert plan_at(made, START + nights(1) + timedelta(hours=3))[0] == "due"  # for its list


def test_a_night_without_network_is_no_portals_fault(made: Nights) -> None:
    other = Nights(made.archive, portal="two")
    entries = {"one": [HOME], "two": ["http://www.two.example/"]}
    made.visit(START)
    run = made.run(portals=("one", "two"))
    made.capture(run, HOME, START + nights(1), Role.HOME, Outcome.DNS_ERROR)
    other.capture(run, "http://www.two.example/", START + nights(1), Role.HOME, Outcome.DNS_ERROR)
    known = learn(made.archive, entries)
    assert known.dark == {run}
    assert make(known, entries, START + nights(1) + timedelta(hours=1), rules()).resting == frozenset()


def test_history_counts_runs_that_failed_and_tells_when_content_changed(made: Nights) -> None:
    made.visit(START)
    made.visit(START + nights(1), body=b"<html>changed</html>")
    made.visit(START + nights(2), Outcome.NETWORK_ERROR)
    run = made.visit(START + nights(3), Outcome.NETWORK_ERROR)
    made.capture(run, COLUMN, START + nights(3), Role.LIST, Outcome.NETWORK_ERROR)  # a retry
    (column,) = [found for found in learn(made.archive, ENTRY).portals["one"].pages if found.url == COLUMN]
    assert (column.failures, column.changed, column.good) == (2, START + nights(1), True)
    assert column.shown is not None
    assert made.archive.capture(column.shown).time == START + nights(1)
