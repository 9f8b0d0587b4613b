"""Families that are data: lists whose rows are asked for, as `families/NAME.toml` describes it.

The engines of JSON interfaces and of pieces of HTML are here; signs, request templates and JSON paths are in the data
files. A family that needs more is a module with a subclass of `Described`.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from spiders.asked import found_row
from spiders.family import Column, Enclosed, Family, Onward, Promise, Row, Step, link_rows, make_row
from spiders.json_paths import date_of, first, load_answer, number_of, text_of
from spiders.json_rows import Listed, listed
from spiders.pagers import is_turn, usual_onward
from spiders.urls import identity, is_article
from spiders.vocabulary import MEDIUM, TitleSays, names_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.description import Description
    from spiders.pages import Page

_PLACE = re.compile(r"\{(\w+)\}")
_QUOTED = re.compile(r"&(?:quot|apos|#0*3[49]|#x0*2[27]);", re.IGNORECASE)  # JSON or the like in an attribute
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_RECORD = re.compile(r"<record\b", re.IGNORECASE)
_FRAGMENT = 20_000  # characters up to which markup that was asked for is the list alone, without menus
_OPEN = "open"  # counter of a column: lists of its page that have not been read to their end
_UNIT, _NUMBER, _BASE, _PRELUDE, _WRAP, _DONE = "unit", "page", "base", "prelude", "wrap", "done"
_MAX_UNITS = 8  # lists asked for on one page; a page with more is a directory


class Described(Family):
    """A family whose lists stand in a data file.

    The column page may hold the first rows or none. For each list on it (`description.unit`) the values of the
    request are searched on the page, and pages are asked for until the total that an answer declares is reached.
    """

    description: ClassVar[Description]

    def recognises(self, page: Page) -> str | None:
        """Return the first of the family's signs on a page, or what makes it one of its answers."""
        about = self.description
        if _is_answer(page):
            return f"{self.name} answer" if self._records(page) is not None or self._fragment(page) else None
        for sign in about.url_signs:
            match = sign.search(page.url)
            if match:
                return match.group()
        for sign in about.signs:
            match = sign.search(page.text)
            if match:
                return match.group()[:100]
        return None

    def rows(self, page: Page) -> list[Row]:
        """Return the rows of an answer, or those that the column page prints itself, in markup or in comments."""
        if not _is_answer(page):
            rows = link_rows(page, page.anchors, self.article)
            if self.description.comments or not rows:
                known = {identity(row.url) for row in rows}
                for comment in page.comments:
                    hidden = link_rows(page, page.hidden_anchors(comment), self.article)
                    rows += [row for row in hidden if identity(row.url) not in known]
                    known |= {identity(row.url) for row in hidden}
            return rows
        fragment = self._fragment(page)
        if fragment is not None:
            return link_rows(page, page.hidden_anchors(fragment), self.article)
        guessed = self._guessed(page)
        if guessed is not None:
            return [row for one in guessed.rows if (row := found_row(page, one)) is not None]
        return list(self._json_rows(page))

    def further_rows(self, page: Page, step: Step) -> list[Row]:
        """Return the rows of an answer; its links are relative to the column page, which asked for it."""
        values = dict(step.values)
        if values.get(_BASE):
            page.base = values[_BASE]
        rows = self.rows(page)
        keep = self.description.keep
        if keep is None or not set(_PLACE.findall(keep)) <= values.keys():
            return rows
        wanted = re.compile(_filled(keep, {name: re.escape(value) for name, value in values.items()}))
        return [row if wanted.search(row.url) else replace(row, says=TitleSays.OTHER) for row in rows]

    def promise(self, page: Page) -> Promise:
        """Say whether there is something to ask for, and whether a tree of columns names the reports'."""
        if _is_answer(page):
            return Promise.NOTHING
        units = self._units(page)
        if not units:
            return Promise.NOTHING
        return Promise.REPORTS if self.description.tree is not None else Promise.LIST

    def onward(self, page: Page, column: Column) -> Onward:
        """Ask for the first page of each list of the column page, and for the next page of the list just answered."""
        if column.step is None or not column.step.values:
            return self._begin(page, column)
        values = dict(column.step.values)
        if column.step.prelude:
            return self._after_prelude(page, values)
        number, count = int(values[_NUMBER]), self._count(page)
        done = int(values.get(_DONE, "0")) + (count if column.fresh or not column.previous else 0)
        values[_DONE] = str(done)
        total, pages, size = self._declared(page)
        total = number_of(values.get("total")) if total is None else total
        pages = number_of(values.get("pages")) if pages is None else pages
        # An empty answer in place of the last page is no end: some servers give one for whatever lies deep.
        end = (total is not None and done >= total) or (pages is not None and number >= pages and count > 0)
        if total is None and pages is None and size is not None:
            end = count < size
        if end or not column.fresh:
            column.counters[_OPEN] = column.counters.get(_OPEN, 1) - 1
        declared = bool(total or pages)
        if end:
            return Onward(complete=column.counters[_OPEN] <= 0, declared=declared)
        known = total is not None or pages is not None
        return Onward(steps=(self._step(values, number + 1, skip=known),), declared=declared)

    # Asking

    def _after_prelude(self, page: Page, values: dict[str, str]) -> Onward:
        """Take from a script what the column page lacked, and ask for the first page."""
        for variable in self.description.variables:
            found = variable.find(page.text) if variable.name not in values else None
            if found is not None:
                values[variable.name] = found
        if not set(self.description.needs) <= values.keys():
            return Onward()
        return Onward(steps=(self._step(values, self.description.first, skip=False),))

    def _begin(self, page: Page, column: Column) -> Onward:
        """Ask for page 1, or for page 2 where the column page has printed the first rows."""
        units = self._units(page)
        if not units:
            # A list that shows no row of its own and says nothing of where they are is not understood.
            return usual_onward(page, column) if self.description.prints_first else Onward()
        steps = []
        for values in units:
            if _PRELUDE in values:
                script = urljoin(values[_BASE], values.pop(_PRELUDE))
                steps.append(Step(url=script, values=tuple(values.items()), prelude=True))
                continue
            start = self._step(values, self.description.first, skip=False)
            size, total = int(dict(start.values)["size"]), number_of(values.get("total"))
            pages = number_of(values.get("pages"))
            # Blocks of news have rows too, but hardly as many as a page of the list.
            if self.description.is_first or (
                self.description.prints_first and column.fresh >= min(size, total or size)
            ):
                if pages == 1 or (total is not None and total <= size):
                    continue
                values[_DONE] = str(size)
                start = self._step(values, self.description.first + 1, skip=False)
            elif column.fresh:  # its page 1 may bring nothing that is not known
                second = self._step({**values, _DONE: str(size)}, self.description.first + 1, skip=False)
                start = replace(start, repeated=second)
                if pages == 1:
                    start = replace(start, repeated=None)
            steps.append(start)
        column.counters[_OPEN] = len(steps)
        return Onward(steps=tuple(steps), complete=not steps, declared=not steps)

    def _step(self, values: dict[str, str], number: int, *, skip: bool) -> Step:
        about = self.description
        size = number_of(values.get("size")) or about.size
        first_page = about.first
        known = {
            **values,
            _NUMBER: str(number),
            "size": str(size),
            "start": str((number - first_page) * size + 1),
            "end": str((number - first_page + 1) * size),
        }
        url = _filled(about.url, {name: quote(value, safe="/:.?=&%") for name, value in known.items()})
        pairs = list(_pairs(about.query, known))
        printed = values.get("printed")
        if printed:  # the page prints the whole request: as it is, but for the page's number
            parts = urlsplit(html.unescape(printed))
            mine = dict(pairs)
            theirs = parse_qsl(parts.query, keep_blank_values=True)
            pairs = [
                (name, mine.pop(name) if name in about.override and name in mine else value) for name, value in theirs
            ]
            pairs += [(name, value) for name, value in mine.items() if name not in dict(theirs)]
            url = urlunsplit(parts._replace(query=""))
        if pairs:
            url += ("&" if "?" in url else "?") + urlencode(pairs)
        resolved = urljoin(values[_BASE], url)
        form = tuple(_pairs(about.form, known)) if about.form else None
        after = self._step(values, number + 1, skip=False) if skip else None
        step: Step | None = None
        wraps = about.json_wraps[int(known.get(_WRAP, "0")) :] if about.json else ("",)
        for place, wrap in reversed(list(enumerate(wraps, len(about.json_wraps) - len(wraps)))):
            body = (
                _filled(about.json, {name: json.dumps(value)[1:-1] for name, value in known.items()})
                if about.json
                else ""
            )
            step = Step(
                url=resolved,
                form=form,
                json=wrap.replace("{json}", body) if body else None,
                values=tuple({**known, _WRAP: str(place)}.items()),
                empty=step,
                skip=after,
            )
        assert step is not None  # there is at least one way to wrap a body
        return step

    def _units(self, page: Page) -> list[dict[str, str]]:
        """Search the page for what its requests are made of; one dict for each list."""
        about = self.description
        text = html.unescape(page.text) if _QUOTED.search(page.text) else page.text
        pieces = [match.group() for match in about.unit.finditer(text)] if about.unit is not None else [""]
        if about.tree is not None:
            pieces = [piece for piece in pieces if names_column(_name_in(piece, about.tree)) >= MEDIUM]
        units: dict[str, dict[str, str]] = {}
        for piece in pieces:
            values: dict[str, str] = {}
            for variable in about.variables:
                where = {"unit": piece, "url": page.url}.get(variable.place, text)
                value = variable.find(where)
                if value is not None:
                    values[variable.name] = value
            lacking = [name for name in about.needs if name not in values]
            script = about.prelude.search(text) if lacking and about.prelude is not None else None
            if script is not None:
                values[_PRELUDE] = script.group(1)
            elif lacking or not about.needs:
                continue
            key = " ".join(f"{name}={values.get(name)}" for name in about.needs)
            units.setdefault(key, {**values, _UNIT: key, _BASE: page.base})
        return list(units.values())[:_MAX_UNITS]

    # Reading answers

    def _guessed(self, page: Page) -> Listed | None:
        """Return the rows of a JSON answer whose names are not those described: portals of one make differ in them."""
        if not _is_answer(page) or self._records(page) is not None or self._fragment(page) is not None:
            return None
        return listed(page.text)

    def _records(self, page: Page) -> list[object] | None:
        """Return the rows of a JSON answer, None where it has none such."""
        found = first(load_answer(page.text), self.description.rows_at)
        if not isinstance(found, list):
            return None
        return found if not found or first(found[0], self.description.url_at) is not None else None

    def _fragment(self, page: Page) -> str | None:
        """Return the HTML that a JSON answer carries, None where it carries none."""
        if not self.description.html_at:
            return None
        found = first(load_answer(page.text), self.description.html_at)
        return found.replace("<![CDATA[", "").replace("]]>", "") if isinstance(found, str) and "<" in found else None

    def _json_rows(self, page: Page) -> Iterator[Row]:
        about = self.description
        for record in self._records(page) or ():
            printed = text_of(first(record, about.url_at))
            url = page.resolve(printed) if printed else None
            if url is None:
                continue
            # Where there are two titles, one is cut off for show, often without an ellipsis.
            title = max((text_of(first(record, [path])) for path in about.title_at), key=len, default="")
            row = make_row(url, title, None, date_of(first(record, about.date_at)))
            enclosed = []
            files = first(record, about.files_at)
            for one in files if isinstance(files, list) else ():
                file = page.resolve(text_of(first(one, about.file_url_at)))
                if file is not None:
                    enclosed.append(Enclosed(url=file, text=text_of(first(one, about.file_name_at))))
            yield Row(url=url, text=row.text, title=row.title, date=row.date, says=row.says, enclosed=tuple(enclosed))

    def _count(self, page: Page) -> int:
        """Count what an answer lists, rows of the column or not: that is what totals count."""
        records = self._records(page) if _is_answer(page) else None
        if records is not None:
            return len(records)
        guessed = self._guessed(page)
        if guessed is not None:
            return guessed.count
        fragment = self._fragment(page)
        if fragment is None:
            shaped = {anchor.url for anchor in page.anchors if is_article(anchor.url) or self._shaped(anchor.url)}
            return max(len(self.rows(page)), 0 if len(page.text) > _FRAGMENT else len(shaped))
        told = len(_RECORD.findall(fragment))
        return told or len({anchor.url for anchor in page.hidden_anchors(fragment) if not is_turn(anchor)})

    def _shaped(self, url: str) -> bool:
        return self.article is not None and self.article.search(url) is not None

    def _declared(self, page: Page) -> tuple[int | None, int | None, int | None]:
        """What an answer says of the whole list: rows in all, pages in all, rows of a page."""
        about = self.description
        answer = load_answer(page.text) if _is_answer(page) else None
        text = self._fragment(page) if answer is not None else page.text
        found: list[int | None] = []
        for paths, pattern in (
            (about.total_at, about.total),
            (about.pages_at, about.pages),
            (about.size_at, None),
        ):
            value = number_of(first(answer, paths))
            match = pattern.search(html.unescape(text)) if value is None and pattern is not None and text else None
            found.append(int(match.group(1)) if match else value)
        guessed = self._guessed(page)
        if guessed is not None:
            return guessed.total, guessed.pages, found[2]
        return found[0], found[1], found[2]


def _is_answer(page: Page) -> bool:
    return load_answer(page.text) is not None


def _name_in(piece: str, name: re.Pattern[str]) -> str:
    match = name.search(piece)
    return _UNICODE.sub(lambda code: chr(int(code.group(1), 16)), match.group(1)) if match else ""


def _filled(template: str, values: dict[str, str]) -> str:
    """Put values into the places of a template; braces of JSON are no places."""
    return _PLACE.sub(lambda place: values.get(place.group(1), ""), template)


def _pairs(template: tuple[tuple[str, str], ...], values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Fill the fields of a query or form; a field `x[]` is repeated for each of the values its list has."""
    for name, value in template:
        filled = _filled(value, values)
        for one in filled.split(",") if name.endswith("[]") else (filled,):
            yield name, one
