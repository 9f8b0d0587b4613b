"""Five real crawls of the sample portals over twelve days, between which reports change, go, move and come back.

The portals are real servers and the crawls real crawls, but for the day: captures take their time from a clock that is
handed to the crawl, since nobody waits a week for a test. Everything else, pauses and timeouts included, is real time.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from whole import gicrawl

from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import verify
from gicrawl.corpus.history import history_of_address
from gicrawl.corpus.panel import panel
from gicrawl.corpus.reparse import reparse
from gicrawl.crawling.run import CrawlOptions, Target, crawl
from gicrawl.portals.registry import load
from gicrawl.sample import SampleServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BEGAN = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
DAYS = (0, 2, 5, 9, 12)


@dataclass(frozen=True, slots=True)
class Story:
    """What was done, and where it is told.

    Attributes:
        urls: what happened → address of the report it happened to.
        moved: the new addresses.
        said: what the server said of the change of a number.
        other: reports of the portal that was down on the third and the fourth day.
    """

    archive: Path
    portals: Path
    urls: dict[str, str]
    reports: dict[str, dict[str, Any]]
    moved: dict[str, str]
    said: dict[str, str]
    other: tuple[str, ...]

    def history(self, url: str) -> dict[str, Any]:
        with open_archive(self.archive) as archive:
            found = history_of_address(archive, url, load(self.portals))
        told: dict[str, Any] = json.loads(json.dumps(asdict(found)))
        return told

    def command(self, *asked: str) -> dict[str, Any]:
        done = gicrawl("history", *asked, "--archive", self.archive, "--portals", self.portals, "--format", "json")
        assert done.status == 0, done.err
        told: dict[str, Any] = json.loads(done.out)
        return told

    def address(self, what: str) -> dict[str, Any]:
        (found,) = (one for one in self.history(self.urls[what])["addresses"] if one["url"] == self.urls[what])
        return dict(found)


def clock(day: int) -> Callable[[], datetime]:
    """A clock that shows this day and runs as fast as any other."""
    start = time.monotonic()
    return lambda: BEGAN + timedelta(days=day, seconds=time.monotonic() - start)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    archive = folder / "gicrawl.db"
    with SampleServer() as server:
        registry = load(server.portals_file)
        portals = folder / "portals.toml"
        portals.write_bytes(server.portals_file.read_bytes())
        targets = [Target(url=portal.home, portal=portal.id, address=portal.address) for portal in registry]
        first, second = server.manifest()["portals"]
        plain = [one for one in first["reports"] if one["form"] == "page" and one["layout"] == "tables"]
        names = ("amended", "redressed", "withdrawn", "bad_night", "unlisted", "moved", "redirected", "untouched")
        reports = dict(zip(names, plain, strict=False))

        def change(do: str, name: str = "") -> dict[str, str]:
            portal = second["id"] if do in {"down", "up"} else first["id"]
            return server.change(portal, do, reports[name]["path"] if name else "")

        def visit(number: int) -> None:
            summary = crawl(targets, CrawlOptions(archive=archive, delay=0.0, clock=clock(DAYS[number])))
            assert summary.archive_error is None

        visit(0)
        said = change("amend", "amended")
        change("redress", "redressed")
        change("withdraw", "withdrawn")
        change("remove", "bad_night")
        change("unlist", "unlisted")
        moved = {"moved": change("move", "moved")["path"], "redirected": change("redirect", "redirected")["path"]}
        visit(1)
        change("restore", "bad_night")
        change("down")
        visit(2)
        visit(3)
        change("restore", "withdrawn")
        change("up")
        visit(4)
    reparse(archive, workers=1)
    origin = f"http://{first['host']}"
    return Story(
        archive=archive,
        portals=portals,
        urls={name: origin + report["path"] for name, report in reports.items()},
        reports=reports,
        moved={name: origin + path for name, path in moved.items()},
        said=said,
        other=tuple(f"http://{second['host']}{one['path']}" for one in second["reports"]),
    )


def told(address: dict[str, Any]) -> list[tuple[str, str]]:
    """What happened, and on which day."""
    return [(event["what"], event["seen"]["time"][:10]) for event in address["events"]]


def day(number: int) -> str:
    return (BEGAN + timedelta(days=DAYS[number])).date().isoformat()


def test_the_clock_alone_was_made_up(story: Story) -> None:
    with open_archive(story.archive) as archive:
        assert len(archive.runs()) == len(DAYS)
        assert {capture.time.date().isoformat() for capture in archive.captures()} == {day(n) for n in range(5)}
        assert list(verify(archive)) == []


def test_a_changed_report_is_told_cell_by_cell(story: Story) -> None:
    address = story.address("amended")
    assert told(address) == [("first_seen", day(0)), ("changed", day(1))]
    change = address["events"][1]["change"]
    assert change["kind"] == "report"
    (cell,) = (one for one in change["differences"] if one["kind"] == "cell value changed")
    assert (cell["before"], cell["after"]) == (story.said["before"], story.said["after"])
    assert [version["status"] for version in address["versions"]] == ["report", "report"]


def test_another_visitor_counted_is_not_another_report(story: Story) -> None:
    address = story.address("redressed")
    assert told(address) == [("first_seen", day(0)), ("changed", day(1))]
    assert address["events"][1]["change"]["kind"] == "chrome"


def test_a_report_is_withdrawn_after_three_visits_over_seven_days_and_restored(story: Story) -> None:
    address = story.address("withdrawn")
    assert told(address) == [("first_seen", day(0)), ("withdrawn", day(3)), ("restored", day(4))]
    withdrawn = address["events"][1]
    assert withdrawn["reason"] == "not_found"
    assert [one["time"][:10] for one in withdrawn["evidence"]] == [day(1), day(2), day(3)]
    assert address["state"] == "there"
    assert len(address["versions"]) == 1


def test_every_line_leads_back_to_captures(story: Story) -> None:
    with open_archive(story.archive) as archive:
        known = {str(capture.id): capture for capture in archive.captures()}
    for name in story.urls:
        for event in story.address(name)["events"]:
            for seen in (event["seen"], *event["evidence"]):
                assert known[seen["capture"]].time.strftime("%Y-%m-%dT%H:%M:%SZ") == seen["time"]
    outcomes = [known[seen["capture"]].outcome for seen in story.address("withdrawn")["events"][1]["evidence"]]
    assert outcomes == ["not_found"] * 3


def test_one_bad_night_is_told_and_is_no_withdrawal(story: Story) -> None:
    assert told(story.address("bad_night")) == [("first_seen", day(0)), ("absent", day(1)), ("back", day(2))]


def test_taken_off_its_list_alone(story: Story) -> None:
    address = story.address("unlisted")
    assert address["state"] == "withdrawn"
    (event,) = (one for one in address["events"] if one["what"] == "withdrawn")
    assert (event["reason"], event["answers"], event["visits"]) == ("link_gone", True, 4)


@pytest.mark.parametrize(("name", "why"), [("moved", "content"), ("redirected", "redirect")])
def test_what_moved_is_found_where_it_went(story: Story, name: str, why: str) -> None:
    found = story.history(story.urls[name])
    old, new = found["addresses"]
    assert (old["state"], new["state"], new["url"]) == ("moved", "there", story.moved[name])
    (event,) = (one for one in old["events"] if one["what"] == "moved")
    assert (event["target"], event["seen"]["time"][:10]) == (story.moved[name], day(1))
    assert event["reason"] in {why, "bytes"}
    (report,) = found["reports"]
    assert report["state"] == "there"
    assert len(report["versions"]) == 2


def test_a_portal_that_is_down_for_two_crawls_has_withdrawn_nothing(story: Story) -> None:
    for url in story.other[:6]:
        for address in story.history(url)["addresses"]:
            assert address["state"] == "there"
            assert told(address) == [("first_seen", day(0)), ("unclear", day(2))]
            assert address["events"][1]["visits"] == 2


def test_what_nobody_touched_has_no_story(story: Story) -> None:
    address = story.address("untouched")
    assert told(address) == [("first_seen", day(0))]
    assert (address["visits"], address["last_seen"]["time"][:10]) == (5, day(4))


def test_by_body_and_year_the_same_is_told(story: Story) -> None:
    report = story.reports["withdrawn"]
    by_body = story.command(report["issuer"], str(report["year"]))
    by_url = story.command(story.urls["withdrawn"])
    assert by_url == story.history(story.urls["withdrawn"])
    assert by_body["addresses"] == by_url["addresses"]
    assert by_body["reports"] == by_url["reports"]


def test_the_panel_says_withdrawn_where_the_history_does(story: Story) -> None:
    with open_archive(story.archive) as archive:
        rows = list(panel(archive, load(story.portals)))
    withdrawn = [(row.name, row.year) for row in rows if row.report_state == "withdrawn"]
    report = story.reports["unlisted"]
    assert withdrawn == [(report["issuer"], report["year"])]


def test_people_read_it_in_their_language(story: Story) -> None:
    asked = ("history", story.urls["withdrawn"], "--archive", story.archive, "--portals", story.portals)
    english, chinese = (gicrawl(*asked, "--lang", lang) for lang in ("en", "zh"))
    assert len(english.out.splitlines()) == len(chinese.out.splitlines())
    for line, word in (("withdrawn: not there (not_found)", "撤下"), ("restored", "恢复"), ("first seen", "首次见到")):
        assert line in english.out
        assert word in chinese.out
