"""Provinces, autonomous regions and municipalities: the one level of divisions that has not changed since 1997."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Province:
    """A division of the first level.

    Attributes:
        name: official name (内蒙古自治区).
        short: the name without its rank, as it stands before a city (内蒙古).
        seat: the city its government sits in; None for the municipalities, which are their own.
    """

    name: str
    short: str
    seat: str | None


@cache
def provinces() -> tuple[Province, ...]:
    """All provinces on the mainland, municipalities first."""
    rows = tomllib.loads((resources.files(__package__) / "provinces.toml").read_text(encoding="utf-8"))["province"]
    return tuple(Province(row["name"], row["short"], row.get("seat")) for row in rows)


@cache
def province_names() -> frozenset[str]:
    """The official names."""
    return frozenset(province.name for province in provinces())


@cache
def province_seats() -> frozenset[str]:
    """Cities that are seats of provinces, and so certainly of the second level."""
    return frozenset(province.seat for province in provinces() if province.seat)
