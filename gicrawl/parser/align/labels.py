"""Where the labels of a form stand in a document, whole, wrapped, merged or damaged.

Headings and row labels are found in one alignment, never by a pattern each: first the long labels that stand
there letter by letter, as the heaviest chain in the order of the form; then, between two found ones, the short and the
damaged ones. What separates the pieces of a wrapped label (numbers, line ends, ordinals) is not in the string searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from gicrawl.parser.align.stream import han
from gicrawl.parser.forms import load_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.forms import Label, Table

ANCHOR = 5
"""Han characters a label needs to be looked for in the whole document; shorter ones only between found ones."""

_MAX_OCCURRENCES = 24
_GAP_COST = 0.02  # for each foreign character between two labels of a chain …
_MAX_GAP_COST = 6.0  # … up to this: a chain may bridge a page of prose, but only for many labels
_FAR = 300  # foreign characters that cost that much; more cost no more
_SIMILAR = 0.6  # share of a damaged label's characters that must be found, in order
_MAX_WINDOW = 400  # characters searched for a damaged label


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A label to be found.

    Attributes:
        role: `header`, `column` or `row`.
        key: canonical name; the wording for headers.
        variants: Han characters of the wording, longest first.
        whole: of the statutory wording: nothing is missing from a label that has as many.
        within: a short wording with a character that only longer names have beside it: what stands there is part of one
            of those (其他 in 其他处理), and no row of its own.
    """

    role: str
    key: str
    variants: tuple[str, ...]
    whole: str
    within: tuple[str, ...] = ()

    @property
    def shortest(self) -> str:
        """The shortest wording that is part of the statutory one, and so stands wherever that stands."""
        return min((variant for variant in self.variants if variant in self.whole), key=len)


class Found(NamedTuple):
    """A label and where it stands in `Stream.han`; a named tuple, because every form looks for some forty.

    Attributes:
        similarity: 1.0 letter by letter; the share of its characters found where it is damaged.
    """

    wanted: Wanted
    start: int
    end: int
    similarity: float

    def moved(self, by: int) -> Found:
        """The same label so many characters further on."""
        return Found(self.wanted, self.start + by, self.end + by, self.similarity)


Span: TypeAlias = "tuple[int, int]"
"""Two places in `Stream.han`: of the first character and after the last."""
_Spot: TypeAlias = "tuple[int, int, int]"
"""Where a long label begins and ends, and which of the wanted ones it is."""


@cache
def wanted_of(table: Table) -> tuple[Wanted, ...]:
    """The labels of a table in the order they are printed."""
    if table.layout == "blocks":
        return tuple(Wanted("header", text, (han(text),), han(text)) for text in table.headers)
    return (
        *(Wanted("header", text, (han(text),), han(text)) for text in table.headers),
        *(Wanted("column", label.key, _variants(label.labels), han(label.labels[0])) for label in table.columns),
        *(_of_row(table, label) for label in table.rows),
    )


def _of_row(table: Table, label: Label) -> Wanted:
    """A row label, and which names of groups and of rows of other forms hold its short wording."""
    variants, whole = _variants(label.labels), han(label.labels[0])
    if len(variants[-1]) >= ANCHOR:
        return Wanted("row", label.key, variants, whole)
    like = [other for form in load_forms() for other in form.tables if other.key == table.key]
    texts = (text for other in like for text in (*other.groups, *(one for row in other.rows for one in row.labels)))
    names = {han(text) for text in texts if variants[-1] in han(text)}.difference(variants)
    within = {piece for name in names for piece in _around(name, variants[-1])}
    return Wanted("row", label.key, variants, whole, tuple(sorted(within)))


def _around(name: str, variant: str) -> Iterator[str]:
    """A wording with the character before it and with the one after it, as they stand in a longer name."""
    at, end = name.find(variant), name.find(variant) + len(variant)
    if at:
        yield name[at - 1 : end]
    if end < len(name):
        yield name[at : end + 1]


def _variants(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(han(label) for label in labels), key=len, reverse=True))


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """The long wordings of a label. Compared by identity: labels that are worded alike have one in common."""

    variants: tuple[str, ...]


_worded = cache(Wording)


class Anchors:
    """Where long labels stand in a text; the forms share most of them, and are looked for one after the other."""

    def __init__(self, text: str) -> None:
        """Take the text, `Stream.han`."""
        self.text = text
        self._found: dict[Wording, tuple[Span, ...]] = {}

    def of(self, wanted: tuple[Wanted, ...]) -> list[_Spot]:
        """Where long wordings of labels begin and end, and which of the labels that is, in the order of the text."""
        found = self._found
        out: list[_Spot] = []
        for index, wording in _long(wanted):
            places = found.get(wording)
            if places is None:
                places = found[wording] = _occurrences(self.text, wording.variants)
            for start, end in places:
                out.append((start, end, index))
        out.sort()
        return out


@cache
def _long(wanted: tuple[Wanted, ...]) -> tuple[tuple[int, Wording], ...]:
    """The wordings of each label that are looked for in the whole document."""
    long = ((index, tuple(v for v in label.variants if len(v) >= ANCHOR)) for index, label in enumerate(wanted))
    return tuple((index, _worded(variants)) for index, variants in long if variants)


class Chain(NamedTuple):
    """The long labels of a part of a form that stand in a text, in the order of both.

    Attributes:
        text: from the first of them to the end of the last.
        spots: the labels, counted from there.
    """

    text: str
    spots: tuple[_Spot, ...]


class Sought(NamedTuple):
    """A chain with what the labels around it are looked for in.

    Attributes:
        before: of that, the text before the chain.
        after: and after it.
    """

    chain: Chain
    before: str
    after: str


def chain(anchors: Anchors, wanted: tuple[Wanted, ...]) -> tuple[int, Sought] | None:
    """The heaviest chain of long labels and where it begins; None where there is none.

    Args:
        anchors: of the text.
        wanted: labels in the order of the form; headers and rows of several tables may follow each other.
    """
    spots = anchors.of(wanted)
    if not spots:
        return None
    first, text = spots[0][0], anchors.text
    begin, stop, taken = _heaviest(tuple([(a - first, b - first, index) for a, b, index in spots]))
    origin, end = first + begin, first + stop
    before = text[max(0, origin - _MAX_WINDOW) : origin] if taken[0][2] else ""
    after = text[end : end + _MAX_WINDOW] if taken[-1][2] < len(wanted) - 1 else ""
    return origin, Sought(Chain(text[origin:end], taken), before, after)


@lru_cache(maxsize=256)
def _heaviest(spots: tuple[_Spot, ...]) -> tuple[int, int, tuple[_Spot, ...]]:
    """The heaviest chain: where it begins, where it ends, and its spots counted from its beginning."""
    taken = [spots[at] for at in _chain(_without_distance(spots))]
    origin = taken[0][0]
    return origin, taken[-1][1], tuple([(a - origin, b - origin, index) for a, b, index in taken])


@lru_cache(maxsize=256)
def find_within(wanted: tuple[Wanted, ...], chained: Chain) -> tuple[Found | None, ...]:
    """The labels of a chain and those between them that stand there letter by letter, counted from where it begins.

    Cached, because forms are printed alike in many documents.
    """
    found: list[Found | None] = [None] * len(wanted)
    for a, b, index in chained.spots:
        found[index] = Found(wanted[index], a, b, 1.0)
    first, last = chained.spots[0][2], chained.spots[-1][2] + 1
    inner = found[first:last]
    _fill(chained.text, wanted[first:last], inner, (0, len(chained.text)), exact=True)
    found[first:last] = inner
    return tuple(found)


def find_around(wanted: tuple[Wanted, ...], sought: Sought) -> tuple[list[Found | None], list[Found | None]]:
    """The labels before a chain and those after it, counted from where it begins."""
    (text, spots), left, right = sought
    (a, b, first), (c, d, last) = spots[0], spots[-1]
    before: list[Found | None] = [*[None] * first, Found(wanted[first], a + len(left), b + len(left), 1.0)]
    after: list[Found | None] = [Found(wanted[last], c, d, 1.0), *[None] * (len(wanted) - last - 1)]
    if first:
        _fill(left + text, wanted[: first + 1], before, (0, len(left) + len(text)), exact=True)
        before = [None if one is None else one.moved(-len(left)) for one in before]
    if len(after) > 1:
        _fill(text + right, wanted[last:], after, (0, len(text) + len(right)), exact=True)
    return before[:-1], after[1:]


def _without_distance(spots: Sequence[_Spot]) -> tuple[_Spot, ...]:
    """The spots, counted from the first, pages between two of them as if they were the least that costs as much."""
    out = []
    shift, reach = spots[0][0], spots[0][0]
    for a, b, index in spots:
        shift += max(0, a - reach - _FAR)
        reach = max(reach, b)
        out.append((a - shift, b - shift, index))
    return tuple(out)


def mend(text: str, wanted: tuple[Wanted, ...], found: list[Found | None], within: tuple[int, int]) -> None:
    """Look for the damaged labels around found ones, and for the rest of those found by a short wording.

    Args:
        text: `Stream.han`.
        wanted: labels in the order of the form.
        found: what was found of them; completed in place.
        within: where to look.
    """
    _fill(text, wanted, found, within, exact=False)
    for index, label in enumerate(found):
        if label is not None and label.end - label.start < len(label.wanted.whole):
            after = next((later.start for later in found[index + 1 :] if later is not None), within[1])
            found[index] = _widened(text, label, after)


def near(first: int, last: int, within: Span) -> Span:
    """The part of where labels may be mended that is looked at, around those found from `first` to `last`."""
    return max(within[0], first - _MAX_WINDOW), min(within[1], last + 2 * _MAX_WINDOW)


def is_whole(labels: Sequence[Found | None]) -> bool:
    """Whether nothing is to be mended: every label stands there in its statutory wording, or in a longer one."""
    for label in labels:  # noqa: SIM110 - asked of every label of every table
        if label is None or label.end - label.start < len(label.wanted.whole):
            return False
    return True


def _widened(text: str, label: Found, stop: int) -> Found:
    """A label found by its short wording, with the rest of the long one where that follows damaged."""
    full = label.wanted.whole
    matched, last = _in_order(full, text, label.start, min(stop, label.start + 2 * len(full)))
    return label._replace(end=max(label.end, last)) if matched >= _SIMILAR * len(full) else label


def _chain(spots: tuple[_Spot, ...]) -> tuple[int, ...]:
    """The heaviest chain of long labels: order of the form and of the text alike.

    Args:
        spots: in the order of the text.

    Returns:
        Which of the spots it goes over.
    """
    best: list[float] = []
    back: list[int] = []
    for at, (a, b, index) in enumerate(spots):
        weight, came = float(b - a), -1
        for before in range(at):
            _, b0, index0 = spots[before]
            if index0 < index and b0 <= a:
                reached = best[before] + (b - a) - min(_GAP_COST * (a - b0), _MAX_GAP_COST)
                if reached > weight:
                    weight, came = reached, before
        best.append(weight)
        back.append(came)
    chain = []
    at = max(range(len(best)), key=best.__getitem__, default=-1)
    while at >= 0:
        chain.append(at)
        at = back[at]
    return tuple(chain[::-1])


def _occurrences(text: str, variants: tuple[str, ...]) -> tuple[Span, ...]:
    taken: list[Span] = []
    for variant in variants:
        at = text.find(variant)
        while at >= 0 and len(taken) < _MAX_OCCURRENCES:
            if not taken or not any(a <= at < b for a, b in taken):
                taken.append((at, at + len(variant)))
            at = text.find(variant, at + 1)
    return tuple(taken)


def _fill(
    text: str, wanted: tuple[Wanted, ...], found: list[Found | None], within: tuple[int, int], *, exact: bool
) -> None:
    """The labels between two found ones, letter by letter or damaged."""
    at = 0
    while at < len(wanted):
        if found[at] is not None:
            at += 1
            continue
        stop = at
        while stop < len(wanted) and found[stop] is None:
            stop += 1
        before = found[at - 1] if at else None
        after = found[stop] if stop < len(wanted) else None
        left = before.end if before else max(within[0], (after.start if after else 0) - _MAX_WINDOW)
        right = min(after.start if after else within[1], left + _MAX_WINDOW)
        found[at:stop] = _between(text, wanted[at:stop], left, right, exact=exact)
        at = stop


def _between(text: str, wanted: tuple[Wanted, ...], left: int, right: int, *, exact: bool) -> list[Found | None]:
    """Labels in a short stretch, in order: the longest is placed first, so that a short one cannot take its place."""
    if not wanted or right <= left:
        return [None] * len(wanted)
    for index in sorted(range(len(wanted)), key=lambda index: -len(wanted[index].variants[0])):
        hit = _exact(text, wanted[index], left, right) if exact else _damaged(text, wanted[index], left, right)
        if hit is not None:
            return [
                *_between(text, wanted[:index], left, hit.start, exact=exact),
                hit,
                *_between(text, wanted[index + 1 :], hit.end, right, exact=exact),
            ]
    return [None] * len(wanted)


def _exact(text: str, label: Wanted, left: int, right: int) -> Found | None:
    for variant in label.variants:
        at = text.find(variant, left, right)
        while at >= 0:
            if not any(text.startswith(name, max(0, at - name.find(variant))) for name in label.within):
                return Found(label, at, at + len(variant), 1.0)
            at = text.find(variant, at + 1, right)
    return None


def _damaged(text: str, label: Wanted, left: int, right: int) -> Found | None:
    """The best stretch that holds most characters of the label in order, with little between them."""
    best: Found | None = None
    for variant in label.variants:
        size = len(variant)
        if size < min(max(3, len(label.whole)), ANCHOR):  # shorter ones cannot be damaged and still be known
            continue
        for start in range(left, right):
            if text[start] not in variant[:3]:
                continue
            matched, stop = _in_order(variant, text, start, min(right, start + size * 2))
            share = (matched - 0.25 * max(0, stop - start - matched)) / size
            if share >= _SIMILAR and (best is None or share > best.similarity):
                best = Found(label, start, stop, share)
    return best


def _in_order(variant: str, text: str, start: int, stop: int) -> tuple[int, int]:
    """How many characters of `variant` stand in order in `text[start:stop]`, and where the last of them ends."""
    matched, at, last = 0, start, start
    for character in variant:
        hit = text.find(character, at, min(stop, at + 6))
        if hit >= 0:
            matched, at, last = matched + 1, hit + 1, hit + 1
    return matched, last


@cache
def han_columns(table: Table) -> tuple[str, ...]:
    """Han characters of a table's column headings, the statutory wording of each."""
    return tuple(han(column.labels[0]) for column in table.columns)
