"""What the README and the pages of docs/ tell people to type works, and what they print as help is the help."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from gicrawl.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
BLOCK = re.compile(r"(?:<!-- ([^\n]*) -->\n)?```console\n(.*?)```", re.DOTALL)
SCRIPTS = Path(sys.executable).parent


@dataclass(frozen=True)
class Block:
    note: str
    commands: tuple[str, ...]


def blocks(page: Path) -> list[Block]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [
        Block(note, tuple(line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ ")))
        for note, body in found
    ]


def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_help", ROOT / "docs" / "write_help.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_commands_prints_their_help() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert writer().written(page) == page, "run: make docs"


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_is_documented_and_its_help_has_an_example(name: str) -> None:
    assert f"<!-- help: {name} -->" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert re.search(rf"Examples?:\n  .*gicrawl {name}", writer().help_of(name))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    typed = [command for block in blocks(page) for command in block.commands]
    typed += re.findall(r"`(gicrawl [a-z][^`]*)`", text)
    for line in typed:
        words = shlex.split(line.partition("|")[0].replace("…", "x"))
        if words[:1] == ["gicrawl"] and not words[1].startswith("-"):
            assert words[1] in cli.commands, line


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(
    page: Path, tmp_path: Path, demo: subprocess.CompletedProcess[str]
) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GICRAWL_")},
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
    }
    exports = ""
    for block in blocks(page):
        if block.note.startswith(("needs the network", "in a checkout")):
            continue
        expected = int(found[1]) if (found := re.match(r"exit (\d)", block.note)) else 0
        for command in block.commands:
            if command.startswith("export "):
                exports += f"{command}\n"
                continue
            if command == "gicrawl demo --keep demo":  # has been run, for other tests as well
                assert demo.returncode == expected, demo.stdout + demo.stderr
                shutil.copytree(demo.args[-1], tmp_path / "demo")
                continue
            done = subprocess.run(
                ["/bin/bash", "-c", f"set -o pipefail\n{exports}{command}"],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == expected, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
            assert "Traceback" not in done.stderr
