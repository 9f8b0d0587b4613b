"""Whose report it is, of which year, and whether it is one at all.

Everything is read in one order of trust: the title, the opening, the signature, the labels of the page, what is known
of the site. A publication date never decides the year. What cannot be settled is None, with a problem that names the
candidates.
"""

from __future__ import annotations

import re
from operator import ne
from typing import TYPE_CHECKING

from gicrawl.parser.document import Grid
from gicrawl.parser.identity.dates import find_period, find_published, period_year
from gicrawl.parser.identity.headings import find_titles
from gicrawl.parser.identity.issuers import find_issuer, read_scope
from gicrawl.parser.identity.kinds import judge
from gicrawl.parser.identity.lines import lines_of
from gicrawl.parser.identity.titles import speaks_of_betting
from gicrawl.parser.report import Identity, Problem, Status
from gicrawl.parser.script import counts_as_itself, fold, squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Context, Document
    from gicrawl.parser.identity.headings import Titles
    from gicrawl.parser.identity.issuers import Reading
    from gicrawl.parser.identity.lines import TextLine
    from gicrawl.parser.identity.titles import Title
    from gicrawl.parser.report import Issuer

_TRADITIONAL = 0.04  # share of Han characters that Simplified script writes otherwise
_ENOUGH = 2_000  # characters, spread over the document, that tell its script
_HEAD, _LONGEST_LINE = 8, 90  # lines at the head of a document, and characters of one that is no prose
_TOLD_OF = re.compile(r"(?:^|[。;:\n])\(?(20\d\d)年度?(?!\d{1,2}月)")
"""The year that a sentence begins with."""
_HAN = re.compile("[\u4e00-\u9fff]")
_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]+")


def identify(
    document: Document,
    context: Context,
    evidence_of_tables: bool,  # noqa: FBT001 - a plain fact
    *,
    evidence_of_labels: bool = False,
) -> Identity:
    """Tell what a document is.

    Args:
        document: what the reader made of it.
        context: what is known beside the bytes; only used where the document itself is silent.
        evidence_of_tables: something stands in cells of a statutory table.
        evidence_of_labels: rows of one stand there, and nothing could be read in them.
    """
    lines = lines_of(document)
    text = "\n".join(line.squeezed for line in lines)
    titles = find_titles(document, context, lines)
    status, problems = judge(
        titles, lines, text, evidence_of_tables=evidence_of_tables, evidence_of_labels=evidence_of_labels
    )
    title = titles.first or titles.opening
    if status is not Status.REPORT:
        printed = titles.declared if titles.certain or title is None else title.text
        return Identity(status=status, title=printed, script=_script(document, lines), problems=problems)
    named = _years_named(titles)
    period = find_period(text.replace("\n", ""), named[0] if len(named) == 1 else None)
    year, doubts = _year(titles, period_year(period) if named or period else _year_told_of(text))
    reading = read_scope(text, year)
    issuer, more, surmised = find_issuer(titles, document, context, lines, reading)
    if issuer and (names := _others(titles, issuer)):
        more = (Problem("several_reports", (("candidates", "、".join((str(issuer.name), *names))),)),)
        issuer = None
    published, source, dated = find_published(document, lines, year)
    return Identity(
        status=status,
        title=_own(titles, title) if title else None,
        issuer=issuer,
        scope=_scope(issuer, reading),
        year=year,
        period=period,
        script=_script(document, lines),
        published=published,
        published_source=source,
        problems=(*problems, *_dressed(document, lines), *doubts, *more, *dated),
        surmised=surmised,
    )


def _own(titles: Titles, title: Title) -> str:
    """The report's own title: one that stands by itself before one that is part of a notice."""
    if not title.bodies:  # its first line alone is a heading: the body stands above it
        same = (
            one for one in titles.read if one.bodies and one.years == title.years and not (one.other or one.wrapped)
        )
        return next((one.text for one in same if squeeze(one.text).endswith(squeeze(title.own))), title.own)
    if not title.wrapped:
        return title.own
    alone = (one for one in titles.read if one.years == title.years and one.bodies and not (one.wrapped or one.other))
    return next(alone, title).own


def _dressed(document: Document, lines: Sequence[TextLine]) -> tuple[Problem, ...]:
    """A problem where words of betting stand at the head: a copy by others, whose words are not to be trusted."""
    head = [document.title or "", *(line.printed for line in lines[:_HEAD] if len(line.squeezed) <= _LONGEST_LINE)]
    found = next((text for text in head if speaks_of_betting(squeeze(text))), None)
    return (Problem("copy_by_others", (("printed", " ".join(found.split())[:_LONGEST_LINE]),)),) if found else ()


def _years_named(titles: Titles) -> tuple[int, ...]:
    """The years of the first title that names any."""
    return next((title.years for title in (*titles.read, titles.opening) if title and title.years), ())


def _year(titles: Titles, stated: int | None) -> tuple[int | None, tuple[Problem, ...]]:
    """The report year: the title's, else the period's; a title of two years is settled by the period or not at all."""
    named = _years_named(titles)
    if len(named) > 1:
        if stated in named:
            return stated, ()
        return None, (Problem("year_ambiguous", (("candidates", ", ".join(str(year) for year in named)),)),)
    if not named:
        return (stated, ()) if stated is not None else (None, (Problem("year_not_found"),))
    year = named[0]
    if stated is not None and stated != year:
        return year, (Problem("year_contradiction", (("title", str(year)), ("period", str(stated)))),)
    years = [title.year for title in titles.read if title.year and not title.other]
    if stated is None and years.count(year) == 1 and len(years) > 1:  # titles that contradict each other
        candidates = ", ".join(str(one) for one in dict.fromkeys(years))
        return None, (Problem("year_ambiguous", (("candidates", candidates),)),)
    return year, ()


def _year_told_of(text: str) -> int | None:
    """The year of a report that neither title nor period names: the only one that sentences begin with."""
    years = set(_TOLD_OF.findall(text))
    return int(years.pop()) if len(years) == 1 else None


def _others(titles: Titles, issuer: Issuer) -> tuple[str, ...]:
    """Bodies whose reports stand in the same document."""
    names = dict.fromkeys(title.bodies[0].name for title in titles.later)
    return tuple(name for name in names if name != issuer.name)


def _scope(issuer: Issuer | None, reading: Reading) -> str:
    if issuer is None or issuer.kind is None:
        return "unknown"
    if issuer.kind == "government":
        # the government's own office reports under its own name (县人民政府办公室)
        return "region" if reading.region_wide or not reading.own else "unknown"
    return "body" if issuer.kind == "department" or reading.own else "unknown"


def _script(document: Document, lines: Sequence[TextLine]) -> str | None:
    """Which script a document is written in, by its characters: pages declare either."""
    printed = "".join([line.printed for line in lines])
    if not printed:
        printed = "".join([cell.text for block in document.blocks if isinstance(block, Grid) for cell in block.cells])
    spread = printed[:: len(printed) // _ENOUGH + 1]
    if counts_as_itself(spread):
        return "hans" if _HAN.search(spread) else None
    han = _NOT_HAN.sub("", spread)
    if not han:
        return None
    folded = fold(han)
    other = 0 if folded == han else sum(map(ne, han, folded))
    return "hant" if other > _TRADITIONAL * len(han) else "hans"
