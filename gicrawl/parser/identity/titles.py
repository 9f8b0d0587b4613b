"""What a line says as the title of a report: whose, of which year, and whether it is a title of something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from gicrawl.parser.identity.names import Body, kind_of, read_body
from gicrawl.parser.identity.vocabulary import NUMERALS, any_of, words
from gicrawl.parser.script import ZERO_WIDTH, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_YEAR: Final = re.compile(
    r"(?<![\d.第〇零一二三四五六七八九])(?:"
    r"[12一二][09〇零九Oo][0-9〇零一二三四五六七八九Oo]{2}(?=年(?!\d{1,2}月)|度|-(?!\d{5}|\d{1,2}-\d)|—|、|和|政?府?信息公开|\)?[\u4e00-\u9fff]{2,20}信息公开)"
    r"|[012]\d(?=年度?(?!\d)))"
)
_YEAR_AFTER: Final = re.compile(r"\(?([12一二][09〇零九Oo][0-9〇零一二三四五六七八九Oo]{2})年?度?(?![\d.年-])\)?")
_NUMBERED: Final = re.compile(r"\(\d{4}\)(?:第?\d+号)|第?\d+号|\d{4}年第\d+[号期]")
_CUT: Final = re.compile(r"[|:：,;。!?/》《>_]|[-]{1,2}(?=[\u4e00-\u9fff])")
_DOUBLED: Final = re.compile("(?!年年度)([政府务信息公开工作情况年度总结报告])\\1")
_STROKES: Final = "->＞»|｜_:：—–－·•"
"""Between a title and what stands before it on its line."""
_MONTH: Final = re.compile(r"年\d{1,2}(?:[-至]\d{1,2})?月")
_YEARS: Final = range(2000, 2050)
_BEFORE, _BETWEEN, _TAIL = 60, 14, 30  # characters around the name of the report
_SHORTEST = 4  # characters of a title before the name of the report
_LONGEST = 400  # characters, blanks and line ends included
_CITING: Final = re.compile("(?:[(]?一[)]?[、.,:])?(?:概述|总体情况|基本情况|引言)?[:,]?(?:根据|按照|依据|依照|为)")
"""How a sentence begins that names its report; also right behind the heading of the first part."""
_BY_ORDER: Final = re.compile("(?:要求|规定|精神),(?:现|特|结合|编制|编写)")
_LEADS_TO: Final = re.compile("[,。;:]|现将|公布|发布|编制|编写")
_ASIDE: Final = re.compile(r"(?<=[\u4e00-\u9fff])\([^()]*\)$")
_BEFORE_COLON: Final = re.compile(r"([\u4e00-\u9fff]{4,30})[:)\]](?=(?:关于)?[\d〇零一二三四五六七八九]{4}年)")
_AFTER_STROKE: Final = re.compile(r"(?:-{1,2}|_|\()([\u4e00-\u9fff]{4,30})\)?$")
_BRACKET: Final = r"\((?![\u4e00-\u9fff]{2,4}\)自由贸易)|\)(?!自由贸易)"
"""Any bracket but those of 中国(上海)自由贸易试验区."""
_PRINT_HEAD: Final = re.compile(
    r"\s*\d{1,4}/\d{1,2}/\d{1,4},?\s*(?:[上下]午\s*)?\d{1,2}:\d\d(?::\d\d)?(?:\s*[AP]M)?\s*(?=[^\s\d])", re.IGNORECASE
)
"""When a browser printed a page: above it, before the title of its window."""
_SITE_AFTER: Final = re.compile(r"[_|｜]|\s[-–—]+\s")
_SENTENCE: Final = re.compile("[。;]")
_SPOKEN_OF: Final = re.compile(
    "》?(?:现|现已|已|已经|将|于近?日)(?:正式|全文|在[^,。]{1,12})?(?:公布|发布|公开|编制|完成|出炉|上线|上网|挂网)"
)
"""How a sentence about a report goes on behind its name: it is no title."""
_HALF_TOO: Final = re.compile("上半年(?:及|和|与|、)全年")
"""A report of the year that tells its first half too."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title and what it says.

    Attributes:
        text: as printed, line breaks within it gone.
        bodies: whom it names, the likeliest issuer first.
        publishers: bodies that only publish the report by notice.
        years: the report years it names; more than one where they contradict each other.
        other: it is the title of another kind of document.
        form: it is the title of the empty form.
        listed: what stands beside year and name of the report, readable or not; tells titles apart in a list.
        own: the report's own title, without a notice that publishes it, words of others and doubled characters.
        apart: its body is a government that stands behind a stroke, where sites write their own name too.
        torn: its name begins on a line above, and could not be read with it; `listed` has the end of it.
    """

    text: str
    bodies: tuple[Body, ...]
    publishers: tuple[Body, ...]
    years: tuple[int, ...]
    other: bool
    form: bool
    listed: str
    own: str
    apart: bool = False
    torn: bool = False

    @property
    def wrapped(self) -> bool:
        """Whether the report's own title is only part of what is printed."""
        return self.own != self.text

    @property
    def year(self) -> int | None:
        """The report year, where the title names exactly one."""
        return self.years[0] if len(self.years) == 1 else None


@cache
def _core() -> re.Pattern[str]:
    """政府信息公开工作年度报告 in all its spellings; any character may be doubled where a line broke."""
    report = words()["report"]
    firm, loose = _stuttered(report["openings"]), _stuttered(report["loose_openings"])
    names, more = (
        _stuttered(report["names"]),
        _stuttered([*report["names"], *report["loose_names"], *report["annexes"]]),
    )
    between = rf"开?[^。;,]{{0,{_BETWEEN}}}?"
    return re.compile(rf"(?:{firm}{between}{more}|{loose}{between}{names})")


@cache
def _core_ends() -> frozenset[str]:
    """What the name of a report ends with: without one of these characters there is none."""
    report = words()["report"]
    return frozenset(name[-1] for key in ("names", "loose_names", "annexes") for name in report[key])


def _stuttered(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, the longest first, each of their characters once or twice."""
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "(?:" + "|".join("".join(f"{char}{char}?" for char in phrase) for phrase in ordered) + ")"


def paired(text: str) -> tuple[str, str]:
    """A text without blanks as printed, and folded: of one length, so that offsets serve both."""
    text = "".join(text.split())
    folded = fold(text)
    if " " not in folded and ZERO_WIDTH not in folded:
        return text, folded
    kept = [(a, b) for a, b in zip(text, folded, strict=True) if b not in {" ", ZERO_WIDTH}]
    return "".join(a for a, _ in kept), "".join(b for _, b in kept)


def may_be_title(squeezed: str) -> bool:
    """Whether a squeezed text names a report at all; spares a closer look at most lines."""
    return "公开" in squeezed and not _core_ends().isdisjoint(squeezed) and _core().search(squeezed) is not None


def cites(squeezed: str) -> bool:
    """Whether a line is a sentence, or the end of one, on what a report is written by: its words are no title."""
    return _CITING.match(squeezed) is not None or _BY_ORDER.search(squeezed) is not None


def read_title(text: str) -> Title | None:
    """What a line says as a title; None where it is none.

    Args:
        text: as printed, inner blanks and all.
    """
    if len(text) > _LONGEST:
        return None
    if (head := _PRINT_HEAD.match(text)) is not None:
        text = _SITE_AFTER.split(text[head.end() :], maxsplit=1)[0]
    return _read_title(text)


@lru_cache(maxsize=256)  # a page names its title up to six times, a portal its columns on every page
def _read_title(text: str) -> Title | None:
    bare, squeezed = paired(text)
    if "公开" not in squeezed or _core_ends().isdisjoint(squeezed) or squeezed.count("《") != squeezed.count("》"):
        return None
    if cites(squeezed):
        return None
    squeezed = _NUMBERED.sub(lambda match: "|" * len(match.group()), squeezed)
    found = _best_core(squeezed)
    if found is None:
        return None
    start, end, begin = found
    tail = squeezed[end:]
    if (
        _SPOKEN_OF.match(tail)
        or len(tail) > _TAIL
        or _SENTENCE.search(tail.rstrip("。"))
        or _SENTENCE.search(squeezed[begin:start])
    ):
        return None
    return _title(" ".join(_caption().sub("", text).split()), bare, squeezed, found)


def read_opening(text: str) -> Title | None:
    """The title at the beginning of a long line, where a document lost its line ends or names its report in a sentence.

    Args:
        text: the first few hundred characters.
    """
    bare, squeezed = paired(text)
    found = _best_core(squeezed, first=True)
    if found is None:
        return None
    start, end, begin = found
    # What is cited before it (关于印发…格式的通知) says nothing of this report.
    begin = max((match.end() for match in _LEADS_TO.finditer(squeezed, begin, start)), default=begin)
    own, told = bare[begin:end], squeezed[begin:end]
    title = _title(own, own, told, (start - begin, end - begin, 0))
    return title if title.years and not title.other else None


def _best_core(squeezed: str, *, first: bool = False) -> tuple[int, int, int] | None:
    """Start and end of the report's name, and where what belongs to it begins.

    A line may hold the name of the column before the title: the one with a year before it counts.
    """
    best: tuple[int, int, int] | None = None
    begin = 0
    for match in _core().finditer(squeezed):
        since = max(begin, match.start() - _BEFORE)
        if _years(squeezed[since : match.end()]):
            return match.start(), match.end(), since
        if best is None or match.start() - since >= _SHORTEST:
            best = match.start(), match.end(), since
        begin = match.end()
        if first and begin > 300:  # noqa: PLR2004 - no title begins so late
            break
    return best


def _title(text: str, bare: str, squeezed: str, found: tuple[int, int, int]) -> Title:
    start, end, begin = found
    years = _years(squeezed[begin:end], squeezed[end - 1 :])
    own, publishers = _parties(bare, squeezed, begin, start)
    apart = False
    if not own and not publishers:
        own = _parted(bare, squeezed, found)
        apart = any(kind_of(body) == "government" for body in own) and squeezed.startswith(("-", "_"), end)
    rest = squeezed
    for body in (*own, *publishers):
        rest = rest.replace(fold(body.printed), "|")
    rest = _HALF_TOO.sub("|", _joined().sub("|", rest))
    form = _marks("forms").search(rest) is not None
    ordered = form and ("关于" in rest or "通知" in rest)
    handed_in = _marks("handed_in").search(rest) is not None and not rest.rstrip("》)").endswith(("报告", "年报"))
    other = ordered or handed_in or _marks("anywhere", "outside_names").search(rest) is not None
    other = other or _topic().search(rest) is not None
    other = other or (squeezed[start:end].endswith("统计表") and _MONTH.search(squeezed[begin:start]) is not None)
    listed = _YEAR.sub("", squeezed[begin:start]).strip("年度|")
    return Title(text, own, publishers, years, other, form, listed, _own_title(text, bare, squeezed, found), apart)


def _own_title(text: str, bare: str, squeezed: str, found: tuple[int, int, int]) -> str:
    """The report's own title, as printed but for characters doubled where a line broke."""
    start, end, begin = found
    name = _DOUBLED.sub(r"\1", bare[start:end])
    since = _own_begin(squeezed, start)
    for match in _foreign_before().finditer(squeezed, begin, start):
        since = match.end()
    if since:
        return bare[since:start].lstrip(_STROKES) + name
    return text if name == bare[start:end] else bare[:start] + name + bare[end:]


def _own_begin(squeezed: str, start: int) -> int:
    """Where a title begins behind a caption (文件名称) or the name of the column it stands in."""
    caption = _captioned().match(squeezed, 0, start)
    since = max(
        (match.end() for match in _core().finditer(squeezed, 0, start)), default=caption.end() if caption else 0
    )
    return since if since and len(squeezed[since:start]) >= _SHORTEST else 0


@cache
def _captioned() -> re.Pattern[str]:
    return re.compile("(?:文件|信息)?(?:名称|标题|题名)[:]?")


@cache
def _foreign_before() -> re.Pattern[str]:
    """What ends before the report's own title begins: the verb of a notice, words of betting."""
    notice = rf"(?:(?:关于)?{any_of(words()['notice']['verbs'])}|关于公开)《?"
    return re.compile(rf"{notice}|{any_of(words()['spam']['words'])}{any_of(words()['chrome']['ends'])}?[,、;:|_-]*")


def speaks_of_betting(squeezed: str) -> bool:
    """Whether a squeezed text holds words that only copies of official pages have."""
    return _spam().search(squeezed.lower()) is not None


@cache
def _spam() -> re.Pattern[str]:
    return re.compile(any_of(words()["spam"]["words"]))


def _years(squeezed: str, tail: str = "") -> tuple[int, ...]:
    """The report years named, each once."""
    found = [_number(match.group()) for match in _YEAR.finditer(squeezed)]
    if not found and tail and (match := _YEAR_AFTER.match(tail, 1)):
        found = [_number(match[1])]
    return tuple(dict.fromkeys(year for year in found if year in _YEARS))


def _number(text: str) -> int:
    number = int(text.translate(NUMERALS))
    return number if number > 99 else 2000 + number  # noqa: PLR2004 - two digits: 17年度


def _parties(bare: str, squeezed: str, begin: int, start: int) -> tuple[tuple[Body, ...], tuple[Body, ...]]:
    """Whose report a title says it is, and who only publishes it."""
    verb = None
    for verb in _published().finditer(squeezed, begin, start):  # noqa: B007 - the last one
        pass
    at = verb.end() if verb else begin
    pieces = list(_pieces(bare, squeezed, at, start))
    own = [body for piece in pieces if (body := read_body(piece)) is not None]
    if not verb:
        return tuple(own), ()
    earlier = list(_pieces(bare, squeezed, begin, verb.start()))
    return tuple(own), tuple(body for piece in earlier if (body := read_body(piece)) is not None)


def _parted(bare: str, squeezed: str, found: tuple[int, int, int]) -> tuple[Body, ...]:
    """The body a title names apart from its words: 县财政局：2022年…, [县财政局]2022年…, …报告—县财政局."""
    start, end, begin = found
    before, after = _BEFORE_COLON.search(squeezed, begin, start), _AFTER_STROKE.match(squeezed, end)
    names = [bare[match.start(1) : match.end(1)] for match in (before, after) if match is not None]
    return tuple(body for name in names if (body := read_body(name)) is not None)


def _pieces(bare: str, squeezed: str, start: int, end: int) -> Iterator[str]:
    """What may be a name in a stretch of a title: around its year, then after it, then before."""
    years = [year.span() for year in _YEAR.finditer(squeezed, start) if year.start() < end] or [(end, end)]
    year_start, year_end = years[-1]
    while year_end < end and squeezed[year_end] in "年度的":
        year_end += 1
    if squeezed[year_start - 1 : year_start] == "(" and squeezed[year_end : year_end + 1] == ")":
        year_start, year_end = year_start - 1, year_end + 1  # 县民政局(2022年)政府信息公开…
        years = [(year_start, year_end)]
    head, after = _own(bare, squeezed, start, year_start), bare[year_end:end]
    if cut := max((match.end() for match in _stops().finditer(squeezed, year_end, end)), default=0):
        head, after = ("", bare[cut:end]) if cut < end else (head, "")
    first = _own(bare, squeezed, start, years[0][0])
    after = after.removeprefix("关于")
    head, after, first = (piece.strip(_STROKES) for piece in (head, after, first))
    yield from dict.fromkeys(piece for piece in (head + after, after, head, first) if len(piece) > 1)


def _own(bare: str, squeezed: str, start: int, end: int) -> str:
    """The end of a stretch, as far back as a name can reach; what it says in brackets at its end is left out."""
    if aside := _ASIDE.search(squeezed, start, end):
        end = aside.start()
    return bare[max((match.end() for match in _stops().finditer(squeezed, start, end)), default=start) : end]


@cache
def _published() -> re.Pattern[str]:
    """What stands between who publishes a report and whose report it is."""
    return re.compile(rf"(?:关于)?{any_of(words()['notice']['verbs'])}《?|关于公开《?|关于《?")


@cache
def _stops() -> re.Pattern[str]:
    """What a name cannot reach over: punctuation, other years, names of sites."""
    chrome = any_of(words()["chrome"]["ends"])
    return re.compile(rf"{_CUT.pattern}|{chrome}|[12]\d{{3}}年?度?[、和-]?|\d+[.、]|[\[\]]|{_BRACKET}")


@cache
def _marks(*keys: str) -> re.Pattern[str]:
    """What marks a title as that of another document."""
    return re.compile(any_of(word for key in keys for word in words()["other"][key]))


@cache
def _joined() -> re.Pattern[str]:
    """Another report in the same title."""
    return re.compile(
        rf"{any_of(words()['other']['joined'])}(?:工作)?(?:情况)?(?:年度)?(?:报告)?(?:暨|及|和|与|、)(?=[^,。]*公开)"
    )


@cache
def _topic() -> re.Pattern[str]:
    """The disclosure of something else than government information."""
    return re.compile(any_of(words()["other"]["topics"]) + "信息公开")


@cache
def _caption() -> re.Pattern[str]:
    captions = "|".join(r"\s*".join(caption) for caption in words()["chrome"]["captions"])
    return re.compile(rf"^\s*(?:{captions}|附\s*件\s*\d?)\s*[:：]\s*")
