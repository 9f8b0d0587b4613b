"""What a night finds new: reports, their changes, checks that no longer hold, documents that can no longer be read."""

from __future__ import annotations

import random
from datetime import date

from made_nights import COLUMN, HOME, REPORT, START, Nights, nights

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.corpus.reparse import reparse
from gicrawl.nightly.alarms import Alarm, Standing, alarms, standing
from gicrawl.nightly.marks import FINISHED, KIND, Marks, last_night, marks_of
from gicrawl.nightly.news import News, news
from gicrawl.nightly.plan import learn
from gicrawl.sample import ReportSpec, generate_report
from gicrawl.sample.issuers import Issuer

OTHER = REPORT.replace("_1", "_2")
OFFICE = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "县水利局")


def html(defect: str = "none", year: int = 2022) -> bytes:
    """A department's report; the same figures whatever its defect."""
    spec = ReportSpec(issuer=OFFICE, year=year, published=date(year + 1, 1, 12), paste="plain", defect=defect)
    return generate_report(random.Random(7), spec).html


def seen(made: Nights, body: bytes, count: float, url: str = REPORT) -> None:
    made.capture(made.run(), url, START + nights(count), Role.ARTICLE, body=body, declared_type="text/html")
    reparse(made.archive.path, workers=1)


def told(made: Nights, since: Marks) -> News:
    return news(made.archive, since)


def test_a_report_is_new_once(made: Nights) -> None:
    seen(made, html(), 0)
    first = told(made, Marks())
    assert [(report.url, report.issuer, report.year) for report in first.new] == [(REPORT, OFFICE.name, 2022)]
    assert (first.changed, first.failed_checks, first.unparsed) == ((), (), 0)
    assert told(made, marks_of(made.archive)).new == ()


def test_a_new_report_with_a_wrong_total_is_told_and_is_no_alarm(made: Nights) -> None:
    seen(made, html("wrong_total"), 0)
    said = told(made, Marks())
    assert {failed.check.id for failed in said.failed_checks} == {"T3_ROW_TOTAL", "T3_BALANCE"}
    assert not any(failed.regressed for failed in said.failed_checks)
    assert alarms(made.archive, (), said, ()) == ()


def test_a_known_report_whose_total_is_wrong_now_is_changed_and_an_alarm(made: Nights) -> None:
    seen(made, html(), 0)
    since = marks_of(made.archive)
    seen(made, html("wrong_total"), 1)
    said = told(made, since)
    assert said.new == ()
    assert [report.url for report in said.changed] == [REPORT]
    assert all(failed.regressed for failed in said.failed_checks)
    (alarm,) = alarms(made.archive, (), said, ())
    assert (alarm.kind, len(alarm.members)) == ("checks_regressed", 2)
    quiet = told(made, marks_of(made.archive))
    assert (quiet.changed, quiet.failed_checks) == ((), ())


def test_what_failed_before_is_not_told_again_when_the_report_changes(made: Nights) -> None:
    seen(made, html("wrong_total"), 0)
    since = marks_of(made.archive)
    seen(made, html("wrong_total") + b"<!-- counter 2 -->", 1)
    said = told(made, since)
    assert [report.url for report in said.changed] == [REPORT]
    assert said.failed_checks == ()


def test_a_visit_that_finds_the_same_is_no_news(made: Nights) -> None:
    seen(made, html(), 0)
    since = marks_of(made.archive)
    seen(made, html(), 1)
    said = told(made, since)
    assert (said.new, said.changed, said.failed_checks, said.failed_new) == ((), (), (), ())


def test_what_waits_for_the_parser_is_counted(made: Nights) -> None:
    made.capture(made.run(), REPORT, START, Role.ARTICLE, body=html(), declared_type="text/html")
    assert told(made, Marks()).unparsed == 1


def test_the_last_night_is_the_last_that_was_told_to_its_end(made: Nights) -> None:
    assert last_night(made.archive.runs()).marks == Marks()
    summary = {"marks": {"captures": 5, "bodies": 4, "parses": 3}, "alarms": []}
    night = made.archive.start_run(KIND, {}, user_agent="gicrawl/test", vantage=None)
    inside = made.run(kind="nightly_crawl")
    made.archive.finish_run(night, FINISHED, summary)
    killed = made.archive.start_run(KIND, {}, user_agent="gicrawl/test", vantage=None)
    after = made.run(kind="nightly_crawl")
    last = last_night(made.archive.runs())
    assert last.marks == Marks(captures=5, bodies=4, parses=3)
    assert last.since == {killed, after}
    assert inside not in last.since


def test_a_withdrawn_report_is_an_alarm_until_it_is_back(made: Nights) -> None:
    def visited(count: float, *, there: bool) -> dict[str, Alarm]:
        run, time = made.run(), START + nights(count)
        for url, role in ((HOME, Role.HOME), (OTHER, Role.ARTICLE)):
            made.capture(run, url, time, role, body=html(year=2021), declared_type="text/html")
        listing = made.capture(run, COLUMN, time, Role.LIST, judgement=Judgement.CONTENT, links=(REPORT, OTHER))
        outcome = Outcome.OK if there else Outcome.NOT_FOUND
        made.capture(run, REPORT, time, Role.ARTICLE, outcome, body=html(), referrer=listing, declared_type="text/html")
        reparse(made.archive.path, workers=1)
        known = learn(made.archive, {"one": [HOME]})
        found = alarms(made.archive, known.portals.values(), told(made, marks_of(made.archive)), ())
        return {alarm.key: alarm for alarm in found}

    assert visited(0, there=True) == {}
    assert list(visited(7, there=False)) == ["reports_gone:one"]
    assert list(visited(10, there=False)) == ["reports_gone:one"]
    third = visited(14, there=False)
    assert third["reports_withdrawn:one"].members == (REPORT,)
    assert standing(visited(15, there=False)["reports_withdrawn:one"], third) is Standing.KNOWN
    assert visited(16, there=True) == {}
