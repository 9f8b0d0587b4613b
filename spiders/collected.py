"""Pages that pass for one report and are many: a year's collection, a folder with the reports of bodies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.attachment_rules import rules
from spiders.family import Row, make_row
from spiders.pages import squeeze
from spiders.urls import below, identity, is_article
from spiders.vocabulary import TitleSays, names_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.pages import Page

_FILE_SUFFIX = re.compile(r"\.\w{2,5}$")
_COLLECTED = 5  # links to reports of bodies, of a page that is one of reports and none itself
_TEXT_OF_A_REPORT = 600  # characters outside of links; the shortest reports have more
_ENOUGH = 3  # titles of reports


def lists_others(page: Page, rows: Sequence[Row]) -> bool:
    """Say whether the rows of a page are reports of others, and not files of the one report that the page is."""
    reports = [row for row in rows if row.says is TitleSays.REPORT and identity(row.url) != identity(page.url)]
    # An article in a folder of its own has its files there too, often the same one of several kinds.
    inside = any(below(row.url, page.url) and rules().kind(row.url) is None for row in reports)
    titles = {_FILE_SUFFIX.sub("", row.title or row.text) for row in reports}
    return inside or len(titles) >= _ENOUGH


def collected_rows(page: Page) -> list[Row]:
    """Read a page with the title of a report that has no text, and links to the reports of bodies; else nothing."""
    bodies = [
        anchor
        for anchor in page.anchors
        if any(map(names_body, anchor.names)) and (is_article(anchor.url) or below(anchor.url, page.url))
    ]
    if len({identity(anchor.url) for anchor in bodies}) < _COLLECTED:
        return []
    body = page.tree.find("body")
    shown = len(squeeze(body.text, _TEXT_OF_A_REPORT * 20)) if body is not None else 0
    linked = sum(len(anchor.text) for anchor in page.anchors)
    if shown - linked > _TEXT_OF_A_REPORT:
        return []
    once = {identity(anchor.url): make_row(anchor.url, anchor.text, anchor.title, None) for anchor in bodies}
    return list(once.values())
