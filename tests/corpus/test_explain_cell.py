"""Every number leads back to its place in the source."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from explain_samples import HOME, Town, report

from gicrawl.archive.records import Judgement
from gicrawl.archive.store import open_archive
from gicrawl.corpus.explain import explain_address
from gicrawl.corpus.explain_cell import known_keys, near_keys
from gicrawl.corpus.views import parsed_reports
from gicrawl.portals.registry import load

if TYPE_CHECKING:
    from pathlib import Path

    from gicrawl.corpus.explain_records import CellStory
    from gicrawl.parser.report import Key


def told_of(path: Path, url: str, key: Key) -> CellStory:
    with open_archive(path) as archive:
        (story,) = explain_address(archive, url, load(), cell=key).cells
    return story


@pytest.mark.parametrize("layout", ["tables", "rows", "cells", "pipes"])
def test_the_place_of_every_number_of_a_page_is_found_again(tmp_path: Path, layout: str) -> None:
    town = Town(tmp_path / "gicrawl.db")
    url = f"{HOME}/a.html"
    town.visit(url, report(layout=layout), judgement=Judgement.CONTENT)
    town.parse()
    with open_archive(town.path) as archive:
        (read,) = parsed_reports(archive)
    numbers = [cell for cell in read.cells if cell.raw is not None]
    assert len(numbers) > 100
    for cell in numbers[::17]:
        story = told_of(town.path, url, cell.key)
        assert story.found is not None, (cell.key, cell.evidence)
        assert cell.raw is not None
        assert cell.raw.strip() in story.found
        assert story.source == url


def test_a_number_in_a_text_file_stands_between_what_is_around_it(tmp_path: Path) -> None:
    town = Town(tmp_path / "gicrawl.db")
    url = f"{HOME}/a.txt"
    page = report(layout="pipes").decode()
    lines = re.sub(r"<(?:head|style|script).*?</(?:head|style|script)>", "", page, flags=re.DOTALL)
    lines = re.sub(r"</(?:p|h\d|div)>|<br */?>", "\n", lines)
    text = html.unescape(re.sub(r"<[^>]+>", "", lines))
    town.visit(url, text.encode(), judgement=Judgement.CONTENT, declared_type="text/plain")
    town.parse()
    key = ("applications", "new_received", "total")
    story = told_of(town.path, url, key)
    assert story.media_type == "text/plain"
    assert story.cell is not None
    assert story.found == story.cell["raw"]
    assert story.before is not None
    assert "新收" in story.before
    place = story.cell["evidence"]
    assert text[place["start"] : place["end"]] == story.found


def test_the_checks_that_use_a_cell_are_told_with_it(tmp_path: Path) -> None:
    town = Town(tmp_path / "gicrawl.db")
    town.visit(f"{HOME}/a.html", report(defect="wrong_total"), judgement=Judgement.CONTENT)
    town.parse()
    with open_archive(town.path) as archive:
        (read,) = parsed_reports(archive)
    failed = next(check for check in read.checks if check.status.value == "fail")
    story = told_of(town.path, f"{HOME}/a.html", failed.cells[-1])
    assert failed.id in {check["id"] for check in story.checks if check["status"] == "fail"}


def test_a_cell_of_another_form_is_said_not_to_be_there(tmp_path: Path) -> None:
    town = Town(tmp_path / "gicrawl.db")
    town.visit(f"{HOME}/a.html", report(), judgement=Judgement.CONTENT)
    town.parse()
    with open_archive(town.path) as archive:
        (read,) = parsed_reports(archive)
    other = min(known_keys() - {cell.key for cell in read.cells})
    story = told_of(town.path, f"{HOME}/a.html", other)
    assert story.cell is None
    assert story.found is None


def test_a_misspelt_cell_has_near_ones() -> None:
    assert "applications/new_received/total" in near_keys(("applications", "new_recieved", "total"))
