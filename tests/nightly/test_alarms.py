"""Alarms: what stands, what is new, what has got worse."""

from dataclasses import replace

import pytest
from made_nights import COLUMN, HOME, REPORT, START, Nights, nights

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.verify import Finding
from gicrawl.messages import catalog
from gicrawl.nightly.alarms import Alarm, Standing, _kinds, alarms, from_stored, standing, stored
from gicrawl.nightly.news import News
from gicrawl.nightly.plan import learn

QUIET = News(
    new=(), changed=(), failed_checks=(), unparsed=0, failed_new=(), broken=(), lost=(), report_urls=frozenset()
)


def found(made: Nights, news: News = QUIET, damage: tuple[Finding, ...] = ()) -> dict[str, Alarm]:
    known = learn(made.archive, {"one": [HOME]})
    return {alarm.key: alarm for alarm in alarms(made.archive, known.portals.values(), news, damage)}


def test_a_portal_that_answers_raises_none(made: Nights) -> None:
    made.visit(START)
    assert found(made) == {}


def test_one_night_without_an_answer_is_no_alarm_two_are_and_seven_are_worse(made: Nights) -> None:
    made.visit(START)
    made.visit(START + nights(1), Outcome.NETWORK_ERROR)
    made.visit(START + nights(1.1), Outcome.NETWORK_ERROR)  # the same night
    assert found(made) == {}
    made.visit(START + nights(2), Outcome.DNS_ERROR)
    second = found(made)
    assert second["portal_unreachable:one"].severity == "warning"
    assert second["portal_unreachable:one"].fields == {"since": "2026-02-03", "nights": "2"}
    made.visit(START + nights(3), Outcome.TLS_ERROR)
    assert standing(found(made)["portal_unreachable:one"], second) is Standing.KNOWN
    for night in range(4, 8):
        made.visit(START + nights(night), Outcome.NETWORK_ERROR)
    assert standing(found(made)["portal_unreachable:one"], second) is Standing.WORSENED
    made.visit(START + nights(8))
    assert found(made) == {}


def test_a_portal_that_turns_us_away_is_an_alarm_at_once(made: Nights) -> None:
    made.visit(START)
    run = made.run()
    made.capture(run, HOME, START + nights(1), Role.HOME, judgement=Judgement.BLOCKED)
    made.capture(run, COLUMN, START + nights(1), Role.LIST, Outcome.REFUSED_BY_GUARD)
    assert list(found(made)) == ["portal_blocked:one"]


@pytest.mark.parametrize(
    ("outcome", "judgement"),
    [(Outcome.NOT_FOUND, None), (Outcome.OK, Judgement.LAYOUT_UNKNOWN), (Outcome.OK, Judgement.SOFT_404)],
)
def test_a_column_that_is_none_any_more_has_vanished(
    made: Nights, outcome: Outcome, judgement: Judgement | None
) -> None:
    made.visit(START)
    run = made.run()
    made.capture(run, COLUMN, START + nights(1), Role.LIST, outcome, judgement=judgement, body=b"<html>other</html>")
    assert list(found(made)) == ["column_vanished:one"]


def test_a_column_that_fails_once_has_not_vanished(made: Nights) -> None:
    made.visit(START)
    made.capture(made.run(), COLUMN, START + nights(1), Role.LIST, Outcome.HTTP_ERROR)
    assert found(made) == {}
    made.capture(made.run(), COLUMN, START + nights(2), Role.LIST, Outcome.HTTP_ERROR)
    assert list(found(made)) == ["column_vanished:one"]


def test_a_last_page_that_is_gone_is_no_vanished_column(made: Nights) -> None:
    made.visit(START)
    further = f"{COLUMN}index_1.html"
    made.capture(made.run(), further, START, Role.LIST, judgement=Judgement.CONTENT)
    made.capture(made.run(), further, START + nights(1), Role.LIST, Outcome.NOT_FOUND)
    assert found(made) == {}


def test_a_column_that_lists_nothing_any_more_is_an_alarm(made: Nights) -> None:
    made.visit(START)
    made.capture(made.run(), COLUMN, START + nights(1), Role.LIST, judgement=Judgement.CONTENT, body=b"<html>js</html>")
    assert list(found(made)) == ["column_empty:one"]


def test_a_column_that_never_listed_anything_is_none(made: Nights) -> None:
    made.capture(made.run(), COLUMN, START, Role.LIST, judgement=Judgement.CONTENT)
    assert found(made) == {}


def test_a_report_that_is_gone_is_told_and_one_more_is_worse(made: Nights) -> None:
    other = REPORT.replace("_1", "_2")
    news = replace(QUIET, report_urls=frozenset({REPORT, other}))
    made.visit(START)
    made.capture(made.run(), other, START, Role.ARTICLE)
    made.capture(made.run(), REPORT, START + nights(7), Role.ARTICLE, Outcome.NOT_FOUND)
    first = found(made, news)
    assert first["reports_gone:one"].members == (REPORT,)
    assert standing(found(made, news)["reports_gone:one"], first) is Standing.KNOWN
    made.capture(made.run(), other, START + nights(8), Role.ARTICLE, judgement=Judgement.SOFT_404)
    assert standing(found(made, news)["reports_gone:one"], first) is Standing.WORSENED
    assert found(made, QUIET) == {}  # a page that was no report may go


def test_what_is_wrong_with_archive_and_parser_is_an_alarm(made: Nights) -> None:
    news = replace(QUIET, broken=("http://www.one.example/a",), lost=("http://www.one.example/b",))
    damage = (Finding("body", "ab" * 32, "the bytes have changed"),)
    assert list(found(made, news, damage)) == ["archive_damaged", "parser_broke", "documents_lost"]  # the worst first


def test_alarms_survive_being_stored() -> None:
    alarm = Alarm(kind="reports_gone", severity="warning", portal="one", members=("a", "b"), fields={"example": "a"})
    assert from_stored(stored(alarm)) == alarm
    assert standing(alarm, {}) is Standing.NEW


def test_every_kind_has_words_and_a_severity() -> None:
    for kind, rule in _kinds().items():
        assert f"nightly_alarm_{kind}" in catalog()
        assert f"nightly_severity_{rule['severity']}" in catalog()
