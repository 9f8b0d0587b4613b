"""Prose against table, and prose against itself: the identities N_ and NF_ of a report.

What a sentence has to look like is data (`narrative.toml`), and as with facts a sentence that is worded otherwise says
nothing. Where a text states a number more than once (for the city, for its office), one statement that fits is enough:
which of them speaks for the table cannot be told, and an alarm that is none costs more than a slip that is missed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.narrative.statements import statement_checks
from gicrawl.parser.narrative.sums import sum_checks
from gicrawl.parser.narrative.words import total_of
from gicrawl.parser.report import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from gicrawl.parser.report import Cell, Check, Fact, Identity, Key


_COUNTING: Final = re.compile("[件条元篇次%]")
"""Stands in every sentence of interest."""


def narrative_checks(
    text: str, identity: Identity, forms: Mapping[str, str], cells: Mapping[Key, Cell], facts: Sequence[Fact]
) -> tuple[Check, ...]:
    """The checks of what a report says in sentences.

    Args:
        text: the report, squeezed, lines joined.
        identity: whose report it is, and for whom it speaks.
        forms: form of each table that was found.
        cells: what was read of them.
        facts: numbers stated in prose.

    Returns:
        One check for each number that is stated and stands in a table too, each sum and each percentage that is
        stated with its parts. `printed` is the sentence; sides are numbers.
    """
    if identity.status is not Status.REPORT:
        return ()
    sentences = [sentence for sentence in text.split("。") if _COUNTING.search(sentence)]
    return (*statement_checks(sentences, identity, forms, cells, facts), *sum_checks(sentences, _wholes(cells)))


def _wholes(cells: Mapping[Key, Cell]) -> tuple[Decimal, ...]:
    """What shares of requests may be of, by the table: those received, with those carried in, those answered."""
    rows = (("new_received",), ("new_received", "carried_in"), ("results_total",))
    found = (total_of([("applications", row, "total") for row in one], cells) for one in rows)
    return tuple(total for total in found if total)
