"""Where titles stand: in what a page declares, in its headings, in the first lines, broken over several of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gicrawl.parser.identity.broken import LONGEST_PIECE, title_ending_at
from gicrawl.parser.identity.divisions import divisions_in
from gicrawl.parser.identity.titles import Title, cites, may_be_title, read_opening, read_title
from gicrawl.parser.identity.vocabulary import words
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Context, Document
    from gicrawl.parser.identity.lines import TextLine

_YEAR: Final = re.compile(r"20\d\d年")
_SEPARATORS: Final = re.compile(r"[_|｜\r\n]|(?<=[\u4e00-\u9fff])\s*[-–—]+\s*(?=[\u4e00-\u9fff])")
_FIRST_SECTION: Final = re.compile(r"(?:[(]?一[)]?[、.,:])?(?:总体情况|概述|基本情况)(?![的,。])")
_SECOND_SECTION: Final = re.compile("[(]?二[)]?[、.,:]")
_DECLARED: Final = ("articletitle", "ucaptitle", "og:title", "dc.title")
_FIELD: Final = re.compile(
    r"(?:索[引取]号|信息索引|(?:主题|组配|体裁|信息|服务对象|公文)?(?:分类|类别)|公开类别|(?:所属)?栏目|发布机构|发文机关|公开主体|文种)[^:]{0,3}:"
    r"(?!.*(?:名称|标题|题名)[^:]{0,3}:)"
)
"""How a line of the catalogue's data above an article begins, squeezed; it names the column, and no report."""
_FIELDS: Final = re.compile(
    r"(?:索引号|信息索引|发布机构|发文机关|公开主体)[^:]{0,60}?(?:分类|类别|文号|主题词|日期|索引号)"
)
"""The same printed as a table without colons."""
_COLUMN: Final = re.compile(r"[^:]{0,60}(?:分类|类别|栏目)政府信息公开(?:年报|年度报告|工作年度报告)$")
_COLUMN_ENDS: Final = ("公开年报", "年度报告")
"""Such a line that ends with the column: 索引号…分类政府信息公开年报; and what each of them ends with."""
_CORRECTION: Final = re.compile("更正|勘误|修订说明|重新公[布开]")
_MENU: Final = re.compile(r"[·•│|｜>›»]+")
_HERE: Final = re.compile("[您你]?(?:当前|现在)?(?:的|所在的?)?位置[:是]")
_MENU_ENTRIES, _LONGEST_ENTRY = 3, 12
_FIRST_LINES = 25
_NAMING = 3  # lines that may say what a document is
_PROSE = 40  # characters: what is longer may be a sentence
_OPENING = 400  # characters of a long line that may begin with a title


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of a document, the most trustworthy first.

    Attributes:
        read: what reads like a report's title, as often as it stands there.
        later: titles further down, where another report begins.
        opening: how a sentence at the beginning names the report.
        declared: what a document that is no report calls itself, as printed; None where nothing does.
        certain: `declared` is the title of this document and no name of a column.
    """

    read: tuple[Title, ...]
    later: tuple[Title, ...]
    opening: Title | None
    declared: str | None
    certain: bool

    @property
    def first(self) -> Title | None:
        """The title that decides what the document is."""
        named = (title for title in self.read if title.years or (title.other and "关于" in title.text))
        return next(named, None) or next(iter(self.read), None)


def find_titles(document: Document, context: Context, lines: Sequence[TextLine]) -> Titles:
    """Every title among labels, headings and the first lines."""
    sections = (at for at in range(1, min(_FIRST_LINES, len(lines))) if _begins_text(lines, at))
    first = _without_lists([line for line in lines[: next(sections, _FIRST_LINES)] if not _is_menu(line.squeezed)])
    labels, window = _declared(document)
    declared = [*labels, *(line.printed for line in first if line.heading), *window]
    in_lines = _in_lines(first)
    headings = (_of_heading(line, title) for line, title in zip(first, in_lines, strict=True) if line.heading)
    read = (*map(read_title, labels), *headings, *map(read_title, window), *in_lines)
    found = [title for title in read if title is not None]
    if context.link_text and (title := read_title(context.link_text)):
        found.append(title)
    opening = next(
        (
            title
            for line in first
            if len(line.squeezed) > _PROSE
            and "公开" in line.squeezed
            and (title := read_opening(line.printed[:_OPENING]))
        ),
        None,
    )
    named = _named([*declared, *(line.printed for line in first[:_NAMING])])
    return Titles(tuple(_without_corrections(found)), _later(lines), opening, *named)


def _begins_text(lines: Sequence[TextLine], at: int) -> bool:
    """Whether the first part begins in a line: a contents page names it too, with the second right below."""
    if _FIRST_SECTION.match(lines[at].squeezed) is None:
        return False
    return at + 1 == len(lines) or _SECOND_SECTION.match(lines[at + 1].squeezed) is None


def _without_corrections(titles: Sequence[Title]) -> Sequence[Title]:
    """The titles without those that announce a correction, where the corrected report follows under its own."""
    announced = {title.years for title in titles if title.other and _CORRECTION.search(title.text)}
    own = {title.years for title in titles if title.bodies and title.years and not (title.other or title.wrapped)}
    if not announced & own:
        return titles
    return [title for title in titles if not (title.other and _CORRECTION.search(title.text))]


def _without_lists(first: Sequence[TextLine]) -> Sequence[TextLine]:
    """The lines without lists of reports, where a title stands apart from them: it is that of the text.

    A list are titles of several years or bodies in lines that follow one another, as beside articles.
    """
    whole = [
        title if may_be_title(line.squeezed) and (title := read_title(line.printed)) and title.years else None
        for line in first
    ]
    listed: set[int] = set()
    for here, (title, following) in enumerate(pairwise(whole)):
        if title and following and (title.years, title.listed) != (following.years, following.listed):
            listed |= {here, here + 1}
    if not any(title and not title.other and at not in listed for at, title in enumerate(whole)):
        return first
    return [line for at, line in enumerate(first) if at not in listed]


def _is_menu(squeezed: str) -> bool:
    """Whether a line is a menu, or the way to a page: columns (公开指南·公开年报) side by side, and no year."""
    if _HERE.match(squeezed) and _YEAR.search(squeezed) is None:
        return True
    if _MENU.search(squeezed, 0, _LONGEST_ENTRY + 1) is None:
        return False  # one entry, or one that is too long
    entries = _MENU.split(squeezed)
    return (
        len(entries) >= _MENU_ENTRIES
        and all(len(entry) <= _LONGEST_ENTRY for entry in entries)
        and _YEAR.search(squeezed) is None
    )


def _later(lines: Sequence[TextLine]) -> tuple[Title, ...]:
    """Titles of further reports in one document: each has sections of its own after it."""
    starts = [at for at, line in enumerate(lines) if len(line.squeezed) > 1 and _FIRST_SECTION.match(line.squeezed)]
    if len(starts) < 2:  # noqa: PLR2004 - the one report has one
        return ()
    between = (
        line
        for line in lines[starts[0] : starts[-1]]
        if len(line.squeezed) <= LONGEST_PIECE
        and "信息公开" in line.squeezed
        and line.squeezed.endswith(("报告", "年报"))
    )
    found = (read_title(line.printed) for line in between)
    return tuple(title for title in found if title and title.years and title.bodies and not title.other)


def _declared(document: Document) -> tuple[list[str], list[str]]:
    """What the labels of a page and the title of its window say."""
    labels = dict(document.labels)
    pieces = [piece for piece in _SEPARATORS.split(document.title) if piece.strip()] if document.title else []
    whole = [document.title] if document.title and len(pieces) > 1 else []
    return [labels[name] for name in _DECLARED if labels.get(name)], [*pieces, *whole]


def _of_heading(line: TextLine, reaching: Title | None) -> Title | None:
    """The title that a heading is by itself; with the lines above it where its name begins on those."""
    title = read_title(line.printed)
    if title is None or reaching is None:
        return title
    return reaching if title.bodies or title.publishers or (title.other and not reaching.other) else title


def _in_lines(first: Sequence[TextLine]) -> list[Title | None]:
    """The title that ends in each line: of this line alone, or of lines before it put together."""
    alone = [read_title(line.printed) if may_be_title(line.squeezed) else None for line in first]
    return [
        None if _is_catalogue(line.squeezed) else title_ending_at(first, alone, end) for end, line in enumerate(first)
    ]


def _is_catalogue(squeezed: str) -> bool:
    """Whether a line has the catalogue's data, which name the column."""
    if squeezed.endswith(_COLUMN_ENDS) and _COLUMN.match(squeezed):
        return True
    return _FIELD.match(squeezed) is not None or _FIELDS.match(squeezed) is not None


def _named(texts: Sequence[str]) -> tuple[str | None, bool]:
    """What a document that is no report calls itself, and whether nothing else may be meant.

    Columns of the same portal (政府信息公开指南) stand above articles too; with a year or a body it is a title.
    """
    loose = None
    for text in texts:
        squeezed = squeeze(text)
        if squeezed.endswith("。") or cites(squeezed):
            continue  # a sentence is no title
        if _on_the_law(squeezed, text):
            break
        if not any(kind in squeezed for kind in words()["other"]["kinds"]) or len(squeezed) > LONGEST_PIECE:
            if (title := read_title(text)) and title.years:
                break
        elif _YEAR.search(squeezed) or divisions_in(squeezed):
            return text, True
        else:
            loose = loose or text
    return loose, False


def _on_the_law(squeezed: str, text: str) -> bool:
    """Whether a title names the law its report is about: 贯彻实施《政府信息公开条例》情况报告."""
    if "条例" not in squeezed or not any(word in squeezed for word in words()["report"]["carried_out"]):
        return False
    title = read_title(text)
    return title is not None and bool(title.years) and not title.other
