"""The sample portals crawled twice from three places: all of it is found, and the second crawl finds nothing new."""

import re

import pytest
from whole import Walk, articles_kept, captures, gicrawl

from gicrawl.archive.records import Outcome
from gicrawl.archive.store import open_archive
from gicrawl.corpus.views import parsed_reports
from gicrawl.parser.report import Status

PLACES = ("from_home", "from_column", "from_origin")


@pytest.fixture(params=PLACES)
def walk(request: pytest.FixtureRequest) -> Walk:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Walk)
    return found


def test_every_report_is_archived_byte_for_byte(walk: Walk) -> None:
    kept = articles_kept(walk.archive)
    there = [
        (walk.url(portal, r["path"]), r["delivery"]["sha256"]) for portal in walk.portals for r in portal["reports"]
    ]
    assert len(there) >= 60
    assert [url for url, sha256 in there if kept.get(url) != {bytes.fromhex(sha256)}] == []


@pytest.fixture(params=("from_home", "from_origin"))
def parsed(request: pytest.FixtureRequest) -> Walk:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Walk)
    assert found.corpus is not None
    return found


def test_the_manifest_has_the_portals_the_proof_is_about(walk: Walk) -> None:
    for portal in walk.portals:
        assert len(portal["reports"]) >= 30
        assert len(portal["list_pages"]) >= 3
        assert {entry["kind"] for entry in portal["unavailable"]} >= {"missing", "torn"}
        misses = [sum(e["kind"] != "report" for e in page["entries"]) for page in portal["list_pages"]]
        reports = [sum(e["kind"] == "report" for e in page["entries"]) for page in portal["list_pages"]]
        assert any(miss > report for miss, report in zip(misses, reports, strict=True))


def test_every_report_is_parsed_as_one_and_nothing_else_is(parsed: Walk) -> None:
    with open_archive(parsed.archive) as archive:
        found = {report.row.final_url for report in parsed_reports(archive)}
        failed = {report.row.final_url for report in parsed_reports(archive, statuses=(Status.FAILED,))}
    there = {parsed.url(portal, report["path"]) for portal in parsed.portals for report in portal["reports"]}
    misses = {parsed.url(portal, miss["path"]) for portal in parsed.portals for miss in portal["near_misses"]}
    assert len(misses) > 30
    assert there - found == set()
    assert found - there == set()
    assert failed == {parsed.url(portal, entry["path"]) for portal in parsed.portals for entry in portal["unreadable"]}


def test_the_second_crawl_adds_no_body_and_nothing_by_content(walk: Walk) -> None:
    assert walk.bodies[0] == walk.bodies[1] > 60
    assert walk.digests[0] == walk.digests[1]
    assert "0 new bodies" in walk.crawls[1].err


def test_the_second_crawl_asks_conditionally_where_a_page_can_be(walk: Walk) -> None:
    second = walk.record.requests[walk.requests_first :]
    kept = {}
    for exchange in walk.record.requests[: walk.requests_first]:
        if exchange.status == 200 and exchange.complete:
            kept[(exchange.portal, exchange.target)] = re.findall(rb"(?im)^(?:etag|last-modified):", exchange.response)
    conditional = [e for e in second if re.search(rb"(?im)^if-(?:none-match|modified-since):", e.request)]
    expected = {place for place, validators in kept.items() if validators}
    assert {(e.portal, e.target) for e in conditional} == expected
    assert {e.status for e in conditional} == {304}
    assert len(conditional) > 30
    outcomes = [capture.outcome for capture in captures(walk.archive)]
    assert outcomes.count(Outcome.NOT_MODIFIED) == len(conditional)


def test_both_crawls_end_well_and_the_archive_verifies(walk: Walk) -> None:
    for crawl in walk.crawls:
        assert crawl.status == 0, crawl.err
        assert len(crawl.out.splitlines()) == len(walk.portals)
    done = gicrawl("verify", "--archive", walk.archive)
    assert (done.status, done.out) == (0, "")
    with open_archive(walk.archive) as archive:
        assert [(run.kind, run.status) for run in archive.runs()] == [("crawl", "finished")] * 2


def test_no_host_ever_had_two_requests_at_a_time(walk: Walk) -> None:
    assert walk.record.overlaps() == []


def test_nothing_that_robots_txt_forbids_was_asked_for(walk: Walk) -> None:
    for portal in walk.portals:
        forbidden = tuple(portal["robots"]["disallow"])
        asked = [e.target for e in walk.record.requests if e.portal == portal["id"]]
        assert "/robots.txt" in asked
        assert not [target for target in asked if forbidden and target.startswith(forbidden)]
    denied = {capture.final_url for capture in captures(walk.archive) if capture.outcome is Outcome.ROBOTS_DENIED}
    there = {walk.url(p, u["path"]) for p in walk.portals for u in p["unavailable"] if u["kind"] == "robots_denied"}
    assert denied == there != set()


def test_the_three_ways_in_lead_to_the_same_articles(from_home: Walk, from_column: Walk, from_origin: Walk) -> None:
    def by_path(walk: Walk) -> dict[str, set[bytes]]:
        kept = articles_kept(walk.archive)
        paths = {p["path"] for portal in walk.portals for p in (*portal["reports"], *portal["near_misses"])}
        return {url.split("/", 3)[3]: digests for url, digests in kept.items() if f"/{url.split('/', 3)[3]}" in paths}

    assert by_path(from_home) == by_path(from_column) == by_path(from_origin)
    assert from_home.digests != from_origin.digests  # other URLs
