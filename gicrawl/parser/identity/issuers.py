"""Who reports: candidates in the order of trust, and the first that is a body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gicrawl.parser.identity.names import Body, kind_of, level_of, read_body, region_of
from gicrawl.parser.report import Issuer, Problem
from gicrawl.parser.script import squeeze, to_simplified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.document import Context, Document
    from gicrawl.parser.identity.lines import TextLine
    from gicrawl.parser.identity.titles import Title

_BY = re.compile(
    r"由([\u4e00-\u9fff]{4,30}?(?:人民政府(?:办公[室厅])?|局|委员会|厅|委|办公室))(?:负责)?(?:编制|汇总|编写)"
)
_LABELS = ("contentsource", "source", "publisher", "author", "sitename")
_NAMED = re.compile(r"(?:发布机构|发布单位|公开主体|来源|信息来源|发文机关)[:】\]]?([\u4e00-\u9fff]{3,30})")
_SIGNATURE = re.compile(r"[\u4e00-\u9fff]{2,20}(?:人民政府(?:办公[室厅])?|局|委员会|厅|管委会|办事处)")
_RELATIVE = re.compile(r"^[省市县区旗州盟](?=[\u4e00-\u9fff]{2,})")

_TAIL, _HEAD = 12, 12


def find_issuer(
    title: Title | None, document: Document, context: Context, lines: Sequence[TextLine], text: str
) -> tuple[Issuer | None, tuple[Problem, ...]]:
    """The issuer, with problems where it is unsure.

    Args:
        title: of the report.
        document: labels of the page.
        context: labels of the site, used last.
        lines: of the document.
        text: their squeezed text.
    """
    for printed in _candidates(title, document, context, lines):
        body = read_body(printed)
        if body is None:
            continue
        if _RELATIVE.match(body.name):  # 市统计局: of which city stands elsewhere
            whole = _with_region(body, document, context, lines, text)
            if whole is None:
                continue
            body = whole

        return (
            Issuer(
                name=body.name,
                printed=_as_printed(body.printed, lines, title),
                level=level_of(body.name, text),
                kind=kind_of(body.name),
            ),
            (),
        )
    return None, (Problem("issuer_not_found"),)


def _candidates(title: Title | None, document: Document, context: Context, lines: Sequence[TextLine]) -> Iterator[str]:
    if title is not None and title.issuer:
        yield title.issuer
        if "关于" in title.issuer:
            yield title.issuer.partition("关于")[0]
    yield from (match[1] for line in lines[:_HEAD] if (match := _NAMED.search(line.squeezed)))
    yield from (line.squeezed for line in reversed(lines[-_TAIL:]) if _SIGNATURE.fullmatch(line.squeezed))
    for line in lines[:_HEAD]:
        if match := _BY.search(line.squeezed):
            yield match[1].removesuffix("办公室").removesuffix("办公厅") if "人民政府办" in match[1] else match[1]
    labels = dict(document.labels)
    yield from (squeeze(labels[name]) for name in _LABELS if name in labels)
    yield from (squeeze(label) for _, label in context.site_labels)


def _with_region(body: Body, document: Document, context: Context, lines: Sequence[TextLine], text: str) -> Body | None:
    """A body named without its region (市统计局), with the region the document prints elsewhere."""
    bare = body.name[1:]
    found = re.search(rf"([\u4e00-\u9fff]{{1,6}}?{body.name[0]}){re.escape(bare)}", to_simplified(text))
    regions = [found[1]] if found and len(found[1]) > 2 else []  # noqa: PLR2004 - a name and its rank
    labels = [squeeze(value) for _, value in (*document.labels, *context.site_labels)]
    heads = [line.squeezed for line in (*lines[:_HEAD], *lines[-_TAIL:])]
    government = re.compile(rf"([\u4e00-\u9fff]{{1,6}}{body.name[0]})人民政府")
    regions += [match[1] for label in (*labels, *heads) if (match := government.search(to_simplified(label)))]
    for region in regions:
        name = region_of(region) or region
        return Body(name + bare, body.printed, name)
    return None


def _as_printed(squeezed: str, lines: Sequence[TextLine], title: Title | None) -> str:
    """The name as it stands there: the script of the document, blanks gone."""
    size = len(squeezed)
    for printed in (title.text if title else "", *(line.printed for line in lines[:_HEAD])):
        bare = "".join(printed.split())
        folded = squeeze(bare)
        at = folded.find(squeezed)
        if at >= 0 and len(folded) == len(bare):
            return bare[at : at + size]
    return squeezed
