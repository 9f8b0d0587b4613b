from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from corpus_fakes import ONE, TWO, Filler, page, parse_one, parse_two

from gicrawl.archive.store import open_archive
from gicrawl.corpus.diff import Changed, compare
from gicrawl.corpus.diff_summary import summarize
from gicrawl.corpus.errors import VersionUnknown
from gicrawl.corpus.generations import generations
from gicrawl.corpus.reparse import reparse
from gicrawl.corpus.selection import Selection
from gicrawl.corpus.worker import Engine
from gicrawl.parser.report import CheckStatus, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gicrawl.parser.document import Context, Source
    from gicrawl.parser.report import Report

HOST = "http://www.ganquan.gov.cn/nb"


def parse_without_totals(sources: Sequence[Source], context: Context) -> Report:
    """A parser that has lost the label of the column of totals."""
    report = parse_two(sources, context)
    cells = [
        cell._replace(state=State.ABSENT, value=None, raw=None) if cell.column == "total" else cell
        for cell in report.cells
    ]
    checks = [
        replace(check, status=CheckStatus.NOT_ASSESSABLE, right=None) if check.row else check for check in report.checks
    ]
    return replace(report, parser="3.0+fake", cells=tuple(cells), checks=tuple(checks))


def parse_as_one(sources: Sequence[Source], context: Context) -> Report:
    return replace(parse_one(sources, context), parser="1.5+fake")


def version_three(reader: str) -> str:
    return {"fake": "3.0+fake", "none": "3.0+none"}[reader]


THREE = Engine(parse=parse_without_totals, reader_for=ONE.reader_for, version=version_three)


def _fill(filler: Filler, *years: int) -> None:
    for year in years:
        filler.add(f"{HOST}/{year}", page(year=year))


def _kinds(path: Path, old: str | None = None, new: str | None = None, **more: object) -> dict[str, int]:
    with open_archive(path) as archive, compare(archive, old, new, **more) as comparison:  # type: ignore[arg-type]
        return {kind: count for kind, count, _ in summarize(comparison.changed()).kinds}


def _changed(path: Path, old: str | None = None, new: str | None = None) -> list[Changed]:
    with open_archive(path) as archive, compare(archive, old, new) as comparison:
        return list(comparison.changed())


def test_what_two_versions_say_alike_is_no_difference(filler: Filler) -> None:
    _fill(filler, 2021, 2022)
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=TWO, workers=1)
    with open_archive(filler.path) as archive, compare(archive, "1.0", "2.0") as comparison:
        assert (comparison.compared, comparison.only_old, comparison.only_new) == (2, 0, 0)
        assert list(comparison.changed()) == []
        assert summarize(comparison.changed()).count == 0


def test_a_lost_label_shows_with_both_sides_and_what_it_did(filler: Filler) -> None:
    _fill(filler, 2021, 2022)
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=THREE, workers=1)
    first, second = _changed(filler.path, "1.0+fa", "3.0+fa")
    assert (first.url, first.issuer, first.year) == (f"{HOST}/2021", "甘泉县人民政府", 2021)
    assert (first.old_parser, first.new_parser) == ("1.0+fake", "3.0+fake")
    assert second.year == 2022
    cell, check = first.differences
    assert (cell.kind, cell.place) == ("cell number→absent", ("applications", "new_received", "total"))
    assert (cell.before, cell.after) == ("10", "absent")
    assert cell.old is not None
    assert cell.new is not None
    assert (cell.old["raw"], cell.old["value"], cell.new["raw"]) == ("10", 10, None)
    assert (check.kind, check.key, check.place) == (
        "check pass→not_assessable",
        "T3_ROW_TOTAL",
        ("applications", "new_received"),
    )
    with open_archive(filler.path) as archive, compare(archive, "1.0+fa", "3.0+fa") as comparison:
        summary = summarize(comparison.changed())
    assert (summary.documents, summary.count) == (2, 4)
    assert [(c.kind, c.rows, c.columns, c.count, c.documents) for c in summary.causes] == [
        ("cell number→absent", ("new_received",), ("total",), 2, 2),
        ("check pass→not_assessable", ("new_received",), (), 2, 2),
    ]
    assert summary.causes[0].examples == (f"{HOST}/2021", f"{HOST}/2022")


def test_back_to_the_first_version_nothing_differs_and_no_parse_is_added(filler: Filler) -> None:
    _fill(filler, 2021)
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=THREE, workers=1)
    assert reparse(filler.path, engine=ONE, workers=1).parsed == 0
    assert _kinds(filler.path, "1.0", "1.0") == {}
    assert _kinds(filler.path, "3.0", "1.0") == {"cell absent→number": 1, "check not_assessable→pass": 1}


def test_a_version_stands_for_all_readers_of_its_time(filler: Filler) -> None:
    _fill(filler, 2021)
    filler.add(f"{HOST}/empty", b"")  # read by `none`, whose version is its own
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=TWO, workers=1)
    reparse(filler.path, engine=THREE, workers=1, limit=1)
    with open_archive(filler.path) as archive:
        assert [dict(g.parsers) for g in generations(archive.db.conn)] == [
            {"fake": "3.0+fake", "none": "3.0+none"},
            {"fake": "2.0+fake", "none": "1.0+none"},
            {"fake": "1.0+fake", "none": "1.0+none"},
        ]
        with compare(archive, "1.0+fake", "2.0+fake") as comparison:
            assert comparison.compared == 2  # the empty one stands in both, parsed once
        with compare(archive, "1.0+fake", "3.0+fake") as comparison:
            assert (comparison.compared, comparison.only_old) == (1, 1)
            assert summarize(comparison.changed()).documents == 1


def test_without_names_the_last_parser_is_held_against_what_came_before(filler: Filler) -> None:
    _fill(filler, 2021)
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=TWO, workers=1)
    _fill(filler, 2022)
    reparse(filler.path, engine=THREE, workers=1)
    with open_archive(filler.path) as archive, compare(archive) as comparison:
        assert (comparison.compared, comparison.only_old, comparison.only_new) == (1, 0, 1)
        (document,) = comparison.changed()
        assert (document.old_parser, document.new_parser) == ("2.0+fake", "3.0+fake")


def test_a_name_may_be_the_last_part_and_must_be_clear(filler: Filler) -> None:
    _fill(filler, 2021)
    with pytest.raises(VersionUnknown, match="reparse"):
        _kinds(filler.path)
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=THREE, workers=1)
    with pytest.raises(VersionUnknown, match=r"several parsers .*: 3\.0\+fake, 1\.0\+fake"):
        _kinds(filler.path, "fake")
    with pytest.raises(VersionUnknown, match=r"9\.9.*newest first: 3\.0\+fake"):
        _kinds(filler.path, "9.9")
    assert _kinds(filler.path, "1", "3")["cell number→absent"] == 1


def test_a_number_with_a_point_is_another_number(filler: Filler) -> None:
    def pointed(sources: Sequence[Source], context: Context) -> Report:
        report = parse_two(sources, context)
        cells = [c._replace(value=None if c.value is None else float(c.value)) for c in report.cells]
        return replace(report, cells=tuple(cells))

    _fill(filler, 2021)
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=replace(TWO, parse=pointed), workers=1)
    assert _kinds(filler.path, "1.0", "2.0") == {"cell value changed": 2}


def test_a_selection_takes_documents_that_either_side_puts_there(filler: Filler) -> None:
    _fill(filler, 2021, 2022, 2023)
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=THREE, workers=1)
    assert _kinds(filler.path, "1.0", "3.0", selection=Selection(years=(2022, 2023)))["cell number→absent"] == 2
    assert _kinds(filler.path, "1.0", "3.0", selection=Selection(kind="office")) == {}


def test_parses_that_say_the_same_are_told_by_one_digest(filler: Filler) -> None:
    _fill(filler, 2021)
    reparse(filler.path, engine=ONE, workers=1)
    same = Engine(parse=parse_as_one, reader_for=ONE.reader_for, version=lambda reader: {"fake": "1.5+fake"}[reader])
    reparse(filler.path, engine=same, workers=1)
    with open_archive(filler.path) as archive:
        contents = archive.db.conn.execute("SELECT DISTINCT content FROM parses").fetchall()
    assert len(contents) == 1
    assert _kinds(filler.path, "1.0", "1.5") == {}


def test_differences_are_ready_for_json(filler: Filler) -> None:
    _fill(filler, 2021)
    reparse(filler.path, engine=ONE, workers=1)
    reparse(filler.path, engine=THREE, workers=1)
    (document,) = _changed(filler.path, "1.0", "3.0")
    for difference in document.differences:
        json.dumps([difference.old, difference.new], allow_nan=False)
