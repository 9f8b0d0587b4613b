from __future__ import annotations

import json
from pathlib import Path

import pytest
from roundtrip import floors, plan, printing
from roundtrip.damages import DAMAGES
from roundtrip.reports import STATUTORY
from roundtrip.sheets import NUMBER
from roundtrip.verdicts import judge

PROOF = Path(__file__).resolve().parents[2] / "docs" / "proofs" / "roundtrip.json"


def test_nothing_has_become_less_exact_or_more_wrong() -> None:
    assert floors.below(floors.measured(floors.sample()), floors.load()["sample"]) == []


def test_the_committed_proof_reaches_its_floors() -> None:
    found = json.loads(PROOF.read_text(encoding="utf-8"))["floors"]
    assert floors.below(found, floors.load()["proof"]) == []


def test_a_document_is_made_of_its_layout_damages_and_seed_alone() -> None:
    for layout in printing.LAYOUTS:
        assert printing.make(layout, ["units", "chrome"], 7) == printing.make(layout, ["units", "chrome"], 7)


def test_every_damage_is_printed_somewhere_and_leaves_cells_to_read() -> None:
    for damage in DAMAGES:
        layout = next(layout for layout in printing.LAYOUTS if printing.possible(layout, [damage]))
        assert printing.make(layout, [damage], 1).truth


@pytest.mark.parametrize("form", STATUTORY)
def test_undamaged_figures_satisfy_every_identity(form: str) -> None:
    made = printing.make("html_plain", ["none"], 3, form)
    rows = {key[1] for key in made.truth if key[0] == "applications"}
    for row in rows:
        line = {key[2]: figure for key, figure in made.truth.items() if key[:2] == ("applications", row)}
        if all(figure.state == NUMBER for figure in line.values()):
            total = line.pop("total").value
            assert sum(figure.value or 0 for figure in line.values()) == total


def test_the_judge_sees_a_wrong_figure_a_blank_and_a_cell_too_many() -> None:
    made = printing.make("html_plain", ["none"], 5, "form2021")
    right = judge(made).counts
    assert right["wrong"] == right["extra"] == 0
    assert right["exact"] == right["cells"]
    key = next(key for key, figure in made.truth.items() if figure.state == NUMBER)
    other = dict(made.truth)
    other[key] = type(other[key])(-7)
    del other["applications", "granted", "total"]
    verdict = judge(printing.Made(made.name, made.body, made.form, made.year, other))
    assert (verdict.counts["wrong"], verdict.counts["extra"]) == (1, 1)


def test_held_out_combinations_are_a_third_and_are_not_shown() -> None:
    named = plan.combinations()
    held, tuned = set(named["held_out"]), set(named["tuned"])
    assert not held & tuned
    assert len(held) * 2 == len(tuned)
    assert all(damage in DAMAGES for names in held | tuned for damage in names)


def test_floors_are_lowered_only_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    floors.pin("sample", {"html": {"exact": 0.9, "wrong": 1, "sure": 0}}, reason=None, day="2026-01-01", path=path)
    worse = {"html": {"exact": 0.8, "wrong": 1, "sure": 0}}
    with pytest.raises(ValueError, match=r"exact 0\.8, was 0\.9"):
        floors.pin("sample", worse, reason=None, day="2026-01-02", path=path)
    floors.pin("sample", worse, reason='a "worse" reader', day="2026-01-02", path=path)
    assert floors.load(path)["sample"]["html"]["exact"] == 0.8
    assert 'a \\"worse\\" reader' in path.read_text(encoding="utf-8")
    floors.pin("sample", {"html": {"exact": 1.0, "wrong": 0, "sure": 0}}, reason=None, day="2026-01-03", path=path)
    assert floors.load(path)["sample"]["html"] == {"exact": 1.0, "wrong": 0, "sure": 0}
