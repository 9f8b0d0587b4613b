"""Slips of form: what is wrong with a report and is no sum. Checks of the family F_, as `formal.toml` lists them.

Only what can be told is said: a report that states no period has no check of its period. What may be missing because
it was not read is not called missing. Both sides of each check are numbers, so that it reads like the others: years, or
how many there are against how many there should be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.formal.dates import date_checks
from gicrawl.parser.formal.figures import figure_checks, form_checks
from gicrawl.parser.formal.parts import part_checks
from gicrawl.parser.formal.rules import Texts, load_rules
from gicrawl.parser.formal.titles import title_checks
from gicrawl.parser.formal.wording import wording_checks
from gicrawl.parser.report import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gicrawl.parser.report import Cell, Check, Identity, Key

__all__ = ["Texts", "form_checks", "formal_checks", "load_rules"]


def formal_checks(
    identity: Identity,
    forms: Mapping[str, str],
    cells: Mapping[Key, Cell],
    texts: Texts,
    *,
    whole: bool,
) -> tuple[Check, ...]:
    """The slips of form of one report.

    Args:
        identity: whose report it is, of which year.
        forms: form of each table that was found.
        cells: what was read of them.
        texts: the files of the report that were read.
        whole: nothing of the document is missing or unread; otherwise nothing is called missing.

    Returns:
        Nothing for what is no report, or of no known year. A check of a passage has it as `printed`.
    """
    if identity.status is not Status.REPORT or identity.year is None:
        return ()
    year = identity.year
    checks = [
        *title_checks(identity, texts),
        *date_checks(identity, year, forms, texts),
        *figure_checks(forms, cells, year),
        *wording_checks(texts, year),
    ]
    if whole:
        checks += part_checks(forms, texts, year)
    return tuple(checks)
