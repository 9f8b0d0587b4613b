"""The generated figures obey the identities, except where a defect was put in on purpose."""

from __future__ import annotations

import random
import re
from datetime import date
from html import unescape

import lxml.html
import pytest
from opencc import OpenCC

from gicrawl.sample.figures import SCALES, draw_years, print_figures
from gicrawl.sample.forms import APPLICATION_COLUMNS, form_of
from gicrawl.sample.identities import findings
from gicrawl.sample.issuers import Issuer
from gicrawl.sample.manifest import truth_to_json
from gicrawl.sample.paste import PASTES
from gicrawl.sample.report import DEFECTS, LAYOUTS, ReportSpec, generate_report
from gicrawl.sample.tables import Table, application_tables, article_tables, review_table
from gicrawl.sample.wording import draw_wording

COUNTY = Issuer("云坪县人民政府", "云坪县", "county", "government", "county", "县政府办公室")
FORM_CELLS = {2019: 198, 2020: 198, 2021: 200, 2025: 200}


def spec(**changes: object) -> ReportSpec:
    values: dict[str, object] = {"issuer": COUNTY, "year": 2023, "published": date(2024, 1, 20), **changes}
    return ReportSpec(**values)  # type: ignore[arg-type]


def numbers_in_cells(html: bytes, layout: str) -> list[str]:
    """What stands alone in a cell and begins like a number, in document order."""
    if layout == "tables":
        cells = ["".join(cell.itertext()) for cell in lxml.html.fromstring(html.decode()).iter("td")]
    else:
        runs_joined = re.sub(r"</?(?:span|font|b|o:p)\b[^>]*>", "", html.decode(), flags=re.IGNORECASE)
        cells = re.split(r"<[^>]*>|　|\|", runs_joined)
    squeezed = (re.sub(r"\s", "", unescape(cell)) for cell in cells)
    return [cell for cell in squeezed if re.fullmatch(r"[+-]?[0-9.]+(万元|万)?", cell)]


def visible(html: bytes) -> str:
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]*>", "", html.decode())))


@pytest.mark.parametrize("scale", SCALES)
def test_every_year_of_every_scale_obeys_the_identities_and_continues_the_last(scale: str) -> None:
    for number in range(12):
        rng = random.Random(number)
        years = draw_years(rng, SCALES[scale], range(2019, 2026), late_form=frozenset({2023}))
        for year, numbers in years.items():
            assert findings(print_figures(rng, numbers)) == []
            if year > 2019:
                for column in APPLICATION_COLUMNS:
                    before = years[year - 1]["applications", "carried_out", column]
                    assert numbers["applications", "carried_in", column] == before
            if year > 2021:
                issued, repealed, stock = (
                    numbers["art20_1", "normative_documents", column] for column in ("issued", "repealed", "in_force")
                )
                assert stock == years[year - 1]["art20_1", "normative_documents", "in_force"] + issued - repealed
        assert len(years[2023]) == 186  # the hybrid: part two of 2021, applications of 2019


@pytest.mark.parametrize(("year", "cells"), FORM_CELLS.items())
def test_a_report_has_every_cell_of_its_form(year: int, cells: int) -> None:
    truth = generate_report(random.Random(3), spec(year=year, published=date(year + 1, 1, 9))).truth
    assert len(truth.figures) == cells
    assert dict(truth.forms)["applications"] == form_of(year)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("paste", PASTES)
def test_the_cells_of_the_page_hold_the_figures_in_order_and_no_other_number(layout: str, paste: str) -> None:
    for seed in range(5):
        report = generate_report(random.Random(seed), spec(layout=layout, paste=paste, year=2020 + seed))
        assert report.truth.title in visible(report.html)
        printed = [re.sub(r"\s", "", figure.printed) for figure in report.truth.figures.values()]
        assert numbers_in_cells(report.html, layout) == printed


def filled(table: Table) -> set[tuple[int, int]]:
    """The places of a grid its cells cover, by the rules of HTML; a place covered twice fails."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(table.rows):
        column = 0
        for slot in row:
            while (number, column) in taken:
                column += 1
            places = {(number + down, column + right) for down in range(slot.rowspan) for right in range(slot.colspan)}
            assert not places & taken
            taken |= places
    return taken


def test_every_table_is_a_full_rectangle() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        form = rng.choice(("form2019", "form2021"))
        numbers = draw_years(rng, SCALES["county"], range(2019, 2022), late_form=frozenset())
        figures = print_figures(rng, numbers[2020 if form == "form2019" else 2021])
        wording = draw_wording(rng)
        tables = [
            *article_tables(rng, figures, form, wording, single=seed % 2 == 0, shifting=seed % 3 == 0),
            *application_tables(rng, figures, form, wording, split=seed % 2 == 0),
            review_table(figures),
        ]
        for table in tables:
            assert filled(table) == {(r, c) for r in range(len(table.rows)) for c in range(table.width)}


@pytest.mark.parametrize(
    ("defect", "expected"),
    [
        ("none", set()),
        ("strokes", {("F_NO_NUMBER", "fail", "art20_1")}),
        (
            "wrong_total",
            {
                ("T3_ROW_TOTAL", "fail", "new_received"),
                ("T3_BALANCE", "fail", "total"),
                ("N_T3_NEW", "fail", "new_received"),  # the text was right, and is not any more
            },
        ),
    ],
)
def test_only_the_defect_is_to_be_found(defect: str, expected: set[tuple[str, str, str]]) -> None:
    truth = generate_report(random.Random(5), spec(defect=defect)).truth
    assert {(f.id, f.status, f.place) for f in truth.failed} == expected


def test_blank_cells_are_null_and_never_zero_and_make_checks_not_assessable() -> None:
    report = generate_report(random.Random(5), spec(defect="blank_cells"))
    told = truth_to_json(report.truth)
    blanks = [key for key, figure in report.truth.figures.items() if figure.state == "blank"]
    assert len(blanks) > 50
    assert all(report.truth.figures[key].value is None and not report.truth.figures[key].printed for key in blanks)
    assert told["cells"]["review_litigation"]["litigation_after_review"]["total"] is None  # type: ignore[index,call-overload]
    assert {f.status for f in report.truth.failed if f.id != "F_NO_NUMBER"} == {"not_assessable"}
    assert {f.place for f in report.truth.failed if f.id == "F_NO_NUMBER"} == {"applications", "review_litigation"}


def test_strokes_are_not_applicable() -> None:
    states = truth_to_json(generate_report(random.Random(5), spec(defect="strokes")).truth)["states"]
    assert states == {"art20_1": {"regulations": dict.fromkeys(("issued", "repealed", "in_force"), "not_applicable")}}


def test_traditional_script_folds_back_to_the_issuer_and_keeps_the_figures() -> None:
    plain = generate_report(random.Random(8), spec()).truth
    report = generate_report(random.Random(8), spec(script="hant"))
    assert "雲坪縣" in report.truth.title
    assert COUNTY.name in OpenCC("t2s").convert(report.truth.title)
    assert [f.value for f in report.truth.figures.values()] == [f.value for f in plain.figures.values()]
    assert "總計" in visible(report.html)


def test_facts_in_prose_agree_with_the_tables_and_stand_in_the_page() -> None:
    for seed in range(8):
        report = generate_report(random.Random(seed), spec(year=2019 + seed % 7))
        text = visible(report.html)
        for fact in report.truth.facts:
            assert fact.sentence in text
            assert str(fact.value) in fact.sentence or (fact.value == 0 and "没有" in fact.sentence)
        stated = {fact.key: fact.value for fact in report.truth.facts}
        assert stated["requests_received"] == report.truth.figures["applications", "new_received", "total"].value


def test_a_procurement_amount_prints_its_unit_and_keeps_its_number() -> None:
    units = set()
    for seed in range(40):
        truth = generate_report(random.Random(seed), spec(year=2020, published=date(2021, 1, 9))).truth
        figure = truth.figures["art20_9", "centralized_procurement", "procurement_amount"]
        assert float(re.sub(r"[^0-9.]", "", figure.printed)) == figure.value
        assert ("万" in figure.printed) == (figure.unit == "万元")
        units.add(figure.unit)
    assert units == {"万元", None}


def test_the_same_drawing_gives_the_same_bytes_and_another_gives_others() -> None:
    pages = [generate_report(random.Random(seed), spec()).html for seed in (1, 1, 2)]
    assert pages[0] == pages[1] != pages[2]


def test_impossible_specs_are_refused() -> None:
    with pytest.raises(ValueError, match="flattening"):
        generate_report(random.Random(1), spec(layout="rows", defect="blank_cells"))
    with pytest.raises(ValueError, match="unknown"):
        generate_report(random.Random(1), spec(paste="typewriter"))
    assert "blank_cells" in DEFECTS
