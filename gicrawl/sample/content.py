"""A report as its office wrote it: lines and tables in order, before they become a page, a PDF or a Word file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.sample.drawing import chance
from gicrawl.sample.forms import FORM_2019, form_of
from gicrawl.sample.tables import Slot, Table, application_tables, article_tables, review_table

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from gicrawl.sample.figures import Figures
    from gicrawl.sample.prose import Prose
    from gicrawl.sample.wording import Wording

TITLE = "title"
TEXT = "text"
HEADING = "heading"
RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; `kind` is text, heading, title or right (a line set to the right: the signature)."""

    text: str
    kind: str = TEXT


Block: TypeAlias = "Line | Table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A report in its order.

    Attributes:
        number: the document number, where the office gives one; it stands above the title.
        opening: what comes before 一.
        headings: the six headings; empty where the part is left out.
        overview, problems, other: the text of 一, 五 and 六.
        articles, applications, review: the tables of 二, 三 and 四.
        signature: who signs, and when.
    """

    number: tuple[str, ...]
    opening: tuple[str, ...]
    headings: tuple[str, ...]
    overview: tuple[str, ...]
    problems: tuple[str, ...]
    other: tuple[str, ...]
    articles: tuple[Table, ...]
    applications: tuple[Table, ...]
    review: tuple[Table, ...]
    signature: tuple[str, ...]


def applications_form(year: int, *, late_form: bool) -> str:
    """The form the applications table follows: offices kept to the old one for some years."""
    return FORM_2019 if late_form else form_of(year)


def parts_of(
    rng: random.Random,
    figures: Figures,
    prose: Prose,
    wording: Wording,
    *,
    form: str,
    applications: str,
    split: bool | None,
) -> Parts:
    """Put a report together.

    Args:
        rng: source of the shapes of its tables; the same state gives the same shapes whatever the figures.
        figures: what the cells print.
        prose: the text around them.
        wording: the office's habits.
        form: form of part 二.
        applications: form of the applications table.
        split: whether the applications table is in two pieces, as copied from two pages; None leaves it open.
    """
    single = chance(rng, 0.6)  # most paste part 二 as one table
    shifting = single and chance(rng, 0.6)
    articles = article_tables(rng, figures, form, wording, single=single, shifting=shifting)
    split = chance(rng, 0.25) if split is None else split  # one in four is cut by a page break
    return Parts(
        number=tuple(prose.number),
        opening=tuple(prose.opening),
        headings=wording.headings,
        overview=tuple(prose.overview),
        problems=tuple(prose.problems),
        other=tuple(prose.other),
        articles=tuple(articles),
        applications=tuple(application_tables(rng, figures, applications, wording, split=split)),
        review=(review_table(figures),),
        signature=tuple(prose.signature),
    )


def blocks_of(parts: Parts, title: str) -> tuple[Block, ...]:
    """The whole report under its title, as in a file of its own."""
    out: list[Block] = [Line(line) for line in parts.number]
    out.append(Line(title, TITLE))
    out += map(Line, parts.opening)
    bodies: tuple[tuple[Block, ...], ...] = (
        tuple(map(Line, parts.overview)),
        parts.articles,
        parts.applications,
        parts.review,
        tuple(map(Line, parts.problems)),
        tuple(map(Line, parts.other)),
    )
    for heading, body in zip(parts.headings, bodies, strict=True):
        if heading:
            out.append(Line(heading, HEADING))
        out += body
    out += [Line(line, RIGHT) for line in parts.signature]
    return tuple(out)


def converted(blocks: tuple[Block, ...], convert: Callable[[str], str]) -> tuple[Block, ...]:
    """The same blocks with every text converted, e.g. to Traditional script."""

    def slot(old: Slot) -> Slot:
        return replace(old, text=convert(old.text))

    return tuple(
        replace(block, text=convert(block.text))
        if isinstance(block, Line)
        else replace(block, rows=[[slot(old) for old in row] for row in block.rows])
        for block in blocks
    )
