"""What we make of an answer: content, nothing, a block, or a page that only looks like an answer.

Pure: the same facts and body give the same judgement, so that it can be made again over the archive when the rules
improve. Whether a list page's layout is known is not decided here but by the spider that reads it.
"""

from __future__ import annotations

import codecs
import html
import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from gicrawl.archive.bodies import sniff
from gicrawl.archive.records import Judgement, Outcome, Role, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

TEXT_OF_A_PAGE = 200
"""Characters of visible text from which a page has content of its own; block pages and error pages stay below."""

TEXT_OF_A_NOTICE = 300
"""Characters of visible text up to which a page that says "does not exist" says it of itself."""

_SMALL = 16 * 1024  # bytes: larger pages say that they are missing in their title or not at all

_FRONT = 8 * 1024
"""Bytes at the start of a body in which its title stands, and the marks of a block page: those are short or begin
with their script. Looking no further keeps the cost of judging a long page near nothing."""

_INVISIBLE = re.compile(
    r"<(script|style|noscript|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<[^>]*>")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_SUBSTANCE = re.compile(
    rb"<(?:table|ul|ol|form|frameset|datastore)\b|\bid=[\"']?(?:app|root)\b|createPageHTML|loadPageData|_CONFIG\b|unitUrl"
    rb"|href=[\"']?[^\"'>\s]+\.(?:pdf|docx?|xlsx?|ofd|wps|zip|rar)\b",
    re.IGNORECASE,
)
"""What a page is about, or what a script will make of it: no challenge has any of it."""
_OFTEN = (b"<table ", b"<table>", b"<ul ", b"<ul>")
"""Of the same, what most pages have and is found without an expression."""
_LINK = re.compile(rb"<a\s[^>]*href", re.IGNORECASE)
_LINKS_OF_A_PAGE = 3  # block pages link to their vendor and to a form for complaints
_CHALLENGES = re.compile(
    rb"document\.cookie|location\.(?:reload|replace|href)|window\.location|\beval\(|\bsetTimeout\(", re.IGNORECASE
)
_CARRIES = re.compile(rb"<(?:img|iframe|frame|embed|object|script|datastore|meta[^>]+refresh)\b", re.IGNORECASE)
_NO_ROBOTS = frozenset({200, 404, 410})
_LOOKS_LIKE_AN_ANSWER = frozenset({Judgement.BLOCKED, Judgement.SOFT_404})
_MARKUP = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"})


class Facts(Protocol):
    """What a judgement needs to know of a capture; `Capture` and `StoredCapture` both have it."""

    @property
    def id(self) -> UUID:
        """Public id."""

    @property
    def outcome(self) -> Outcome:
        """What happened."""

    @property
    def role(self) -> Role:
        """Why it was fetched."""

    @property
    def status(self) -> int | None:
        """HTTP status."""


@dataclass(frozen=True, slots=True)
class _Block:
    name: str
    status: frozenset[int]
    headers: tuple[bytes, ...]
    body: tuple[bytes, ...]
    patterns: tuple[re.Pattern[bytes], ...]
    phrases: tuple[str, ...]

    @property
    def is_of_headers(self) -> bool:
        """Whether headers alone give it away: such stand on good pages, too."""
        return not (self.body or self.patterns or self.phrases)


@dataclass(frozen=True, slots=True)
class _Rules:
    version: str
    blocks: tuple[_Block, ...]
    missing: tuple[str, ...]


def judge(facts: Facts, head: bytes, body: bytes) -> Verdict | None:
    """Judges an answer.

    Args:
        facts: of its capture.
        head: status line and header block.
        body: complete, content-coding undone.

    Returns:
        None where the outcome says it all: 304, and robots.txt, redirects and errors that no block explains.
    """
    if facts.outcome is Outcome.NOT_MODIFIED:
        return None
    rules = _rules()
    page = _Page(body)
    if facts.role is Role.ROBOTS and facts.status in _NO_ROBOTS:
        return None  # whatever page came in its place: the next answer will show whether we are turned away
    signature = _blocked(rules, facts, head, page)
    if signature is None and (facts.role is Role.ROBOTS or facts.outcome is Outcome.REDIRECT):
        return None
    judgement = Judgement.CONTENT
    if signature is not None:
        judgement = Judgement.BLOCKED
    elif facts.outcome is not Outcome.OK:
        return None
    elif page.is_empty:
        judgement = Judgement.EMPTY
    else:
        signature = _missing(rules, page)
        if signature is not None:
            judgement = Judgement.SOFT_404
    return Verdict(capture=facts.id, judgement=judgement, signature=signature, rule=rules.version)


def turned_away(capture: UUID, signature: str) -> Verdict:
    """The judgement on what was not asked for because its host blocks us: the block stands between us and that, too."""
    return Verdict(capture=capture, judgement=Judgement.BLOCKED, signature=signature, rule=_rules().version)


def prevails(said: Judgement, standing: Judgement | None) -> bool:
    """Whether a later judgement on a capture may take the place of the one that stands.

    What people see is the newest judgement, so the weaker one must not be written at all. That a block page or an
    error page has no layout we know, or has links, makes it neither an unknown layout nor content. An empty page is
    content where a family found rows in it: titles may stand in attributes only.

    Args:
        said: the later one, of the spider that read the page.
        standing: what `judge` said, or None.
    """
    if standing in _LOOKS_LIKE_AN_ANSWER:
        return said in _LOOKS_LIKE_AN_ANSWER
    return standing is not Judgement.EMPTY or said is not Judgement.LAYOUT_UNKNOWN


class _Page:
    """A body, with its text worked out only where somebody asks for it: most pages are long and plainly content."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.is_markup = sniff(body) in _MARKUP
        self._markup: str | None = None
        self._text: str | None = None

    @property
    def front(self) -> str:
        """Start of the body as text; a character cut in two at its end is left out."""
        start = self.body[:_FRONT]
        try:
            return codecs.getincrementaldecoder("utf-8")().decode(start)
        except UnicodeDecodeError:
            return start.decode("gb18030", "replace")

    @cached_property
    def small_front(self) -> bytes:
        """Start of the body with its ASCII letters small."""
        return self.body[:_FRONT].lower()

    @property
    def markup(self) -> str:
        if self._markup is None:
            try:
                self._markup = self.body.decode("utf-8")
            except UnicodeDecodeError:
                self._markup = self.body.decode("gb18030", "replace")
        return self._markup

    @property
    def text(self) -> str:
        """Visible text without white space."""
        if self._text is None:
            self._text = "".join(html.unescape(_TAG.sub("", _INVISIBLE.sub("", self.markup))).split())
        return self._text

    @property
    def is_empty(self) -> bool:
        if not self.body.strip():
            return True
        return self.is_markup and len(self.body) < _SMALL and not _CARRIES.search(self.body) and not self.text

    @property
    def has_substance(self) -> bool:
        """Whether there is what no page of a shield has: links, lists, tables, files, or the hold of a script."""
        if any(mark in self.body for mark in _OFTEN):
            return True
        return _SUBSTANCE.search(self.body) is not None or len(_LINK.findall(self.body)) >= _LINKS_OF_A_PAGE

    @property
    def is_challenge(self) -> bool:
        """Whether there is nothing but a script that sets a cookie, or sends the reader on."""
        return (
            self.is_markup
            and b"<script" in self.body[:_FRONT].lower()
            and _CHALLENGES.search(self.body) is not None
            and not _LINK.search(self.body)
            and not self.has_substance
            and len(self.text) < TEXT_OF_A_PAGE
        )

    @property
    def title(self) -> str:
        match = _TITLE.search(self.front)
        return "".join(html.unescape(match[1]).split()) if match else ""


def _blocked(rules: _Rules, facts: Facts, head: bytes, page: _Page) -> str | None:
    if facts.outcome is Outcome.OK and len(page.body) > _SMALL and page.has_substance:
        return None  # most pages, at the cost of finding their first list
    if page.body and not page.is_markup:
        return None  # a PDF is what was asked for, whatever its headers say
    lowered, front = head.lower(), page.body[:_FRONT]
    for block in rules.blocks:
        if (
            facts.outcome is Outcome.OK
            and block.status
            and facts.status not in block.status
            and not block.is_of_headers
        ):
            continue  # would not count: most pages are good ones, and nothing is looked for on them in vain
        if _is_marked(block, lowered, front, page) and _counts(block, facts, page):
            return block.name
    return None


def _is_marked(block: _Block, head: bytes, front: bytes, page: _Page) -> bool:
    """Whether an answer has every kind of mark that is given."""
    if block.headers and not any(mark in head for mark in block.headers):
        return False
    if block.body and not any(mark in front for mark in block.body):
        return False
    if block.patterns and not any(pattern.search(page.small_front) for pattern in block.patterns):
        return False
    if block.phrases:
        return page.is_markup and len(page.body) <= _SMALL and any(phrase in page.text for phrase in block.phrases)
    return True


def _counts(block: _Block, facts: Facts, page: _Page) -> bool:
    """Whether the marks mean that we are turned away: shields leave them on good pages, and on their redirects, too."""
    named = facts.status in block.status
    if facts.outcome is Outcome.REDIRECT:
        return named
    if facts.outcome is not Outcome.OK:
        return named or not block.status
    if block.is_of_headers:
        return named or page.is_challenge
    if block.status and not named:
        return False
    return len(page.text) < TEXT_OF_A_PAGE and (bool(block.phrases) or not page.has_substance)


def _missing(rules: _Rules, page: _Page) -> str | None:
    if not page.is_markup:
        return None
    title = page.title.lower()
    for phrase in rules.missing:
        if phrase in title:
            return phrase
    if len(page.body) < _SMALL and len(page.text) < TEXT_OF_A_NOTICE:
        text = page.text.lower()
        for phrase in rules.missing:
            if phrase in text:
                return phrase
    return None


@cache
def _rules() -> _Rules:
    data = tomllib.loads(files("gicrawl.crawling").joinpath("signatures.toml").read_text(encoding="utf-8"))
    missing = tuple("".join(phrase.lower().split()) for phrase in data["soft_404"]["phrases"])
    return _Rules(data["version"], tuple(_block(entry) for entry in data["block"]), missing)


def _small(pattern: str) -> str:
    """A pattern for what is in small letters, which is found several times as fast as by ignoring case."""
    if (plain := re.sub(r"\\.", "", pattern)) != plain.lower():
        raise ValueError(f"signatures.toml: pattern {pattern!r} is to be written in small letters; it matches all")
    return pattern


def _block(entry: Mapping[str, Any]) -> _Block:
    unknown = entry.keys() - {"name", "status", "headers", "body", "patterns", "phrases", "seen"}
    marks = entry.keys() & {"headers", "body", "patterns", "phrases"}
    if unknown or not entry["seen"] or not marks or (marks == {"headers"} and "status" not in entry):
        raise ValueError(
            f"signatures.toml: entry {entry.get('name')!r} is incomplete or has unknown keys {sorted(unknown)}"
        )
    return _Block(
        entry["name"],
        frozenset(entry.get("status", ())),
        tuple(mark.lower().encode("ascii") for mark in entry.get("headers", ())),
        tuple(mark.encode("ascii") for mark in entry.get("body", ())),
        tuple(re.compile(_small(pattern).encode("ascii")) for pattern in entry.get("patterns", ())),
        tuple(entry.get("phrases", ())),
    )
