"""Which bodies and years a command is about: `--region`, `--level`, `--kind` and `--years` as one value.

What a selector asks for must be known to be so: a report whose year could not be told is not among those of 2021.
Work that may find it out, and crawling and parsing are such work, asks `may_match` instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.regions.codes import region_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gicrawl.parser.report import Issuer
    from gicrawl.portals.registry import Portal


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Bodies and years; a field that is None selects nothing away.

    Attributes:
        region: division code of 2, 4 or 6 digits; all below it are in. `32` and `320000` mean the same. What was
            renumbered is found under its old code and its new one, each in its years; successors are not followed.
        level: level of the body, one of `gicrawl.portals.bodies.LEVELS`.
        kind: kind of the body, one of `gicrawl.portals.bodies.KINDS`.
        years: first and last year reported on.

    Raises:
        ValueError: `region` is no division code, or the last year comes before the first.
    """

    region: str | None = None
    level: str | None = None
    kind: str | None = None
    years: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a selection."""
        if self.region is not None:
            region_prefix(self.region)
        if self.years is not None and self.years[1] < self.years[0]:
            raise ValueError(f"years {self.years[0]}-{self.years[1]}: the earlier year comes first")

    def __bool__(self) -> bool:
        """Whether anything is selected away."""
        return self.names_bodies or self.years is not None

    @property
    def names_bodies(self) -> bool:
        """Whether it says anything of bodies, and not of years alone."""
        return (self.region, self.level, self.kind) != (None, None, None)

    @property
    def prefix(self) -> str | None:
        """What region codes begin with; None where every region is in."""
        return None if self.region is None else region_prefix(self.region)

    def matches(self, *, region_code: str | None, level: str | None, kind: str | None, year: int | None = None) -> bool:
        """Whether a body is known to be in, and a year with it.

        Args:
            region_code: of the body in that year.
            level: of the body.
            kind: of the body.
            year: the year reported on; None is in no range of years.
        """
        return self.has_body(region_code=region_code, level=level, kind=kind) and self.has_year(year)

    def has_body(self, *, region_code: str | None, level: str | None, kind: str | None) -> bool:
        """Whether a body is known to be in, whatever the year."""
        prefix = self.prefix
        return (
            (prefix is None or (region_code is not None and region_code.startswith(prefix)))
            and self.level in {None, level}
            and self.kind in {None, kind}
        )

    def has_year(self, year: int | None) -> bool:
        """Whether a year is in; None is in no range of years."""
        return self.years is None or (year is not None and self.years[0] <= year <= self.years[1])

    def may_match(
        self, *, region_code: str | None, level: str | None, kind: str | None, year: int | None = None
    ) -> bool:
        """Whether nothing that is known speaks against a body and year; None is not known."""
        prefix = self.prefix
        return (
            (prefix is None or region_code is None or region_code.startswith(prefix))
            and (self.level is None or level in {None, self.level})
            and (self.kind is None or kind in {None, self.kind})
            and (year is None or self.has_year(year))
        )

    def has_issuer(self, issuer: Issuer | None, year: int | None) -> bool:
        """Whether a report by this issuer on this year is in; an issuer that was not found is in no region."""
        if issuer is None:
            return not self.names_bodies and self.has_year(year)
        return self.matches(region_code=issuer.region_code, level=issuer.level, kind=issuer.kind, year=year)

    def has_portal(self, portal: Portal) -> bool:
        """Whether the publishing body of a portal is in, by its entry in the registry; years are not asked for."""
        return self.has_body(region_code=portal.region_code, level=portal.level, kind=portal.kind)

    def portals(self, registry: Iterable[Portal]) -> tuple[Portal, ...]:
        """The portals whose publishing bodies are in, in the registry's order."""
        return tuple(portal for portal in registry if self.has_portal(portal))

    def sql(self, table: str = "parses", *, unknown: bool = False) -> tuple[str, list[str | int]]:
        """The same as a condition on rows of the table `parses`.

        Args:
            table: its name in the query; a constant of ours, never of a user.
            unknown: also rows where nothing that is known speaks against it, as `may_match` has it.

        Returns:
            A condition in brackets, and the values of its question marks.
        """
        parts: list[tuple[str, str, tuple[str | int, ...]]] = []
        if self.prefix is not None:
            column = f"{table}.issuer_region_code"
            parts.append((column, f"substr({column}, 1, ?) = ?", (len(self.prefix), self.prefix)))
        if self.level is not None:
            parts.append((f"{table}.issuer_level", f"{table}.issuer_level = ?", (self.level,)))
        if self.kind is not None:
            parts.append((f"{table}.issuer_kind", f"{table}.issuer_kind = ?", (self.kind,)))
        if self.years is not None:
            parts.append((f"{table}.year", f"{table}.year BETWEEN ? AND ?", self.years))
        said = [f"({column} IS NULL OR {asked})" if unknown else asked for column, asked, _ in parts]
        return f"({' AND '.join(said) or '1'})", [value for _, _, values in parts for value in values]
