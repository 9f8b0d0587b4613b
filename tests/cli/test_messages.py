import re
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest

from gicrawl.messages import LANGUAGES, catalog, default_language, text

CLI = Path(__file__).parents[2] / "gicrawl"


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("code", sorted(catalog()))
def test_every_code_has_both_languages_with_the_same_placeholders(code: str) -> None:
    templates = catalog()[code]
    assert set(templates) == set(LANGUAGES)
    assert placeholders(templates["en"]) == placeholders(templates["zh"])
    assert re.search(r"[\u4e00-\u9fff]|^\{\w+\}：\{\w+\}$", templates["zh"])
    assert "\n" not in templates["en"] + templates["zh"]


def test_codes_are_sorted_so_that_one_finds_them() -> None:
    assert list(catalog()) == sorted(catalog())


def test_every_code_the_commands_use_exists_and_none_is_idle() -> None:
    files = [path.read_text(encoding="utf-8") for path in sorted(CLI.rglob("*.py"))]
    speaking = "\n".join(file for file in files if "gicrawl.messages" in file or "gicrawl.cli" in file)
    for code in set(re.findall(r"""\b(?:say|tell|text)\(\s*["']([a-z_]+)["']""", speaking)):
        assert code in catalog()
    source = "\n".join(files)
    built = tuple(re.findall(r"""["']([a-z_]+_)\{""", source))  # f"check_{status}" uses every code that begins so
    idle = [code for code in catalog() if not re.search(f"[\"']{code}[\"']", source) and not code.startswith(built)]
    assert idle == []


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "C"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_locale_decides_the_language(environment: dict[str, str], language: str) -> None:
    assert default_language(environment) == language


def test_braces_in_a_value_are_printed_as_they_are() -> None:
    assert "{odd}.html" in text("not_a_report", "en", file="{odd}.html")


def test_help_needs_neither_scrapy_nor_the_database() -> None:
    heavy = "print([m for m in ('scrapy', 'sqlite_utils', 'lxml') if m in __import__('sys').modules])"
    code = f"import gicrawl.cli; {heavy}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
