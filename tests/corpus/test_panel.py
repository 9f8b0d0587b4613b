from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from panel_samples import BUREAU, CITY, COLUMN, HOST, LATE, NEW, PORTAL, Looking

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.corpus.current import reading
from gicrawl.corpus.issuers_changes import issuer_changes
from gicrawl.corpus.panel import PanelEntry, issuers, panel
from gicrawl.corpus.selection import Selection
from gicrawl.portals.registry import Portal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ENTRY = Portal(
    id=PORTAL, body="原平市人民政府", level="county", home=f"{HOST}/", region_code="140981", years=(2022, 2025)
)


@pytest.fixture
def looking(tmp_path: Path) -> Looking:
    return Looking(tmp_path / "gicrawl.db")


def _panel(looking: Looking, portals: Sequence[Portal] = (ENTRY,), **asked: Any) -> list[PanelEntry]:  # noqa: ANN401
    looking.read()
    with open_archive(looking.path) as archive:
        return list(panel(archive, portals, **asked))


def _states(entries: list[PanelEntry]) -> dict[int, str]:
    return {entry.year: entry.report_state for entry in entries}


def test_every_expected_pair_has_a_row_found_or_not(looking: Looking) -> None:
    looking.column((f"{HOST}/23", "2023年政府信息公开工作年度报告"))
    looking.report(f"{HOST}/23", said=CITY | {"year": 2023})
    entries = _panel(looking)
    assert _states(entries) == {2022: "not_found", 2023: "found", 2024: "not_found", 2025: "not_found"}
    assert {(entry.issuer.issuer_id, entry.scope) for entry in entries} == {("140981-government", "region")}
    assert {entry.issuer.region_code(entry.year) for entry in entries} == {"140981"}
    missing = entries[0]
    assert (missing.reason, missing.reason_url, missing.name) == ("column_read_to_its_end", COLUMN, "原平市人民政府")


def test_a_body_of_which_nothing_is_archived_was_not_visited(looking: Looking) -> None:
    looking.ask("http://www.elsewhere.gov.cn/robots.txt", role=Role.ROBOTS, portal="elsewhere")
    assert [(one.report_state, one.reason) for one in _panel(looking)] == [("not_visited", "portal_not_visited")] * 4


@pytest.mark.parametrize(
    ("how", "state", "reason"),
    [
        ({"end": False}, "not_visited", "column_not_read_to_its_end"),
        ({"time": datetime(2026, 3, 31, 15, 0, tzinfo=UTC)}, "not_visited", "column_not_read_since_due"),
        ({"outcome": Outcome.TLS_ERROR, "end": None}, "unreachable", "tls_error"),
        ({"judgement": Judgement.BLOCKED}, "unreachable", "blocked"),
        ({"judgement": Judgement.LAYOUT_UNKNOWN}, "unreachable", "layout_unknown"),
        ({}, "not_found", "column_read_to_its_end"),
    ],
)
def test_only_a_column_read_to_its_end_since_the_report_was_due_lets_it_be_not_found(
    looking: Looking, how: dict[str, Any], state: str, reason: str
) -> None:
    looking.ask("http://www.elsewhere.gov.cn/robots.txt", role=Role.ROBOTS, portal="elsewhere")
    looking.column(**how)
    newest = _panel(looking)[-1]
    assert (newest.year, newest.report_state, newest.reason) == (2025, state, reason)


def test_a_page_of_the_column_that_failed_leaves_it_open(looking: Looking) -> None:
    first = looking.column(end=False)
    looking.ask(f"{COLUMN}index_1.html", role=Role.LIST, end=True, referrer=first)
    assert set(_states(_panel(looking)).values()) == {"not_found"}
    looking.ask(f"{COLUMN}index_1.html", role=Role.LIST, outcome=Outcome.NETWORK_ERROR, time=LATE + timedelta(days=1))
    entry = _panel(looking)[0]
    assert (entry.report_state, entry.reason_url) == ("unreachable", f"{COLUMN}index_1.html")


def test_every_column_has_to_be_read(looking: Looking) -> None:
    looking.column()
    looking.ask(f"{HOST}/nb2/", role=Role.LIST, end=False)
    assert {(one.report_state, one.reason) for one in _panel(looking)} == {
        ("not_visited", "column_not_read_to_its_end")
    }


@pytest.mark.parametrize(
    ("how", "state", "reason"),
    [
        ({"outcome": Outcome.NOT_FOUND}, "unreachable", "not_found"),
        ({"outcome": Outcome.TRUNCATED}, "unreachable", "truncated"),
        ({"judgement": Judgement.SOFT_404}, "unreachable", "soft_404"),
        ({"body": b'{"status": "failed"}'}, "found_unparsed", "failed"),
        ({"body": b'{"status": "not_a_report", "problems": ["needs_ocr"]}'}, "found_unparsed", "needs_ocr"),
        (
            {"body": b'{"status": "not_a_report", "problems": ["attachment_missing"]}'},
            "unreachable",
            "attachment_missing",
        ),
        ({"body": b'{"status": "report", "scope": "region", "year": 2024}'}, "found_unparsed", "issuer_unsettled"),
        ({"body": b'{"status": "not_a_report"}'}, "not_found", "column_read_to_its_end"),
        (None, "not_visited", "not_visited"),
    ],
)
def test_what_an_article_shows_decides_about_its_year_alone(
    looking: Looking, how: dict[str, Any] | None, state: str, reason: str
) -> None:
    url = f"{HOST}/24"
    looking.column((url, "2024年政府信息公开工作年度报告"))
    if how is not None:
        looking.ask(url, **how)
    entries = [entry for entry in _panel(looking) if entry.issuer.issuer_id == "140981-government"]
    told = {entry.year: entry for entry in entries}
    assert (told[2024].report_state, told[2024].reason) == (state, reason)
    assert {told[year].report_state for year in (2022, 2023, 2025)} == {"not_found"}
    if state != "not_found":
        assert told[2024].reason_url == url


def test_a_page_whose_link_names_no_year_may_be_any(looking: Looking) -> None:
    looking.column((f"{HOST}/x", "政府信息公开工作年度报告"))
    looking.ask(f"{HOST}/x", outcome=Outcome.NETWORK_ERROR)
    assert set(_states(_panel(looking)).values()) == {"unreachable"}


def test_the_page_of_another_body_stands_in_nobodys_way(looking: Looking) -> None:
    looking.column((f"{HOST}/b", "原平市水利局2024年政府信息公开工作年度报告"))
    looking.ask(f"{HOST}/b", outcome=Outcome.NETWORK_ERROR)
    assert set(_states(_panel(looking)).values()) == {"not_found"}


def test_a_report_attached_to_the_page_of_another_one_is_not_said_to_be_missing(looking: Looking) -> None:
    looking.column()
    other = {"attachment": "1", "title": "原平市人民政府2023年政府信息公开工作年度报告"}
    said = CITY | {"year": 2024, "problems": ["attached_other_report"], "fields": {"attached_other_report": other}}
    looking.report(f"{HOST}/24", said=said)
    states = {entry.year: (entry.report_state, entry.reason) for entry in _panel(looking)}
    assert states[2023] == ("found_unparsed", "attached_other_report")
    assert states[2024] == ("found", None)
    assert states[2022] == ("not_found", "column_read_to_its_end")


def test_what_was_once_read_is_not_lost_when_its_address_fails_later(looking: Looking) -> None:
    looking.column()
    looking.report(f"{HOST}/24", said=CITY | {"year": 2024})
    looking.ask(f"{HOST}/24", outcome=Outcome.GONE, time=LATE + timedelta(days=1))
    assert _states(_panel(looking))[2024] == "found"


def test_a_body_found_without_the_registry_is_expected_from_its_first_year_on(looking: Looking) -> None:
    looking.column()
    looking.report(f"{HOST}/b21", said=BUREAU | {"year": 2021})
    looking.report(f"{HOST}/b23", said=BUREAU | {"year": 2023})
    assert _states(_panel(looking, ())) == {
        2021: "found",
        2022: "not_found",
        2023: "found",
        2024: "not_found",
        2025: "not_found",
    }


def test_nothing_is_expected_of_a_body_that_has_ended(looking: Looking) -> None:
    for year in (2015, 2017):
        said = {"issuer": "汤旺河区人民政府", "code": "230712", "year": year, "kind": "government"}
        looking.report(f"{HOST}/{year}", said=said)
    entries = _panel(looking, ())
    assert [entry.year for entry in entries] == [2015, 2016, 2017, 2018]
    assert {entry.issuer.region_code(entry.year) for entry in entries} == {"230712"}
    with open_archive(looking.path) as archive:
        (change,) = issuer_changes(archive)
    assert (change.predecessor, change.successor) == ("230712-government", "230723-government")
    assert (change.change.year, change.change.kind) == (2019, "merged")


def test_a_renamed_body_is_one_with_the_code_of_each_year(looking: Looking) -> None:
    for name, code, year in (("儋州市人民政府", "469003", 2013), ("儋州市人民政府", "460400", 2016)):
        looking.report(f"{HOST}/{year}", said={"issuer": name, "code": code, "year": year, "kind": "government"})
    looking.read()
    with open_archive(looking.path) as archive:
        (entry,) = issuers(archive)
        (change,) = issuer_changes(archive)
    assert dict(entry.region_codes)[2014] == "469003"
    assert dict(entry.region_codes)[2015] == "460400"
    assert (change.predecessor, change.change.kind) == (change.successor, "upgraded")


def test_the_latest_published_of_several_reports_counts_and_the_others_are_named(looking: Looking) -> None:
    looking.report(f"{HOST}/a", said=CITY | {"year": 2024, "published": "2025-03-02"})
    looking.report(f"{HOST}/b", said=CITY | {"year": 2024, "published": "2025-03-20"})
    looking.report(f"{HOST}/c", said=CITY | {"year": 2024})
    (entry,) = [entry for entry in _panel(looking, ()) if entry.year == 2024]
    assert entry.report is not None
    assert entry.report.url == f"{HOST}/b"
    assert len(entry.others) == 2
    assert list(entry.others) == sorted(entry.others)


def test_scopes_are_rows_of_their_own(looking: Looking) -> None:
    looking.column()
    looking.report(f"{HOST}/a", said=CITY | {"year": 2023, "scope": "region"})
    looking.report(f"{HOST}/b", said=CITY | {"year": 2023, "scope": "body"})
    looking.report(f"{HOST}/c", said=CITY | {"year": 2024, "scope": "body"})
    rows = {(one.year, one.scope): one.report_state for one in _panel(looking, ()) if one.year < 2025}
    assert rows == {
        (2023, "body"): "found",
        (2023, "region"): "found",
        (2024, "body"): "found",
        (2024, "region"): "not_found",
    }


def _versions(looking: Looking) -> None:
    for day, number in ((datetime(2025, 3, 1, tzinfo=UTC), 1), (datetime(2025, 3, 31, 15, tzinfo=UTC), 2), (LATE, 3)):
        looking.report(f"{HOST}/a", said=CITY | {"year": 2024, "cells": {NEW: ["number", number]}}, time=day)


@pytest.mark.parametrize(("version", "captured"), [("first", 1), ("at-deadline", 31), ("latest", 2)])
def test_the_version_asked_for_counts(looking: Looking, version: str, captured: int) -> None:
    _versions(looking)
    entry = next(entry for entry in _panel(looking, (), version=version) if entry.year == 2024)
    assert entry.report is not None
    assert entry.report.first.day == captured


def test_a_version_that_comes_back_is_the_latest(looking: Looking) -> None:
    _versions(looking)
    again = CITY | {"year": 2024, "cells": {NEW: ["number", 1]}}
    looking.report(f"{HOST}/a", said=again, time=LATE + timedelta(days=9))
    entry = next(entry for entry in _panel(looking, ()) if entry.year == 2024)
    assert entry.report is not None
    assert entry.report.first == datetime(2025, 3, 1, tzinfo=UTC)


def test_at_its_deadline_a_report_seen_later_counts_only_by_its_own_date(looking: Looking) -> None:
    looking.report(f"{HOST}/a", said=CITY | {"year": 2023, "published": "2024-03-31"})
    looking.report(f"{HOST}/b", said=CITY | {"year": 2024, "published": "2025-04-01"})
    looking.report(f"{HOST}/c", said=CITY | {"year": 2025})
    told = {entry.year: entry for entry in _panel(looking, (), version="at-deadline")}
    assert told[2023].report_state == "found"
    assert (told[2024].report_state, told[2024].reason) == ("not_visited", "not_captured_by_the_deadline")
    assert told[2025].report_state == "not_visited"


def test_a_page_overwritten_every_year_keeps_every_year(looking: Looking) -> None:
    for year in (2022, 2023, 2024):
        time = datetime(year + 1, 3, 1, tzinfo=UTC)
        looking.report(f"{HOST}/annual", said=CITY | {"year": year}, time=time)
    entries = [entry for entry in _panel(looking, ()) if entry.report is not None]
    assert [entry.year for entry in entries] == [2022, 2023, 2024]
    assert len({entry.report.report_id for entry in entries if entry.report}) == 1


def test_a_selection_takes_rows_away_and_changes_none(looking: Looking) -> None:
    looking.column((f"{HOST}/22", "原平市人民政府2022年政府信息公开工作年度报告"))
    looking.report(f"{HOST}/22", said=CITY | {"year": 2022})
    looking.report(f"{HOST}/b", said=BUREAU | {"year": 2022})
    looking.report(
        "http://www.tianjiaan.gov.cn/1", said=CITY | {"issuer": "田家庵区人民政府", "code": "340403", "year": 2023}
    )
    every = _panel(looking)
    with open_archive(looking.path) as archive:
        for asked in (
            Selection(years=(2023, 2024)),
            Selection(region="14"),
            Selection(kind="department"),
            Selection(region="34", years=(2023, 2023)),
        ):
            kept = [
                one
                for one in every
                if asked.matches(
                    region_code=one.issuer.region_code(one.year),
                    level=one.issuer.level,
                    kind=one.issuer.kind,
                    year=one.year,
                )
            ]
            with reading(archive, asked):
                found = list(panel(archive, (ENTRY,), asked))
            assert found == kept
            assert found
            assert found != every


def test_rows_are_in_the_order_of_their_ids_whoever_came_first(tmp_path: Path) -> None:
    saids = [CITY | {"year": 2023}, BUREAU | {"year": 2024}, {"issuer": "朝阳区人民政府", "year": 2022}]
    told = []
    for name, order in (("a", saids), ("b", saids[::-1])):
        looking = Looking(tmp_path / f"{name}.db")
        for said in order:
            looking.report(f"{HOST}/{said['issuer']}", said=said)
        entries = _panel(looking)
        keys = [(entry.issuer.issuer_id, entry.year, entry.scope) for entry in entries]
        assert keys == sorted(keys)
        told.append([(*key, entry.report_state, entry.name) for key, entry in zip(keys, entries, strict=True)])
    assert told[0] == told[1]


def test_a_report_whose_place_is_open_may_be_that_of_any_body_of_its_name(looking: Looking) -> None:
    looking.column()
    looking.report(f"{HOST}/1", said={"issuer": "朝阳区人民政府", "code": "110105", "year": 2023, "kind": "government"})
    looking.report(f"{HOST}/2", said={"issuer": "朝阳区人民政府", "year": 2024, "kind": "government"})
    told = {(one.issuer.settled, one.year): one for one in _panel(looking, ())}
    assert told[True, 2024].report_state == "found_unparsed"
    assert told[True, 2024].reason == "issuer_unsettled"
    assert told[False, 2024].report_state == "found"
    assert told[True, 2025].report_state == "not_found"
