"""The registry as commands read it: what is wrong in it is told, the rest is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import FINDINGS, tell

if TYPE_CHECKING:
    from pathlib import Path

    from gicrawl.portals.registry import Registry


def read_registry(portals_file: Path | None) -> Registry:
    """The registry, with what is wrong in it told on standard error: the rest of it is used.

    Raises:
        RegistryError: nothing of it is usable.
    """
    from gicrawl.portals.registry import load

    registry = load(portals_file)
    for problem in registry.problems:
        tell("portals_broken", problem=problem)
    return registry


def end(registry: Registry) -> None:
    """End with the status for findings where something in the registry is wrong."""
    if registry.problems:
        click.get_current_context().exit(FINDINGS)
