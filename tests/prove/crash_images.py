"""What a disk may hold after the power went: names and bytes that were synced, and any part of what was not.

A `Disk` is told what a process asked of it, in order (`recording_vfs`), and makes images of what may be found there
afterwards. Of writes that were not synced any may be missing, whatever came after them, sector by sector; a new size
may be there without the bytes, and the bytes without the new size; a new name or a name taken away may or may not have
arrived. What was synced is there. That is what POSIX promises (fsync(2)), and what SQLite counts on with
`SQLITE_IOCAP_POWERSAFE_OVERWRITE` (sqlite.org/psow.html): bytes that nobody wrote to stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recording_vfs import Act, Created, Deleted, NamesSynced, Synced, Told, Truncated, Written

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

Waiting = TypeVar("Waiting")

SECTOR = 512
"""Bytes a disk writes whole or not at all."""


class Loss(StrEnum):
    """What becomes of that which was not synced."""

    ALL = "all"  # nothing of it arrived
    NONE = "none"  # all of it arrived: no more than a kill
    EARLIER = "earlier"  # what was written last arrived, what was written first did not
    SOME = "some"  # any of it arrived, sector by sector


@dataclass(slots=True)
class _File:
    synced: bytearray
    waiting: list[Written | Truncated] = field(default_factory=list)


def _put(content: bytearray, act: Written | Truncated) -> None:
    if isinstance(act, Truncated):
        del content[act.size :]
        content.extend(bytes(act.size - len(content)))
        return
    content.extend(bytes(max(0, act.offset - len(content))))
    content[act.offset : act.offset + len(act.data)] = act.data


def _sectors(act: Written | Truncated) -> list[Written | Truncated]:
    if isinstance(act, Truncated):
        return [act]
    pieces: list[Written | Truncated] = []
    at, end = act.offset, act.offset + len(act.data)
    while at < end:
        to = min(end, (at // SECTOR + 1) * SECTOR)
        pieces.append(Written(act.path, at, act.data[at - act.offset : to - act.offset]))
        at = to
    return pieces


class Disk:
    """Files by their paths, and how much of them is safe.

    Args:
        files: what is there, and safe, to begin with.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._names = {path: _File(bytearray(content)) for path, content in files.items()}
        self._safe = dict(self._names)
        self._renamed: list[tuple[str, _File | None]] = []

    def take(self, act: Act) -> None:
        """The next thing a process asked for."""
        match act:
            case Created(path):
                self._names[path] = _File(bytearray())
                self._renamed.append((path, self._names[path]))
            case Deleted(path):
                del self._names[path]
                self._renamed.append((path, None))
            case Written(path) | Truncated(path):
                self._names[path].waiting.append(act)
            case Synced(path):
                file = self._names[path]
                for one in file.waiting:
                    _put(file.synced, one)
                file.waiting.clear()
            case NamesSynced(folder):
                self._safe = _named(self._safe, [one for one in self._renamed if str(Path(one[0]).parent) == folder])
                self._renamed = [one for one in self._renamed if str(Path(one[0]).parent) != folder]
            case Told():
                pass

    def after(self, loss: Loss, chosen: random.Random) -> dict[str, bytes]:
        """Path to content, as it may be found when the power is back.

        Args:
            loss: what becomes of what was not synced.
            chosen: what arrived, where that is open.
        """
        share = chosen.choice((0.1, 0.5, 0.9))
        found = {}
        for path, file in _named(self._safe, _arrived(self._renamed, loss, chosen, share)).items():
            content = bytearray(file.synced)
            waiting: list[Written | Truncated] = file.waiting
            if loss is Loss.SOME:
                waiting = [piece for act in waiting for piece in _sectors(act)]
            for act in _arrived(waiting, loss, chosen, share):
                _put(content, act)
            found[path] = bytes(content)
        return found


def _named(names: Mapping[str, _File], changes: list[tuple[str, _File | None]]) -> dict[str, _File]:
    found = dict(names)
    for path, file in changes:
        if file is None:
            found.pop(path, None)
        else:
            found[path] = file
    return found


def _arrived(waiting: list[Waiting], loss: Loss, chosen: random.Random, share: float) -> list[Waiting]:
    match loss:
        case Loss.ALL:
            return []
        case Loss.NONE:
            return waiting
        case Loss.EARLIER:
            return waiting[len(waiting) // 2 :] if len(waiting) > 1 else []
        case Loss.SOME:
            return [one for one in waiting if chosen.random() < share]
