"""Whose report it is, of which year, and whether it is one at all.

Everything is read in one order of trust: the title, the opening, the signature, the labels of the page, what is known
of the address. A publication date never decides the year.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gicrawl.parser.identity.dates import find_period, find_published, period_year
from gicrawl.parser.identity.issuers import find_issuer
from gicrawl.parser.identity.kinds import judge
from gicrawl.parser.identity.lines import lines_of
from gicrawl.parser.identity.titles import find_title
from gicrawl.parser.report import Identity, Problem, Status
from gicrawl.parser.script import fold

if TYPE_CHECKING:
    from gicrawl.parser.document import Context, Document
    from gicrawl.parser.report import Issuer

_REGION_WIDE = re.compile(r"全[省市县区州盟旗镇乡]|各级|各(?:部门|单位|乡镇|镇|街道|区县|县区|县市)|市县两级")
_OWN = re.compile(r"我[局委厅办部院处]|本[局委厅办部院处]|本(?:机关|单位|部门|办公室)")
_TRADITIONAL = 0.04  # share of Han characters that Simplified script writes otherwise
_HAN = re.compile(r"[\u4e00-\u9fff]")


def identify(document: Document, context: Context, evidence_of_tables: bool) -> Identity:  # noqa: FBT001 - a plain fact
    """Tell what a document is.

    Args:
        document: what the reader made of it.
        context: what is known beside the bytes; only used where the document itself is silent.
        evidence_of_tables: cells of a statutory table were read.
    """
    lines = lines_of(document)
    text = "\n".join(line.squeezed for line in lines)
    title = find_title(document, context, lines)
    status, problems = judge(title, lines, text, evidence_of_tables=evidence_of_tables)
    if status is not Status.REPORT:
        return Identity(status=status, title=title.text if title else None, script=_script(document), problems=problems)
    period = find_period(lines)
    stated = period_year(period)
    year = title.year if title and title.year is not None else stated
    if year is None:
        problems = (*problems, Problem("year_not_found"))
    elif stated is not None and stated != year:
        problems = (*problems, Problem("year_contradiction", (("title", str(year)), ("period", str(stated)))))
    issuer, more = find_issuer(title, document, context, lines, text)
    published, source, dated = find_published(document, lines)
    return Identity(
        status=status,
        title=title.text if title else None,
        issuer=issuer,
        scope=_scope(issuer, text),
        year=year,
        period=period,
        script=_script(document),
        published=published,
        published_source=source,
        problems=(*problems, *more, *dated),
    )


def _scope(issuer: Issuer | None, text: str) -> str:
    if issuer is None or issuer.kind is None:
        return "unknown"
    if issuer.kind == "government":
        return "region" if _REGION_WIDE.search(text) else "unknown"
    return "body" if issuer.kind == "department" or _OWN.search(text) else "unknown"


def _script(document: Document) -> str | None:
    printed = "".join(getattr(block, "text", "") for block in document.blocks)
    han = _HAN.findall(printed)
    if not han:
        return None
    other = sum(a != b for a, b in zip(han, fold("".join(han)), strict=True))
    return "hant" if other > _TRADITIONAL * len(han) else "hans"
