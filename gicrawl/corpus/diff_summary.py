"""Differences between parses counted by kind and by cause, in memory that does not grow with the documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gicrawl.corpus.diff import Changed
    from gicrawl.corpus.diff_records import Difference

EXAMPLES = 3
"""Documents named with each cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Differences of one kind in one row or column of a table, or of one rule, field or code: likely one reason.

    Attributes:
        rows: which rows are touched, sorted; none for what is in no table.
        columns: the same of columns.
        count: differences.
        documents: documents they are in.
        examples: URLs of the first of these.
    """

    kind: str
    table: str | None
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    key: str | None
    count: int
    documents: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How much differs.

    Attributes:
        documents: documents with at least one difference.
        count: differences.
        kinds: (kind, differences, documents), the most frequent first.
        causes: the same finer, the most frequent first.
    """

    documents: int
    count: int
    kinds: tuple[tuple[str, int, int], ...]
    causes: tuple[Cause, ...]


def summarize(changed: Iterable[Changed], wanted: Callable[[Changed, Difference], bool] | None = None) -> Summary:
    """Count differences by kind and by cause.

    A changed label of a row touches all columns of it, a changed label of a column all its rows. So the cells of one
    kind in one table are grouped by row where they lie in no more rows than columns, else by column.

    Args:
        changed: the documents.
        wanted: which differences count; None for all.
    """
    total = _Group()
    kinds: dict[str, _Group] = {}
    places: dict[_Kind, _Places] = {}
    for document in changed:
        for d in document.differences:
            if wanted is not None and not wanted(document, d):
                continue
            total.add(document, d)
            kinds.setdefault(d.kind, _Group()).add(document, d)
            places.setdefault((d.kind, d.table, d.key), _Places()).add(document, d)
    causes = [group.cause(kind, table, key) for (kind, table, key), found in places.items() for group in found.lines()]
    return Summary(
        documents=total.documents,
        count=total.count,
        kinds=tuple(
            (kind, group.count, group.documents)
            for kind, group in sorted(kinds.items(), key=lambda item: (-item[1].count, item[0]))
        ),
        causes=tuple(sorted(causes, key=lambda c: (-c.count, c.kind, c.table or "", c.rows, c.columns, c.key or ""))),
    )


_Kind: TypeAlias = "tuple[str, str | None, str | None]"
"""Kind, table and key."""


@dataclass(slots=True)
class _Group:
    """Counts differences; documents come one after the other, so the last one is enough to count each once."""

    count: int = 0
    documents: int = 0
    last: str = ""
    examples: list[str] = field(default_factory=list)
    rows: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)

    def add(self, document: Changed, difference: Difference) -> None:
        self.count += 1
        if document.version != self.last:
            self.last = document.version
            self.documents += 1
            if len(self.examples) < EXAMPLES and document.url not in self.examples:
                self.examples.append(document.url)
        if difference.row is not None:
            self.rows.add(difference.row)
        if difference.column is not None:
            self.columns.add(difference.column)

    def cause(self, kind: str, table: str | None, key: str | None) -> Cause:
        return Cause(
            kind=kind,
            table=table,
            rows=tuple(sorted(self.rows)),
            columns=tuple(sorted(self.columns)),
            key=key,
            count=self.count,
            documents=self.documents,
            examples=tuple(self.examples),
        )


@dataclass(slots=True)
class _Places:
    """Differences of one kind in one table, by row and by column; which of both it is to be shows at the end."""

    by_row: dict[str | None, _Group] = field(default_factory=dict)
    by_column: dict[str | None, _Group] = field(default_factory=dict)

    def add(self, document: Changed, difference: Difference) -> None:
        self.by_row.setdefault(difference.row, _Group()).add(document, difference)
        self.by_column.setdefault(difference.column, _Group()).add(document, difference)

    def lines(self) -> Iterable[_Group]:
        return (self.by_row if len(self.by_row) <= len(self.by_column) else self.by_column).values()
