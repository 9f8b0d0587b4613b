"""Sample reports with a slip, and what is found of it; in small for the suite, at length for `tests/prove`."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from gicrawl.parser.document import Source
from gicrawl.parser.parse import parse
from gicrawl.parser.report import CheckStatus
from gicrawl.sample.issuers import city_issuers, county_issuers
from gicrawl.sample.report import GeneratedReport, ReportSpec, generate_report
from gicrawl.sample.slips import NO_SLIP, SLIPS

__all__ = ["NO_SLIP", "SLIPS", "Tally", "measure"]
_FLAT = ("rows", "cells", "pipes")
_TITLED = frozenset(["stuttered_title", "title_without_year"])

Said = tuple[str, str, str]
"""(id, outcome, row or column or table) of what does not simply hold."""


@dataclass
class Tally:
    """What became of some documents with one slip.

    Attributes:
        planted: documents that have the slip: where nobody asked for anything, no number of requests can be wrong.
        found: of these, those in which everything planted was said.
        clean: documents without it, nor any other.
        alarms: (id, place) said of what is not so, in either.
    """

    documents: int = 0
    planted: int = 0
    found: int = 0
    clean: int = 0
    alarms: Counter[tuple[str, str]] = field(default_factory=Counter)


def document(slip: str, seed: int, *, undamaged: bool = False) -> GeneratedReport:
    """A sample report with a slip, drawn from these two alone.

    Args:
        slip: one of `SLIPS`, or `NO_SLIP`.
        seed: of everything else: issuer, year, layout, script, and defects of the tables.
        undamaged: whether the tables have no defect either.
    """
    rng = random.Random(f"{slip}:{seed}")
    issuer = rng.choice(county_issuers(rng, "青禾县") + city_issuers(rng, "云泽市"))
    year = rng.randint(2019, 2025)
    tables = rng.random() < 0.6
    defects = ["none", "none", "none", "wrong_total", *(["blank_cells", "strokes"] if tables else [])]
    late = year > 2020 and rng.random() < 0.1 and not undamaged
    spec = ReportSpec(
        issuer=issuer,
        year=year,
        published=date(year + 1, 1, rng.randint(4, 28)),
        layout="tables" if tables else rng.choice(_FLAT),
        paste=rng.choice(("plain", "editor", "word", "old")) if tables else "plain",
        script="hant" if rng.random() < 0.25 else "hans",
        title=0 if slip in _TITLED else rng.choice((0, 1, 2, 4, 6)),
        late_form=late,
        defect="none" if undamaged else rng.choice(defects),
        slip=slip,
    )
    return generate_report(rng, spec)


def said(body: bytes) -> set[Said]:
    """What the checks say of a report and does not simply hold."""
    return {
        (check.id, check.status.value, check.row or check.column or check.table or "")
        for check in parse([Source(body)]).checks
        if check.status is not CheckStatus.PASS
    }


def measure(slip: str, seeds: range, *, undamaged: bool = False) -> Tally:
    """What is found of a slip in the documents of some seeds."""
    tally = Tally()
    for seed in seeds:
        report = document(slip, seed, undamaged=undamaged)
        truth = {(finding.id, finding.status, finding.place) for finding in report.truth.failed}
        made = said(report.html)
        tally.documents += 1
        tally.planted += bool(truth)
        tally.found += bool(truth) and truth <= made
        tally.clean += not truth
        tally.alarms.update((name, place) for name, _, place in made - truth)
    return tally
