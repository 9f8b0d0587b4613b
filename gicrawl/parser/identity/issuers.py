"""Whose report it is: candidates in the order of trust, and the first that is a body. What stays open stays open."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from gicrawl.parser.identity.divisions import Division, divisions_in
from gicrawl.parser.identity.names import GOVERNMENT, Body, as_zone, belonging, chosen, kind_of, level_of, read_body
from gicrawl.parser.identity.regions import code_of, place
from gicrawl.parser.identity.titles import may_be_title, paired
from gicrawl.parser.identity.vocabulary import bodies, speaks, words
from gicrawl.parser.report import Issuer, Problem
from gicrawl.parser.script import to_simplified
from gicrawl.regions.names import common_name, shortened_name
from gicrawl.regions.provinces import provinces
from gicrawl.regions.table import with_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gicrawl.parser.document import Context, Document
    from gicrawl.parser.identity.headings import Titles
    from gicrawl.parser.identity.lines import TextLine
    from gicrawl.regions.table import Division as Region

_HAN: Final = r"[\u4e00-\u9fff]"
_BY: Final = re.compile(rf"由({_HAN}{{4,30}}?)(?:负责)?(?:牵头)?(?:组织)?(?:编制|汇总|编写)")
_BY_ITSELF: Final = re.compile(rf"(?:^|[,。;])({_HAN}{{4,30}}?)(?:组织)?(?:编制|编写)了?本(?:年度)?(?:报告|年报)")
_ASKED: Final = re.compile(rf"(?:与|向|联系)({_HAN}{{4,30}}?)(?:联系|咨询|反映|[(,:。]|$)")
_WITHIN: Final = re.compile(
    r"(?:党政|综合|党政综合|政务公开|信息公开|秘书)(?:办公室|办|科|股|室|处)$|(?<!政府)(?<!公署)办公室$"
)
"""The office within a body that answers questions about its report."""
_NAMED: Final = re.compile(
    rf"(?:发布机构|发布单位|公开主体|信息来源|来源|发文机关|公开机构)[:\]]?"
    rf"({_HAN}{{3,30}}?)(?=发布|公开[日时]|成文|生成|来源|索引|文号|字号|选择|阅读|浏览|[^\u4e00-\u9fff]|$)"
)
_OFFICE_SAYS: Final = re.compile("[我本][办厅]|本机关|本部门|办公室本级")
_LABELS: Final = ("contentsource", "source", "publisher", "author")
_NOT_HAN: Final = re.compile(r"[^\u4e00-\u9fff]+")
_GOVERNED: Final = re.compile(r"(?:人民政府|政府|办事处|管委会|管理委员会|[区县市旗镇乡局委办室]|街道|中心)$")
_DIVISION: Final = re.compile(rf"^{_HAN}{{2,}}[区县市旗镇乡]")
_NOTICE: Final = re.compile(r"^.*?(?:公布|发布|印发|公开|关于)+")
_LIKE_DISTRICTS: Final = ("新区", "港区", "林区", "特区")
"""Endings that zones share with districts (浦东新区, 六枝特区); a name that no table of divisions has may be either."""
_SITE: Final = ("sitename",)
_SITE_WORDS: Final = re.compile(r"(?:政府信息公开|信息公开|门户|政务)*(?:网站|平台|网|专栏)$")
_SIGNATURE: Final = re.compile(
    rf"(?:(?:落款|(?:编制|报告|填报|报送)单位):)?({_HAN}{{3,30}}?)(?:\((?:公章|盖章|印章|章)\))?"
    r"(?:\d{4}年\d{1,2}月\d{1,2}日)?"
)
_YEAR_ALONE: Final = re.compile(r"\(?[12二][0-9〇零一二三四五六七八九]{3}年?度?\)?")
_OF_THE_FORM: Final = "本机关不掌握"
"""A label of the form, in every report."""
_HEAD, _TAIL = 12, 12
_LONGEST_LABEL = 200  # characters
_LONGEST_HINT = 4_000  # characters at either end of a text in which a full name is looked for


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a text when the issuer is settled.

    Attributes:
        text: all lines, squeezed.
        region_wide: it speaks for everything below the issuer (全县).
        own: it speaks for one body (我局).
        year: of the report.
    """

    text: str
    region_wide: bool
    own: bool
    year: int | None


class Found(NamedTuple):
    """What is known of the issuer.

    Attributes:
        issuer: None where no body, or more than one, may be it.
        problems: that name the candidates, or say what is unsure.
        surmised: only a label of the page or site names it, no word of the document.
    """

    issuer: Issuer | None
    problems: tuple[Problem, ...]
    surmised: bool = False


def read_scope(text: str, year: int | None) -> Reading:
    """For whom a text speaks, and of which year."""
    return Reading(text, speaks("region_wide", text), speaks("own", text.replace(_OF_THE_FORM, "")), year)


def find_issuer(
    titles: Titles, document: Document, context: Context, lines: Sequence[TextLine], reading: Reading
) -> Found:
    """The issuer, with problems where it is unsure.

    Args:
        titles: of the document, the report's own first.
        document: labels of the page.
        context: labels of the site, used last.
        lines: of the document.
        reading: its text.

    Returns:
        None and a problem that names the candidates where no body, or more than one, may be the issuer.
    """
    regions = _Regions(document, context, lines, reading.text)
    unread = _unread(titles)
    ranks = chain(
        ((rank, False) for rank in _named(titles, lines, reading)),
        ((rank, True) for rank in _labelled(titles, document, context, lines, reading)),
    )
    for rank, surmised in ranks:
        if unread and any(not _may_be(body, unread) for body in rank):
            break
        settled = []
        for body in rank:
            whole = regions.complete(body)
            if whole is None:
                return Found(None, (_ambiguous((body.printed, *regions.of(body.relative, body.rest))),))
            settled.append(whole)
        names = tuple(dict.fromkeys(body.name for body in settled))
        if len(names) > 1:
            return Found(None, (_ambiguous(names),))
        if settled:
            labels = (*document.labels, *context.site_labels)
            return Found(*_issuer(settled[0], reading, labels), surmised)
    unread = titles.first.listed.removeprefix("关于") if titles.first else ""
    return Found(None, (Problem("issuer_unclear", (("printed", unread),)) if unread else Problem("issuer_not_found"),))


def _unread(titles: Titles) -> str:
    """What the title names and nobody could read, where it looks like the name of a body; else empty."""
    if titles.first is None or titles.first.bodies:
        return ""
    name = _NOT_HAN.split(_NOTICE.sub("", to_simplified(titles.first.listed)))[-1]
    if titles.first.torn:
        return name
    if len(name) <= 1 or not _GOVERNED.search(name) or name.startswith(tuple(words()["text"]["region_wide"])):
        return ""
    # 市教育局 names no division, and says that another text has to; 新区 and 港区 after two characters are a name
    return name if divisions_in(name) or _DIVISION.search(name) else ""


def _may_be(body: Body, unread: str) -> bool:
    """Whether a body named elsewhere may be the one that the title names: not the city above an unread district."""
    printed = to_simplified(body.printed)
    return unread.endswith(printed) or printed.endswith(unread) or unread in body.name


def _ambiguous(names: Iterable[str]) -> Problem:
    return Problem("issuer_ambiguous", (("candidates", "、".join(dict.fromkeys(names))),))


def _issuer(body: Body, reading: Reading, labels: Iterable[tuple[str, str]]) -> tuple[Issuer, tuple[Problem, ...]]:
    problems: tuple[Problem, ...] = ()
    body = _of_its_time(_governed(body, reading.text), reading.year)
    if body.choices:
        printed = [rest for rest in body.choices if rest in reading.text]
        if len(printed) == 1:
            body = chosen(body, printed[0])
        else:
            fields = (("printed", body.name), ("candidates", "、".join(printed or body.choices)))
            problems = (Problem("name_not_expanded", fields),)
    body = _zone_in_full(body, reading.text)
    division, doubts = place(body, reading.year, labels, reading.text)
    body = _official(body, division)
    issuer = Issuer(
        name=body.name,
        printed=body.printed,
        region_code=code_of(division),
        level=_level(body, division, reading.text),
        kind=kind_of(body),
    )
    return issuer, (*problems, *doubts)


def _official(body: Body, division: Region | None) -> Body:
    """A body of an autonomous area that is named without its peoples (玉屏县), with the name of the table."""
    named = body.region
    if division is None or not body.name.startswith(named):
        return body
    if division.name == named:
        return replace(body, name=_municipality(division) + body.name)
    if named not in {common_name(division.name), shortened_name(division.name)}:
        return body
    return replace(body, name=division.name + body.name.removeprefix(named))


def _municipality(division: Region) -> str:
    """The municipality that a division lies in, whose districts are named with it; empty for any other."""
    cities = (one.name for one in provinces() if one.seat is None)
    return next((city for city in cities if with_name(city)[0].code == division.parent), "")


def _of_its_time(body: Body, year: int | None) -> Body:
    """A zone that became a district later (两江新区), as the zone it was."""
    if year is None or not body.chain or not body.region.endswith(_LIKE_DISTRICTS):
        return body
    known = with_name(body.region)
    if not known or any(one.first_year <= year for one in known) or body.rest != GOVERNMENT:
        return body
    return as_zone(body)


def _zone_in_full(body: Body, text: str) -> Body:
    """A zone that its title shortens (曲靖经开区), as the text has it in full, where that has it in one way only."""
    if kind_of(body) != "development_zone":
        return body
    for short, names in bodies()["zones_shortened"].items():
        if short in body.name and (printed := [name for name in names if body.name.split(short)[0] + name in text]):
            return replace(body, name=body.name.replace(short, printed[0])) if len(printed) == 1 else body
    return body


def _level(body: Body, division: Region | None, text: str) -> str | None:
    if body.rest.endswith("街道办事处") or (body.chain and body.chain[-1].step == "township"):
        return "township"  # 章贡区人民政府南外街道办事处: the division named is the one above it
    return division.level if division is not None else level_of(body, text)


def _governed(body: Body, text: str) -> Body:
    """What a title names like a zone (青石港区, 云岭新区): a district where only its government is spoken of."""
    printed = body.printed
    if kind_of(body) != "development_zone" or not printed.endswith(_LIKE_DISTRICTS):
        return body
    name = to_simplified(printed)
    named = name[body.chain[-1].end :] if body.chain else name
    if f"{named}人民政府" not in text or f"{named}管" in text or "管委会" in text:
        return body
    division = Division(named, 0, len(named), "county")
    return replace(body, name=f"{named}人民政府", chain=(*body.chain, division), rest="人民政府")


def _named(titles: Titles, lines: Sequence[TextLine], reading: Reading) -> Iterator[list[Body]]:
    """Bodies that the document itself names as the issuer, rank by rank; within a rank they should agree."""
    for title in titles.read:
        if not (title.other or title.apart):
            yield list(title.bodies[:1])
    if titles.opening:
        yield list(titles.opening.bodies[:1])
    publishers = [body for title in titles.read if not title.other for body in title.publishers[-1:]]
    yield [whole for body in publishers[:1] for whole in _reporting(body, reading)]
    compiled = [
        match[1] for line in lines[:_HEAD] if (match := _BY.search(line.squeezed) or _BY_ITSELF.search(line.squeezed))
    ]
    signed = [match[1] for line in lines[-_TAIL:] if (match := _SIGNATURE.fullmatch(line.squeezed))]
    found = [body for printed in (*compiled, *signed[-1:]) if (body := read_body(printed))]
    yield [whole for body in found for whole in _reporting(body, reading)]
    yield [whole for body in _below_title(lines) for whole in _reporting(body, reading)]
    asked = [match[1] for line in lines[:_HEAD] for match in _ASKED.finditer(line.squeezed)]
    yield [whole for name in asked for body in _read(_WITHIN.sub("", name)) for whole in _answering(body, reading)]


def _below_title(lines: Sequence[TextLine]) -> list[Body]:
    """The body that stands alone on the line below a title, or below the year under it."""
    head = [line.squeezed for line in lines[:_HEAD]]
    for at, line in enumerate(head[:-2]):
        if may_be_title(line) and line.endswith(("报告", "年报")):
            below = head[at + 2] if _YEAR_ALONE.fullmatch(head[at + 1]) else head[at + 1]
            return _read(below)
    return []


def _labelled(
    titles: Titles, document: Document, context: Context, lines: Sequence[TextLine], reading: Reading
) -> Iterator[list[Body]]:
    """Bodies that labels of the page, the article's source or the site name, rank by rank."""
    labels = dict(document.labels)
    named = [match[1] for line in lines[:_HEAD] if (match := _NAMED.search(line.squeezed))]
    for printed in (*named, *(labels[name][:_LONGEST_LABEL] for name in _LABELS if name in labels)):
        yield [whole for body in _read(printed) for whole in _reporting(body, reading)]
    for title in titles.read:
        if title.apart and not title.other:
            yield list(title.bodies[:1])
    if reading.region_wide and not reading.own:  # a portal's name says nothing about a department's report
        sites = [labels[name] for name in _SITE if name in labels]
        sites += [value for name, value in context.site_labels if name.lower() in _SITE]
        for printed in sites:
            yield [body for body in _read(_SITE_WORDS.sub("", paired(printed)[0])) if kind_of(body) == "government"]


def _read(printed: str) -> list[Body]:
    body = read_body(paired(printed)[0])
    return [body] if body else []


def _reporting(body: Body, reading: Reading) -> list[Body]:
    """Who reports where only the one who compiled or published a report is named.

    An office of a government compiles the government's report as well as its own: the text tells which, or both stay.
    我单位 may be said by either.
    """
    if kind_of(body) != "office":
        return [body]
    government = read_body(body.printed[: body.printed.find("办")])
    if government is None:
        return [body]
    if reading.region_wide and not reading.own:
        return [government]
    if reading.own and not reading.region_wide and _OFFICE_SAYS.search(reading.text):
        return [body]
    return [government, body]


def _answering(body: Body, reading: Reading) -> list[Body]:
    """Who reports where only the one who answers questions is named; of a government only where it speaks for all."""
    local = body.rest.endswith("办事处") or (body.chain and body.chain[-1].step == "township")
    if kind_of(body) == "government" and not local:
        return [body] if reading.region_wide and not reading.own else []
    return _reporting(body, reading)


class _Regions:
    """The divisions a document names, for bodies named without theirs (市统计局)."""

    def __init__(self, document: Document, context: Context, lines: Sequence[TextLine], text: str) -> None:
        """Take the sources, the most trustworthy first."""
        self._labels = [paired(value[:_LONGEST_LABEL])[1] for _, value in (*document.labels, *context.site_labels)]
        titled = [paired(document.title[:_LONGEST_LABEL])[1]] if document.title else []
        self._heads = [*titled, *(line.squeezed for line in (*lines[:_HEAD], *lines[-_TAIL:]))]
        self._text = text[:_LONGEST_HINT] + "\n" + text[-_LONGEST_HINT:]

    def complete(self, body: Body) -> Body | None:
        """The body with its division; None where none, or more than one, may be meant."""
        if not body.relative:
            return self._with_county(body)
        found = self.of(body.relative, body.rest)
        if len(found) != 1:
            return None
        division = divisions_in(found[0])[-1]
        return belonging(body, Division(division.name, 0, len(division.name), division.step))

    def _with_county(self, body: Body) -> Body:
        """A town named alone, with the county that the site or the text names with it: towns share their names.

        A 市 is left out: it may be the county or the city above it.
        """
        if len(body.chain) != 1 or body.chain[0].step != "township" or kind_of(body) != "government":
            return body
        town = re.escape(body.chain[0].name)
        for texts, after in ((self._labels, rf"(?:{town}|人民政府|政府)"), ([*self._heads, self._text], town)):
            found = dict.fromkeys(
                name
                for text in texts
                for match in re.finditer(rf"({_HAN}{{1,12}}?([县区旗])){after}", text)
                if (name := _division_at_the_end(match[1], match[2])) is not None
            )
            names = [name for name in found if not any(name != other and name.endswith(other) for other in found)]
            if len(names) == 1:
                county = divisions_in(names[0])[-1]
                return replace(body, name=county.name + body.name, chain=(county, *body.chain))
            if names:
                return body
        return body

    def of(self, rank: str, rest: str) -> tuple[str, ...]:
        """Divisions of a rank that are named with a body or a government, from the first source that names any."""
        for texts in (self._labels, [*self._heads, self._text]):
            found: dict[str, None] = {}
            for text in texts:
                for match in re.finditer(rf"({_HAN}{{1,12}}?{rank})(?:{re.escape(rest)}|人民政府|政府)", text):
                    if name := _division_at_the_end(match[1], rank):
                        found[name] = None
            names = [name for name in found if not any(name != other and name.endswith(other) for other in found)]
            if names:
                return tuple(names)
        return ()


def _division_at_the_end(text: str, rank: str) -> str | None:
    """The division that a stretch of text ends with; what stands before it may be anything."""
    known = words()["text"]
    for start in range(len(text) - 2):
        before, after = text[:start], text[start:]
        if (before and not before.endswith(tuple(known["before_names"]))) or after.startswith(
            tuple(known["never_first"])
        ):
            continue
        chain = divisions_in(after)
        if chain and start + chain[-1].end == len(text) and chain[-1].name.endswith(rank):
            return chain[-1].name
    return None
