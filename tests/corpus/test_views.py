from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from corpus_fakes import ONE, TWO, Filler, page

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.corpus.accounting import Fate, accounting, addresses
from gicrawl.corpus.digest import corpus_digest
from gicrawl.corpus.reparse import reparse
from gicrawl.corpus.selection import Selection
from gicrawl.corpus.status import Coverage, status
from gicrawl.corpus.views import failed_checks, parsed_reports, reports
from gicrawl.corpus.wording import problem_text
from gicrawl.parser.report import Problem, State

if TYPE_CHECKING:
    from pathlib import Path

HOST = "http://www.ganquan.gov.cn"


def test_what_the_parser_said_comes_back_as_it_was(filler: Filler) -> None:
    filler.add(f"{HOST}/1", page(new=10**30, total=10.5))
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        (report,) = parsed_reports(archive)
    cells = {cell.column: cell for cell in report.cells}
    assert cells["natural_person"].value == 10**30
    assert cells["total"].value == 10.5
    assert (cells["other"].state, cells["other"].value, cells["other"].raw) == (State.BLANK, None, "")
    assert cells["other"].evidence == {"path": "/html/body/table", "start": 3}
    assert cells["research"].candidates == (("4", {"start": 1, "end": 2}), ("5", {"start": 3, "end": 4}))
    assert cells["research"].flags == ("tie", "thin")
    assert (report.facts[0].value, report.facts[0].unit) == (2.5, "条")
    assert [(c.id, c.left, c.right, c.holds_if_blank_is_zero) for c in report.checks] == [
        ("T3_ROW_TOTAL", 10**30, 10.5, None),
        ("T3_BALANCE", None, None, True),
    ]
    assert report.row.issuer.name == "甘泉县人民政府"
    assert report.row.forms == {"applications": "form2021"}


def test_failed_checks_name_their_report(filler: Filler) -> None:
    filler.add(f"{HOST}/good", page())
    filler.add(f"{HOST}/wrong", page(total=12))
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        (failed,) = failed_checks(archive)
    assert (failed.report.final_url, failed.check.id, failed.check.left, failed.check.right) == (
        f"{HOST}/wrong",
        "T3_ROW_TOTAL",
        10,
        12,
    )


def test_every_article_is_accounted_for(filler: Filler) -> None:
    filler.add(f"{HOST}/nb/", b"<html>", role=Role.LIST, links=[f"{HOST}/report", f"{HOST}/never"])
    first = filler.add(f"{HOST}/report", page())
    filler.add(f"{HOST}/news", b"<html>news")
    filler.add(f"{HOST}/broken", b"raise")
    filler.add(f"{HOST}/wall", b"<html>wait", judgement=Judgement.BLOCKED)
    filler.add(f"{HOST}/soft", b"<html>not here", judgement=Judgement.SOFT_404)
    filler.add(f"{HOST}/torn", page()[:5], outcome=Outcome.TRUNCATED, complete=False)
    filler.add(f"{HOST}/gone", b"", outcome=Outcome.GONE, status=410)
    filler.add(f"{HOST}/down", None, outcome=Outcome.DNS_ERROR, error="no such host")
    filler.add(f"{HOST}/moved", b"", outcome=Outcome.REDIRECT, status=302)
    filler.add(f"{HOST}/report", b"", outcome=Outcome.NOT_MODIFIED, status=304, revisit_of=first)
    reparse(filler.path, engine=ONE, workers=1)
    filler.add(f"{HOST}/fresh", page(new=7))
    with open_archive(filler.path) as archive:
        articles = [capture.id for capture in archive.captures(role=Role.ARTICLE)]
        found = list(accounting(archive))
        by_url = {address.url.removeprefix(HOST): address.fate for address in addresses(archive)}
    assert [account.capture for account in found] == articles
    assert by_url == {
        "/report": Fate.REPORT,
        "/news": Fate.NOT_A_REPORT,
        "/broken": Fate.FAILED,
        "/wall": Fate.BLOCKED,
        "/soft": Fate.MISSING,
        "/torn": Fate.TORN,
        "/gone": Fate.MISSING,
        "/down": Fate.UNREACHABLE,
        "/fresh": Fate.UNPARSED,
        "/never": Fate.NOT_VISITED,
    }
    details = {account.url.removeprefix(HOST): account.detail for account in found}
    assert (details["/down"], details["/gone"], details["/wall"]) == ("no such host", "HTTP 410", "blocked")
    assert Counter(account.fate for account in found)[Fate.REVISIT] == 1


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.OK, Outcome.NOT_MODIFIED, Outcome.REDIRECT}))
def test_a_bad_night_takes_nothing_away_and_never_counts_as_no_report(filler: Filler, outcome: Outcome) -> None:
    filler.add(f"{HOST}/1", page())
    filler.add(f"{HOST}/1", None, outcome=outcome)
    filler.add(f"{HOST}/2", None, outcome=outcome)
    filler.add(f"{HOST}/3", None, outcome=outcome)
    filler.add(f"{HOST}/3", page())
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        first, second, third = addresses(archive)
        state = status(archive)
    assert (first.fate, third.fate) == (Fate.REPORT, Fate.REPORT)
    assert second.fate not in {Fate.REPORT, Fate.NOT_A_REPORT}
    assert state.near_misses == 0
    assert [(s.urls, s.example) for s in state.standing] == [(1, f"{HOST}/2")]


def test_status_counts_reports_by_portal_and_year(filler: Filler) -> None:
    filler.add(f"{HOST}/1", page(year=2022))
    filler.add(f"{HOST}/1", page(year=2022, new=9, total=9))
    filler.add(f"{HOST}/2", page(year=2023, total=12))
    filler.add(f"{HOST}/3", b"<html>news")
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        archive.finish_run(filler.run, "finished", {})
        state = status(archive)
        elsewhere = status(archive, ["another"], Selection(years=(2020, 2021)))
    assert (state.reports, state.versions, state.near_misses, state.documents) == (2, 3, 1, 4)
    assert state.coverage == (
        Coverage(portal="ganquan", year=2022, reports=1, wrong=0),
        Coverage(portal="ganquan", year=2023, reports=1, wrong=1),
    )
    assert state.checks == {"pass": 2, "fail": 1, "not_assessable": 3}
    assert state.parsers == {"1.0+fake": 4}
    assert state.last_run is not None
    assert (state.last_run.kind, state.last_run.status) == ("crawl", "finished")
    assert state.last_success == state.last_run.finished
    assert (elsewhere.reports, elsewhere.coverage, elsewhere.near_misses) == (0, (), 0)
    assert json.loads(json.dumps(asdict(state)))["reports"] == 2


def test_the_digest_tells_what_was_read_and_nothing_else(filler: Filler, tmp_path: Path) -> None:
    filler.add(f"{HOST}/1", page())
    filler.add(f"{HOST}/2", page(new=3))
    reparse(filler.path, engine=ONE, workers=1)
    other = Filler(tmp_path / "other.db")
    other.add(f"{HOST}/elsewhere/2", page(new=3), link_text="another link")
    other.add(f"{HOST}/1", page())
    other.add(f"{HOST}/1", page())
    with open_archive(filler.path) as one, open_archive(other.path) as two:
        digest = corpus_digest(one)
        assert corpus_digest(two) != digest
    reparse(other.path, engine=TWO, workers=1)
    with open_archive(other.path) as two:
        assert corpus_digest(two) == digest
    other.add(f"{HOST}/3", page(new=4))
    reparse(other.path, engine=TWO, workers=1)
    with open_archive(other.path) as two:
        assert corpus_digest(two) != digest


def test_an_archive_never_parsed_is_empty_not_an_error(filler: Filler) -> None:
    with open_archive(filler.path) as archive:
        assert list(reports(archive)) == []
        assert list(accounting(archive)) == []
        assert status(archive).reports == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("parser_error", {"error": "ValueError: x"}),
        ("parser_timeout", {"seconds": "120"}),
        ("parser_crashed", {"exit": "-11"}),
        ("body_unreadable", {"error": "gone"}),
        ("parser_out_of_memory", {}),
    ],
)
def test_problems_have_words(lang: str, code: str, fields: dict[str, str]) -> None:
    said = problem_text(Problem(code, tuple(fields.items())), lang)
    assert code not in said
    assert all(value in said for value in fields.values())


def test_a_code_of_yesterday_is_shown_as_it_is() -> None:
    assert problem_text(Problem("no_longer_known", (("row", "7"),))) == "no_longer_known (row: 7)"
