"""How a page is sent: framing, coding, validators, connection; spread over the pages so that each kind is met."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import TYPE_CHECKING

from gicrawl.sample.site import Page

if TYPE_CHECKING:
    import random
    from datetime import date

    from gicrawl.sample.site import Attachment

_WAYS = (
    {"transfer": "length"},
    {"transfer": "chunked"},
    {"transfer": "length", "gzip": True},
    {"transfer": "chunked", "trailer": True},
    {"transfer": "length", "close": True},
    {"transfer": "chunked", "gzip": True},
    {"transfer": "close", "close": True},
)
"""The first pages of a portal go through all of them in turn; later ones are drawn."""
_WEIGHTS = (8, 4, 1, 1, 2, 1, 1)
_VALIDATORS = ("none", "both", "date", "weak")


class Delivery:
    """Hands out ways of delivery for one portal."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._count = 0

    def article(self, page: Page, published: date) -> Page:
        """Any way of sending, any validators."""
        turn = self._count
        self._count += 1
        way = _WAYS[turn] if turn < len(_WAYS) else self._rng.choices(_WAYS, weights=_WEIGHTS)[0]
        page = replace(page, **way)
        kind = _VALIDATORS[turn % 4] if turn < len(_VALIDATORS) else self._rng.choice(_VALIDATORS)
        return with_validators(page, published, kind)


def file_page(file: Attachment, published: date, *, disposition: str | None = None) -> Page:
    """An attached file as it is served: plain and with validators; chunked and without where a program hands it out."""
    page = Page(body=file.body, content_type=file.content_type, disposition=disposition)
    if disposition is not None:
        return replace(page, transfer="chunked")
    return with_validators(page, published, "both")


def with_validators(page: Page, published: date, kind: str) -> Page:
    """Give a page validators.

    Args:
        page: any page.
        published: its date.
        kind: `none`, `both` (strong ETag and Last-Modified), `date` (Last-Modified only), `weak` (weak ETag only).
    """
    tag = hashlib.sha256(page.body).hexdigest()[:12]
    moment = datetime.combine(published, time(8, 20, 5), tzinfo=UTC)
    if kind == "both":
        return replace(page, etag=f'"{tag}"', last_modified=format_datetime(moment, usegmt=True))
    if kind == "date":
        return replace(page, last_modified=format_datetime(moment, usegmt=True))
    if kind == "weak":
        return replace(page, etag=f'W/"{tag}"')
    return page
