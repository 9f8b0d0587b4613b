"""Sums and percentages within sentences: N_SUM, N_FEES, N_RATE."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.narrative.words import decimal, number, outcome, passage
from gicrawl.parser.report import Check, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COUNT: Final = re.compile(r"(?<![\d.,第])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(万?(?:条|件|元|篇|次))(?!/|以上|左右)")
_SHARE: Final = re.compile(r"(?:占|占比|占比为|占比达)(?:[^,;:。\d]{0,8}?)(?<![\d.])(\d+(?:\.\d+)?)%")
_COMPARED: Final = re.compile("同比|环比|较|比上|增长|增加|减少|下降|上升|上年|去年|累计")
_CHANGED: Final = re.compile(
    r"(?<![\d.,第])(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?P<u>条|件|宗|次)(?:,|\()?(?:比|较)(?:上年度?|去年|20\d\d年度?)的?"
    r"\(?(?P<o>\d{1,3}(?:,\d{3})+|\d+)(?P=u)\)?,?(?:(?:增加|增长|减少|下降)了?\d+(?P=u),)?(?:同比)?(?P<way>下降|减少|降低|增长|增加|上升|提高)了?(?:约)?(?P<p>\d+(?:\.\d+)?)%"
)
"""Two years' numbers and how the one differs from the other, all printed: 30件，比2021年的40件下降25%."""
_LESS: Final = frozenset(["下降", "减少", "降低"])
_LEAST: Final = 2
_NEAR: Final = Decimal("0.9")
_FAR: Final = Decimal("1.1")
_NEAR_FEES: Final = Decimal("0.8")
_FAR_FEES: Final = Decimal("1.2")
"""Fees are few, and none of them is left out."""
_FEES: Final = "信息处理费"
_GOES_ON: Final = ("通过", "经由", "另")
"""How a sentence begins that goes on with the parts of the one before it."""
_NEXT_ROW: Final = re.compile(
    r"(?<=[条件元次篇人])(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|\d{1,2}[.、])"
)
"""Where a list printed in lines goes on with another row: nothing closes the one before, as in a sentence."""
_CASES: Final = re.compile("复议|诉讼|举报")
_OF_CASES: Final = re.compile(";(?=[^;]*(?:复议|诉讼|举报))")
"""Behind the parts of a total of other things: what became of some of them."""
_CARRIED_OUT: Final = re.compile(
    "结转(?:至|到|入)?(?:下|次|20)|(?:转|顺延)(?:至|到|入)?下一?年|下一?年度?(?:继续|办理|答复)|跨年度?|(?:正|尚|仍)在|尚未|未到期"
)
"""What is left for another year: a part of what was received, never of what was answered."""
_OUTCOMES: Final = re.compile("[,:]?(?:予以|同意|部分|不予)(?:部分)?公开")
"""How the parts of what was answered begin."""
_ANSWERED: Final = re.compile("答复|办结|办毕")
_BEHIND: Final = re.compile(r"\(|,?(?:为|即)")
"""Between a share and the number it is of, where that follows."""
_ANOTHER: Final = re.compile("[,;%]")
_APPLICANTS: Final = re.compile("自然人|商业企业|科研机构|公益组织|法律服务机构")
_BRACKETS: Final = re.compile(r"\([^()]*\)")


def sum_checks(sentences: Sequence[str], wholes: Sequence[Decimal] = ()) -> Iterator[Check]:
    """One check for each total that is stated with its parts, and each percentage that is stated with its numbers.

    Args:
        sentences: of the report, squeezed.
        wholes: totals of its tables, of which shares may be without a word.
    """
    before = ""
    for sentence, after in pairwise((*sentences, "")):
        yield from _sums(sentence, before, after)
        if "占" in sentence and "%" in sentence:
            yield from _rates(sentence, before, wholes)
        if "%" in sentence:
            yield from _changes(sentence)
        before = sentence


def _sums(sentence: str, before: str, after: str) -> Iterator[Check]:
    """A total, 其中, and parts that nearly make it up: whether they make it up.

    Parts that leave much out (其中网站公开的有…) are no sum, and nothing is said of them.
    """
    at = sentence.find("其中")
    if at < 0:
        return
    head = before if at < 2 else sentence[:at]  # noqa: PLR2004 - 其中 begins the sentence, or a list in it
    totals = [match for match in _COUNT.finditer(head) if not _compares(head, match)]
    if not totals:
        return
    if head is before and (inner := before.find("其中")) >= 0:
        # the list of a list: what it adds up to may be either total, and the whole one stands before the first list
        totals = [match for match in totals if match.end() <= inner]
    if not totals or (_OUTCOMES.match(sentence, at + 2) and _is_carried_out(head, totals[-1])):
        return  # some outcomes of those answered, maybe not all
    total, unit = decimal(totals[-1][1]), totals[-1][2]
    tail, closed = _tail(sentence[at + 2 :], head)
    after = "" if closed else after
    parts = [match for match in _COUNT.finditer(tail) if match[2] == unit and not _compares(tail, match)]
    if after.startswith(_GOES_ON) and "其中" not in after:
        more = [match for match in _COUNT.finditer(after) if match[2] == unit and not _compares(after, match)]
        # what goes on may be another way to divide the same total: kinds of documents first, then channels
        parts = more if len(more) >= _LEAST and _added(more) == total else [*parts, *more]
    added = _added_up(parts, total, of_answers=_of_answers(head, totals[-1]))
    if added < total and _APPLICANTS.search(tail):
        return  # those with a number worth telling: who asked for less is left out
    if added < total and _OUTCOMES.match(sentence, at + 2) and "其他" not in tail:
        return  # the outcomes worth telling
    fees = unit.endswith("元") and _FEES in head
    near, far = (_NEAR_FEES, _FAR_FEES) if fees else (_NEAR, _FAR)
    if len(parts) < _LEAST or not total or not total * near <= added <= total * far:
        return
    yield Check(
        id="N_FEES" if fees else "N_SUM",
        status=outcome(holds=added == total),
        severity=Severity.INFO,
        left=number(added),
        right=number(total),
        printed=passage(sentence if head is not before else f"{before}。{sentence}", totals[-1].start()),
    )


def _is_carried_out(head: str, match: re.Match[str]) -> bool:
    """Whether a total is of what was left for another year, which has no outcome yet."""
    return _CARRIED_OUT.search(re.split("[,;:]", head[: match.start()])[-1]) is not None


def _tail(rest: str, head: str) -> tuple[str, bool]:
    """The list of a total's parts, and whether a bracket closes it.

    Args:
        rest: of the sentence, behind the first 其中.
        head: what stands before it, the total last.
    """
    tail, another, _ = rest.partition("其中")
    if another and ";" in tail:
        tail = tail.rpartition(";")[0]  # what stands before the other 其中 is the total of another list
    if _CASES.search(head) is None:
        tail = _OF_CASES.split(tail, maxsplit=1)[0]
    tail = _NEXT_ROW.split(tail, maxsplit=1)[0]
    inner, closing, _ = tail.partition(")")
    closed = bool(closing) and "(" not in inner  # within brackets, and of what stands there only
    return _BRACKETS.sub("", inner if closed else tail), closed


def _added_up(parts: Sequence[re.Match[str]], total: Decimal, *, of_answers: bool) -> Decimal:
    """The sum of the parts; without those that may be told beside the total, where all do not make it."""
    added = _added(parts)
    besides = [] if added == total else [match for match in parts if _beside(match, of_answers=of_answers)]
    return added - _added(besides)


def _beside(match: re.Match[str], *, of_answers: bool) -> bool:
    """Whether a number may be told beside a total instead of being a part of it (另有3件正在办理, 结转下年3件)."""
    clause = re.split("[,;:、]", match.string[: match.start()])[-1]
    rest = re.split("[,;:、]", match.string[match.end() :], maxsplit=1)[0]
    return "另有" in clause or (of_answers and _CARRIED_OUT.search(clause + rest) is not None)


def _of_answers(head: str, total: re.Match[str]) -> bool:
    """Whether a total is of what was answered."""
    clause = re.split("[,;:]", head[: total.start()])[-1]
    return _ANSWERED.search(clause) is not None


def _added(parts: Sequence[re.Match[str]]) -> Decimal:
    return sum((decimal(match[1]) for match in parts), Decimal(0))


def _compares(text: str, match: re.Match[str]) -> bool:
    """Whether the number is a difference from another year's, or that year's."""
    return _COMPARED.search(re.split("[,;:。]", text[: match.start()])[-1]) is not None


def _rates(sentence: str, before: str, of_tables: Sequence[Decimal]) -> Iterator[Check]:
    """Percentages of a total: right where they fit any number that they may be of.

    That is one before them that is no part of the same list, the sum of the list, or one of the sentence before. Only
    where the sentence itself names a total can they be wrong.
    """
    counts = [match for match in _COUNT.finditer(sentence) if not _compares(sentence, match)]
    shares = list(_SHARE.finditer(sentence))
    parts = {at: share for share in shares if (at := _part(sentence, counts, share)) is not None}
    for at, share in parts.items():
        part, unit = decimal(counts[at][1]), counts[at][2]
        alike = [i for i, match in enumerate(counts) if match[2] == unit]
        named = [value for i in alike if i < at and i not in parts and (value := decimal(counts[i][1])) >= part > 0]
        if not named:
            continue
        listed = sum((decimal(counts[i][1]) for i in alike if i in parts), Decimal(0))
        told = [decimal(match[1]) for match in _COUNT.finditer(before) if match[2] == unit]
        stated = Decimal(share[1])
        wholes = [whole for whole in (*named, listed, *told, *of_tables) if whole]
        nearest = min((100 * part / whole for whole in wholes), key=lambda rate: abs(rate - stated))
        yield _rate(share[1], nearest, passage(sentence, counts[at].start()))


def _changes(sentence: str) -> Iterator[Check]:
    """Percentages by which a number is said to differ from last year's, where both stand beside them."""
    for match in _CHANGED.finditer(sentence):
        now, then = (decimal(match[name]) for name in ("n", "o"))
        if then:
            rate = 100 * (then - now if match["way"] in _LESS else now - then) / then
            yield _rate(match["p"], rate, passage(sentence, match.start()))


def _rate(stated: str, rate: Decimal, printed: str) -> Check:
    """N_RATE: a percentage as stated against the one its numbers make, to its last printed place."""
    step = Decimal(1).scaleb(-len(stated.partition(".")[2]))
    return Check(
        id="N_RATE",
        status=outcome(holds=abs(rate - Decimal(stated)) <= step),
        severity=Severity.INFO,
        left=float(stated),
        right=float(round(rate, 2)),
        printed=printed,
    )


def _part(sentence: str, counts: Sequence[re.Match[str]], share: re.Match[str]) -> int | None:
    """Which of the numbers is the one whose share is stated.

    The one right behind it (占21.2%(7件), 占5.1%,为16件), or else the last before it with nothing but a comma between.
    """
    if (opened := _BEHIND.match(sentence, share.end())) is not None and (
        behind := [i for i, one in enumerate(counts) if one.start() == opened.end()]
    ):
        return behind[0]
    at = max((i for i, match in enumerate(counts) if match.end() <= share.start()), default=None)
    if at is None or _ANOTHER.search(sentence[counts[at].end() : share.start()].strip(",")):
        return None
    return at
