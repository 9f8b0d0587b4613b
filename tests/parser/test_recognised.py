"""What was recognised in a picture is believed as far as the recogniser and the sums allow."""

from __future__ import annotations

import pytest

from gicrawl.parser.align.tables import Tables
from gicrawl.parser.document import Document, Evidence, Reading
from gicrawl.parser.pictures.recognised import DOUBTFUL, doubt
from gicrawl.parser.report import Cell, State

COLUMNS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_org",
    "legal_service_org",
    "other_org",
    "total",
)
FIRM = Reading(0.999)


def place(row: int, column: int) -> Evidence:
    return {"page": 1, "box": [10.0 * column, 10.0 * row, 10.0 * column + 10, 10.0 * row + 10]}


def doubted(values: list[list[str]], readings: dict[tuple[int, int], Reading]) -> list[list[Cell]]:
    """Rows of new and carried-over requests, whose seventh column is the sum of the others."""
    cells = [
        Cell(
            table="applications",
            row=("new_received", "carried_in")[row],
            column=COLUMNS[column],
            state=State.NUMBER if text else State.BLANK,
            value=int(text) if text else None,
            raw=text,
            confidence=1.0,
            evidence=place(row, column),
        )
        for row, line in enumerate(values)
        for column, text in enumerate(line)
    ]
    document = Document(
        "image/png",
        None,
        (),
        readings=tuple(
            (place(row, column), readings.get((row, column), FIRM))
            for row, line in enumerate(values)
            for column in range(len(line))
        ),
    )
    found = doubt(Tables(cells=cells, forms=[("applications", "form2021")]), document).cells
    return [found[at : at + 7] for at in range(0, len(found), 7)]


RIGHT = ["1", "0", "2", "0", "0", "0", "3"]


def test_a_sum_that_holds_makes_a_number_sure_and_one_that_fails_unmakes_it() -> None:
    held, failed = doubted([RIGHT, ["1", "0", "2", "0", "0", "0", "9"]], {})
    assert {cell.confidence for cell in held} == {0.95}
    assert all(cell.confidence <= 0.5 for cell in failed)
    assert [cell.value for cell in failed] == [1, 0, 2, 0, 0, 0, 9]  # kept as it is printed, or was taken to be


def test_a_number_that_no_sum_confirms_is_never_quite_sure() -> None:
    (row,) = doubted([["1", "", "2", "0", "0", "0", "3"]], {})
    assert {cell.confidence for cell in row if cell.state is State.NUMBER} == {0.88}
    assert row[1].state is State.BLANK


@pytest.mark.parametrize("others", [("3", "8"), ("8",)])
def test_a_number_read_in_two_ways_is_left_open_with_both(others: tuple[str, ...]) -> None:
    (row,) = doubted([RIGHT], {(0, 6): Reading(0.0, others)})
    assert row[6].state is State.AMBIGUOUS
    assert row[6].value is None
    assert [raw for raw, _ in row[6].candidates] == ["3", "8"]
    assert DOUBTFUL in row[6].flags


def test_a_guess_is_illegible_and_a_faint_number_is_doubted() -> None:
    (row,) = doubted([RIGHT], {(0, 0): Reading(0.4), (0, 2): Reading(0.8)})
    assert (row[0].state, row[0].value) == (State.ILLEGIBLE, None)
    assert (row[2].value, row[2].confidence, row[2].flags) == (2, 0.7, (DOUBTFUL,))


def test_what_was_not_recognised_is_left_alone() -> None:
    tables = Tables(cells=[Cell(table="a", row="b", column="c", state=State.NUMBER, value=1, confidence=1.0)])
    assert doubt(tables, Document("application/pdf", None, ())).cells[0].confidence == 1.0


@pytest.mark.parametrize("starts", [(0, 2, 4, 6, 8), (10, 12, 4, 6, 8)])
def test_numbers_of_part_four_that_go_back_and_forth_in_their_line_are_left_open(starts: tuple[int, ...]) -> None:
    columns = ("upheld", "corrected", "other", "pending", "total")
    cells = [
        Cell(
            table="review_litigation",
            row="review",
            column=column,
            state=State.NUMBER,
            value=1,
            raw="1",
            confidence=0.98,
            evidence={"page": 1, "box": [1.0, 2.0, 3.0, 4.0], "start": start, "end": start + 1},
        )
        for column, start in zip(columns, starts, strict=True)
    ]
    found = doubt(Tables(cells=list(cells)), Document("image/png", None, ())).cells
    assert {cell.state for cell in found} == {State.NUMBER if starts[0] == 0 else State.AMBIGUOUS}


def test_strokes_that_were_taken_for_ones_are_left_open() -> None:
    new, carried = doubted([["4", "3", "1", "1", "1", "1", "8"], ["2", "1", "1", "1", "1", "1", "2"]], {})
    assert [cell.state for cell in new] == [State.NUMBER] * 2 + [State.AMBIGUOUS] * 4 + [State.NUMBER]
    assert [raw for raw, _ in carried[1].candidates] == ["1", "/"]


def test_a_slip_of_the_issuer_leaves_ones_as_they_are() -> None:
    rows = doubted([["1", "1", "0", "0", "0", "0", "3"], RIGHT], {})
    assert all(cell.state is State.NUMBER for row in rows for cell in row)


def test_a_row_that_no_picture_shows_legibly_is_unread_and_not_denied() -> None:
    gone = Cell(table="applications", row="granted", column="total", state=State.ABSENT, confidence=0.8)
    other = Cell(table="statistics", row="budget", column="value", state=State.ABSENT, confidence=0.8)
    seen = Document("image/png", None, (), readings=((place(0, 0), FIRM),))
    assert [cell.state for cell in doubt(Tables(cells=[gone, other]), seen).cells] == [State.UNREAD, State.ABSENT]
    printed = Document("application/pdf", None, ())
    assert [cell.state for cell in doubt(Tables(cells=[gone, other]), printed).cells] == [State.ABSENT, State.ABSENT]
