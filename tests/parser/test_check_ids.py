"""Every rule has an id that stays, a sentence in both languages, and a line in the book."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gicrawl.parser.checks import load_identities
from gicrawl.parser.formal import load_rules
from gicrawl.parser.narrative.statements import load_statements
from gicrawl.parser.output import check_sentences

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "forms.json"
ACROSS_BODIES = {"P_SUM"}
"""Needs every report of a region: a question to an archive, not to a report."""
CODED = {
    "N_SUM",
    "N_FEES",
    "N_RATE",
    "X_CARRY",
    "X_STOCK",
    "X_ITEMS",
    "XF_CUMULATIVE",
    "F_TABLE_COPIED",
    "F_PROSE_COPIED",
    "F_PROBLEMS_COPIED",
}
"""Rules that are no entry of a data file."""


def known() -> set[str]:
    made = {identity.id for identity in load_identities()} | {statement.id for statement in load_statements()}
    return made | set(load_rules()) | CODED


def test_the_book_has_every_rule_and_no_other() -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([A-Z][A-Z0-9_]+)`", "".join(rows))) == known()


def test_what_a_failed_check_says_is_there_in_both_languages_with_the_same_fields() -> None:
    assert set(check_sentences()) <= known()
    for name, said in check_sentences().items():
        fields = {lang: set(re.findall(r"\{(\w+)\}", text)) for lang, text in said.items()}
        assert fields["en"] == fields["zh"] <= {"left", "right", "place"}, name
    assert list(check_sentences()) == sorted(check_sentences())


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the list of identities is not beside the checkout")
def test_every_identity_of_the_forms_is_checked() -> None:
    listed = {entry["id"] for entry in json.loads(SHARED.read_text(encoding="utf-8"))["identities"]}
    assert listed - known() == ACROSS_BODIES


def test_a_wrong_citation_with_the_right_number_is_not_said_to_have_a_wrong_one() -> None:
    told = check_sentences()["F_CITATION"]["en"].format(left=60, right=60)
    assert "its year or its office" in told
    assert "No. 60 of the same" not in told
