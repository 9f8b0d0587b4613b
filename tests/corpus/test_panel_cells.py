from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from panel_samples import BUREAU, CITY, HOST, NEW, Looking

from gicrawl.archive.records import Outcome
from gicrawl.archive.store import open_archive
from gicrawl.corpus.current import reading
from gicrawl.corpus.panel import panel
from gicrawl.corpus.panel_cells import PANEL_STATES, panel_cells
from gicrawl.corpus.panel_columns import panel_columns, short_name
from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from pathlib import Path

    from gicrawl.corpus.panel_cells import PanelValue

FEE = "art20_8 administrative_fees fee_amount_wan"
BOUGHT = "art20_9 centralized_procurement procurement_amount"
FORMS_2019 = {"applications": "form2019", "art20_9": "form2019"}
NAME = "{}__{}__{}"


@pytest.fixture
def looking(tmp_path: Path) -> Looking:
    return Looking(tmp_path / "gicrawl.db")


def _cells(looking: Looking, said: dict[str, Any]) -> dict[str, tuple[PanelValue, str]]:
    looking.report(f"{HOST}/1", said=CITY | {"year": 2022} | said)
    looking.read()
    names = [column.name for column in panel_columns()]
    with open_archive(looking.path) as archive, reading(archive) as connection:
        entry = next(entry for entry in panel(archive) if entry.report is not None)
        cells = panel_cells(connection, entry)
        return dict(zip(names, zip(cells.values, cells.states, strict=True), strict=True))


def test_every_cell_of_every_form_has_one_column() -> None:
    cells = {
        (table.key, row.key, column.key)
        for form in load_forms()
        for table in form.tables
        for row in table.rows
        for column in table.columns
    }
    columns = panel_columns()
    assert sorted(column.key for column in columns) == sorted(cells)
    for form in load_forms():
        assert sum(form.id in column.forms for column in columns) == sum(
            len(table.rows) * len(table.columns) for table in form.tables
        )


def test_names_are_unique_and_short_names_fit_everywhere() -> None:
    columns = panel_columns()
    for names in ({column.name for column in columns}, {column.short for column in columns}):
        assert len(names) == len(columns)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", column.short) for column in columns)
    assert all(re.fullmatch(r"[a-z0-9_]+__[a-z0-9_]+__[a-z0-9_]+", column.name) for column in columns)
    assert all(column.money == column.name.endswith("_yuan") for column in columns)
    assert not [column.name for column in columns if "_wan" in column.name]


def test_a_short_name_depends_on_its_own_keys_alone() -> None:
    assert short_name("applications", "new_received", "natural_person") == "a_new_received_np"
    assert (
        short_name("a_table_of_next_year", "with_a_row_of_many_long_words", "and_a_column")
        == "a_t_o_n_y_w_a_r_o_m_l_w_a_a_c"
    )


def test_numbers_are_counts_and_nothing_else_has_a_value(looking: Looking) -> None:
    table = "applications"
    cells = {
        f"{table} new_received {column}": [state, 0 if state == "number" else None]
        for column, state in zip(
            ("total", "natural_person", "commercial_enterprise", "research_institution", "other_org"),
            ("number", "blank", "not_applicable", "ambiguous", "unread"),
            strict=True,
        )
    }
    told = _cells(looking, {"cells": cells | {f"{table} granted total": ["number", 12.5]}})
    row = {column: told[f"{table}__new_received__{column}"] for column in ("total", "natural_person", "other_org")}
    assert row == {"total": (0, "number"), "natural_person": (None, "blank"), "other_org": (None, "unread")}
    assert told[f"{table}__new_received__commercial_enterprise"] == (None, "not_applicable")
    assert told[f"{table}__new_received__research_institution"] == (None, "ambiguous")
    assert told[f"{table}__granted__total"] == (None, "no_count")
    assert told[f"{table}__carried_in__total"] == (None, "absent")
    assert told[f"{table}__other_processing__total"] == (None, "not_in_form")
    assert told["art20_9__centralized_procurement__procurement_items"] == (None, "not_in_form")
    assert told["art20_1__regulations__issued"] == (None, "absent")
    assert {state for value, state in told.values() if value is not None} == {"number"}
    assert {state for _, state in told.values()} <= set(PANEL_STATES)


@pytest.mark.parametrize(
    ("key", "printed", "yuan", "state"),
    [
        (FEE, [3415.891, None], Decimal(34158910), "number"),  # the form sets 万元
        (FEE, [3000, "元"], Decimal(3000), "number"),  # unless the cell says otherwise
        (BOUGHT, [9038, "万元"], Decimal(90380000), "number"),
        (BOUGHT, [0.1, "元"], Decimal("0.1"), "number"),
        (BOUGHT, [481714587.29, None], None, "no_unit"),
        (BOUGHT, [0, None], None, "no_unit"),
        (BOUGHT, [10**25, "万元"], None, "no_count"),
    ],
)
def test_money_is_in_yuan_where_its_unit_is_known(
    looking: Looking, key: str, printed: list[Any], yuan: Decimal | None, state: str
) -> None:
    forms = FORMS_2019 if key == BOUGHT else {"art20_8": "form2021"}
    told = _cells(looking, {"cells": {key: ["number", *printed]}, "forms": forms})
    name = NAME.format(*key.replace("_wan", "").split()) + "_yuan"
    assert told[name] == (yuan, state)


def test_a_report_without_tables_is_held_against_the_forms_of_its_year(looking: Looking) -> None:
    told = _cells(looking, {"forms": {}, "year": 2020})
    assert told[NAME.format(*NEW.split())] == (None, "absent")
    assert told["applications__other_processing__total"] == (None, "absent")
    assert told["applications__other_processing_other__total"] == (None, "not_in_form")


def test_tables_in_what_could_not_be_read_are_unread_and_not_absent(looking: Looking) -> None:
    told = _cells(looking, {"problems": ["pictures_without_tables"], "cells": {NEW: ["number", 3]}})
    assert told[NAME.format(*NEW.split())] == (3, "number")
    assert told["art20_1__regulations__issued"] == (None, "unread")
    assert told["applications__carried_in__total"] == (None, "absent")
    assert told["art20_9__centralized_procurement__procurement_items"] == (None, "not_in_form")


def test_a_row_without_a_report_says_so_in_every_cell(looking: Looking) -> None:
    looking.column((f"{HOST}/24", "原平市统计局2024年政府信息公开工作年度报告"))
    looking.ask(f"{HOST}/24", b'{"status": "failed"}')
    looking.report(f"{HOST}/22", said=BUREAU | {"year": 2022})
    looking.ask(f"{HOST}/x", outcome=Outcome.NOT_FOUND)
    looking.read()
    with open_archive(looking.path) as archive, reading(archive) as connection:
        told = {one.year: set(panel_cells(connection, one).states) for one in panel(archive)}
        states = {one.year: one.report_state for one in panel(archive)}
    assert states == {2022: "found", 2023: "unreachable", 2024: "found_unparsed", 2025: "unreachable"}
    assert told[2023] == told[2025] == {"no_report"}
    assert told[2024] == {"unread"}
