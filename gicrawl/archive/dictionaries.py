"""Pages of one site share most of their bytes: which earlier page a body is compressed against, and when to renew it.

A dictionary is a whole earlier page (of a very long one its two ends, where a site's frame is): raw content, nothing
trained. It is stored once, compressed by itself, immutable and named by the SHA-256 of its content; the page itself
is then a body of a few bytes. No dictionary needs another, so a body never needs more than two rows to be read.

**Which one.** Of the dictionaries of its host, the one whose sketch is nearest: the classes, ids, style sheets and
scripts its frame names. That tells templates and designs apart without knowing any system, and what differs from page
to page (dates, counters, tokens, related links) is no part of it.

**Whether it helps** is measured on every page: a dictionary knows how well its own page compressed by itself. Where
the nearest one saves less than a quarter of that, the next nearest is tried, and no dictionary at all. **A new one** is
made of a page whose sketch is near none (a new template, a redesign) unless an old one serves it very well even so, of
one that none saves a tenth of, and where a dictionary serves half as badly again as it once did (a design that drifts).
A host of pages that have nothing in common makes ever fewer.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from gicrawl.archive.bodies import (
    HTML,
    JSON,
    LEVEL,
    RAW,
    TEXT,
    XML,
    ZSTD,
    DecodeError,
    Dictionary,
    Earlier,
    Packed,
    Squeezer,
    dictionary_content,
    load_dictionary,
    sniff,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONGEST = 128 << 10
"""Bytes a dictionary may have. All but the longest pages are kept whole; with 64 KiB bodies take 3 % more."""

_HALF = LONGEST // 2
_SHORTEST = 512
"""Bytes from which a body is worth the look: a dictionary saves a short one less than its own row takes."""
_LARGEST = 4 << 20
"""Bytes up to which: what a dictionary can save is bounded by its own length."""

_KINDS = frozenset({HTML, XML, JSON, TEXT})
_NEAR = 0.5
"""Names two pages of one template share at least; measured 0.7 and more within one, 0.1 and less between two."""
_GOOD, _EVEN_SO, _USEFUL = 0.75, 0.3, 0.9
_TRIED = 2
_DRIFTED = 1.5
_STEADY = 16
"""Uses after which the average of a dictionary says something, and between two renewals of it."""
AT_HAND = 8
"""Dictionaries of a host at hand: its list pages and articles in a few systems and designs."""
HOSTS = 48
"""Hosts at hand; a crawl visits few at once."""
_WARM = 2
"""Dictionaries that are kept ready, with their compressor: that of a list and that of what it leads to. Each takes
one or two megabytes, and is made anew in 0.2 ms; with four a crawl of one design still grew at its 20,000th page."""
_READY = 64
"""Dictionaries a reader keeps ready."""

_HEAD, _FAR, _TAIL = 6 << 10, 24 << 10, 2 << 10
_FEW = 6
"""Names below which a sketch says little: a page that begins with its style sheet is looked at farther."""
_NAME = re.compile(rb"""["']?([\w -]{2,40})""")
_KEY = re.compile(rb'"(\w{2,40})"\s*:')
_FILE = 14
"""Bytes before `.css` and `.js` that tell files apart."""


@dataclass(slots=True)
class _Candidate:
    """A dictionary at hand, and how it has served.

    Attributes:
        plain: size of its page compressed by itself, as a part of its length: what a page of its kind would take.
        served: running average of what pages took with it, as a part of what they would have by themselves.
        best: the least that average ever was, once steady.
    """

    earlier: Earlier
    sketch: frozenset[bytes]
    plain: float
    uses: int = 0
    served: float = 0.0
    best: float = 1.0

    def has_drifted(self, share: float) -> bool:
        """Take note of a use; whether it serves much worse than it used to."""
        self.uses += 1
        weight = max(1 / self.uses, 1 / _STEADY)
        self.served += (share - self.served) * weight
        if self.uses < _STEADY:
            return False
        self.best = min(self.best, self.served)
        return self.uses >= 2 * _STEADY and self.served > _DRIFTED * self.best


@dataclass(frozen=True, slots=True)
class _Page:
    """A body to be packed."""

    body: bytes
    digest: bytes
    kind: str

    def packed(self, small: bytes, level: int, earlier: Earlier | None = None) -> Packed:
        """Its stored form, raw where compressing gained nothing."""
        if len(small) < len(self.body):
            return Packed(self.digest, len(self.body), self.kind, ZSTD, small, level, earlier)
        return Packed(self.digest, len(self.body), self.kind, RAW, self.body, None)


@dataclass(slots=True)
class _Site:
    """What is at hand of a host; `lonely` counts dictionaries made since one was last of use, `skipped` pages since."""

    candidates: list[_Candidate] = field(default_factory=list)
    lonely: int = 0
    skipped: int = 0

    def may_make(self) -> bool:
        """Whether one more dictionary is worth its row: every time at first, then ever more seldom."""
        if self.lonely < AT_HAND or self.skipped >= self.lonely:
            self.skipped = 0
            return True
        self.skipped += 1
        return False

    def take(self, candidate: _Candidate) -> None:
        """Put a dictionary at hand, the newest first; the one longest out of use goes."""
        self.candidates.insert(0, candidate)
        del self.candidates[AT_HAND:]

    def used(self, candidate: _Candidate) -> None:
        """Move a dictionary to the front."""
        self.lonely = 0
        self.candidates.remove(candidate)
        self.candidates.insert(0, candidate)


class Sites:
    """Compresses bodies against earlier pages of their hosts, and learns as they come.

    Args:
        load: the newest dictionaries that the archive has for a host, the newest first.
        level: zstd's level.
    """

    def __init__(self, load: Callable[[str], Iterable[Earlier]], level: int = LEVEL) -> None:
        self._load = load
        self._level = level
        self._sites: OrderedDict[str, _Site] = OrderedDict()
        self._plain = Squeezer(level)
        self._warm: OrderedDict[bytes, Squeezer] = OrderedDict()

    @staticmethod
    def wants(body: bytes, kind: str) -> bool:
        """Whether a body of this media type may have something in common with other pages of its host."""
        return kind in _KINDS and _SHORTEST <= len(body) <= _LARGEST

    def pack(self, body: bytes, digest: bytes, host: str | None, kind: str | None = None) -> Packed:
        """The stored form of a body.

        Args:
            body: as received.
            digest: its SHA-256.
            host: where it came from; None: from nowhere that has pages in common.
            kind: its media type by magic bytes, where that is known.
        """
        page = _Page(body, digest, sniff(body) if kind is None else kind)
        if host is None or not self.wants(body, page.kind):
            return page.packed(self._plain(body), self._level)
        site = self._site(host)
        sketch = sketch_of(body)
        ranked = sorted(((nearness(one.sketch, sketch), one) for one in site.candidates), key=_first, reverse=True)[
            :_TRIED
        ]
        if ranked:
            near, best = ranked[0]
            small = self._squeeze(body, best)
            share = len(small) / (best.plain * len(body))
            if share < (_GOOD if near >= _NEAR else _EVEN_SO):
                if best.has_drifted(share):
                    return self._make(page, site, host, sketch, self._plain(body))
                site.used(best)
                return page.packed(small, self._level, best.earlier)
        return self._unserved(page, site, host, sketch, ranked)

    def _unserved(
        self, page: _Page, site: _Site, host: str, sketch: frozenset[bytes], ranked: list[tuple[float, _Candidate]]
    ) -> Packed:
        """A page that the nearest dictionary does little for."""
        plain = self._plain(page.body)
        tries = [(self._squeeze(page.body, one), near, one) for near, one in ranked]
        if tries:
            small, near, one = min(tries, key=_length)
            if near >= _NEAR and len(small) < _USEFUL * len(plain):
                site.used(one)
                return page.packed(small, self._level, one.earlier)
        if site.may_make():
            site.lonely += 1
            return self._make(page, site, host, sketch, plain)
        if tries and len(small) < len(plain):
            return page.packed(small, self._level, one.earlier)
        return page.packed(plain, self._level)

    def _make(self, page: _Page, site: _Site, host: str, sketch: frozenset[bytes], plain: bytes) -> Packed:
        """Make a dictionary of a page, and pack the page against it."""
        content = ends(page.body)
        if len(content) == len(page.body):
            earlier = Earlier(page.digest, host, plain)
        else:
            earlier = Earlier(sha256(content).digest(), host, self._plain(content))
        made = _Candidate(earlier, sketch, len(plain) / len(page.body))
        site.take(made)
        return page.packed(self._squeeze(page.body, made), self._level, earlier)

    def _squeeze(self, body: bytes, candidate: _Candidate) -> bytes:
        """A body compressed against a dictionary."""
        name = candidate.earlier.sha256
        warm = self._warm.get(name)
        if warm is None:
            while len(self._warm) >= _WARM:  # first, so that the new one has its place
                self._warm.popitem(last=False)
            warm = self._warm[name] = Squeezer(self._level, load_dictionary(candidate.earlier.data))
        else:
            self._warm.move_to_end(name)
        return warm(body)

    def _site(self, host: str) -> _Site:
        site = self._sites.get(host)
        if site is None:
            site = self._sites[host] = _Site([_candidate(earlier) for earlier in self._load(host)])
            while len(self._sites) > HOSTS:
                self._sites.popitem(last=False)
        else:
            self._sites.move_to_end(host)
        return site


class DictionaryCache:
    """The dictionaries a reader has used last, ready for use.

    Args:
        load: the stored bytes of a dictionary by its row; None where there is none.
    """

    def __init__(self, load: Callable[[int], bytes | None]) -> None:
        self._load = load
        self._ready: OrderedDict[int, Dictionary] = OrderedDict()

    def get(self, row: int) -> Dictionary:
        """A dictionary by its row.

        Raises:
            DecodeError: it is gone, or damaged.
        """
        ready = self._ready.get(row)
        if ready is not None:
            self._ready.move_to_end(row)
            return ready
        stored = self._load(row)
        if stored is None:
            raise DecodeError("the dictionary it was compressed against is gone")
        ready = self._ready[row] = load_dictionary(stored)
        if len(self._ready) > _READY:
            self._ready.popitem(last=False)
        return ready

    def forget(self) -> None:
        """Keep none ready: the next ones are loaded anew."""
        self._ready.clear()


def ends(body: bytes) -> bytes:
    """What of a page is its dictionary: all of it, or its two ends."""
    return body if len(body) <= LONGEST else body[:_HALF] + body[-_HALF:]


def sketch_of(body: bytes) -> frozenset[bytes]:
    """What the frame of a page calls its parts: classes, ids, style sheets, scripts; of JSON its keys."""
    names = _names(body, _HEAD)
    return frozenset(names if len(names) >= _FEW else _names(body, _FAR))


def _names(body: bytes, head: int) -> set[bytes]:
    part = (body if len(body) <= head + _TAIL else body[:head] + body[-_TAIL:]).lower()
    if part.startswith((b"{", b"[")):
        return set(_KEY.findall(part))
    # splitting is several times as fast as one expression over all of it
    names = {found[1] for piece in part.split(b"class=")[1:] if (found := _NAME.match(piece))}
    names.update(found[1] for piece in part.split(b"id=")[1:] if (found := _NAME.match(piece)))
    for ending in (b".css", b".js"):
        names.update(piece[-_FILE:] for piece in part.split(ending)[:-1])
    return names


def _first(pair: tuple[float, _Candidate]) -> float:
    return pair[0]


def _length(tried: tuple[bytes, float, _Candidate]) -> int:
    return len(tried[0])


def nearness(one: frozenset[bytes], other: frozenset[bytes]) -> float:
    """Part of all the names of two sketches that both have (Jaccard); 1 where neither has names enough to tell by."""
    if len(one) < _FEW and len(other) < _FEW:
        return 1.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _candidate(earlier: Earlier) -> _Candidate:
    content = dictionary_content(earlier.data)
    plain = len(earlier.data) / len(content)
    return _Candidate(earlier, sketch_of(content), plain)
