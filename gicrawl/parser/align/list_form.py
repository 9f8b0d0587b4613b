"""Which form a list of indicators is nearest to: it decides which rows count as absent, never what a row is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gicrawl.parser.align.list_labels import list_tables, plain_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gicrawl.parser.forms import Form, Table

_MISSING, _FOREIGN = 30.0, 3.0  # what speaks against a form: all its rows missing, a row that it does not have
_HEADED = 6.0  # what speaks for it: its own heading above the figures
_LONGEST = 8  # Han characters from which a longer label says no more
_TELLING = 3  # Han characters of a heading that not every list has


def nearest_form(printed: Mapping[str, str], headings: frozenset[str]) -> tuple[Form, Table]:
    """The form whose rows and headings are nearest to those found, never by the year.

    Args:
        printed: for each row found, the Han characters of its label.
        headings: Han characters of the headings of columns.
    """
    weights = {key: min(len(label), _LONGEST) for key, label in printed.items()}
    return max(list_tables(), key=lambda entry: _score(entry[1], printed, weights, headings))


def _score(table: Table, printed: Mapping[str, str], weights: Mapping[str, float], headings: frozenset[str]) -> float:
    labels = _labels(table)
    shared = printed.keys() & labels.keys()
    own = sum([weights[key] if printed[key] in labels[key] else weights[key] / 2 for key in shared])
    foreign, missing = len(printed) - len(shared), (len(labels) - len(shared)) / len(labels)
    return own - _FOREIGN * foreign - _MISSING * missing + (_HEADED if _headings(table) & headings else 0.0)


@cache
def _labels(table: Table) -> dict[str, frozenset[str]]:
    return {row.key: frozenset(plain_label(label) for label in row.labels) for row in table.rows}


@cache
def _headings(table: Table) -> frozenset[str]:
    words = (plain_label(label) for column in table.columns for label in column.labels)
    return frozenset(word for word in words if len(word) >= _TELLING)
