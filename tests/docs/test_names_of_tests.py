"""pytest imports every module of tests/ under its bare name, so that any folders can be run in one command."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_no_two_modules_have_the_same_name() -> None:
    names = Counter(path.name for path in TESTS.rglob("*.py"))
    assert {name for name, count in names.items() if count > 1} <= {"conftest.py", "__init__.py"}


def test_nobody_imports_a_conftest() -> None:
    importing = re.compile(r"^\s*(from|import) conftest\b", re.MULTILINE)
    assert [path for path in TESTS.rglob("*.py") if importing.search(path.read_text(encoding="utf-8"))] == []
