"""Histories of reports that were changed, moved, taken away and put back, on a portal that is not always well."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from explain_samples import COLUMN, COUNTY, HOME, OFFICE, Town, registry, report, title

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.corpus.history import history_of_address, history_of_issuer
from gicrawl.corpus.history_records import ChangeKind, State, What
from gicrawl.corpus.panel import panel
from gicrawl.corpus.status import status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gicrawl.corpus.history_records import Address, Event, History
    from gicrawl.portals.registry import Registry

ARTICLE = f"{COLUMN}202301/t20230112_1.shtml"
OTHERS = tuple((f"{COLUMN}202201/t{n}.shtml", title(COUNTY, 2018 + n)) for n in range(3))
NEITHER = (f"{COLUMN}202212/t9.shtml", title(COUNTY, 2022))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "gicrawl.db")


@pytest.fixture
def known(tmp_path: Path) -> Registry:
    return registry(tmp_path, years="2019-2025")


def history(town: Town, known: Registry, asked: str = ARTICLE, year: int | None = None) -> History:
    with open_archive(town.path) as archive:
        if year is None:
            return history_of_address(archive, asked, known)
        return history_of_issuer(archive, asked, year, known)


def address(town: Town, known: Registry, url: str = ARTICLE) -> Address:
    return next(one for one in history(town, known, url).addresses if one.url == url)


def kinds(one: Address) -> list[str]:
    return [event.what.value for event in one.events]


def the(one: Address, what: What) -> Event:
    (event,) = (event for event in one.events if event.what is what)
    return event


def there(town: Town, *, body: bytes | None = None, listed: bool = True, url: str = ARTICLE) -> None:
    """A visit on which all is as it should be, and the report says this."""
    town.home()
    links = [(url, title()), *OTHERS] if listed else list(OTHERS)
    town.column(*links)
    town.visit(url, body or report(), judgement=Judgement.CONTENT)


def missing(town: Town, *, listed: bool = False, url: str = ARTICLE, days: int = 4, **more: object) -> None:
    """A visit, some days later, on which the report is not there."""
    for _ in range(days):
        town.night()
    town.home()
    town.column(*([(url, title())] if listed else []), *OTHERS)
    town.visit(url, **({"outcome": Outcome.NOT_FOUND, "status": 404} | more))  # type: ignore[arg-type]


def test_versions_and_what_changed_between_them(town: Town, known: Registry) -> None:
    first = report()
    printed = next(number for number in range(10, 99) if first.count(f">{number}<".encode()) == 1)
    there(town, body=first)
    town.night()
    there(town, body=first)
    town.night()
    changed = first.replace(f">{printed}<".encode(), f">{printed + 1}<".encode())
    there(town, body=changed)
    town.night()
    there(town, body=changed.replace(b"<body>", "<body><p>浏览次数：<span>7</span></p>".encode()))
    town.night()
    there(town, body=first)
    town.parse()
    one = address(town, known)
    assert one.state is State.THERE
    assert [version.number for version in one.versions] == [1, 2, 3]
    assert kinds(one) == ["first_seen", "changed", "changed", "changed"]
    changes = [event.change for event in one.events if event.change is not None]
    assert [change.kind for change in changes] == [ChangeKind.REPORT, ChangeKind.CHROME, ChangeKind.REPORT]
    values = [(each.before, each.after) for each in changes[0].differences if each.kind == "cell value changed"]
    assert values == [(str(printed), str(printed + 1))]
    assert changes[1].differences == ()
    assert [event.version for event in one.events] == [1, 2, 3, 1]  # what was said first is said again
    assert one.visits == 5
    assert one.events[1].evidence[0].time < one.events[1].seen.time


def test_an_unparsed_change_is_not_guessed(town: Town, known: Registry) -> None:
    there(town)
    town.night()
    there(town, body=report(defect="wrong_total"))
    assert the(address(town, known), What.CHANGED).change.kind is ChangeKind.UNPARSED  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "gone",
    [
        {},
        {"outcome": Outcome.GONE, "status": 410},
        {"outcome": Outcome.OK, "body": b"<html>404</html>", "judgement": Judgement.SOFT_404, "status": None},
    ],
)
@pytest.mark.parametrize("listed", [True, False])
def test_withdrawn_and_restored(town: Town, known: Registry, gone: dict[str, object], *, listed: bool) -> None:
    there(town)
    for _ in range(3):
        missing(town, listed=listed, **gone)
    town.parse()
    one = address(town, known)
    assert one.state is State.WITHDRAWN
    withdrawn = the(one, What.WITHDRAWN)
    assert withdrawn.visits == len(withdrawn.evidence) == 3
    assert withdrawn.evidence[0].time[:10] == "2026-04-09"
    assert withdrawn.seen == withdrawn.evidence[-1]
    assert len(one.versions) == 1  # an error page is no version of the report
    town.night()
    there(town)
    town.parse()
    one = address(town, known)
    assert one.state is State.THERE
    assert kinds(one) == ["first_seen", "withdrawn", "restored"]


def test_taken_off_its_list_while_its_page_still_answers(town: Town, known: Registry) -> None:
    there(town)
    for _ in range(3):
        for _ in range(4):
            town.night()
        there(town, listed=False)
    one = address(town, known)
    assert one.state is State.WITHDRAWN
    withdrawn = the(one, What.WITHDRAWN)
    assert (withdrawn.reason, withdrawn.answers) == ("link_gone", True)


def test_an_address_that_was_never_on_a_list_is_not_missed_there(town: Town, known: Registry) -> None:
    for _ in range(4):
        there(town, listed=False)
        for _ in range(4):
            town.night()
    assert kinds(address(town, known)) == ["first_seen"]


def test_one_bad_night_is_none(town: Town, known: Registry) -> None:
    there(town)
    missing(town)
    town.night()
    there(town)
    one = address(town, known)
    assert (one.state, kinds(one)) == (State.THERE, ["first_seen", "absent", "back"])


def down(town: Town) -> None:
    town.visit(f"{HOME}/", role=Role.HOME, outcome=Outcome.NETWORK_ERROR, error="refused")
    town.visit(COLUMN, role=Role.LIST, outcome=Outcome.NETWORK_ERROR, error="refused")


def blocked(town: Town) -> None:
    town.home()
    town.visit(COLUMN, b"<html>?</html>", role=Role.LIST, judgement=Judgement.BLOCKED, signature="jsl", end=False)
    town.visit(ARTICLE, outcome=Outcome.NOT_FOUND, status=404)


def all_gone(town: Town) -> None:
    """A server that has lost its articles while the list names them all."""
    town.home()
    town.column((ARTICLE, title()), *OTHERS)
    for url in (ARTICLE, *(url for url, _ in OTHERS)):
        town.visit(url, outcome=Outcome.NOT_FOUND, status=404)


def unfinished(town: Town) -> None:
    town.home()
    town.column(*OTHERS, end=False)


@pytest.mark.parametrize(("night", "told"), [(down, 4), (blocked, 4), (all_gone, 4), (unfinished, 0)])
def test_a_portal_that_is_not_well_has_withdrawn_nothing(
    town: Town, known: Registry, night: Callable[[Town], None], told: int
) -> None:
    there(town)
    for number, (url, _) in enumerate(OTHERS):
        town.visit(url, report(COUNTY, 2018 + number), judgement=Judgement.CONTENT)
    for _ in range(4):
        for _ in range(4):
            town.night()
        night(town)
    one = address(town, known)
    assert not {What.WITHDRAWN, What.ABSENT} & {event.what for event in one.events}
    assert one.state is (State.UNCLEAR if told else State.THERE)
    if told:
        assert the(one, What.UNCLEAR).visits == told
    town.night()
    there(town)
    assert address(town, known).state is State.THERE


def test_moved_is_not_withdrawn(town: Town, known: Registry) -> None:
    new = ARTICLE.replace("_1", "_2")
    there(town)
    for _ in range(3):
        missing(town)
        town.visit(new, report(), judgement=Judgement.CONTENT)
    town.parse()
    told = history(town, known)
    old, moved = told.addresses
    assert (old.url, old.state, moved.url, moved.state) == (ARTICLE, State.MOVED, new, State.THERE)
    event = the(old, What.MOVED)
    assert (event.target, event.reason, event.visits) == (new, "bytes", 3)
    (logical,) = told.reports
    assert logical.state is State.THERE
    assert {report for report, _ in logical.versions} == {old.report_id, moved.report_id}
    assert history(town, known, OFFICE.name, 2022).reports == told.reports


def test_a_copy_that_was_always_there_is_no_move(town: Town, known: Registry) -> None:
    copy = ARTICLE.replace("_1", "_2")
    there(town)
    town.visit(copy, report(), judgement=Judgement.CONTENT)
    for _ in range(3):
        missing(town)
        town.visit(copy, report(), judgement=Judgement.CONTENT)
    town.parse()
    told = history(town, known)
    assert {one.url: one.state for one in told.addresses} == {ARTICLE: State.WITHDRAWN, copy: State.THERE}
    assert [one.state for one in told.reports] == [State.THERE]


@pytest.mark.parametrize("followed", [True, False])
def test_a_redirect_says_where_it_moved(town: Town, known: Registry, *, followed: bool) -> None:
    new = ARTICLE.replace("_1", "_2")
    there(town)
    town.night()
    town.home()
    town.column((new, title()), *OTHERS)
    if not followed:  # the visit has been there already
        town.visit(new, report(), judgement=Judgement.CONTENT)
    town.visit(ARTICLE, outcome=Outcome.REDIRECT, status=301, location=new)
    if followed:
        town.visit(new, report(), judgement=Judgement.CONTENT, requested_url=ARTICLE, hop=1)
    town.parse()
    old = address(town, known)
    assert old.state is State.MOVED
    assert the(old, What.MOVED).target == new
    assert the(old, What.MOVED).reason == "redirect"


def test_a_redirect_to_the_home_page_shows_no_report(town: Town, known: Registry) -> None:
    there(town)
    for _ in range(3):
        missing(town, outcome=Outcome.REDIRECT, status=302, location="/")
    assert address(town, known).state is State.WITHDRAWN


def state_in_panel(town: Town, known: Registry, version: str = "latest") -> tuple[str, str | None, bool]:
    with open_archive(town.path) as archive:
        rows = list(panel(archive, known, version=version))  # type: ignore[arg-type]
    (row,) = (row for row in rows if row.issuer.name == OFFICE.name and row.year == 2022)
    return row.report_state, row.reason, row.report is not None


def withdrawn_by_status(town: Town) -> int:
    with open_archive(town.path) as archive:
        return status(archive).withdrawn


def test_the_panel_has_the_same_word_and_keeps_the_figures(town: Town, known: Registry) -> None:
    there(town)
    missing(town)
    missing(town)
    town.parse()
    assert state_in_panel(town, known) == ("found", None, True)
    assert withdrawn_by_status(town) == 0
    missing(town)
    assert state_in_panel(town, known) == ("withdrawn", "not_found", True)
    assert state_in_panel(town, known, "first") == ("withdrawn", "not_found", True)
    assert state_in_panel(town, known, "at-deadline") == ("found", None, True)  # it was still there when it was due
    assert withdrawn_by_status(town) == 1
    town.visit(f"{HOME}/copy.html", report(title=1), judgement=Judgement.CONTENT)
    town.parse()
    assert state_in_panel(town, known) == ("found", None, True)


def test_a_report_that_is_restored_is_found(town: Town, known: Registry) -> None:
    there(town)
    for _ in range(3):
        missing(town)
    town.night()
    there(town)
    town.parse()
    assert state_in_panel(town, known) == ("found", None, True)


@pytest.mark.parametrize(
    ("published", "verdict", "days"),
    [(date(2023, 1, 31), "in_time", None), (date(2023, 2, 1), "late", 1), (date(2023, 3, 3), "late", 31)],
)
def test_late_by_its_own_date(town: Town, known: Registry, published: date, verdict: str, days: int | None) -> None:
    there(town, body=report(published=published))
    town.parse()
    (logical,) = history(town, known).reports
    out = logical.published
    assert (out.due, out.date, out.verdict, out.days) == ("2023-01-31", published.isoformat(), verdict, days)


def test_a_report_that_was_not_there_after_its_day_is_late_whatever_it_says(town: Town, known: Registry) -> None:
    town.home()
    page = town.column(NEITHER, *OTHERS)
    town.night()
    there(town)
    town.parse()
    told = history(town, known)
    out = told.reports[0].published
    assert (out.verdict, out.date) == ("late_seen", "2023-01-12")
    assert out.not_yet is not None
    assert out.not_yet.capture == str(page)
    assert told.addresses[0].not_yet == out.not_yet


def test_a_page_overwritten_every_year_is_a_report_of_each(town: Town, known: Registry) -> None:
    there(town, body=report(year=2021))
    town.night()
    there(town, body=report(year=2022))
    town.parse()
    told = history(town, known)
    assert [(one.year, one.versions) for one in told.reports] == [
        (2021, ((told.addresses[0].report_id, 1),)),
        (2022, ((told.addresses[0].report_id, 2),)),
    ]
    assert [one.year for one in history(town, known, OFFICE.name, 2021).reports] == [2021]


def test_nothing_and_several(town: Town, known: Registry) -> None:
    town.home()
    assert history(town, known).known_as == "nothing"
    assert history(town, known, OFFICE.name, 2022).known_as == "nothing"
    assert {one.ask for one in history(town, known, "朝阳区", 2021).candidates} == {"110105", "220104"}
