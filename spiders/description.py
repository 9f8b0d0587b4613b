"""What a data file in `families/` says of a family, compiled."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("families")

_ABOUT = ("recognised_by", "lists", "paging", "articles", "caveats", "history")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A value of a request, and where it is found.

    Attributes:
        place: `page`, its `url`, or `unit`: the piece of the page that describes one list.
        patterns: tried in turn; the first group is the value.
        many: the group holds a list of quoted values.
        default: what is sent where none is found; None: the request may go without.
    """

    name: str
    place: str
    patterns: tuple[re.Pattern[str], ...]
    many: bool
    default: str | None

    def find(self, text: str) -> str | None:
        """Return the value in a text."""
        for pattern in self.patterns:
            match = pattern.search(text)
            if match:
                found = match.group(1)
                return ",".join(re.findall(r"[\"']([^\"']+)[\"']", found)) if self.many else found
        return self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One family as data.

    Attributes:
        name: short, stable.
        rank: order in which families are asked.
        title: of the software, for people.
        about: recognised by, lists, paging, articles, caveats, history: what its spider says of itself.
        signs: any of them in a page's text makes it one of the family's.
        url_signs: any of them in its URL.
        article: shape of article URLs.
        comments: rows in comments count beside those in markup.
        prints_first: the column page may print the first page of rows itself.
        is_first: the column page is page 1 of the list, as `first` counts.
        unit: a piece of the page that describes one list; None: the page has one.
        tree: where a unit names its column; only the report column's are asked for.
        variables: of the request.
        needs: the variables without which nothing is asked for.
        url: template of the request, relative to the page; `query`, `form`, `json` likewise. A variable `printed` is a
            whole URL printed by the page, which the query then only amends.
        override: fields of a printed URL that the query replaces.
        first: number of the first page.
        size: rows of a page, where the page does not say.
        keep: template of a pattern that article URLs have to fit; rows of other columns are counted and not followed.
        prelude: pattern of the URL of a script that has the variables which the page lacks; its first group.
        json_wraps: JSON templates to be tried in turn, `{json}` standing for the body.
        rows_at: JSON paths of the rows; the other paths of JSON likewise, those of a row relative to it.
        html_at: JSON path of rows as HTML.
        total: pattern of the number of rows in an answer of HTML; `pages` of the number of pages.
    """

    name: str
    rank: int
    title: str
    about: dict[str, str]
    signs: tuple[re.Pattern[str], ...]
    url_signs: tuple[re.Pattern[str], ...]
    article: re.Pattern[str] | None
    comments: bool
    prints_first: bool
    is_first: bool
    unit: re.Pattern[str] | None
    tree: re.Pattern[str] | None
    variables: tuple[Variable, ...]
    needs: tuple[str, ...]
    url: str
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    json: str | None
    json_wraps: tuple[str, ...]
    override: frozenset[str]
    first: int
    size: int
    keep: str | None
    prelude: re.Pattern[str] | None
    rows_at: tuple[str, ...]
    title_at: tuple[str, ...]
    url_at: tuple[str, ...]
    date_at: tuple[str, ...]
    files_at: tuple[str, ...]
    file_url_at: tuple[str, ...]
    file_name_at: tuple[str, ...]
    html_at: tuple[str, ...]
    total_at: tuple[str, ...]
    pages_at: tuple[str, ...]
    size_at: tuple[str, ...]
    total: re.Pattern[str] | None
    pages: re.Pattern[str] | None

    def docstring(self) -> str:
        """Return what the spider of this family says of itself, under the headings that every spider has."""
        lines = [f"Reads portals made with {self.title}.", ""]
        for key in _ABOUT:
            lines += [f"    {key.replace('_', ' ').capitalize()}:", f"        {' '.join(self.about[key].split())}"]
        return "\n".join(lines) + "\n"


class DescriptionError(ValueError):
    """A data file of a family that cannot be used; the message names the file and what is wrong in it."""


def read(path: Path) -> Description:
    """Read one data file.

    Raises:
        DescriptionError: it lacks a key, has one nobody knows, or a pattern does not compile.
    """
    try:
        return _description(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, AttributeError, ValueError, re.error) as error:
        raise DescriptionError(f"{path.name}: {type(error).__name__}: {error}") from error


def _description(name: str, data: dict[str, Any]) -> Description:
    known = {"rank", "title", "about", "page", "request", "answer", "code"}
    if not data.keys() <= known:
        raise KeyError(f"unknown: {sorted(data.keys() - known)}")
    page, request, answer = dict(data["page"]), dict(data.get("request", {})), dict(data.get("answer", {}))
    made = Description(
        name=name,
        rank=int(data["rank"]),
        title=data["title"],
        about={key: str(data["about"][key]) for key in _ABOUT},
        signs=_patterns(page.pop("signs", [])),
        url_signs=_patterns(page.pop("url_signs", [])),
        article=_pattern(page.pop("article", None)),
        comments=bool(page.pop("comments", False)),
        prints_first=bool(page.pop("prints_first", False)),
        is_first=bool(page.pop("is_first", False)),
        unit=_pattern(page.pop("unit", None)),
        tree=_pattern(page.pop("tree", None)),
        variables=tuple(_variable(one, table) for one, table in request.pop("variables", {}).items()),
        needs=tuple(request.pop("needs", [])),
        url=str(request.pop("url", "")),
        query=tuple((str(key), str(value)) for key, value in request.pop("query", [])),
        form=tuple((str(key), str(value)) for key, value in request.pop("form", [])),
        json=request.pop("json", None),
        override=frozenset(request.pop("override", [])),
        first=int(request.pop("first", 1)),
        size=int(request.pop("size", 15)),
        keep=request.pop("keep", None),
        prelude=_pattern(request.pop("prelude", None)),
        json_wraps=tuple(request.pop("json_wraps", ["{json}"])),
        **{
            f"{key}_at": tuple(answer.pop(key, []))
            for key in (
                "rows",
                "title",
                "url",
                "date",
                "files",
                "file_url",
                "file_name",
                "html",
                "total",
                "pages",
                "size",
            )
        },
        total=_pattern(answer.pop("total_pattern", None)),
        pages=_pattern(answer.pop("pages_pattern", None)),
    )
    left = [*page, *request, *answer]
    if left:
        raise KeyError(f"unknown: {left}")
    return made


def _variable(name: str, table: dict[str, Any]) -> Variable:
    return Variable(
        name=name,
        place=str(table.get("in", "page")),
        patterns=_patterns(table.get("patterns", [])),
        many=bool(table.get("many", False)),
        default=table.get("default"),
    )


def _patterns(sources: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source, re.IGNORECASE) for source in sources)


def _pattern(source: str | None) -> re.Pattern[str] | None:
    return re.compile(source, re.IGNORECASE) if source is not None else None
