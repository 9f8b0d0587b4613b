"""One report: its title, its text and tables as markup, and the truth about every cell."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - dataclass fields are inspected by tools at run time
from html import escape
from typing import TYPE_CHECKING

from opencc import OpenCC

from gicrawl.sample.content import Block, applications_form, blocks_of, converted, parts_of
from gicrawl.sample.figures import (
    SCALES,
    Figures,
    Numbers,
    alter_one,
    draw_years,
    print_figures,
    spoil_blanks,
    spoil_slash,
    spoil_total,
    unsettle,
)
from gicrawl.sample.flat import application_lines, article_lines, review_lines
from gicrawl.sample.forms import Key, articles, form_of, keys
from gicrawl.sample.identities import Finding, findings, slips_of_form, told_findings
from gicrawl.sample.issuers import Issuer  # noqa: TC001 - as above
from gicrawl.sample.paste import PASTES, flat_block
from gicrawl.sample.prose import StatedFact, write_prose
from gicrawl.sample.slips import NO_SLIP, SLIPS, Draft, findings_of, left_out, left_out_table, plant, told_otherwise
from gicrawl.sample.wording import Wording, draw_wording

if TYPE_CHECKING:
    from gicrawl.sample.paste import Paste

LAYOUTS = ("tables", "rows", "cells", "pipes")
RENDITIONS_DIFFER = "renditions_differ"
DEFECTS = ("none", "wrong_total", "blank_cells", "strokes", RENDITIONS_DIFFER)
_CHINESE_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """What kind of report to write.

    Attributes:
        issuer: who reports.
        year: the year reported on.
        published: date under the report.
        numbers: true figures; drawn for this one year where None.
        late_form: the applications table follows the form of 2019 although part 二 follows that of 2021.
        layout: `tables`, or a way of flattening: `rows`, `cells`, `pipes`.
        paste: how the text got into the page: plain, editor, word, old.
        script: `hans` or `hant`.
        defect: `none`, `wrong_total`, `blank_cells`, `strokes` (not applicable cells), or `renditions_differ` (the
            page prints one number and the file another).
        slip: one of `SLIPS`: something that no sum tells.
        fullwidth: digits of the tables typed full width.
        title: 0 to 6, which way of writing the title.
    """

    issuer: Issuer
    year: int
    published: date
    numbers: Numbers | None = None
    late_form: bool = False
    layout: str = "tables"
    paste: str = "word"
    script: str = "hans"
    defect: str = "none"
    slip: str = NO_SLIP
    fullwidth: bool = False
    title: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of a generated report.

    Attributes:
        title: as printed.
        issuer: official name in Simplified script.
        forms: (table, form) for each table printed.
        figures: every cell of every table printed.
        failed: checks that fail or are not assessable on what is printed.
        facts: numbers stated in prose, sentences as printed.
        candidates: where page and file disagree, the cell with what each prints.
    """

    title: str
    issuer: Issuer
    year: int
    script: str
    layout: str
    paste: str
    defect: str
    published: date
    forms: tuple[tuple[str, str], ...]
    figures: Figures
    failed: tuple[Finding, ...]
    facts: tuple[StatedFact, ...]
    candidates: tuple[tuple[Key, tuple[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class GeneratedReport:
    """A report as a page of its own (UTF-8), and the truth about it."""

    html: bytes
    truth: Truth


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report as a piece of markup for some portal's page, and as what a file of its own holds."""

    fragment: str
    truth: Truth
    blocks: tuple[Block, ...]


def title_of(issuer: Issuer, year: int, style: int) -> str:
    """The title in one of the ways titles are written."""
    bare = issuer.name.removesuffix("人民政府")
    chinese = "".join(_CHINESE_DIGITS[int(digit)] for digit in str(year))
    styles = (
        f"{issuer.name}{year}年政府信息公开工作年度报告",
        f"{year}年{issuer.name}政府信息公开工作年度报告",
        f"{issuer.name}{year}年度政府信息公开年度报告",
        f"{bare}{year}年政府信息公开工作年度报告",
        f"{issuer.name}{year}年政府信息公开年报",
        f"{issuer.name}{chinese}年政府信息公开工作年度报告",
        f"{issuer.name}关于{year}年度政府信息公开工作情况的报告",
    )
    return styles[style]


def write_report(rng: random.Random, spec: ReportSpec) -> WrittenReport:
    """Write a report as a piece of markup.

    Args:
        rng: source of everything the spec leaves open; the same state gives the same report.
        spec: what kind of report.

    Returns:
        Markup and truth.

    Raises:
        ValueError: the spec asks for something this writer does not know, or for blanks in flattened lines.
    """
    _check_spec(spec)
    form = form_of(spec.year)
    applications = applications_form(spec.year, late_form=spec.late_form)
    numbers = spec.numbers
    if numbers is None:
        late = frozenset({spec.year}) if spec.late_form else frozenset[int]()
        numbers = draw_years(rng, SCALES[spec.issuer.scale], (spec.year,), late_form=late)[spec.year]
    if spec.slip == "noughts":
        numbers = dict.fromkeys(numbers, 0)
    figures = print_figures(rng, {key: numbers[key] for key in keys(form, applications)}, fullwidth=spec.fullwidth)
    if spec.defect == "wrong_total":
        spoil_total(rng, figures)
    elif spec.defect == "blank_cells":
        spoil_blanks(rng, figures)
    elif spec.defect == "strokes":
        spoil_slash(figures, rng.choice(("/", "—", "-")))
    filed, differing = (alter_one(rng, figures), True) if spec.defect == RENDITIONS_DIFFER else (figures, False)
    own = random.Random(f"{spec.issuer.name}:{spec.year}:{spec.slip}")  # a slip leaves all other drawing alone
    told = told_otherwise(own, spec.slip, numbers)
    prose = write_prose(rng, spec.issuer, spec.year, told, spec.published)
    draft = Draft(title_of(spec.issuer, spec.year, spec.title), prose, spec.year, spec.issuer.we)
    plant(own, spec.slip, draft)
    title = draft.title
    hand = _Hand(PASTES[spec.paste](rng), draw_wording(rng), rng.getrandbits(64))
    fragment = _markup(rng, spec, hand, figures, draft)
    whole = parts_of(
        random.Random(hand.shapes), filed, prose, hand.wording, form=form, applications=applications, split=False
    )
    whole = left_out(spec.slip, whole)
    blocks = blocks_of(whole, title)
    facts = tuple(prose.facts) if whole.overview else ()
    if spec.script == "hant":
        convert = OpenCC("s2t").convert
        fragment, title = convert(fragment), convert(title)
        blocks = converted(blocks, convert)
        facts = tuple(StatedFact(f.key, f.value, f.unit, convert(f.sentence)) for f in facts)
        figures = {key: replace(figure, printed=convert(figure.printed)) for key, figure in figures.items()}
    candidates = unsettle(figures, filed) if differing else ()
    forms = tuple(
        (table, applications if table == "applications" else form)
        for table in (*(article.key for article in articles(form)), "applications", "review_litigation")
        if table != left_out_table(spec.slip)
    )
    figures = {key: figure for key, figure in figures.items() if key[0] in dict(forms)}
    truth = Truth(
        title=title,
        issuer=spec.issuer,
        year=spec.year,
        script=spec.script,
        layout=spec.layout,
        paste=spec.paste,
        defect=spec.defect,
        published=spec.published,
        forms=forms,
        figures=figures,
        failed=(
            *findings(figures),
            *told_findings(figures, told, {fact.key for fact in facts}),
            *slips_of_form(figures, forms, spec.year),
            *findings_of(spec.slip, draft, figures),
        ),
        facts=facts,
        candidates=candidates,
    )
    return WrittenReport(fragment, truth, blocks)


def _check_spec(spec: ReportSpec) -> None:
    if spec.layout not in LAYOUTS or spec.defect not in DEFECTS or spec.paste not in PASTES:
        raise ValueError(f"unknown layout, defect or paste: {spec.layout}, {spec.defect}, {spec.paste}")
    if spec.slip not in {NO_SLIP, *SLIPS}:
        raise ValueError(f"unknown slip: {spec.slip}")
    if spec.layout != "tables" and spec.defect == "blank_cells":
        raise ValueError("blank cells do not survive flattening: choose layout 'tables'")


def generate_report(rng: random.Random, spec: ReportSpec) -> GeneratedReport:
    """Write a report as a page of its own, for tests and calibration.

    Args:
        rng: source of everything the spec leaves open.
        spec: what kind of report.

    Returns:
        The page in UTF-8 and the truth about it.

    Raises:
        ValueError: see `write_report`; or the defect needs a file beside the page.
    """
    if spec.defect == RENDITIONS_DIFFER:
        raise ValueError("a page alone has no other rendition to differ from")
    written = write_report(rng, spec)
    title = escape(written.truth.title)
    page = (
        f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1>\n{written.fragment}</body></html>\n"
    )
    return GeneratedReport(page.encode(), written.truth)


def _repeated_title(rng: random.Random, title: str) -> list[str]:
    """The title again in the body, as many offices have it: not at all, on one line, or broken over two."""
    cut = title.rindex("开") + 1
    return rng.choices(([], [title], [title[:cut], title[cut:]]), weights=(6, 3, 1))[0]


@dataclass(frozen=True, slots=True)
class _Hand:
    """One office's hand: its way of pasting, its wording, and what the shapes of its tables are drawn from."""

    paste: Paste
    wording: Wording
    shapes: int


def _markup(rng: random.Random, spec: ReportSpec, hand: _Hand, figures: Figures, draft: Draft) -> str:
    paste, wording = hand.paste, hand.wording
    title, prose = draft.title, draft.prose
    form = form_of(spec.year)
    applications = applications_form(spec.year, late_form=spec.late_form)
    parts = parts_of(
        random.Random(hand.shapes), figures, prose, wording, form=form, applications=applications, split=None
    )
    parts = left_out(spec.slip, parts)
    if spec.layout == "tables":
        part2 = "".join(map(paste.table, parts.articles))
        part3 = paste.paragraph("").join(map(paste.table, parts.applications))
        part4 = "".join(map(paste.table, parts.review))
    else:
        part2 = flat_block(article_lines(figures, form, wording), spec.layout)
        part3 = flat_block(application_lines(figures, applications, wording), spec.layout)
        part4 = flat_block(review_lines(figures), spec.layout) if parts.review else ""
    heads = [paste.paragraph(heading, heading=True) if heading else "" for heading in parts.headings]
    out = [paste.paragraph(line) for line in parts.number]
    out += [paste.paragraph(line, heading=True) for line in _repeated_title(rng, title)]
    out += map(paste.paragraph, parts.opening)
    out += [heads[0], *map(paste.paragraph, parts.overview)]
    out += [heads[1], part2, heads[2], part3, heads[3], part4]
    out += [heads[4], *map(paste.paragraph, parts.problems), heads[5], *map(paste.paragraph, parts.other)]
    out += [paste.paragraph(line, right=True) for line in parts.signature]
    return "".join(out)
