"""What a data file of a family must be, and what is said of one that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from spiders.description import FOLDER, DescriptionError, read
from spiders.json_paths import date_of, first, load_answer, number_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_file_is_whole(path: Path) -> None:
    about = read(path)
    assert set(about.needs) <= {variable.name for variable in about.variables}
    assert about.signs or about.url_signs


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[page]", "[page]\ncolour = 'red'"), "colour"),
        (("rank = 45", ""), "rank"),
        (("'EWB-FRONT'", "'EWB(FRONT'"), "unterminated subpattern"),
        (("[request]", "[request"), "line"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_what_is_wrong(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = tmp_path / "epoint.toml"
    path.write_text((FOLDER / "epoint.toml").read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(DescriptionError, match=rf"epoint\.toml: .*{said}"):
        read(path)


@pytest.mark.parametrize(
    "text", ["", "<html>", "hello(", "{", "[1,", "callback", "a" * 10_000, "(" * 10_000, "[" * 100_000]
)
def test_what_is_no_json_is_no_answer(text: str) -> None:
    assert load_answer(text) is None


def test_paths_see_through_json_in_words() -> None:
    answer = load_answer('cb({"a":"{\\"b\\":[{\\"c\\":\\"3\\"}]}"});')
    assert first(answer, ["x", "a.b.0.c"]) == "3"
    assert first(answer, ["a.b.1.c", "a.b.c", "a.b.0.c.d"]) is None


@pytest.mark.parametrize(
    ("value", "number"), [("12", 12), (12, 12), (True, None), ("-1", None), ("x", None), (None, None)]
)
def test_numbers(value: object, number: int | None) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2014.01.13 15:07:00", "2014-01-13"),
        (1390579200, "2014-01-25"),  # midnight in China, the evening before in Greenwich
        ("20149999", None),
        (2014, None),
        (None, None),
    ],
)
def test_dates(value: object, date: str | None) -> None:
    assert date_of(value) == date
