"""How a portal wants to be visited: the keys of a registry entry that say when, how far and over what.

They are declarations: without one the usual manners hold, and nothing is ever relaxed that an entry does not name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Whose hours are meant, everywhere in the country; without summer time since 1991, so that no table is needed."""

TLS = ("strict", "relaxed")
"""`relaxed`: certificates are not checked and old ciphers and versions are allowed, where strict TLS has failed."""

COUNTS = ("max_pages", "max_depth")
AMOUNTS = ("max_megabytes", "max_hours")

_DAY = 24 * 60
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a day at which a portal may be visited.

    Attributes:
        spans: first and last minute of the day, the last not included; where it is not after the first, the span goes
            on past midnight.
    """

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, printed: str) -> Hours:
        """Read `22:00-06:00`, or several such spans with blanks or commas between them.

        Raises:
            ValueError: it is nothing of the kind.
        """
        parts = printed.replace(",", " ").split()
        found = [_SPAN.fullmatch(part) for part in parts]
        if not parts or None in found:
            raise ValueError(f"{printed!r} are no hours of the day")
        spans = [tuple(int(match[n]) * 60 + int(match[n + 1]) for n in (1, 3)) for match in found if match is not None]
        if any(last > _DAY for _, last in spans):
            raise ValueError(f"{printed!r}: the day ends at 24:00")
        return cls(tuple((first, last % _DAY) for first, last in spans))

    def __str__(self) -> str:
        return " ".join(f"{_clock(first)}-{_clock(last or _DAY)}" for first, last in self.spans)

    def opens_in(self, now: datetime) -> float:
        """Seconds until the portal may be visited; 0.0 while it may.

        Args:
            now: the moment, with a zone.
        """
        local = now.astimezone(ZONE)
        second = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
        wait = float(_DAY * 60)
        for first, last in self.spans:
            begin, end = first * 60, last * 60
            if (begin <= second < end) if begin < end else (second >= begin or second < end):
                return 0.0
            wait = min(wait, (begin - second) % (_DAY * 60))
        return wait


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def problems(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with these keys of an entry: the key, and what it is with its remedy."""
    if isinstance(entry.get("hours"), str):
        try:
            Hours.read(entry["hours"])
        except ValueError:
            yield "hours", f'hours: {entry["hours"]!r} are none; write "22:00-06:00" (Asia/Shanghai)'
    if isinstance(entry.get("tls"), str) and entry["tls"] not in TLS:
        yield "tls", f"tls: {entry['tls']!r} is unknown; use {' or '.join(TLS)}"
    hosts = entry.get("hosts", [])
    if not isinstance(hosts, list) or not all(isinstance(one, str) and _HOST.fullmatch(one) for one in hosts):
        yield "hosts", f'hosts: {hosts!r} is no list of host names; write ["files.example.com"]'
    for key in COUNTS:
        count = entry.get(key, 1)
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            yield key, f"{key}: {count!r} is no number of its kind; write a whole number from 1"
    for key in AMOUNTS:
        amount = entry.get(key, 1)
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 < amount < float("inf"):
            yield key, f"{key}: {amount!r} is no amount; write a number above 0"
