"""Wordings of `facts.toml`: a sentence that is worded as one of them states that fact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from gicrawl.parser.facts.circumstances import (
    ASIDE,
    CLAUSE_END,
    MANY,
    NUMBER,
    ROUND,
    Stated,
    clause_start,
    data,
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

_NONE: Final = r"(?P<n>未曾|未有|未|没有|无)"
"""Says that there was none of what follows."""
_CLAUSE: Final = r"[^,;:。]{0,24}?"


_DISCLOSURE: Final = re.compile("信息公开|依申请公开|公开申请")
_ELSE: Final = re.compile("占(?!地)")
"""A share's whole."""
_TARGET: Final = re.compile(
    r"万?(?:人次|[次场件条期篇个])(?:[、,][^\d,;。、]{2,14}[\d,.]+万?(?:人次|[次场件条期篇个]))*的(?:年度|工作)?(?:目标|任务)"
)
"""What follows a number that was only aimed at."""
_PARTLY: Final = re.compile(r"结转(?:的)?(?:申请)?(?:\d+件)?(?:申请)?(?:已|全部|均|也)+办结")
"""Those carried in are told apart, and so what was answered of the others is no total."""
_LATE: Final = re.compile(r"万?[件条宗份](?:\([^()]*\))?[,、](?:\d+[件条宗份])?[^,;。\d]{0,8}延期")
"""What follows the number of those answered in time: the others are told apart."""
_OF_REQUESTS: Final = re.compile(r"申请[^,;。\d]{0,6}\d+[件条宗份](?:\([^()]*\))?,?其中[^;。]*$")
"""Before what became of requests: 申请5件,其中主动公开信息1件."""
_WITH_OTHERS: Final = re.compile(r"条[,(](?:其中:?|包括)主动公开(?:政府信息|信息)?\d+条[,、](?:依申请|不予)")
"""What follows the number of all that was published, on request too."""
_DIVIDED: Final = frozenset(["review_total", "litigation_total"])
_CASES: Final = ("review_", "litigation_")
_OUTCOME: Final = re.compile("结转|败诉|胜诉|判决|裁定|委托律师")
"""Before the number of cases of last year, or of one outcome."""
_RESPONDENT: Final = re.compile("[为是]被(?:申请人|告)")
"""Against whom: reviews told of each respondent are no total."""
_SUMMED_UP: Final = frozenset(["requests_received", "replies_total"])
_OF_A_CLASS: Final = re.compile(
    "(?<![各公])(?<!公开)(?<!公开等)(?:类|方面|领域)(?:的)?(?:政府)?(?:信息)?(?:公开)?申请"
    "|(?:关于|涉及|有关|针对)(?!(?:申请)?(?:公开)?(?:政府|政务)?信息|公开|依申请)[^,;。]{2,20}?申请"
)
"""Requests of one class: 关于征地拆迁类申请41件."""
_APPLICANT: Final = re.compile("自然人|公民|个人|企业|法人|机构|组织")
_OTHER_APPLICANT: Final = re.compile(rf"[件宗份条][,、和](?:收到)?(?:{_APPLICANT.pattern})[^,;。\d]{{0,10}}\d")
_SUM: Final = re.compile(
    r"(?<=[件宗份],)(?:全[省市县区州]共?(?:合计|总计|共计|受理|收到|办结|答复)|合计|总计|共计|共)" + NUMBER + "[件宗份]"
)
_JUDGES: Final = re.compile(
    "复议机关[^,;。]{0,6}(?:收到|受理|办理|审理|审结|新收)|作为(?:行政)?复议机关"
    "|(?<![被向])法院(?:共|全年)?(?:受理|审理|审结|新收)"
)
"""Before the number of cases that a body decided, which were not against it."""
_EACH: Final = re.compile(r"分别[^,;。]*$")
_SERIES: Final = re.compile(r"(?:万?[条件宗份起次])?[、,]\d+[条件宗份起次]")
"""After the first of several numbers: 三个部门分别收到申请35件、20件、18件."""
_REGION: Final = "region"
_OWN: Final = re.compile("我[局委厅办院镇乡]|我单位|本(?:机关|单位|局|委|厅)")
"""The issuer itself, which is all there is."""
_NAMED: Final = re.compile(
    r"(?:其中:?)?(?:20\d\d年度?|全年|本年度?)?(?:"
    r"[省市县区州](?!人民|政府|委市|委县|委区|[直级各])[\u4e00-\u9fff]{2,10}(?:局|委|厅|委员会|中心|总队|支队)"
    r"|[\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,4})+[两三四五六七八九十]个?[县区市镇乡]"
    r"|(?:全[省市县区州])?\d{1,3}个(?:乡镇|镇乡|镇街|街镇|街道|镇|乡|区县|县区|县市区)"
    r"|[县区市]?各(?:街镇|镇街|乡镇|镇乡|街道|镇|乡)(?:\(街道\)|街道|办事处|园区)?"
    r")(?=全年|20|本年|共|累计|主动|公开|收到|受理|新收|答复|办结)"
)
"""Departments by their names, and those below the issuer: their numbers are none of the region's."""
_OTHER_BODY: Final = re.compile(
    r"(?:其中:?)?(?:20\d\d年度?,?)?([\u4e00-\u9fff]{2,4}[区县市州旗镇乡](?:[\u4e00-\u9fff]{2,8}(?:局|委|委员会|办公室|中心))?"
    r"|[\u4e00-\u9fff]{2,8}(?:分局|支队|大队|管所|派出所)"
    r"|[\u4e00-\u9fff]{2,6}街道(?:办事处)?|[\u4e00-\u9fff]{0,6}(?:便民|为民|政务|行政)服务中心)"
    r"(?=全年|20|本年|共|累计|主动|公开|收到|受理|新收|答复|办结)"
)
"""A body by its name: where it is not the issuer, its numbers are not the report's."""
_GOVERNMENT: Final = re.compile(
    r"(?:20\d\d年度?,?)?[省市县区州](?:人民)?政府(?:共|全年)?(?:新收|收到|受理|主动公开|公开)"
)
_AND_DEPARTMENTS: Final = re.compile(
    r"万?[件条宗份],(?:[省市县区州][级直]|各?部门|各?区县|各?县区|各?县市区|乡镇)[^,;。\d]{0,12}\d"
)
"""Around the number of a government's own, which those of its departments and of the divisions below follow."""
_NO_NAME: Final = re.compile("[全我本该各辖城]|所有|下辖|其[他余它]|[省市县区州][区县市州旗]")
_ALL: Final = re.compile("全[省市县区州]|^共|合计|总计")


@dataclass(frozen=True, slots=True)
class Wording:
    """One entry of `facts.toml`, compiled."""

    key: str
    word: str
    avoid: tuple[str, ...]
    about: tuple[str, ...]
    never: tuple[str, ...]
    unless: tuple[str, ...]
    none: str
    """The unit of what there was none of; empty where a number says how many."""
    pattern: re.Pattern[str]


@cache
def load_wordings() -> tuple[Wording, ...]:
    """The wordings of `facts.toml`, in its order."""
    wordings = []
    shared = data()["words"]
    for entry in data()["fact"]:
        units = "|".join(entry["units"])
        source = (
            entry["pattern"]
            .replace("{n}", NUMBER)
            .replace("{m}", MANY)
            .replace("{r}", ROUND)
            .replace("{u}", f"(?P<u>{units})")
            .replace("{.}", _CLAUSE)
            .replace("{0}", _NONE)
        )
        wordings.append(
            Wording(
                entry["key"],
                entry["word"],
                tuple(_listed(entry.get("avoid", ()), shared)),
                tuple(_listed(entry.get("about", ()), shared)),
                tuple(_listed(entry.get("never", ()), shared)),
                tuple(_listed(entry.get("unless", ()), shared)),
                entry["units"][0] if entry.get("none") else "",
                re.compile(source),
            )
        )
    return tuple(wordings)


@cache
def _words() -> tuple[str, ...]:
    """The words without one of which no wording is met, each once: a dozen wordings may share one."""
    return tuple(dict.fromkeys(wording.word for wording in load_wordings()))


@lru_cache(maxsize=256)
def _with(words: tuple[str, ...]) -> tuple[Wording, ...]:
    """The wordings of these words, in the order of the file."""
    return tuple([wording for wording in load_wordings() if wording.word in words])


def _listed(entries: Sequence[str], shared: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The words of an entry, those of a shared list in place of its name."""
    for entry in entries:
        yield from shared[entry[1:]] if entry.startswith("@") else (entry,)


def worded(sentence: Sentence, scope: str, year: int | None, issuer: str | None = None) -> Iterator[Stated]:
    """What a sentence says in the words of `facts.toml`.

    Args:
        sentence: what is read.
        scope: whose numbers these are where it does not say.
        year: the report year.
        issuer: the name of the body whose report it is, where it is known.
    """
    text = sentence.folded
    for wording in _with(tuple([word for word in _words() if word in text])):
        if wording.about and not holds(text, wording.about) and not holds(sentence.before, wording.about):
            continue
        for match in wording.pattern.finditer(text):
            begun = _clause_before(text, match)
            clause = ASIDE.sub("", begun)
            head = text[: match.start("n")]
            if holds(clause, wording.avoid) or of_another_year(clause) or _ELSE.search(clause):
                continue
            if _is_of_others(clause, head, scope, issuer):
                continue
            if holds(_told_before(head), wording.never) or (
                wording.unless and holds(_part_around(text, match), wording.unless)
            ):
                continue
            if _is_no_fact(wording.key, text, match, begun):
                continue
            kind = kind_of(head, text[match.end("n") :])
            if kind is None or not is_of_year(head, year, kind):
                continue
            first, last = sentence.at[match.start("n")], sentence.at[match.end("n") - 1] + 1
            if not wording.none and not is_exact(match, text, match.end("u")):
                continue
            value, unit = (0, wording.none) if wording.none else (value_of(match), match["u"])
            yield Stated(wording.key, value, unit, scope_stated(head, scope), kind, first, last)


def _is_of_others(clause: str, head: str, scope: str, issuer: str | None) -> bool:
    """Whether a number is of another body: by the words of its clause, by a name there or in what goes before it."""
    if of_others(clause) or (scope == _REGION and _NAMED.match(clause) is not None):
        return True
    own = _ALL.search(clause) or _OWN.search(clause)
    return issuer is not None and any(
        (named := _OTHER_BODY.match(words)) is not None and not _NO_NAME.match(named[1]) and named[1] not in issuer
        for words in ((clause,) if own else (clause, head[head.rfind(";") + 1 :]))
    )


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether one of some words stands in a text."""
    return any(map(text.__contains__, words))  # a loop of our own takes three times as long


def _told_before(head: str) -> str:
    """What a number may be one of: the part since a semicolon, where that says that it is of disclosure."""
    part = head[head.rfind(";") + 1 :]
    return part if _DISCLOSURE.search(part) else head


def _part_around(sentence: str, match: re.Match[str]) -> str:
    """What stands between the semicolons around a match."""
    end = sentence.find(";", match.end())
    return sentence[sentence.rfind(";", 0, match.start()) + 1 : end if end >= 0 else len(sentence)]


def _is_no_fact(key: str, sentence: str, match: re.Match[str], begun: str) -> bool:
    """Whether a number was only aimed at, or is one of several that make up what the key counts.

    Args:
        key: what it is read as.
        sentence: in which it stands.
        match: of the wording.
        begun: its clause up to the number.
    """
    return (
        _TARGET.match(sentence, match.end("n")) is not None
        or is_of_part_or_before(sentence, match.start("n"))
        or (key == "replies_total" and _PARTLY.search(sentence) is not None and "共" not in begun)
        or (key == "replies_total" and _LATE.match(sentence, match.end("n")) is not None)
        or is_of_all_kinds(key, begun, sentence, match.end("n"))
        or (key == "proactive_total" and _OF_REQUESTS.search(sentence, 0, match.start("n")) is not None)
        or (key == "proactive_total" and _WITH_OTHERS.match(sentence, match.end("n")) is not None)
        or (key in _SUMMED_UP and _is_summed_up(sentence, match, begun))
        or (key.startswith(_CASES) and "公开" not in sentence[: match.end()] and _is_of_business(sentence, match))
        or (key.startswith(_CASES) and _JUDGES.search(sentence, 0, match.start("n")) is not None)
        or _is_of_several(sentence, match)
        or (key in _DIVIDED and _OUTCOME.search(CLAUSE_END.split(begun)[-1]) is not None)
        or (key == "requests_received" and _is_of_applicants(sentence, match, begun))
        or (_GOVERNMENT.match(begun) is not None and _AND_DEPARTMENTS.match(sentence, match.end("n")) is not None)
        or (key in _SUMMED_UP and _OF_A_CLASS.search(begun or match.group()) is not None)
        or (key == "litigation_total" and sentence.startswith("(未经复议", match.end()))
        or (key in _DIVIDED and len(_RESPONDENT.findall(sentence)) > 1)
    )


def _is_of_applicants(sentence: str, match: re.Match[str], begun: str) -> bool:
    """Whether the number is that of one kind of applicants, and that of another follows it."""
    return _APPLICANT.search(begun) is not None and _OTHER_APPLICANT.match(sentence, match.end("n")) is not None


def _is_of_several(sentence: str, match: re.Match[str]) -> bool:
    """Whether the number is the first of several that are told of as many bodies or years."""
    following = _SERIES.match(sentence, match.end("n"))
    return following is not None and _EACH.search(sentence, 0, match.start("n")) is not None


def _is_of_business(sentence: str, match: re.Match[str]) -> bool:
    """Whether the sentence tells of other cases before: licences, penalties, calls."""
    return holds(sentence[: match.start()], data()["words"]["other_business"])


def _is_summed_up(sentence: str, match: re.Match[str], begun: str) -> bool:
    """Whether the number is one of several that the sentence adds up: 办公室受理6件，部门受理27件，全县共受理33件."""
    total = _SUM.search(sentence, match.end())
    if total is None or "结转" in sentence[match.end() : total.start()]:
        return False  # with those carried in
    if _OWN.search(sentence, 0, match.start("n")) is None and scope_stated(sentence[: match.start("n")], ""):
        return False  # those of one kind of bodies, as its scope says
    return not _ALL.search(begun) and value_of(total) > value_of(match)


def _clause_before(sentence: str, match: re.Match[str]) -> str:
    """From the start of the clause in which the match begins to the number."""
    first = match.start() + (CLAUSE_END.match(sentence, match.start()) is not None)  # a match may begin with the mark
    return sentence[clause_start(sentence, first) : match.start("n")]
