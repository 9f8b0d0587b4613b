"""Which pages have been asked for, in a few bytes each: a crawl of 200,000 pages must not grow by what is behind it.

Python's own set takes some 110 bytes for a fingerprint, this one 10 to 20. It keeps 64 bits of each: that two of
200,000 pages share them happens once in a thousand million crawls, and would leave out one page.
"""

from __future__ import annotations

import sys
from mmap import mmap
from typing import TYPE_CHECKING

from scrapy.dupefilters import RFPDupeFilter

if TYPE_CHECKING:
    from scrapy import Request

_FIRST = 1 << 10
_FULL = 0.8  # of all places taken: a look-up then meets some dozen others at the most
_WORD = 8


class Fingerprints:
    """A set of fingerprints: digests, which are evenly spread, of at least eight bytes."""

    def __init__(self) -> None:
        self._places = _empty(_FIRST)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, fingerprint: bytes) -> bool:
        word = _word(fingerprint)
        return self._places[self._place(word)] == word

    def add(self, fingerprint: bytes) -> bool:
        """Add one; returns whether it is new."""
        word = _word(fingerprint)
        place = self._place(word)
        if self._places[place] == word:
            return False
        self._places[place] = word
        self._count += 1
        if self._count > len(self._places) * _FULL:
            self._grow()
        return True

    def _place(self, word: int) -> int:
        """Where a word stands, or would stand: the first place from its own on that holds it or nothing."""
        places, last = self._places, len(self._places) - 1
        place = word & last
        while (there := places[place]) and there != word:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        old = self._places
        self._places = _empty(2 * len(old))
        for word in old:
            if word:
                self._places[self._place(word)] = word


def _empty(places: int) -> memoryview[int]:
    """As many empty places, in memory of their own: what was outgrown goes back to the system at once."""
    return memoryview(mmap(-1, places * _WORD)).cast("Q")


def _word(fingerprint: bytes) -> int:
    return int.from_bytes(fingerprint[:_WORD], sys.byteorder) or 1  # an empty place is 0


class SeenFilter(RFPDupeFilter):
    """Scrapy's filter of duplicate requests with less to remember; with a JOBDIR, Scrapy's own."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]  # whatever Scrapy passes on
        self._seen = Fingerprints()

    def request_seen(self, request: Request) -> bool:
        """Whether it was asked before; from now on it was."""
        if self.file is not None:
            return super().request_seen(request)
        return not self._seen.add(self.fingerprinter.fingerprint(request))
