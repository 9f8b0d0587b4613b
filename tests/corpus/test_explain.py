"""Every way a chain can stop, each made in an archive of its own."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from explain_samples import COLUMN, COUNTY, HOME, OFFICE, Town, registry, report, title

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.corpus.explain import explain_address, explain_issuer
from gicrawl.corpus.explain_ends import explained
from gicrawl.corpus.explain_records import Stop
from gicrawl.corpus.panel import panel
from gicrawl.portals.registry import load

if TYPE_CHECKING:
    from pathlib import Path

    from gicrawl.corpus.explain_records import Explanation
    from gicrawl.portals.registry import Registry

ARTICLE = f"{COLUMN}202301/t20230112_1.shtml"
KEY = ("applications", "new_received", "total")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "gicrawl.db")


@pytest.fixture
def known(tmp_path: Path) -> Registry:
    return registry(tmp_path, years="2019-2025")


def address(town: Town, url: str, known: Registry | None = None) -> Explanation:
    with open_archive(town.path) as archive:
        return explain_address(archive, url, known or load(), cell=KEY)


def issuer(town: Town, name: str, year: int, known: Registry | None = None) -> Explanation:
    with open_archive(town.path) as archive:
        return explain_issuer(archive, name, year, known or load())


def walked(town: Town, **changes: object) -> bytes:
    """Home, column, article, all as they should be."""
    town.home()
    town.column((ARTICLE, title()))
    body = report(**changes)  # type: ignore[arg-type]
    town.visit(ARTICLE, body, judgement=Judgement.CONTENT, robots="allowed")
    return body


def test_a_report_is_followed_from_the_link_to_the_panel(town: Town, known: Registry) -> None:
    walked(town)
    town.parse()
    told = address(town, ARTICLE, known)
    assert (told.known_as, told.end.stop) == ("address", Stop.REACHED)
    (portal,) = told.portals
    assert (portal.id, portal.name, portal.registry) == ("yunping", "云坪县人民政府", str(known.path))
    (column,) = portal.columns
    assert (column.url, column.to_its_end, column.layout, column.links) == (COLUMN, True, "trs", 1)
    (article,) = told.articles
    (link,) = article.links
    assert (link.text, link.page, link.column, link.date) == (title(), COLUMN, COLUMN, "2023-01-12")
    (version,) = article.versions
    (parse,) = version.parses
    assert parse.current
    assert parse.up_to_date
    assert parse.issuer["name"] == OFFICE.name
    assert parse.year == 2022
    assert parse.checks is not None
    assert parse.checks.failed == 0
    (step,) = told.panel
    assert step == issuer(town, step.issuer_id, 2022, known).panel[0]
    assert (step.report_state, step.issuer, step.year, step.scope) == ("found", OFFICE.name, 2022, "body")
    assert (step.report_id, step.version) == (version.report_id, version.version)


def test_nothing_is_written(town: Town, known: Registry) -> None:
    walked(town)
    town.parse()
    with open_archive(town.path) as archive:
        before = list(archive.db.conn.iterdump())
        explain_address(archive, ARTICLE, known, cell=KEY)
        explain_issuer(archive, OFFICE.name, 2022, known)
        assert list(archive.db.conn.iterdump()) == before


@pytest.mark.parametrize(
    "asked",
    [
        ARTICLE.replace("http:", "https:"),
        ARTICLE.replace(".example/", ".example:80/"),
        ARTICLE.replace("www.yunping", "WWW.Yunping"),
        f"{ARTICLE}#top",
        ARTICLE.replace(".shtml", ".shtml;jsessionid=A1"),
    ],
)
def test_other_spellings_of_an_address_are_the_same_report(town: Town, asked: str) -> None:
    walked(town)
    town.parse()
    told = address(town, asked)
    assert told.end.stop is Stop.REACHED
    assert told.articles[0].url == ARTICLE


def test_a_session_id_in_the_archive_does_not_hide_the_page(town: Town) -> None:
    town.visit(f"{HOME}/a.html;jsessionid=B2?id=1", report(), judgement=Judgement.CONTENT)
    town.parse()
    assert address(town, f"{HOME}/a.html?id=1").end.stop is Stop.REACHED
    assert address(town, f"{HOME}/a.html?id=2").end.stop is Stop.UNKNOWN_ON_HOST


@pytest.mark.parametrize("asked", ["/old.html", "/new.html"])
def test_a_redirect_is_followed_from_either_end(town: Town, asked: str) -> None:
    town.column((f"{HOME}/old.html", title()))
    town.visit(f"{HOME}/old.html", outcome=Outcome.REDIRECT, status=301, location="/new.html")
    town.visit(f"{HOME}/new.html", report(), judgement=Judgement.CONTENT, requested_url=f"{HOME}/old.html", hop=1)
    town.parse()
    told = address(town, f"{HOME}{asked}")
    (article,) = told.articles
    assert told.end.stop is Stop.REACHED
    assert [step.outcome for step in article.captures] == ["redirect", "ok"]
    assert [link.url for link in article.links] == [f"{HOME}/old.html"]


def test_a_redirect_to_what_was_never_fetched_is_told(town: Town) -> None:
    town.visit(f"{HOME}/old.html", outcome=Outcome.REDIRECT, status=301, location="/new.html")
    end = address(town, f"{HOME}/old.html").end
    assert (end.stop, end.fields["target"]) == (Stop.REDIRECT_LOST, f"{HOME}/new.html")


@pytest.mark.parametrize(
    ("outcome", "judgement", "stop"),
    [
        (Outcome.NOT_FOUND, None, Stop.MISSING),
        (Outcome.GONE, None, Stop.MISSING),
        (Outcome.HTTP_ERROR, None, Stop.HTTP_ERROR),
        (Outcome.HTTP_ERROR, Judgement.BLOCKED, Stop.BLOCKED),
        (Outcome.RATE_LIMITED, None, Stop.RATE_LIMITED),
        (Outcome.TRUNCATED, None, Stop.TORN),
        (Outcome.TOO_LARGE, None, Stop.TOO_LARGE),
        (Outcome.DNS_ERROR, None, Stop.UNREACHABLE),
        (Outcome.TLS_ERROR, None, Stop.UNREACHABLE),
        (Outcome.NETWORK_ERROR, None, Stop.UNREACHABLE),
        (Outcome.ROBOTS_DENIED, None, Stop.ROBOTS_DENIED),
        (Outcome.REFUSED_BY_GUARD, None, Stop.REFUSED),
        (Outcome.OK, Judgement.SOFT_404, Stop.SOFT_404),
        (Outcome.OK, Judgement.BLOCKED, Stop.BLOCKED),
        (Outcome.OK, Judgement.EMPTY, Stop.EMPTY),
    ],
)
def test_what_stands_between_us_and_a_listed_report_is_named(
    town: Town, known: Registry, outcome: Outcome, judgement: Judgement | None, stop: Stop
) -> None:
    town.home()
    town.column((ARTICLE, title(COUNTY)))
    body = b"<html><p>x</p></html>" if judgement is not None or outcome is Outcome.TRUNCATED else None
    town.visit(ARTICLE, body, outcome=outcome, judgement=judgement, signature="seen", error="it broke")
    town.parse()
    by_address = address(town, ARTICLE, known)
    by_issuer = issuer(town, COUNTY.name, 2022, known)
    assert by_address.end == by_issuer.end
    assert by_address.panel == by_issuer.panel
    assert by_issuer.end.stop is stop
    assert by_issuer.expected is not None
    assert "announced" in by_issuer.expected.reasons
    assert {step.report_state for step in by_issuer.panel} == {"unreachable"}


def test_trouble_is_told_since_it_began_and_not_since_yesterday(town: Town) -> None:
    town.visit(ARTICLE, outcome=Outcome.NETWORK_ERROR, error="refused")
    town.night()
    town.visit(ARTICLE, outcome=Outcome.DNS_ERROR, error="no such host")
    end = address(town, ARTICLE).end
    assert str(end.fields["since"]).startswith("2026-04-05")
    assert str(end.fields["time"]).startswith("2026-04-06")
    assert end.fields["error"] == "no such host"


def test_a_report_we_have_stays_when_it_is_gone_from_the_portal(town: Town) -> None:
    walked(town)
    town.night()
    town.visit(ARTICLE, outcome=Outcome.NOT_FOUND, status=404)
    town.parse()
    told = address(town, ARTICLE)
    assert told.end.stop is Stop.REACHED
    assert str(told.end.fields["since"]).startswith("2026-04-06")


def test_what_was_listed_and_never_fetched(town: Town, known: Registry) -> None:
    town.home()
    town.column((ARTICLE, title(COUNTY)))
    assert address(town, ARTICLE, known).end.stop is Stop.NOT_FETCHED
    told = issuer(town, COUNTY.name, 2022, known)
    assert told.end.stop is Stop.NOT_FETCHED
    assert told.panel[0].report_state == "not_visited"
    assert told.portals[0].id == "yunping"


def test_what_was_fetched_and_not_parsed(town: Town, known: Registry) -> None:
    town.home()
    town.column((ARTICLE, title(COUNTY)))
    town.visit(ARTICLE, report(COUNTY), judgement=Judgement.CONTENT)
    told = address(town, ARTICLE, known)
    assert told.end.stop is Stop.UNPARSED
    assert told.panel[0].report_state == "found_unparsed"


def test_whom_nothing_makes_expected_has_no_row(town: Town, known: Registry) -> None:
    town.home()
    town.column((ARTICLE, title()))
    told = issuer(town, OFFICE.name, 2022, known)
    assert told.end.stop is Stop.NOT_FETCHED
    assert told.panel == ()


def test_what_is_no_report_says_what_it_is(town: Town) -> None:
    town.visit(ARTICLE, "<html><title>植树</title><h1>植树</h1><p>今日全县植树。</p></html>".encode())
    town.parse()
    told = address(town, ARTICLE)
    assert told.end.stop is Stop.NOT_A_REPORT
    assert [code for code, _ in told.articles[0].versions[0].parses[0].problems] == ["title_not_found"]
    assert told.panel == ()


def test_what_the_parser_could_not_read(town: Town) -> None:
    town.visit(ARTICLE, bytes(range(256)) * 40)
    town.parse()
    assert address(town, ARTICLE).end.stop is Stop.FAILED


def test_a_cover_whose_file_is_missing(town: Town) -> None:
    file = f"{HOME}/P1.pdf"
    cover = f"<html><title>{title()}</title><h1>{title()}</h1><p><a href='/P1.pdf'>附件</a></p></html>".encode()
    page = town.visit(ARTICLE, cover, judgement=Judgement.CONTENT)
    town.link(page, (file, "附件"), role=Role.ATTACHMENT)
    town.visit(file, role=Role.ATTACHMENT, outcome=Outcome.NOT_FOUND, status=404, referrer=page)
    town.parse()
    told = address(town, ARTICLE)
    assert (told.end.stop, told.end.fields["attachment"]) == (Stop.ATTACHMENT_MISSING, file)
    by_file = address(town, file)
    assert by_file.known_as == "attachment"
    assert by_file.end == told.end
    (attached,) = told.articles[0].attachments
    assert (attached.end.stop, attached.role) == (Stop.MISSING, "attachment")


def test_not_listed_though_the_column_was_read_to_its_end(town: Town, known: Registry) -> None:
    town.home()
    first = town.column((f"{HOME}/other", title(COUNTY, 2021)), end=False)
    town.column((ARTICLE, title(year=2020)), page=f"{COLUMN}index_1.html", after=first)
    told = issuer(town, COUNTY.name, 2022, known)
    (column,) = told.portals[0].columns
    assert (column.url, column.pages) == (COLUMN, 2)
    assert told.end.stop is Stop.NOT_LISTED
    assert told.panel[0].report_state == "not_found"


def test_a_column_that_was_not_read_to_its_end_proves_nothing(town: Town, known: Registry) -> None:
    town.home()
    first = town.column(end=False)
    town.visit(f"{COLUMN}index_1.html", role=Role.LIST, outcome=Outcome.HTTP_ERROR, status=500, referrer=first)
    told = issuer(town, COUNTY.name, 2022, known)
    assert told.end.stop is Stop.COLUMN_UNFINISHED
    assert str(told.end.fields["error"]).endswith("http_error")
    assert told.panel[0].report_state == "unreachable"


def test_a_column_whose_end_was_seen_is_unfinished_while_a_page_of_it_fails(town: Town, known: Registry) -> None:
    town.home()
    first = town.column(end=False)
    town.column(end=True, page=f"{COLUMN}index_1.html", after=first)
    town.night()
    town.home()
    town.visit(COLUMN, role=Role.LIST, outcome=Outcome.HTTP_ERROR, status=500)
    assert issuer(town, COUNTY.name, 2022, known).end.stop is Stop.COLUMN_UNFINISHED


def test_a_column_nobody_can_read(town: Town, known: Registry) -> None:
    town.home()
    town.visit(COLUMN, b"<html>?</html>", role=Role.LIST, judgement=Judgement.LAYOUT_UNKNOWN, end=False)
    assert issuer(town, COUNTY.name, 2022, known).end.stop is Stop.LAYOUT_UNKNOWN


def test_a_portal_without_a_column(town: Town, known: Registry) -> None:
    town.home()
    assert issuer(town, COUNTY.name, 2022, known).end.stop is Stop.COLUMN_NOT_FOUND


@pytest.mark.parametrize(
    ("outcome", "judgement", "stop"),
    [
        (Outcome.NETWORK_ERROR, None, Stop.PORTAL_FAILED),
        (Outcome.HTTP_ERROR, Judgement.BLOCKED, Stop.PORTAL_BLOCKED),
        (Outcome.ROBOTS_DENIED, None, Stop.PORTAL_DENIED),
    ],
)
def test_a_portal_that_gives_nothing(
    town: Town, known: Registry, outcome: Outcome, judgement: Judgement | None, stop: Stop
) -> None:
    town.home()
    for _ in range(2):
        town.night()
        town.visit(
            f"{HOME}/",
            role=Role.HOME,
            outcome=outcome,
            judgement=judgement,
            signature="jsl",
            error="it does not answer",
        )
    told = issuer(town, COUNTY.name, 2022, known)
    assert told.end.stop is stop
    assert str(told.end.fields["since"]).startswith("2026-04-06")
    assert str(told.portals[0].answered).startswith("2026-04-05")
    assert told.panel[0].report_state == "unreachable"


def test_a_portal_never_visited(town: Town, known: Registry) -> None:
    told = issuer(town, COUNTY.name, 2022, known)
    assert (told.end.stop, told.end.fields["portal"]) == (Stop.NEVER_VISITED, "yunping")
    assert told.expected is not None
    assert told.expected.reasons == ("registered",)
    assert address(town, f"{HOME}/a.html", known).end.stop is Stop.NEVER_VISITED


def test_the_registry_tells_which_years_are_expected(town: Town, tmp_path: Path) -> None:
    told = issuer(town, COUNTY.name, 2022, registry(tmp_path, years="2008-2018"))
    assert told.expected is not None
    assert told.expected.reasons == ()


@pytest.mark.parametrize(
    ("name", "year", "due"),
    [
        (COUNTY.name, 2022, "2023-03-31"),
        (OFFICE.name, 2022, "2023-01-31"),
        (OFFICE.name, 2018, "2019-03-31"),
        (OFFICE.name, 2019, "2020-01-31"),
    ],
)
def test_by_when_a_report_is_due(town: Town, known: Registry, name: str, year: int, due: str) -> None:
    expected = issuer(town, name, year, known).expected
    assert expected is not None
    assert expected.due == due


def test_what_is_not_due_yet_is_not_missed(tmp_path: Path, known: Registry) -> None:
    town = Town(tmp_path / "gicrawl.db")
    town.home()
    town.column()
    assert issuer(town, COUNTY.name, 2098, known).end.stop is Stop.NOT_DUE
    assert issuer(town, COUNTY.name, 2022, known).end.stop is Stop.NOT_LISTED


def test_nothing_is_known(town: Town) -> None:
    town.home()
    assert address(town, f"{HOME}/nothing.html").end.stop is Stop.UNKNOWN_ON_HOST
    assert address(town, "http://elsewhere.example/").end.stop is Stop.UNKNOWN
    told = issuer(town, "青圩县水利局", 2022)
    assert told.end.stop is Stop.UNKNOWN_ISSUER
    assert not explained(told.end)


def test_a_page_of_the_way_is_told_apart(town: Town) -> None:
    town.home()
    town.column((ARTICLE, title()))
    told = address(town, COLUMN)
    assert (told.end.stop, told.end.fields["role"]) == (Stop.PORTAL_PAGE, "list")
    assert told.portals[0].columns[0].url == COLUMN


def test_a_body_with_a_code_is_known_to_be_there_without_any_portal(town: Town) -> None:
    told = issuer(town, "510421", 2021)
    assert told.issuer is not None
    assert (told.issuer.name, told.issuer.region_code) == ("米易县人民政府", "510421")
    assert told.end.stop is Stop.NO_PORTAL


@pytest.mark.parametrize("asked", ["云坪县人民政府", "云坪县", "雲坪縣人民政府", " 云坪县 人民政府"])
def test_a_body_by_any_of_its_names(town: Town, asked: str) -> None:
    town.visit(ARTICLE, report(COUNTY), judgement=Judgement.CONTENT)
    town.parse()
    told = issuer(town, asked, 2022)
    assert told.end.stop is Stop.REACHED
    assert [step.issuer for step in told.panel] == [COUNTY.name]
    assert issuer(town, asked, 2021).end.stop is not Stop.REACHED


def test_several_divisions_of_one_name_are_listed_by_code(town: Town) -> None:
    told = issuer(town, "朝阳区", 2021)
    assert told.end.stop is Stop.SEVERAL
    assert {candidate.ask for candidate in told.candidates} == {"110105", "220104"}
    assert issuer(town, "110105", 2021).end.stop is Stop.NO_PORTAL


def test_a_name_that_nearly_fits_is_proposed(town: Town) -> None:
    walked(town)
    town.parse()
    told = issuer(town, "水利局", 2022)
    assert told.end.stop is Stop.UNKNOWN_ISSUER
    assert [candidate.ask for candidate in told.candidates] == [OFFICE.name]


def test_two_reports_for_one_pair_are_both_told_and_one_counts(town: Town) -> None:
    walked(town)
    town.visit(f"{HOME}/copy.html", report(title=1), judgement=Judgement.CONTENT)
    town.parse()
    told = issuer(town, OFFICE.name, 2022)
    assert len(told.articles) == 2
    (step,) = told.panel
    assert len(step.others) == 1
    assert step.others[0] != step.report_id


def test_a_body_by_its_id_whatever_it_is_called(town: Town, known: Registry) -> None:
    walked(town)
    town.visit(f"{HOME}/county.html", report(COUNTY), judgement=Judgement.CONTENT)
    town.parse()
    for body in (OFFICE, COUNTY):
        by_name = issuer(town, body.name, 2022, known)
        (step,) = by_name.panel
        by_id = issuer(town, step.issuer_id, 2022, known)
        assert by_id.end == by_name.end
        assert by_id.panel == by_name.panel
        assert [one.url for one in by_id.articles] == [one.url for one in by_name.articles]
    assert issuer(town, "unsettled-0123456789abcdef", 2022, known).end.stop is Stop.UNKNOWN_ISSUER


def test_the_panel_and_its_explanation_say_the_same(town: Town, known: Registry) -> None:
    walked(town)
    town.visit(f"{HOME}/county.html", report(COUNTY, 2021), judgement=Judgement.CONTENT)
    town.column((f"{HOME}/county-2023.html", title(COUNTY, 2023)))
    town.parse()
    with open_archive(town.path) as archive:
        rows = list(panel(archive, known))
    assert {row.report_state for row in rows} == {"found", "not_found", "not_visited"}
    for row in rows:
        (step,) = issuer(town, row.issuer.issuer_id, row.year, known).panel
        assert (step.report_state, step.reason, step.scope) == (row.report_state, row.reason, row.scope)
        assert issuer(town, str(row.issuer.name), row.year, known).panel == (step,)


def test_versions_of_one_report_stand_beside_each_other(town: Town) -> None:
    walked(town)
    town.night()
    town.visit(ARTICLE, report(defect="wrong_total"), judgement=Judgement.CONTENT)
    town.parse()
    told = address(town, ARTICLE)
    first, second = told.articles[0].versions
    assert (first.captured or "") < (second.captured or "")
    assert told.panel[0].version == second.version
    checks = second.parses[0].checks
    assert checks is not None
    assert checks.failed > 0


def test_a_file_that_several_pages_carry_is_not_guessed(town: Town) -> None:
    for name in ("a", "b"):
        page = town.visit(f"{HOME}/{name}.html", b"<html>x</html>")
        town.link(page, (f"{HOME}/P1.pdf", "附件"), role=Role.ATTACHMENT)
    told = address(town, f"{HOME}/P1.pdf")
    assert told.end.stop is Stop.SEVERAL
    assert [candidate.ask for candidate in told.candidates] == [f"{HOME}/a.html", f"{HOME}/b.html"]


def test_an_explanation_is_ready_for_json(town: Town) -> None:
    walked(town)
    town.parse()
    record = json.loads(json.dumps(asdict(address(town, ARTICLE)), ensure_ascii=False))
    assert record["end"]["stop"] == "reached"
    assert record["cells"][0]["key"] == list(KEY)
