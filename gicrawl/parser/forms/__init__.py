"""The statutory forms as data: one TOML file a form, loaded once.

Adding a form is adding a file. See `form2021.toml` for the shape.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


# Forms are loaded once and compared by identity: hashing one by its contents would cost more than looking it up saves.
@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A row or column of a form.

    Attributes:
        key: canonical name.
        labels: the statutory wording first, then variants met in the wild.
        signed: the value may carry a sign (本年增/减).
        money: the value may carry 元 or 万元.
        unit: the unit of the form, as printed beside the row; empty where the form has none, or none of its own.
        within: keys of rows, or headings of the table, that the row may stand below; empty where any.
    """

    key: str
    labels: tuple[str, ...]
    signed: bool = False
    money: bool = False
    unit: str = ""
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table of a form.

    Attributes:
        key: canonical name, e.g. `applications`.
        section: heading of the part it stands in.
        headed: the same in other words.
        headers: labels above the columns that are no columns themselves.
        groups: labels of vertical cells beside the rows, or headings between them.
        layout: `rows`, one printed row for each row; `blocks`, all rows printed side by side as one row; `list`, one
            indicator a row, in any order, under one or two columns of figures.
    """

    key: str
    section: str
    headers: tuple[str, ...]
    groups: tuple[str, ...]
    columns: tuple[Label, ...]
    rows: tuple[Label, ...]
    layout: str
    headed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A statutory form and the report years it was made for (never used to choose it)."""

    id: str
    authority: str
    years: tuple[int, int]
    tables: tuple[Table, ...]

    def table(self, key: str) -> Table:
        """The table of that name.

        Raises:
            KeyError: the form has no such table.
        """
        for table in self.tables:
            if table.key == key:
                return table
        raise KeyError(f"{self.id} has no table {key}")


def _label(entry: dict[str, object]) -> Label:
    return Label(
        key=str(entry["key"]),
        labels=_texts(entry["labels"]),
        signed=bool(entry.get("signed", False)),
        money=bool(entry.get("money", False)),
        unit=str(entry.get("unit", "")),
        within=_texts(entry.get("within", [])),
    )


def _texts(entry: object) -> tuple[str, ...]:
    assert isinstance(entry, list)
    return tuple(str(text) for text in entry)


@cache
def load_forms() -> tuple[Form, ...]:
    """Every form of this folder, ordered by id."""
    forms = []
    for file in sorted(resources.files(__package__).iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        tables = tuple(
            Table(
                key=table["key"],
                section=table["section"],
                headers=tuple(table["headers"]),
                groups=tuple(table.get("groups", ())),
                columns=tuple(_label(entry) for entry in table["columns"]),
                rows=tuple(_label(entry) for entry in table["rows"]),
                layout=table.get("layout", "rows"),
                headed=tuple(table.get("headed", ())),
            )
            for table in data["tables"]
        )
        first, last = data["years"]
        forms.append(Form(id=data["id"], authority=data["authority"], years=(first, last), tables=tables))
    return tuple(forms)
