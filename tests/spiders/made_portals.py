"""What an imitation portal is, and what a crawl of one brought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, str, bytes]
Page = str | bytes | Answer | Callable[[dict[str, str]], Answer | bytes | str]

HTML = "text/html"


@dataclass
class Portal:
    """A site made of a dict from path to page, with a log of what was asked."""

    pages: dict[str, Page]
    asked: list[tuple[str, str]] = field(default_factory=list)
    origin: str = ""

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        self.asked.append((method, target))
        parts = urlsplit(target)
        page = self.pages.get(target, self.pages.get(parts.path))
        if callable(page):
            query = dict(parse_qsl(parts.query)) | dict(parse_qsl(body.decode()))
            page = page(query | {"METHOD": method, "BODY": body.decode()})
        if page is None:
            return 404, HTML, "<h1>没有这个页面</h1>".encode()
        if isinstance(page, tuple):
            return page
        return 200, HTML, page.encode() if isinstance(page, str) else page

    def paths(self) -> list[str]:
        return [target for _, target in self.asked]


@dataclass
class Crawled:
    """What a crawl brought: items by type, articles by path, and the log."""

    links: list[dict[str, Any]]
    pages: list[dict[str, Any]]
    articles: list[str]
    leads: dict[str, dict[str, Any]]
    log: str

    @property
    def last(self) -> list[bool]:
        return [page["last"] for page in self.pages if page["role"] == "list"]

    @property
    def layouts(self) -> list[str | None]:
        return [page["layout"] for page in self.pages]


Serve = Callable[[dict[str, Page]], Portal]


class Crawl(Protocol):
    """Runs a spider with its arguments."""

    def __call__(self, spider: str, **arguments: str) -> Crawled: ...
