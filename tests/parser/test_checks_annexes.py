"""Identities of the annexes of 2008-2018: sums over what is printed, three-valued."""

from __future__ import annotations

from gicrawl.parser.checks import run_checks
from gicrawl.parser.output import message
from gicrawl.parser.report import Cell, Check, CheckStatus, Key, State

TABLE = "statistics"
Given = dict[str, int | None]
"""Number of a row, None for a blank."""


def cells(column: str, given: Given, *, absent: tuple[str, ...] = ()) -> dict[Key, Cell]:
    out: dict[Key, Cell] = {}
    for row, value in given.items():
        state = State.BLANK if value is None else State.NUMBER
        out[TABLE, row, column] = Cell(table=TABLE, row=row, column=column, state=state, value=value, confidence=0.99)
    for row in absent:
        out[TABLE, row, column] = Cell(table=TABLE, row=row, column=column, state=State.ABSENT)
    return out


def checks(form: str, *given: dict[Key, Cell]) -> dict[tuple[str, str | None, str | None], Check]:
    joined = {key: cell for one in given for key, cell in one.items()}
    return {(check.id, check.row, check.column): check for check in run_checks(joined, {TABLE: form})}


REQUESTS: Given = {"requests_received": 9, "requests_in_person": 2, "requests_online": 4, "requests_letter": 3}


def test_requests_are_summed_over_the_ways_that_are_printed() -> None:
    found = checks("fujian2013_gov", cells("value", REQUESTS, absent=("requests_fax", "requests_letter_fax")))
    check = found["LF_REQ_CHANNELS", "requests_received", "value"]
    assert check.status is CheckStatus.PASS
    assert (check.left, check.right) == (9, 9)
    assert {row for _, row, _ in check.cells} == set(REQUESTS)


def test_each_column_that_is_printed_is_checked_and_no_other() -> None:
    found = checks("fujian2009", cells("annual", REQUESTS), cells("cumulative", REQUESTS | {"requests_received": 10}))
    status = {place[2]: check.status for place, check in found.items() if place[0] == "LF_REQ_CHANNELS"}
    assert status == {"annual": CheckStatus.PASS, "cumulative": CheckStatus.FAIL}


def test_a_blank_is_no_nought() -> None:
    found = checks("fujian2009", cells("annual", REQUESTS | {"requests_online": None}))
    check = found["LF_REQ_CHANNELS", "requests_received", "annual"]
    assert check.status is CheckStatus.NOT_ASSESSABLE
    assert check.holds_if_blank_is_zero is False


def test_this_year_is_never_more_than_all_years() -> None:
    found = checks("fujian2009", cells("annual", {"review_total": 3}), cells("cumulative", {"review_total": 2}))
    assert found["LF_ANNUAL_LE_CUMULATIVE", "review_total", None].status is CheckStatus.FAIL
    found = checks("fujian2009", cells("annual", {"review_total": 2}), cells("cumulative", {"review_total": 3}))
    check = found["LF_ANNUAL_LE_CUMULATIVE", "review_total", None]
    assert check.status is CheckStatus.PASS
    assert "2 is at most 3" in message(check)
    assert not checks("fujian2009", cells("annual", {"review_total": 3}))


def test_classes_and_what_was_made_are_sums() -> None:
    replies: Given = {"replies_total": 5, "reply_granted": 3, "reply_denied": 1}
    made: Given = {"information_made_total": 7, "proactive_total": 4, "classified_on_request": 2}
    found = checks("fujian2013_dept", cells("value", replies | made | {"classified_not_disclosed": 1}))
    assert found["LF_REPLY_CLASSES", "replies_total", "value"].status is CheckStatus.FAIL
    assert found["LF_MADE_SUM", "information_made_total", "value"].status is CheckStatus.PASS


def test_websites_publish_at_most_everything_and_all_requests_are_replied_to() -> None:
    given: Given = {"proactive_total": 4, "channel_website": 5, "requests_received": 2, "replies_total": 2}
    found = checks("fujian2008", cells("annual", given))
    assert found["LF_WEBSITE_LE_PROACTIVE", "channel_website", "annual"].status is CheckStatus.FAIL
    assert found["LF_REPLIED_ALL", "requests_received", "annual"].status is CheckStatus.PASS


def test_sums_of_the_annex_of_2014_are_told_apart_by_their_rows() -> None:
    given: Given = {"requests_closed": 5, "requests_closed_on_time": 4, "requests_closed_extended": 1}
    denied: Given = {"reply_denied": 2, "reply_denied_privacy": 1, "replies_total": 3, "reply_granted": 1}
    staff: Given = {"staff_total": 3, "staff_full_time": 1, "staff_part_time": 1}
    found = checks("form2014", cells("value", given | denied | staff | REQUESTS))
    status = {(name, row): check.status for (name, row, _), check in found.items()}
    assert status["L14_REQ", "requests_received"] is CheckStatus.PASS
    assert status["L14_REQ", "requests_closed"] is CheckStatus.PASS
    assert status["L14_REQ", "replies_total"] is CheckStatus.PASS
    assert status["L14_REQ", "reply_denied"] is CheckStatus.FAIL
    assert status["L14_STAFF", "staff_total"] is CheckStatus.FAIL


def test_what_is_published_in_several_ways_counts_once() -> None:
    given: Given = {"proactive_total": 6, "channel_website": 6, "channel_wechat": 3, "channel_gazette": 7}
    found = checks("form2014", cells("value", given))
    assert found["L14_CHANNEL", "proactive_total", "value"].status is CheckStatus.PASS
    assert found["L14_CHANNEL", "channel_website", "value"].status is CheckStatus.PASS
    assert found["L14_CHANNEL", "channel_gazette", "value"].status is CheckStatus.FAIL


def test_a_total_is_not_bounded_by_some_of_its_ways() -> None:
    found = checks("form2014", cells("value", {"proactive_total": 776, "channel_website": 417, "channel_other": 205}))
    assert found["L14_CHANNEL", "proactive_total", "value"].status is CheckStatus.NOT_ASSESSABLE
