"""The story of a report at one address: its versions and the visits to it, put in order. Knows nothing of archives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gicrawl.corpus.history_changes import seen
from gicrawl.corpus.history_records import Event, State, What
from gicrawl.corpus.withdrawn import ABSENT, Absence, Look, Sight, Watch, watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gicrawl.corpus.history_records import Change, Seen


def of_versions(begins: Sequence[tuple[Seen, Seen, int]], changes: Mapping[int, Change]) -> Iterator[Event]:
    """First seen, and every change.

    Args:
        begins: of each stretch its first and last capture and the number of the version.
        changes: place of a stretch → what changed with it.
    """
    for place, (first, _, number) in enumerate(begins):
        if place == 0:
            yield Event(what=What.FIRST_SEEN, seen=first, version=number)
        else:
            evidence = (begins[place - 1][1],)
            yield Event(what=What.CHANGED, seen=first, version=number, evidence=evidence, change=changes[place])


def of_looks(looks: Sequence[Look], moved: Mapping[Look, tuple[str, str, Look | None]]) -> Iterator[Event]:
    """What visits told beside versions: absences, withdrawals, returns, and what they could not tell.

    Args:
        looks: by time.
        moved: first look of an absence → (address, why it is the same report, None).
    """
    watch = watched(looks)
    for absence in watch.absences:
        yield from _of_absence(absence, looks, moved)
    yield from _unclear(looks)
    before: Look | None = None
    for look in looks:
        if look.sight is Sight.MOVED and (before is None or before.sight is not Sight.MOVED):
            yield Event(what=What.MOVED, seen=seen(look.time, look.capture), reason="redirect", target=look.reason)
        if look.sight in {Sight.SHOWN, Sight.MOVED}:
            before = look


def _of_absence(
    absence: Absence, looks: Sequence[Look], moved: Mapping[Look, tuple[str, str, Look | None]]
) -> Iterator[Event]:
    own = [
        look
        for look in looks
        if look.sight in ABSENT and look.healthy and absence.first.time <= look.time <= absence.last.time
    ]
    evidence = tuple(seen(look.time, look.capture) for look in own)
    answers = all(look.answers for look in own)
    begun = seen(absence.first.time, absence.first.capture)
    gone = Event(
        what=What.ABSENT,
        seen=begun,
        evidence=evidence,
        visits=absence.visits,
        reason=absence.first.reason,
        answers=answers,
    )
    back = None if absence.back is None else seen(absence.back.time, absence.back.capture)
    if absence.first in moved and back is None:
        target, why, _ = moved[absence.first]
        yield Event(what=What.MOVED, seen=begun, evidence=evidence, visits=absence.visits, reason=why, target=target)
    elif absence.confirmed is not None:
        settled = seen(absence.confirmed.time, absence.confirmed.capture)
        yield replace(gone, what=What.WITHDRAWN, seen=settled)
        if back is not None:
            yield Event(what=What.RESTORED, seen=back)
    else:
        yield replace(gone, seen=evidence[0])
        if back is not None:
            yield Event(what=What.BACK, seen=back)


def _unclear(looks: Sequence[Look]) -> Iterator[Event]:
    """Visits in a row that told nothing, as one."""
    row: list[Look] = []
    for look in (*looks, None):
        if look is not None and (look.sight is Sight.UNCLEAR or (look.sight in ABSENT and not look.healthy)):
            row.append(look)
            continue
        if row:
            evidence = tuple(seen(one.time, one.capture) for one in row)
            reasons = ", ".join(dict.fromkeys(one.reason for one in row))
            yield Event(what=What.UNCLEAR, seen=evidence[0], evidence=evidence, visits=len(row), reason=reasons)
        row = []


def state_of(looks: Sequence[Look], *, moved: bool) -> State:
    """How a report stands at an address by the newest visits."""
    if not looks:
        return State.UNVISITED
    watch: Watch = watched(looks)
    absent = watch.absent
    if moved or (absent is None and watch.shown is not None and watch.shown.sight is Sight.MOVED):
        return State.MOVED
    if absent is not None:
        return State.ABSENT if absent.confirmed is None else State.WITHDRAWN
    return State.UNCLEAR if looks[-1].sight not in {Sight.SHOWN, Sight.MOVED} else State.THERE
