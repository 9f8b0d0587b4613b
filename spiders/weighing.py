"""What a link promises on the way to the report column: that it leads there, or to bodies with columns of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.portals.sites import same_site
from spiders.urls import below, identity, is_article, is_folder, is_root
from spiders.vocabulary import (
    MEDIUM,
    PLATFORM_SLUG,
    TitleSays,
    names_bodies,
    names_body,
    names_column,
    names_directory,
    names_kind,
    names_platform,
    slug_names,
    title_says,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.pages import Anchor, Page

DIRECTORY = 58
"""Score of a link to a list of bodies."""
BODY = 57
"""Score of a link to one of the bodies of such a list."""
_COLUMN_PARENT_BONUS = 15
_OTHER_HOST = 20
_HEADLINE = 13  # characters from which a text says more than the name of a column
_SOME = 2  # bodies
_ONE_BODY = 20
"""Score of a link to a single body, whose platform it may be."""


def is_platform(page: Page, called: str) -> bool:
    """Say whether a page is one of 政府信息公开, by its title, its address or what the link to it calls it."""
    return names_platform(page.title) > 0 or slug_names(page.url) > 0 or names_platform(called) > PLATFORM_SLUG


def column_score(anchor: Anchor, page: Page, entry: str, *, on_platform: bool) -> int:
    """How promising a link is: its words first, its URL where it has none, its host as a doubt.

    Args:
        anchor: the link.
        page: where it stands.
        entry: the page that the user named.
        on_platform: the page is one of 政府信息公开.
    """
    if not (same_site(anchor.url, page.url) or same_site(anchor.url, entry)) or is_article(anchor.url):
        return 0
    if is_root(anchor.url) and identity(anchor.url) == identity(entry):
        return 0
    if not is_folder(anchor.url) and any(title_says(name) is TitleSays.REPORT for name in anchor.names):
        return 0  # a report in the news, not the column
    names = max(names_column(name) for name in anchor.names)
    if names == MEDIUM and on_platform:
        names += _COLUMN_PARENT_BONUS
    score = max(names, *(names_platform(name) for name in anchor.names))
    if not score and not any(anchor.names):
        score = slug_names(anchor.url)
    elif not score and len(anchor.text) < _HEADLINE:
        slug = slug_names(anchor.url)
        score = slug if slug > PLATFORM_SLUG else 0
    if not score and on_platform and below(anchor.url, page.url) and any(map(names_body, anchor.names)):
        score = _ONE_BODY
    if score and urlsplit(anchor.url).netloc != urlsplit(page.url).netloc:
        score = max(1, score - _OTHER_HOST)
    return score


def bodies_score(anchor: Anchor, page: Page, *, bodies: bool, on_platform: bool) -> int:
    """How promising a link is as a list of bodies, or on such a list as one of them; 0: it is neither.

    Args:
        anchor: the link.
        page: where it stands.
        bodies: the page lists bodies, or the link is one of several to platforms of bodies.
        on_platform: the page is one of 政府信息公开.
    """
    if not same_site(anchor.url, page.url) or is_article(anchor.url):
        return 0
    if is_root(anchor.url) and urlsplit(anchor.url).netloc == urlsplit(page.url).netloc:
        return 0
    if identity(anchor.url) == identity(page.url):
        return 0
    if any(names_directory(name) for name in anchor.names):
        return DIRECTORY
    if bodies and any(names_body(name) or names_kind(name) for name in anchor.names):
        return BODY
    kind = on_platform and below(anchor.url, page.url)
    return DIRECTORY if kind and any(names_bodies(name) and not names_body(name) for name in anchor.names) else 0


def platforms_of_bodies(anchors: Sequence[Anchor], page: Page) -> set[int]:
    """Return the `id` of the links to hosts or platforms of bodies; none where it is a single one.

    市政府 and the like stands for a body among others alone.
    """
    found = [anchor for anchor in anchors if _is_platform_of_body(anchor, page)]
    named = [anchor for anchor in found if any(map(names_body, anchor.names))]
    return {id(anchor) for anchor in found} if len(named) >= _SOME else set()


def _is_platform_of_body(anchor: Anchor, page: Page) -> bool:
    if (
        not any(names_body(name) or names_kind(name) for name in anchor.names)
        or not same_site(anchor.url, page.url)
        or is_article(anchor.url)
    ):
        return False
    if urlsplit(anchor.url).netloc != urlsplit(page.url).netloc or slug_names(anchor.url) > 0:
        return True
    return not is_root(anchor.url) if is_root(page.url) else below(anchor.url, page.url)
