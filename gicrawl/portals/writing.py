"""Writes entries into a user's own registry file: appended, the rest of the file as it was."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING

from gicrawl.portals.registry import Portal, RegistryError, id_problem, load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEAD = (
    "# Portals of our own: use this file with --portals, or set GICRAWL_PORTALS. Delete `bundled` to have these only.\n"
)


def to_toml(portal: Portal) -> str:
    """The entry as it stands in a registry file, without what it leaves at its default."""
    lines = ["[[portal]]"]
    for one in fields(Portal):
        value = getattr(portal, one.name)
        if value == one.default or (value is None or value == ()):
            continue
        if one.name == "years":
            value = f"{value[0]}-{value[1]}"
        if isinstance(value, tuple):
            value = list(value)
        lines.append(f"{one.name} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: str | float | list[str]) -> str:
    """A TOML value: JSON's strings, numbers and lists are TOML's, but for the one control character JSON leaves."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def append(path: Path, portals: Sequence[Portal]) -> None:
    """Add entries to a TOML file; it is made, with the bundled portals behind it, if it is not there.

    The file is replaced in one step: a reader sees it before or after.

    Raises:
        RegistryError: an id is used in the file already, an entry is wrong, or the file cannot be read.
        OSError: it cannot be written.
    """
    refuse(path, [portal.id for portal in portals])
    before = f"{_HEAD}bundled = true\n"
    if path.exists():
        before = path.read_text(encoding="utf-8-sig")
    text = before.rstrip("\n") + "\n" + "".join(f"\n{to_toml(portal)}" for portal in portals)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        _check(part, path)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _check(part: Path, path: Path) -> None:
    """Read a file that is to become `path`; what is wrong is said of that one, the user knows no other."""
    try:
        problems = load(part).problems
    except RegistryError as error:
        raise RegistryError([line.replace(str(part), str(path)) for line in error.problems]) from None
    if problems:
        raise RegistryError([f"{problem.portal}: {problem.text}" for problem in problems])


def refuse(path: Path, ids: Sequence[str]) -> None:
    """Say what keeps entries with these ids from being added to a file, before anything is done for them.

    Raises:
        RegistryError: the file is none for entries or cannot be read, or an id is no id or used in it already.
    """
    if path.suffix.lower() != ".toml":
        raise RegistryError([f"{path}: entries are added to a TOML file; name one that ends in .toml"])
    wrong = [problem for one in ids if (problem := id_problem(one)) is not None]
    if wrong:
        raise RegistryError(wrong)
    known = {portal.id for portal in own(path)} if path.exists() else set()
    used = [one for one in ids if one in known]
    if used:
        raise RegistryError([f"{path}: {one} is there already; choose another --id, or edit it" for one in used])


def own(path: Path) -> tuple[Portal, ...]:
    """The entries a file has itself, without the bundled ones; none in a file that has none yet.

    Raises:
        RegistryError: it cannot be read, or something in it is wrong: nothing is added to a broken file.
    """
    registry = load(path)
    if registry.problems:
        raise RegistryError([str(problem) for problem in registry.problems])
    bundled = {portal.id: portal for portal in load()}
    return tuple(portal for portal in registry if bundled.get(portal.id) != portal)
