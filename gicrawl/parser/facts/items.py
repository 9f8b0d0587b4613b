"""Items of lists in prose: what a number counts by the whole label beside it and the topic of the list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.data import read_data
from gicrawl.parser.facts.circumstances import (
    MANY,
    Stated,
    is_exact,
    is_of_all_kinds,
    is_of_part_or_before,
    is_of_year,
    kind_of,
    of_another_year,
    of_others,
    scope_stated,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gicrawl.parser.facts.sentences import Sentence

_MARK: Final = re.compile(
    # all of the signs to begin with: what is none of them is passed over quickly
    r"[;:。(),、和](?:(?<=[;:。()])|(?<=,)(?:(?<!\d,)|(?!\d{3}(?!\d)))"
    r"|(?<=[件宗份条起封次%)][、和])|(?<=、)(?<!\d、)(?=\d+[件宗份起]))"
)
"""Between two clauses; 、 and 和 only part items, after a counting word."""
_ITEM: Final = re.compile(MANY + "(?P<u>人次|[件宗份条起封](?!次))(?P<tail>.*)")
_COUNTS: Final = re.compile(r"\d万?(?:人次|[件宗份条起封名人元万])")
_HAS_ITEMS: Final = re.compile(r"\d(?:万[余多]?)?(?:人次|[件宗份条起封])")
_DIGIT: Final = re.compile(r"\d")
_LABEL: Final = 24  # characters
_ANY_ITEM: Final = re.compile("(?P<label>.*?)" + MANY + "(?P<u>万元|人次|[件宗份条起人名元])(?P<tail>.*)")
_ASIDE: Final = re.compile(r"\(([市区州旗,、]{1,5})\)")
"""Which bodies else: 县(市、区)."""
_OF_YEAR: Final = re.compile("(?:其中:?)?(20\\d\\d)年度?(?P<verb>(?:新增|主动|公开)*|受理|收到|新收)")
"""Of which year a part of a total of all years is."""
_QUOTES: Final = str.maketrans("", "", "\"'“”‘’「」『』《》")
_NAME: Final = re.compile('["“][^"”]{2,14}["”](?=微信|微博|公众号|官方|政务|发布|推送|公开)')
"""What an account is called: “平安兰溪”微博."""
_SHARE: Final = re.compile(r"(?:约?占[^\d]*\d+(?:\.\d+)?%)?")
_DISCLOSURE: Final = re.compile(
    "信息公开|依申请|公开申请|收到申请|申请答复|同意公开|予以公开|复议[、和及与]?(?:行政)?诉讼|(?:复议|诉讼)数量|(?:发生|产生)(?:行政)?复议"
)
"""Words of which one stands near reviews and suits that are about disclosure."""
_ALL_KINDS: Final = re.compile(
    r"无关|不涉及|口径|纠纷|其中(?:因|涉|与|属|关于|针对|有关)[^,;。]{0,10}公开|其中(?:政府)?信息公开[^,;。\d]{0,6}\d|(?:办理|审理|化解|审结)(?:各类|了)?(?:行政)?(?:复议|诉讼|应诉)|(?:司法)"
)
"""Words of those that count reviews and suits of every kind."""
_DECIDES: Final = re.compile("受理(?:各类)?(?:行政)?复议|复议.*(?<!未)审结|(?<!未)审结.*复议")
"""Words of who decides reviews, where they are not said to be about disclosure."""
_CASES: Final = frozenset(["review", "litigation"])
_REQUESTS: Final = frozenset(["requests", "replies"])
_CLASSED: Final = re.compile("公文|制发|公开属性|制作政府信息|制作、获取|(?:产生|形成|生成)文件")
"""Words of how documents are classed by who may see them: 不予公开5件 is no answer there."""
_OTHER: Final = "other"
"""What is counted is no business of a report on disclosure: proposals, hotlines, licences."""
_FIRST: Final = ("replies", "requests", "proactive")
"""Which topic a clause is of that names several: answers are to requests."""


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry of `items.toml`, compiled."""

    key: str
    topics: frozenset[str]
    units: frozenset[str]
    whole: bool
    """Whether it is a total, which begins a list and need not be in one."""
    label: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    items: tuple[_Item, ...]
    labels: re.Pattern[str]
    """Of any of the items."""
    topics: tuple[tuple[str, re.Pattern[str]], ...]
    other: re.Pattern[str]
    opening: re.Pattern[str]
    bodies: Mapping[str, re.Pattern[str]]
    """Labels of the kinds of bodies that a total is divided by, under the scope they are."""
    plain_cases: re.Pattern[str]
    """Reviews or suits with no word of which kind."""

    def whose(self, label: str) -> str | None:
        """The scope a label names, where it names nothing else."""
        return next((scope for scope, pattern in self.bodies.items() if pattern.fullmatch(label)), None)


@cache
def _rules() -> _Rules:
    data = read_data(__package__, "items.toml")
    labels = {entry["label"]: f"(?:{entry['label']}){data['closing']}" for entry in data["item"]}
    items = tuple(
        _Item(
            entry["key"],
            frozenset(entry["topics"]),
            frozenset(entry["units"]),
            entry.get("whole", False),
            re.compile(labels[entry["label"]]),
        )
        for entry in data["item"]
    )
    topics = tuple((name, re.compile(pattern)) for name, pattern in data["topics"].items())
    plain = re.compile(f"(?:{data['plain_cases']}){data['closing']}")
    bodies = {scope: re.compile(f"(?:{label}){data['counted']}") for scope, label in data["bodies"].items()}
    return _Rules(
        items,
        re.compile("|".join(labels.values())),
        topics,
        re.compile(data["other"]),
        re.compile(data["opening"]),
        bodies,
        plain,
    )


@dataclass(slots=True)
class _Found:
    """An item as read: its entry, and where its number stands in the sentence."""

    item: _Item
    match: re.Match[str]
    start: int
    """Where the clause begins in the sentence."""


def listed(sentence: Sentence, scope: str, year: int | None, told: Sequence[Stated] = ()) -> Iterator[Stated]:
    """What the items of a sentence's lists say.

    An item that a sentence has twice with different numbers (of two bodies, of two lists) says nothing.

    Args:
        sentence: what is read.
        scope: whose numbers these are where it does not say.
        year: the report year.
        told: what the sentence says beside, and before it the last number told, where it goes on from there.
    """
    text = sentence.folded
    if not _COUNTS.search(text):
        return
    agreed = list(_items(sentence, scope, year)) if _HAS_ITEMS.search(text) else []
    yield from agreed
    yield from _divided(sentence, [*told, *agreed], year)


def _items(sentence: Sentence, scope: str, year: int | None) -> Iterator[Stated]:
    """What the items say by themselves."""
    text = sentence.folded
    found: dict[tuple[str, str], list[Stated]] = {}
    clauses = _clauses(text)
    if not any(clause.items for clause in clauses):
        return  # before topics are asked for, which takes most of the time
    topic = None
    if kind_of(sentence.before) == "annual":
        topic = _Walk(_clauses(sentence.before)).to_the_end()
    for one in _Walk(clauses, topic):
        at = one.start + one.match.start("n")
        head, clause = text[:at], text[one.start : at]
        if one.item.key == "litigation_total" and text.startswith("(未经复议", one.start + one.match.end("u")):
            continue  # those without a review before, and others follow
        if is_of_all_kinds(one.item.key, clause, text, one.start + one.match.end("n")):
            continue
        kind = kind_of(head)
        if kind is None or of_another_year(clause) or of_others(clause) or not is_of_year(head, year, kind):
            continue
        if is_of_part_or_before(text, at) or not is_exact(one.match, text, one.start + one.match.end("u")):
            continue
        if one.item.topics <= _REQUESTS and _CLASSED.search(text):
            continue
        if one.item.topics <= _CASES and not _is_of_disclosure(sentence):
            continue
        first, last = sentence.at[at], sentence.at[one.start + one.match.end("n") - 1] + 1
        whose = scope_stated(head, scope)
        stated = Stated(one.item.key, value_of(one.match), one.match["u"], whose, kind, first, last)
        found.setdefault((one.item.key, whose), []).append(stated)
    yield from (same[0] for same in found.values() if len({stated.value for stated in same}) == 1)


def _is_of_disclosure(sentence: Sentence) -> bool:
    """Whether the reviews and suits that a sentence counts are about disclosure."""
    text = sentence.folded
    return (
        not _ALL_KINDS.search(text)
        and ("公开" in text or not _DECIDES.search(text))
        and (_DISCLOSURE.search(text) or _DISCLOSURE.search(sentence.before)) is not None
    )


def _divided(sentence: Sentence, told: Sequence[Stated], year: int | None) -> Iterator[Stated]:
    """The numbers of a total that are told of kinds of bodies, or of years: 共932人，其中市级机关120人，区市县812人.

    They follow their total: after another number they are of that.
    """
    if not told:
        return
    rules = _rules()
    totals = {one.first: one for one in told}
    total = min(told, key=lambda one: one.first) if min(totals) < sentence.at[0] else None
    if total is None and len(_COUNTS.findall(sentence.folded)) == 1:
        return
    text = _ASIDE.sub(r"〔\1〕", sentence.folded)
    start = 0
    for end, _ in _marks(text):
        digit = _DIGIT.search(text, start, end)
        match = digit and _ANY_ITEM.fullmatch(text, start, end)
        start = end + 1
        if match is None:
            continue
        first, last = sentence.at[match.start("n")], sentence.at[match.end("n") - 1] + 1
        whose = rules.whose(_bare(match["label"]))
        if whose is None and total is not None and (of_year := _OF_YEAR.fullmatch(match["label"])) is not None:
            of_requests = of_year["verb"] in {"受理", "收到", "新收"} and total.key != "requests_received"
            if total.kind == "cumulative" and int(of_year[1]) == year and total.unit == match["u"] and not of_requests:
                yield total._replace(value=value_of(match), kind="annual", first=first, last=last)
        elif whose is None:
            total = totals.get(first)
        elif total is not None and total.scope not in rules.bodies and total.unit == match["u"]:
            value = value_of(match)
            if value < total.value:
                yield total._replace(value=value, scope=whose, first=first, last=last)


class _Clause(NamedTuple):
    """A part of a sentence between two marks, with its number where it has one."""

    words: str
    start: int
    """Where it begins in the sentence."""
    mark: str
    """What ends it."""
    match: re.Match[str] | None
    label: str | None
    """What the number counts, where it stands in the clause with nothing else."""
    items: tuple[_Item, ...]
    """Those that have this label, in lists of whatever topic."""


def _clauses(text: str) -> list[_Clause]:
    """A text cut at its marks."""
    clauses = []
    before = ""
    start = 0
    for end, mark in _marks(text):
        words = text[start:end]
        digit = _DIGIT.search(words)  # most clauses have none
        match = digit and _ITEM.search(words, digit.start())
        label = None if match is None else _label(words, match, before)
        named = () if label is None else _named_kept(label) if len(label) <= _LABEL else _named(label)
        clauses.append(_Clause(words, start, mark, match, label, named))
        before = words if mark == ":" else ""
        start = end + 1
    return clauses


def _named(label: str) -> tuple[_Item, ...]:
    """The items that have a label, in the order of the file."""
    rules = _rules()
    if rules.labels.fullmatch(label) is None:
        return ()
    return tuple([item for item in rules.items if item.label.fullmatch(label)])


_named_kept = lru_cache(maxsize=512)(_named)
"""Short labels come again from one report to the next."""


def _label(words: str, match: re.Match[str], before: str) -> str | None:
    """What the number of a clause counts; None where words stand on both sides of it.

    Args:
        words: the clause.
        match: its number.
        before: the clause before it where a colon stands between.
    """
    label, tail = _bare(words[: match.start()]), _bare(match["tail"])
    if label:
        return label if _SHARE.fullmatch(tail) else None
    return tail or _bare(before)


class _Walk:
    """Through the clauses of a text, its topic in mind."""

    def __init__(self, clauses: Sequence[_Clause], topic: str | None = None) -> None:
        self.clauses = clauses
        self.topic = topic

    def to_the_end(self) -> str | None:
        """The topic at the end of the text."""
        for _ in self:
            pass
        return self.topic

    def __iter__(self) -> Iterator[_Found]:
        outside: list[str | None] = []
        for clause in self.clauses:
            if clause.words and (found := self._read(clause)) is not None:
                yield found
            if clause.mark == "(":
                outside.append(self.topic)
            elif clause.mark == ")" and outside:
                self.topic = outside.pop()

    def _read(self, clause: _Clause) -> _Found | None:
        """The item of a clause; else its words may tell another topic."""
        label, match = clause.label, clause.match
        if label is None or match is None:
            self.topic = _topic(clause.words, self.topic)
            return None
        for item in clause.items:
            if match["u"] in item.units and (item.whole or self.topic in item.topics):
                if item.whole:
                    self.topic = _topic(label, None)
                return _Found(item, match, clause.start)
        self.topic = _topic(label, self.topic)
        return None


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """Where the clauses of a text end, and with which mark."""
    for mark in _MARK.finditer(text):
        yield mark.start(), mark[0]
    yield len(text), ""


def _bare(label: str) -> str:
    """A label without what says nothing of its subject."""
    plain = _NAME.sub("", label).translate(_QUOTES)
    opening = _rules().opening.match(plain)
    return plain if opening is None else plain[opening.end() :]


def _topic(words: str, topic: str | None) -> str | None:
    """The topic after some words.

    Answers alone lead back from no other: those to proposals are answers too, and cases are closed (办结) as requests
    are. And reviews and suits of any kind, with a word of which kind (治安行政复议), are not those about disclosure.
    """
    rules = _rules()
    if rules.other.search(words):
        return _OTHER
    told = [name for name, pattern in rules.topics if pattern.search(words)]
    if not told or (told == ["replies"] and (topic == _OTHER or (topic in _CASES and "答复" not in words))):
        return topic
    if cases := [name for name in told if name in _CASES]:
        named = "公开" in words or rules.plain_cases.fullmatch(words) is not None
        return (cases[0] if len(cases) == 1 else None) if named else _OTHER
    return next(name for name in _FIRST if name in told)
