"""The page on the parser names every module and data file there is: who looks for a step finds it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARSER = ROOT / "gicrawl" / "parser"


def test_the_page_on_the_parser_names_every_module_and_data_file() -> None:
    page = (ROOT / "docs" / "parser.md").read_text(encoding="utf-8")
    named = {name for words in re.findall(r"`([^`\n]+)`", page) for name in re.findall(r"[\w.]+", words)}
    files = [path for path in PARSER.rglob("*") if path.suffix in {".py", ".toml"} and path.parent.name != "forms"]
    unnamed = [path for path in files if path.name != "__init__.py" and not named & {path.name, path.stem}]
    assert [str(path.relative_to(PARSER)) for path in unnamed] == []
