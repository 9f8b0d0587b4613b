"""The registry: which bodies publish their reports on which portal.

A registry is a TOML file of `[[portal]]` tables, a CSV file with the same keys as its columns, or a folder of such
files. It is read strictly, entry by entry: an unknown key, a missing id, a URL that is none are told, all at once and
with their line, before anything is fetched. What is wrong with one entry costs that entry, not the others.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gicrawl.portals.bodies import KINDS, LEVELS
from gicrawl.portals.files import FileError, Problem, read
from gicrawl.portals.visiting import AMOUNTS, COUNTS
from gicrawl.portals.visiting import problems as visiting_problems
from gicrawl.regions.codes import region_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.portals.files import Entry

BUNDLED = Path(__file__).with_name("bundled")
"""The folder of the bundled registry: one file a level of government."""
STATUSES = ("unverified", "verified", "moved", "gone")
"""`unverified` until a crawl of the live web has found reports there."""

_SHAPES = {
    "id": (re.compile(r"[a-z0-9][a-z0-9._-]{0,63}"), "use lower-case letters, digits, '.', '_' and '-'"),
    "region_code": (re.compile(r"\d{2,12}"), "use a division code of 2 to 12 digits"),
    "family": (re.compile(r"[a-z][a-z0-9_]*"), "use `auto` or the name of a spider"),
}
_YEARS = re.compile(r"((?:19|20)\d\d)(?:-((?:19|20)\d\d))?")
_FIRST_PORT, _LAST_PORT = 1, 65535


class RegistryError(Exception):
    """What is wrong with a registry or a choice from it: one line a problem, each with its place and its remedy."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A place where reports are published.

    Attributes:
        id: short and stable: lower-case letters, digits, `.`, `_`, `-`.
        body: official name of the publishing body.
        level: of that body, one of `LEVELS`.
        home: URL of the home page.
        kind: of that body, one of `KINDS`, or None.
        region_code: division code (GB/T 2260, 2 to 12 digits), or None.
        columns: URLs of report columns that are known already; discovery is skipped.
        family: name of the spider to read it with; `auto` asks all families.
        years: first and last report year published there, or None where unknown.
        status: one of `STATUSES`.
        address: loopback address and port to dial instead of asking DNS; for imitation portals only.
        delay: seconds between two requests where this portal asks for more than usual, or None.
        hours: when it may be visited, as `gicrawl.portals.visiting.Hours` reads it, or None for always.
        tls: `relaxed` where strict TLS is known to fail there, one of `gicrawl.portals.visiting.TLS`.
        hosts: other hosts that belong to the portal (a file server, a mirror of its own): what redirects and links
            lead to there is its own, although they lie neither on its site nor in `.gov.cn`.
        max_pages, max_depth, max_megabytes, max_hours: bounds of one run's visit, or None for the usual ones.
        source: where the entry comes from.
        notes: dated remarks for people.
    """

    id: str
    body: str
    level: str
    home: str
    kind: str | None = None
    region_code: str | None = None
    columns: tuple[str, ...] = ()
    family: str = "auto"
    years: tuple[int, int] | None = None
    status: str = "unverified"
    address: str | None = None
    delay: float | None = None
    hours: str | None = None
    tls: str = "strict"
    hosts: tuple[str, ...] = ()
    max_pages: int | None = None
    max_depth: int | None = None
    max_megabytes: float | None = None
    max_hours: float | None = None
    source: str | None = None
    notes: str | None = None


_KEYS = tuple(field.name for field in fields(Portal))
_REQUIRED = ("id", "body", "level", "home")
_NO_TEXTS = frozenset({"columns", "delay", "years", "hosts", *COUNTS, *AMOUNTS})


@dataclass(frozen=True, slots=True)
class Registry:
    """The portals of one file or folder, in its order.

    Attributes:
        path: of the file or folder.
        portals: its entries that are right.
        problems: what is wrong with the others, by file and line.
    """

    path: Path
    portals: tuple[Portal, ...]
    problems: tuple[Problem, ...] = ()

    def __iter__(self) -> Iterator[Portal]:
        return iter(self.portals)

    def __len__(self) -> int:
        return len(self.portals)

    def get(self, portal: str) -> Portal:
        """Return the portal with this id.

        Raises:
            RegistryError: there is none; names those that look like it.
        """
        for entry in self.portals:
            if entry.id == portal:
                return entry
        broken = [str(problem) for problem in self.problems if problem.portal == portal]
        if broken:
            raise RegistryError(broken)
        near = difflib.get_close_matches(portal, [entry.id for entry in self.portals], n=3)
        hint = (
            f"did you mean {' or '.join(near)}?"
            if near
            else "name it by its URL, or give the registry that has it with --portals"
        )
        raise RegistryError([f"{self.path}: no portal has the id {portal!r}; {hint}"])


def select(
    registry: Registry,
    ids: Sequence[str] = (),
    region: str | None = None,
    *,
    level: str | None = None,
    kind: str | None = None,
    every: bool = False,
) -> tuple[Portal, ...]:
    """Choose portals: those named, and those whose body is of a region (or below it), of a level and of a kind.

    Args:
        registry: where to choose from.
        ids: portals named by the user; taken whatever their status or body.
        region: a division code or the beginning of one (`32`, `3205`).
        level: one of `LEVELS`.
        kind: one of `KINDS`; a portal whose entry names none is of no kind.
        every: all portals, where neither region nor level nor kind is given.

    Raises:
        RegistryError: an id is unknown, or no portal has such a body; all such problems at once.
        ValueError: `region` is no division code.
    """
    chosen: dict[str, Portal] = {}
    problems: list[str] = []
    for portal in ids:
        try:
            chosen[portal] = registry.get(portal)
        except RegistryError as error:
            problems += error.problems
    asked = [f"{name} {value}" for name, value in (("region", region), ("level", level), ("kind", kind)) if value]
    if asked or every:
        prefix = "" if region is None else region_prefix(region)
        within = [
            entry
            for entry in registry
            if entry.status != "gone"
            and (entry.region_code or "").startswith(prefix)
            and level in {None, entry.level}
            and kind in {None, entry.kind}
        ]
        if asked and not within:
            said = ", ".join(asked)
            problems.append(f"{registry.path}: no portal of {said} is registered; name one by its URL instead")
        chosen |= {entry.id: entry for entry in within}
    if problems:
        raise RegistryError(problems)
    return tuple(chosen.values())


def load(path: str | Path | None = None) -> Registry:
    """Read a registry; None: the bundled one.

    Args:
        path: a TOML file, a CSV file (by its suffix), or a folder of them. Several columns in one CSV field are
            separated by spaces. A TOML file that says `bundled = true` at its top has the bundled portals after its
            own; where both have an id, its own counts.

    Returns:
        The entries that are right, with the problems of the others.

    Raises:
        RegistryError: the file cannot be read, or none of its entries is right; every problem at once.
    """
    source = Path(path) if path is not None else BUNDLED
    try:
        content = read(source)
    except FileError as error:
        raise RegistryError([str(error)]) from None
    problems = list(content.problems)
    portals: dict[str, Portal] = {}
    for entry in content.entries:
        found = list(_problems(entry.fields))
        if not found and entry.fields["id"] in portals:
            found.append(("id", "id: used by an earlier entry; give each portal an id of its own"))
        problems += [entry.problem(key, text) for key, text in found]
        if not found:
            portals[entry.fields["id"]] = portal_of(entry)
    if problems and not portals:
        raise RegistryError([str(problem) for problem in problems])
    if content.bundled:
        portals |= {portal.id: portal for portal in load() if portal.id not in portals}
    return Registry(path=source, portals=tuple(portals.values()), problems=tuple(problems))


def _problems(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything wrong with one entry: the key, and what is wrong with it and its remedy."""
    for key in entry:
        if key not in _KEYS:
            near = difflib.get_close_matches(str(key), _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(_KEYS)}"
            yield key, f"unknown key {key!r}; {hint}"
    for key in _REQUIRED:
        if not entry.get(key):
            yield key, f"{key}: missing; add it"
    for key in _KEYS:
        if key in entry and key not in _NO_TEXTS and not isinstance(entry[key], str):
            yield key, f"{key}: {entry[key]!r} is no text; put it in quotes"
    yield from _text_problems({key: value for key, value in entry.items() if isinstance(value, str) and value})
    yield from _column_problems(entry)
    yield from visiting_problems(entry)
    if "years" in entry and _years(entry["years"]) is None:
        yield "years", f'years: {entry["years"]!r} is no range; write "2008-2024"'
    delay = entry.get("delay", 0)
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay < float("inf"):
        yield "delay", f"delay: {delay!r} is no number of seconds; write 5 or 2.5"


def id_problem(printed: str) -> str | None:
    """What is wrong with an id of a portal, and what to use; None: nothing."""
    return next((problem for _, problem in _text_problems({"id": printed})), None)


def _text_problems(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    for key, (pattern, remedy) in _SHAPES.items():
        if key in texts and not pattern.fullmatch(texts[key]):
            yield key, f"{key}: {texts[key]!r} is not one; {remedy}"
    for key, allowed in (("level", LEVELS), ("kind", KINDS), ("status", STATUSES)):
        if key in texts and texts[key] not in allowed:
            yield key, f"{key}: {texts[key]!r} is unknown; use {', '.join(allowed)}"
    if "home" in texts and not _is_url(texts["home"]):
        yield "home", f"home: {texts['home']!r} is no URL; write http://… or https://…"
    if "address" in texts and not _is_loopback(texts["address"]):
        said = "is not a loopback address and port; write 127.0.0.1:8001, or leave it out"
        yield "address", f"address: {texts['address']!r} {said}"


def _column_problems(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    columns = entry.get("columns", [])
    if not isinstance(columns, list):
        yield "columns", f'columns: {columns!r} is no list; write ["http://…"]'
        return
    for url in columns:
        if not isinstance(url, str) or not _is_url(url):
            yield "columns", f"columns: {url!r} is no URL; write http://… or https://…"


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", text)


def _is_loopback(text: str) -> bool:
    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return address.is_loopback and port.isdecimal() and _FIRST_PORT <= int(port) <= _LAST_PORT


def _years(printed: object) -> tuple[int, int] | None:
    match = _YEARS.fullmatch(printed) if isinstance(printed, str) else None
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return (first, last) if first <= last else None


def portal_of(entry: Entry) -> Portal:
    """Make the portal of an entry that has no problem."""
    values = {key: value for key, value in entry.fields.items() if value != ""}
    for key in ("columns", "hosts"):
        if key in values:
            values[key] = tuple(values[key])
    if "years" in values:
        values["years"] = _years(values["years"])
    if "delay" in values:
        values["delay"] = float(values["delay"])
    return Portal(**values)
