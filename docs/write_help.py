"""Writes the help of every command into docs/cli.md, between the marks it finds there: `make docs`.

A test holds the page against this, so what the page says is what the commands print.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from gicrawl.cli import cli

PAGE = Path(__file__).with_name("cli.md")
MARKED = re.compile(r"(<!-- help: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def help_of(name: str) -> str:
    """What `gicrawl NAME --help` prints on a terminal of 100 columns, in English; a subcommand's name is two words."""
    command: click.Command = cli
    context = click.Context(cli, info_name="gicrawl", **cli.context_settings)
    for word in name.split():
        assert isinstance(command, click.Group)
        command = command.commands[word]
        context = click.Context(command, info_name=word, parent=context, **WIDTH)
    return command.get_help(context)


WIDTH = {"max_content_width": 100, "terminal_width": 100}


def written(page: str) -> str:
    """The page with every help block as it should be."""
    return MARKED.sub(lambda found: f"{found[1]}```text\n{help_of(found[2])}\n```\n{found[3]}", page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0)
