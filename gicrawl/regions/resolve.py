"""From a name in a document to divisions: all it may stand for in that year, and one only where that is certain."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from gicrawl.regions.names import common_name, shortened_name, stem
from gicrawl.regions.table import Division, above, names, with_code, with_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

How = Literal["official", "common", "next_year", "short", "none"]
_LONGEST: Final = 15  # characters: 积石山保安族东乡族撒拉族自治县 is the longest name
_TELLING: Final = 3  # characters: 东区 and 西区 are also names of sub-districts
_CODE: Final = re.compile(r"\d{6}")
# A rank that is the first character of another word: 南京市场, 海南区域, 市县级.
_OTHER_WORD: Final = re.compile(r"市场|区域|[市县区]级")
_ZONE: Final = re.compile(
    r"[\u4e00-\u9fff]{0,12}?(?:开发区|高新区|经开区|产业区|工业区|园区|产业园|工业园|科技园|示范区|保税区|综保区|试验区|实验区|集聚区|度假区|风景区|"
    r"名胜区|管理区|合作区|新区|新城|港区)"
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name may stand for.

    Attributes:
        name: as asked.
        year: of the report.
        candidates: divisions, those in force at the end of the year first.
        how: by which form of their names: `official`; `common` (凉山州); `next_year` (an official name that came only
            in the following year, in which the report was written); `short` (the stem 朝阳); `none`.
        changed: whether a candidate came into force or ended in that year, so that old and new may both report.
        narrowed: whether a parent, or where the document was found, left some of several out.
        contradicted: whether that would have left nobody, or another division follows that does not lie there
            (伊春市新青区 after 新青区 had ended); then all are kept and nothing is certain.
    """

    name: str
    year: int
    candidates: tuple[Division, ...]
    how: How
    changed: bool = False
    narrowed: bool = False
    contradicted: bool = False

    @property
    def division(self) -> Division | None:
        """The one division it certainly is: the code at the end of the year.

        None where several candidates stay, unless all others became that one within the year (a new code for the same
        name); and None for a bare stem that nothing but itself speaks for.
        """
        if not self.candidates or self.contradicted or (self.how == "short" and not self.narrowed):
            return None
        first, *others = self.candidates
        return (
            first
            if all(not other.at_end_of(self.year) and first.code in other.successors for other in others)
            else None
        )


@dataclass(frozen=True, slots=True)
class Named:
    """The division a longer name begins with.

    Attributes:
        resolution: of the last division named.
        parents: names printed before it, the highest first.
        start: offset of its name.
        end: offset after it.
        zone: what follows is a development zone. Zones have no code: the division is the one the zone lies in.
    """

    resolution: Resolution
    parents: tuple[str, ...]
    start: int
    end: int
    zone: bool

    @property
    def region_code(self) -> str | None:
        """The code of the body named, which is its division's; None for a zone and where more than one may be meant."""
        one = self.resolution.division
        return None if one is None or self.zone else one.code


def resolve(name: str, *, year: int, parent: str | None = None, within: str | None = None) -> Resolution:
    """All divisions a name may stand for in a year.

    Args:
        name: of a division, in Simplified script: 原平市, 朝阳.
        year: of the report; names and codes valid at any time in it count.
        parent: name or code of a division above it, as printed in the document.
        within: code of the division at whose portal the document was found: itself or one below it is meant.
    """
    found = _forms(name, year)
    return _narrow(_resolution(name, year, *found), parent, within)


def resolve_chain(chain: Sequence[str], *, year: int, text: str = "", within: str | None = None) -> Resolution:
    """The last of a chain of names, narrowed by those before it, and by what else the document says.

    Args:
        chain: names of divisions, the highest first: 四川省, 攀枝花市, 米易县; at least one.
        year: of the report.
        text: of the document, in Simplified script: where several candidates stay, those whose nearest parent it names.
        within: see `resolve`.
    """
    *parents, name = chain
    found = resolve(name, year=year)
    for parent in parents:
        found = _narrow(found, parent, None)
    if within is not None and (len(found.candidates) > 1 or found.how == "short"):
        found = _narrow(found, None, within)
    if len(found.candidates) > 1 and found.division is None and not found.contradicted:
        told = tuple(one for one in found.candidates if any(top.name in text for top in _nearest(one, year)))
        if told:
            found = replace(found, candidates=told, narrowed=True)
    return found


def _nearest(one: Division, year: int) -> tuple[Division, ...]:
    """The division right above, under every name it had in that year."""
    return with_code(one.parent, max(year, one.first_year)) if one.parent else ()


def find_in(name: str, *, year: int, within: str | None = None) -> Named | None:
    """The longest chain of divisions at the beginning of a body's name: 攀枝花市 and 米易县 in 攀枝花市米易县人民政府.

    Args:
        name: of a public body, in Simplified script, without blanks.
        year: of its report.
        within: see `resolve`.

    Returns:
        None where the name begins with none. Bare stems count before another division (四川攀枝花市), or where there is
        nothing better, and then stay candidates.
    """
    chain = _longest(name, 0, year, ())
    if chain is None:
        return None
    (start, end), found = chain[-1]
    parents = tuple(name[begin:stop] for (begin, stop), _ in chain[:-1])
    zone = _ZONE.match(name, end) is not None
    if _goes_on(name, end):
        found = replace(found, contradicted=True)
    return Named(_narrow(found, None, within), parents, start, end, zone)


def _goes_on(name: str, at: int) -> bool:
    """Whether another division follows that does not lie there, or not in that year: then neither is the body's."""
    return any(with_name(name[at:end]) for end in range(at + _TELLING, min(len(name), at + _LONGEST) + 1))


_Chain = tuple[tuple[tuple[int, int], Resolution], ...]


def _longest(name: str, at: int, year: int, higher: tuple[Division, ...]) -> _Chain | None:
    """The chain of divisions from an offset on that reaches farthest, each below the one before."""
    best: _Chain | None = None
    bare: _Chain | None = None
    for end in range(min(len(name), at + _LONGEST), at + 1, -1):
        if _OTHER_WORD.match(name, end - 1):
            continue
        word = name[at:end]
        candidates, how = _forms(word, year)
        if not candidates:
            continue
        found = _resolution(word, year, candidates, how)
        if higher:
            kept = tuple(one for one in found.candidates if any(_below(one, top, year) for top in higher))
            found = replace(found, candidates=kept, narrowed=len(kept) < len(found.candidates))
        if not found.candidates:
            continue
        step = ((at, end), found)
        deeper = _longest(name, end, year, found.candidates)
        if deeper is not None and deeper[-1][1].how == "short":
            deeper = None
        if deeper is not None:
            chain = (_among_parents(step, deeper[0][1].candidates, year), *deeper)
        elif found.how == "short":
            bare = bare or (step,)
            continue
        else:
            chain = (step,)
        if best is None or chain[-1][0][1] > best[-1][0][1]:
            best = chain
    return best or bare


def _among_parents(
    step: tuple[tuple[int, int], Resolution], lower: tuple[Division, ...], year: int
) -> tuple[tuple[int, int], Resolution]:
    span, found = step
    kept = tuple(one for one in found.candidates if any(_below(low, one, year) for low in lower))
    return span, replace(found, candidates=kept)


def _below(one: Division, top: Division, year: int) -> bool:
    return any(parent.code == top.code for parent in above(one, max(year, one.first_year)))


def _resolution(name: str, year: int, candidates: tuple[Division, ...], how: How) -> Resolution:
    ordered = tuple(sorted(candidates, key=lambda one: (not one.at_end_of(year), one.code)))
    return Resolution(name, year, ordered, how, changed=any(year in {one.first_year, one.last_year} for one in ordered))


@cache
def _index(form: Callable[[str], str | None]) -> dict[str, tuple[str, ...]]:
    """Official names by another form of them."""
    out: dict[str, list[str]] = {}
    for official in names():
        if (name := form(official)) is not None:
            out.setdefault(name, []).append(official)
    return {name: tuple(found) for name, found in out.items()}


def _forms(name: str, year: int) -> tuple[tuple[Division, ...], How]:
    """Who has the name, by the first form of names under which anybody has."""
    official = with_name(name)
    if found := tuple(one for one in official if one.in_force(year)):
        return found, "official"
    if found := _others(common_name, name, year):
        return found, "common"
    if found := _others(shortened_name, name, year):
        return found, "common"
    if found := tuple(one for one in official if one.first_year == year + 1):
        return found, "next_year"
    found = _others(stem, name, year)
    return found, "short" if found else "none"


def _others(form: Callable[[str], str | None], name: str, year: int) -> tuple[Division, ...]:
    officials = _index(form).get(name, ())
    return tuple(one for official in officials for one in with_name(official) if one.in_force(year))


def _narrow(found: Resolution, parent: str | None, within: str | None) -> Resolution:
    """The candidates below a printed parent and at or below the division whose portal it was."""
    for wanted, itself in ((parent, False), (within, True)):
        if wanted is None or not found.candidates:
            continue
        tops = with_code(wanted, found.year) if _CODE.fullmatch(wanted) else _forms(wanted, found.year)[0]
        codes = {top.code for top in tops}
        kept = tuple(
            one
            for one in found.candidates
            if (itself and one.code in codes) or any(_below(one, top, found.year) for top in tops)
        )
        found = replace(found, candidates=kept, narrowed=True) if kept else replace(found, contradicted=True)
    return found
