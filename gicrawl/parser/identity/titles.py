"""The title of a report: found among what the page declares and the first lines, even broken over two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Context, Document
    from gicrawl.parser.identity.lines import TextLine

_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_YEAR = r"(?P<year>(?:19|20)\d\d|[〇零一二三四五六七八九]{4}|(?<!\d)[01]\d(?=年))"
_OPENING = r"(?:政府)?信息公开"
_KIND = r"(?:年度报告|年报|工作报告|情况的?报告|工作总结|报告)"
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<before>[^。;]{{0,60}}?){_YEAR}年?度?(?P<after>[^。;]{{0,40}}?){_OPENING}.{{0,12}}?{_KIND}",
        rf"(?P<before>[^。;]{{2,50}}?)(?P<after>){_OPENING}.{{0,12}}?{_YEAR}年?度?.{{0,8}}?{_KIND}",
        rf"(?P<before>[^。;]{{2,50}}?)(?P<after>){_OPENING}.{{0,12}}?{_KIND}[(]?{_YEAR}年?度?[)]?",
    )
)
_NO_YEAR = re.compile(rf"(?P<before>[^。;,]{{2,40}}?){_OPENING}(?:工作)?年度报告")
_NOTICE = re.compile(r"的?(?:公告|通告|通知|公示)$")
_PUBLISHED = re.compile(r"^.{0,30}?(?:关于)?(?:公布|发布|公开|印发|报送)(?=.)")
OTHER = re.compile(
    r"报表|图解|一图|图说|长图|漫画|解读|编制|编报|报送|做好|撰写|格式|范本|模板|工作要点|实施方案|指南|制度|培训|会议|召开|"
    r"督查|通报|考核|统计表填|征求|填报|企业|财务|决算|预算|法治政府|网站监管|网站工作"
)
"""What a title says that names another kind of document; data of titles seen in report columns (domain.md 5)."""
_SEPARATORS = re.compile(r"[_|｜\r\n]|(?<=[\u4e00-\u9fff])[-–—](?=[\u4e00-\u9fff])")
_DOUBLED = re.compile(r"(信息公开)开")
_CAPTION = re.compile(r"^(?:正文|标\s*题|题\s*目|名\s*称|信息名称|文件名称)\s*[:：]?\s*")
_FIRST_LINES = 25
_LONGEST_LINE = 90
_LONGEST_PIECE = 60
_JOINED = 3


@dataclass(frozen=True, slots=True)
class Title:
    """A title and what it says.

    Attributes:
        text: as printed, line breaks within it gone.
        issuer: what stands beside the year and the name of the report, as printed and squeezed; may be empty.
        year: report year, or None where the title names none.
        other: the title is one of another kind of document.
        notice: the document publishes a report by notice.
    """

    text: str
    issuer: str
    year: int | None
    other: bool
    notice: bool


def find_title(document: Document, context: Context, lines: Sequence[TextLine]) -> Title | None:
    """The best title, or None where nothing reads like one."""
    weak: Title | None = None
    for text in _candidates(document, context, lines):
        title = read_title(text)
        if title is None:
            continue
        if title.year is not None and not title.other:
            return title
        weak = weak or title
    return weak


def _candidates(document: Document, context: Context, lines: Sequence[TextLine]) -> Iterator[str]:
    """Texts that may be the title, the most trustworthy first; whole lines before lines put together."""
    labels = dict(document.labels)
    if label := labels.get("articletitle"):
        yield label
    first = lines[:_FIRST_LINES]
    yield from (line.printed for line in first if line.heading)
    if document.title:
        yield from _SEPARATORS.split(document.title)
        yield document.title
    short = [line.printed if len(line.printed) <= _LONGEST_LINE else "" for line in first]
    yield from (text for text in short if text)
    for size in range(2, _JOINED + 1):
        for at in range(len(short) - size + 1):
            pieces = short[at : at + size]
            if all(pieces) and all(len(piece) <= _LONGEST_PIECE for piece in pieces):
                yield "".join(pieces)
    yield from (line.printed for line in first if len(line.printed) > _LONGEST_LINE)
    if context.link_text:
        yield context.link_text


def read_title(text: str) -> Title | None:
    """What a line says as a title; None where it is none."""
    text = _CAPTION.sub("", text.strip())
    squeezed = _DOUBLED.sub(r"\1", squeeze(text)).strip("《》<>")
    if "信息公开" not in squeezed:
        return None
    for form in _FORMS:
        match = form.search(squeezed)
        if match and len(squeezed) - match.end() <= _LONGEST_LINE - _LONGEST_PIECE:
            return _title(text, squeezed, match["before"] + match["after"], _year(match["year"]))
    match = _NO_YEAR.match(squeezed)
    if match and len(squeezed) <= _LONGEST_PIECE:
        return _title(text, squeezed, match["before"], None)
    return None


def _title(text: str, squeezed: str, issuer: str, year: int | None) -> Title:
    notice = _NOTICE.search(squeezed) is not None
    wrapped = _PUBLISHED.sub("", issuer) if "关于" in issuer or notice else issuer
    own = wrapped.removeprefix("关于").strip("《》\"'(),.:·-")
    clean = " ".join(text.split())
    return Title(clean, own, year, OTHER.search(squeezed) is not None, notice)


def _year(text: str) -> int:
    number = int(text.translate(_NUMERALS))
    return number if number > 99 else 2000 + number  # noqa: PLR2004 - two digits: 17年度
