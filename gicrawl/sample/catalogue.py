"""What a portal's report column holds: which reports of whom, which near misses, in which order, on which list page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from gicrawl.sample import misses
from gicrawl.sample.figures import SCALES, draw_years
from gicrawl.sample.issuers import PEOPLE, Issuer
from gicrawl.sample.renditions import DOC, FORMS, PDF, PLAIN, publish
from gicrawl.sample.report import ReportSpec
from gicrawl.sample.site import NEAR_MISSES, UNREADABLE, Attachment, Entry

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

YEARS = range(2019, 2026)
_LEFT_OUT = range(4, 8)
"""How many of the body-years have no report in the column; some of them are listed and cannot be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """What is special about one portal's reports.

    Attributes:
        specials: spec changes, each put on a report of its own; `form` names the form it is published in.
        pastes: weights of the ways of pasting.
        unavailable: kinds of the reports that are listed and cannot be had.
    """

    specials: tuple[Mapping[str, object], ...]
    pastes: Mapping[str, int]
    unavailable: tuple[str, ...] = ("missing", "torn", "soft_404")


_EVERY_FORM: tuple[Mapping[str, object], ...] = tuple({"form": name} for name in FORMS if name != PLAIN)
COUNTY_FLAVOUR = Flavour(
    specials=(
        {"defect": "wrong_total"},
        {"defect": "strokes"},
        {"layout": "rows", "paste": "plain"},
        {"layout": "cells", "paste": "editor"},
        {"late_form": True},
        {"title": 3},
        {"title": 6},
        {"form": "page_pdf", "defect": "renditions_differ"},
        {"form": "notice_pdf", "defect": "blank_cells"},
        *_EVERY_FORM,
    ),
    pastes={"word": 6, "old": 2, "plain": 1, "editor": 1},
    unavailable=("missing", "torn", "soft_404", "robots_denied"),
)
CITY_FLAVOUR = Flavour(
    specials=(
        {"defect": "blank_cells", "paste": "editor"},
        {"script": "hant"},
        {"layout": "pipes", "paste": "plain"},
        {"layout": "rows", "paste": "editor"},
        {"late_form": True},
        {"fullwidth": True},
        {"title": 5},
        {"form": "notice_docx", "defect": "strokes"},
        *_EVERY_FORM,
    ),
    pastes={"editor": 5, "word": 3, "plain": 2},
)


def draw_entries(rng: random.Random, place: str, issuers: list[Issuer], flavour: Flavour) -> list[Entry]:
    """Draw everything the column holds, newest first, without regard to list pages."""
    words = misses.Words(place, f"{place}人民政府办公室", tuple(rng.sample(PEOPLE, k=4)))
    pairs = [(issuer, year) for issuer in issuers for year in YEARS]
    lost = rng.sample(pairs, k=rng.choice(_LEFT_OUT))
    kept = [pair for pair in pairs if pair not in lost]
    changes = _assign(rng, kept, flavour)
    late = {pair for pair, change in changes.items() if change.get("late_form")}
    series = {
        issuer: draw_years(
            rng, SCALES[issuer.scale], YEARS, late_form=frozenset(year for body, year in late if body == issuer)
        )
        for issuer in issuers
    }

    def spec(pair: tuple[Issuer, int]) -> ReportSpec:
        issuer, year = pair
        drawn = ReportSpec(
            issuer=issuer,
            year=year,
            published=_published(rng, issuer, year),
            numbers=series[issuer][year],
            paste=rng.choices(list(flavour.pastes), weights=list(flavour.pastes.values()))[0],
            title=rng.choices((0, 1, 2, 4), weights=(6, 2, 2, 1))[0],
        )
        special = {name: value for name, value in changes.get(pair, {}).items() if name != "form"}
        return replace(drawn, **special)  # type: ignore[arg-type]  # the flavours name fields of ReportSpec

    reports = [publish(rng, spec(pair), str(changes.get(pair, {}).get("form", PLAIN))) for pair in kept]
    _furnish(rng, reports)
    unavailable = [
        replace(publish(rng, spec(pair), PLAIN), kind=kind)
        for pair, kind in zip(lost, flavour.unavailable, strict=False)
    ]
    near = [misses.news(rng, words, rng.choice(YEARS)) for _ in range(6)]
    near += [misses.compilation_notice(rng, words, year) for year in rng.sample(YEARS, k=2)]
    near += [misses.website_report(rng, words, year) for year in rng.sample(YEARS, k=3)]
    near += [misses.other_annual_report(rng, words, *rng.choice(pairs)) for _ in range(5)]
    near += [
        misses.picture_explanation(rng, entry.truth)
        for entry in rng.sample([entry for entry in reports if entry.kind not in UNREADABLE], k=2)
        if entry.truth is not None
    ]
    return sorted([*reports, *unavailable, *near], key=lambda entry: entry.published, reverse=True)


def _assign(
    rng: random.Random, pairs: list[tuple[Issuer, int]], flavour: Flavour
) -> dict[tuple[Issuer, int], Mapping[str, object]]:
    """Give each speciality a report of its own; the late form needs a year of the later form."""
    free = rng.sample(pairs, k=len(pairs))
    out: dict[tuple[Issuer, int], Mapping[str, object]] = {}
    for special in flavour.specials:
        earliest = YEARS[3] if special.get("late_form") else YEARS[0]
        pair = next(pair for pair in free if pair[1] >= earliest)
        free.remove(pair)
        out[pair] = special
    return out


def _published(rng: random.Random, issuer: Issuer, year: int) -> date:
    """Departments publish by the end of January, governments by the end of March (Regulations, article 49)."""
    if issuer.kind == "government":
        return date(year + 1, 1, 8) + timedelta(days=rng.randrange(78))
    return date(year + 1, 1, 4) + timedelta(days=rng.randrange(27))


def _furnish(rng: random.Random, reports: list[Entry]) -> None:
    """Move some articles, and hang files on others: one that is there, one that is not."""
    chosen = rng.sample([index for index, entry in enumerate(reports) if entry.form == PLAIN], k=4)
    for index in chosen[:2]:
        reports[index] = replace(reports[index], moved=True)
    pdf = Attachment(
        name="附件", suffix="pdf", body=misses.small_pdf("Annex"), content_type=PDF, media_type=PDF, style="tag"
    )
    lost = Attachment(name="附件", suffix="doc", body=b"", content_type=DOC, media_type=DOC, missing=True, style="tag")
    for index, file in zip(chosen[2:], (pdf, lost), strict=True):
        reports[index] = replace(reports[index], attachments=(file,))


def paginate(rng: random.Random, entries: list[Entry], size: int) -> list[list[Entry]]:
    """Cut the column into list pages so that on one of them near misses outnumber the reports.

    Those rows stand where they stand and not by their date, as where an editor has set the order by hand.

    Args:
        rng: source of the drawing.
        entries: newest first.
        size: rows a page.
    """
    near = [entry for entry in entries if entry.kind in NEAR_MISSES]
    if not near:
        return [entries[i : i + size] for i in range(0, len(entries), size)]
    crowd = rng.sample(near, k=size // 2 + 2)
    rest = [entry for entry in entries if entry not in crowd]
    page = rng.randint(1, 2)
    at = page * size + rng.randint(0, size - len(crowd))
    crowd.sort(key=lambda entry: entry.published, reverse=True)
    rest[at:at] = crowd
    return [rest[i : i + size] for i in range(0, len(rest), size)]
