"""Titles broken over lines: which lines above the one that reads as a title belong to it, wherever the break is.

A line break in the middle of a name leaves its end, and that end is often a name as well: 会保障局, 人民政府办公厅,
林市税务局. The lines above are put before it where both together are a name that reaches over the break. Where they are
none and the end alone is no whole name either, the title names nobody.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from gicrawl.parser.identity.names import PARTY, Body, begins_with_stem, is_national, read_body
from gicrawl.parser.identity.titles import Title, may_be_title, read_title
from gicrawl.parser.script import fold, to_simplified
from gicrawl.regions.table import with_name
from gicrawl.regions.townships import townships_with_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.identity.lines import TextLine

LONGEST_PIECE: Final = 60
_LONGEST_LINE = 90
_JOINED = 4
_LABELLED: Final = re.compile(
    r"[12]\d{3}[-年./]\d{1,2}[-月./]\d{1,2}|索引号|文号|发布机构|发布机关|发布日期|发布时间|成文日期|浏览次数|阅读次数"
)
"""What lines about an article have and its title has not."""
_BEGINNING: Final = re.compile(r"(?:关于)?(?:[12]\d{3}年度?)?(?:关于)?([\u4e00-\u9fff、()]{1,30})")
"""A line that may be the beginning of a name."""
_OF_SITES: Final = re.compile("公开|网|首页|栏目|专栏|年报|报告|公告|通知|动态|新闻|导航|搜索|登录|无障碍|位置|平台")
"""What stands above titles on pages, and never within the name of a body."""
_TOWNS: Final = ("镇", "乡")
_SHORTEST_STEM = 2  # characters with the rank: what the table does not know and has fewer is the end of a name


class _Whole(IntEnum):
    """How surely a name begins where it is printed to begin."""

    NO = 0  # it is known to have lost its beginning: 林市税务局
    OPEN = 1  # nothing is known: 会保障局
    MAYBE = 2  # it begins like the name of a division that the table does not have
    YES = 3


def title_ending_at(first: Sequence[TextLine], alone: Sequence[Title | None], end: int) -> Title | None:
    """The title that ends in a line: of this line alone, or of lines before it put together.

    Args:
        first: the lines among which the title stands.
        alone: what each of them says by itself.
        end: index of the line.
    """
    title, start = _shortest(first, alone, end)
    return title if title is None else _reaching_up(first, alone, title, (start, end))


def _shortest(first: Sequence[TextLine], alone: Sequence[Title | None], end: int) -> tuple[Title | None, int]:
    """The shortest run of lines up to one that reads as a title and names year and body, else the best there is.

    No title goes over a line that is one by itself, or that ends a sentence.
    """
    best, at = (alone[end] if len(first[end].printed) <= _LONGEST_LINE else None), end
    if best is not None and best.year and (best.bodies or _writes(best, first[end].squeezed)):
        return best, end
    for start in range(end - 1, max(-1, end - _JOINED), -1):
        above = first[start]
        if _is_apart(above, alone[start]) or (
            best is not None and best.bodies and above.squeezed.endswith(("报告", "年报"))
        ):
            break
        pieces = first[start : end + 1]
        squeezed = "".join(line.squeezed for line in pieces)
        if not may_be_title(squeezed):
            continue
        title = read_title("".join(line.printed for line in pieces))
        if title is None:
            continue
        if title.year and (title.bodies or _writes(title, squeezed)):
            return title, start  # 县司法局, and below it 关于2022年…报告
        if best is None or (title.years and not best.years):
            best, at = title, start
    return best, at


def _is_apart(above: TextLine, title: Title | None) -> bool:
    """Whether no title goes on below a line."""
    return (
        len(above.printed) > LONGEST_PIECE
        or _LABELLED.search(above.squeezed) is not None
        or above.squeezed.endswith(("。", ";"))
        or (title is not None and bool(title.years))
    )


def _writes(title: Title, squeezed: str) -> bool:
    """Whether a title goes on with 关于 behind the body that writes it."""
    if not title.publishers:
        return False
    behind = squeezed.partition(fold(title.publishers[-1].printed))[2]
    return behind.startswith("关于") and behind.endswith(("报告", "年报"))


def _reaching_up(first: Sequence[TextLine], alone: Sequence[Title | None], title: Title, at: tuple[int, int]) -> Title:
    """A title with the lines above it that its body's name begins on; without a body where that cannot be told."""
    start, end = at
    body = _named_by(title)
    if start == 0 or body is None or title.other:
        return title
    below = "".join(line.printed for line in first[start : end + 1])
    if not "".join(below.split()).startswith(body.printed):
        return title  # the name does not stand at the beginning
    whole, begins = title, False
    for above in _above(first, alone, start):
        begun = _BEGINNING.fullmatch("".join(line.squeezed for line in above))
        if begun is None:
            break
        begins = True
        longer = read_title("".join(line.printed for line in above) + below)
        if longer is None or longer.years != title.years or longer.other:
            continue
        if (name := _named_by(longer)) is not None and _reaches_over(name, to_simplified(begun[1]), body):
            whole = longer
    if whole is not title or body.relative or not begins:
        return whole
    sure = _Whole.OPEN if _is_begun(first[start - 1].squeezed) else _Whole.NO
    return title if _wholeness(body) > sure else replace(title, bodies=(), publishers=(), torn=True)


def _named_by(title: Title) -> Body | None:
    """Whose report a title says it is, or who writes it."""
    return next(iter(title.bodies), None) or next(reversed(title.publishers), None)


def _above(first: Sequence[TextLine], alone: Sequence[Title | None], start: int) -> Iterator[Sequence[TextLine]]:
    """The lines right above one, one more each time, as far as a title may reach up."""
    for at in range(start - 1, max(-1, start - _JOINED), -1):
        if _is_apart(first[at], alone[at]) or _OF_SITES.search(first[at].squeezed):
            return
        yield first[at:start]


def _reaches_over(longer: Body, above: str, below: Body) -> bool:
    """Whether a name begins on the lines above and goes on below, and is no two names under each other.

    Args:
        longer: read across the break.
        above: what stands before the break.
        below: read of the line after it.
    """
    known, end = _wholeness(longer, across=True), _wholeness(below)
    if known < max(end, _Whole.MAYBE) or (end >= _Whole.MAYBE and len(longer.printed) <= len(below.printed)):
        return False
    if longer.name.startswith(PARTY) or is_national(longer):
        return True
    if _is_whole(above):
        return False
    if end < _Whole.MAYBE:
        # a town is in no table; of a county or city that none has, only the rank was read
        return known is _Whole.YES or not below.relative or below.relative in _TOWNS or bool(longer.relative)
    if known is end is _Whole.MAYBE and (_is_town(below.chain[0].name) or not _is_town(longer.chain[0].name)):
        return False
    # the break is within the name of a division; before that of a town, which is in no table, its county may stand
    at = len(above)
    return any(one.start <= at < one.end and (one.start < at or end is not _Whole.YES) for one in longer.chain)


def _is_town(name: str) -> bool:
    """Whether the directory of towns has a name: it is asked only where a line break may stand within one."""
    return bool(townships_with_name(name))


def _is_begun(above: str) -> bool:
    """Whether a line may be the beginning of a name, and is none by itself."""
    begun = _BEGINNING.fullmatch(above)
    return begun is not None and not _is_whole(to_simplified(begun[1]))


def _is_whole(name: str) -> bool:
    """Whether a name is that of a body by itself, and not only of a division or a zone: a site is called like that."""
    body = read_body(name)
    return body is not None and len(body.rest) > 1 and name.endswith(body.rest)  # 某市行 is no bank


def _wholeness(body: Body, *, across: bool = False) -> _Whole:
    """How surely a name begins where it is printed to begin.

    Args:
        body: read from the name.
        across: the name begins on another line than it ends; a rank alone (市统计局) is no end of a name then.
    """
    if is_national(body):
        return _Whole.YES
    if body.relative:
        return _Whole.MAYBE if across else _Whole.OPEN
    if not body.chain:
        return _Whole.YES if begins_with_stem(body) else _Whole.OPEN
    highest = body.chain[0]
    if with_name(highest.name):
        return _Whole.YES
    return _Whole.MAYBE if len(highest.name) > _SHORTEST_STEM else _Whole.NO
