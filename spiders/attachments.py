"""What belongs to an article: the files attached to it and the pictures of its text, in the order of the page.

Half of all reports are not on the page that announces them, but in a file it links to, or in pictures it shows. What a
link is, its URL says, or its words, or its place; which words and shapes those are stands in `attachments.toml`.
Everything else on a page is left out: the portal's own decoration, other pages' links, signs of file types, counters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import turbohtml
from w3lib.url import safe_url_string

from gicrawl.portals.sites import same_site
from spiders.attachment_rules import ARTICLE, ATTACHMENT, IMAGE, is_html, rules
from spiders.pages import printed_title, shown_text, squeeze
from spiders.pieces import frames
from spiders.urls import MAX_FILE_URL, identity, is_root, join
from spiders.vocabulary import TitleSays, normalise, title_says, year_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from spiders.family import Enclosed
    from spiders.pages import Page

MAX_ATTACHED = 100
"""Of one article; the longest report published as pictures that is known has some forty."""

TEXT_OF_A_VIEWER = 300
"""Characters of text up to which a page shows a file and is none itself."""

_OF_THEIR_OWN = 3
"""Files with titles of different reports from which a page is a list of reports rather than one of them."""

_BLOCK = frozenset({"div", "p", "ul", "ol", "dl", "li", "td", "tr", "table", "section", "span", "dd"})
_LONGEST_BLOCK = 600  # characters of text up to which a block may be all about other pages
_LONGEST_HEADING = 12
_STRING = re.compile(r"[\"']([^\"'\s<>{}+$]{5,600})[\"']")
_PIXELS = re.compile(r"^\s*(\d+)\s*(?:px)?\s*$")
_STYLED = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*(\d+)(?:\.\d+)?px", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[《【][^)\]》】]{0,12}[)\]》】]|[《》【】\[\]():,.、\-_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """Something an article links to or shows.

    Attributes:
        url: where it is, fit to be requested.
        text: what the link shows, or the alternative text of a picture.
        role: `attachment`, `image`, or `article` for a file that is a report of its own.
    """

    url: str
    text: str
    title: str | None
    role: str


def attached(page: Page, title: str | None = None) -> list[Attached]:
    """Find what belongs to an article.

    Args:
        page: of the article.
        title: the text of the link that led there, if it was one.

    Returns:
        In the order of the page, each once; those of other sites too. At most `MAX_ATTACHED`.
    """
    return _Reading(page, title).found()[:MAX_ATTACHED]


def with_enclosed(found: list[Attached], enclosed: Iterable[Enclosed]) -> list[Attached]:
    """Add the files that a list names for an article to those found on its page, each once."""
    known = {identity(one.url) for one in found}
    named = {identity(one.url): one for one in enclosed}
    return [
        *found,
        *(
            Attached(url=safe_url_string(one.url), text=one.text, title=None, role=ATTACHMENT)
            for key, one in named.items()
            if key not in known
        ),
    ]


def shown_file(page: Page) -> Attached | None:
    """Find the file that a page only shows or forwards to: it came where a file was asked for.

    A page with a text of its own shows no file: it is what the link led to.
    """
    body = page.tree.find("body")
    if body is not None and len(squeeze(body.text, TEXT_OF_A_VIEWER + 1)) > TEXT_OF_A_VIEWER:
        return None
    reading = _Reading(page, None)
    files = [one for one in reading.found() if one.role == ATTACHMENT and identity(one.url) != identity(page.url)]
    if files:
        return files[0]
    for url in frames(page):
        if rules().kind(url) is not None and identity(url) != identity(page.url):
            return Attached(url=safe_url_string(url), text="", title=None, role=ATTACHMENT)
    return None


class _Reading:
    """One article being looked through."""

    def __init__(self, page: Page, title: str | None) -> None:
        self._page = page
        self._rules = rules()
        titles = [page.meta("ArticleTitle"), page.title, title]
        self._titles = {core for core in (core_of(one) for one in titles if one) if core}
        self._year = next((year for year in map(year_of, filter(None, titles)) if year is not None), None)
        self._clickable = frozenset({*self._rules.file_attributes, "onclick"})
        self._places: dict[turbohtml.Element, str | None] = {}

    @cached_property
    def _contents(self) -> set[turbohtml.Element]:
        """The elements that hold the article; looked for where something stands that may be in one."""
        return {
            element
            for element in self._page.tree.select(self._rules.content)
            if element.text.strip() or element.find(["img", "iframe", "embed", "object", "a"]) is not None
        }

    def found(self) -> list[Attached]:
        """Return what belongs to the article, each once."""
        once: dict[str, Attached] = {}
        for one in self._all():
            once.setdefault(identity(one.url), one)
        return self._with_reports_apart(list(once.values()))

    def _all(self) -> Iterator[Attached]:
        for element in self._page.tree.select(self._rules.carriers):
            match element.tag:
                case "img":
                    one = self._picture(element)
                case "a" | "area":
                    one = self._link(element) or self._clicked(element)
                case "iframe" | "frame" | "embed" | "object":
                    one = self._frame(element)
                case _:
                    one = self._clicked(element)
            if one is not None:
                yield one
        for script in self._page.scripts:
            for url in self._strings(script):  # helpers of a portal name its download script, and no file
                if self._rules.has_suffix(url) and same_site(url, self._page.url):
                    yield Attached(url=url, text="", title=None, role=ATTACHMENT)

    # What a URL says

    def _resolve(self, href: str) -> str | None:
        """Resolve a printed URL; of a viewer, to the file it shows."""
        url = self._page.resolve(href, MAX_FILE_URL)
        return None if url is None else fit_to_request(url)

    # What an element says

    def _link(self, element: turbohtml.Element) -> Attached | None:
        href = element.attr("href")
        url = self._resolve(href) if isinstance(href, str) else None
        if url is None or is_root(url):
            return None
        kind = self._rules.kind(url)
        if kind is None and is_folder(url):
            return None  # nearly all links of a page are its menus'
        text, title = shown_text(element), printed_title(element)
        if kind is None and self._is_called_file(url, text, title, element):
            kind = ATTACHMENT
        if kind is None or self._is_chrome(element) or self._rules.never.search(normalise(text)):
            return None
        if kind == IMAGE:
            if self._is_sign(url, element):
                return None
            kind = IMAGE if element.find("img") is not None else ATTACHMENT
        return Attached(url=url, text=text, title=title, role=kind)

    def _is_called_file(self, url: str, text: str, title: str | None, element: turbohtml.Element) -> bool:
        if is_folder(url):
            return False
        if is_html(url) and "附" not in text and "附" not in (title or ""):
            return False
        names = [normalise(name) for name in (text, title) if name]
        if is_html(url):  # a page, unless the article itself calls it its file
            called = any(name.startswith("附件") for name in names) and self._place(element) == "content"
        else:
            called = any(map(_says_file, names)) or any(core_of(name) in self._titles for name in names)
        return called and identity(url) != identity(self._page.url)

    def _picture(self, element: turbohtml.Element) -> Attached | None:
        printed = (element.attr(name) for name in self._rules.picture_attributes)
        url = next((url for src in printed if isinstance(src, str) and (url := self._resolve(src))), None)
        if url is None or self._is_sign(url, element) or self._leads_elsewhere(element):
            return None
        if not self._contents:  # nobody knows where the text is: what looks like a picture, and not like a template's
            if (
                self._rules.kind(url) is None
                or self._rules.templates.search(urlsplit(url).path)
                or self._is_chrome(element)
            ):
                return None
        elif self._place(element) != "content":
            return None
        label = element.attr("alt")
        return Attached(
            url=url, text=squeeze(label) if isinstance(label, str) else "", title=printed_title(element), role=IMAGE
        )

    def _leads_elsewhere(self, picture: turbohtml.Element) -> bool:
        """Whether a picture is a link: to a page it announces, to a file it is the sign of, or to its larger self."""
        anchor = picture.closest("a")
        href = anchor.attr("href") if anchor is not None else None
        return isinstance(href, str) and self._page.resolve(href, MAX_FILE_URL) is not None

    def _is_sign(self, url: str, element: turbohtml.Element) -> bool:
        if self._rules.icons.search(url):
            return True
        for name in ("width", "height"):
            value = element.attr(name)
            declared = _PIXELS.match(value) if isinstance(value, str) else None
            if declared and int(declared[1]) <= self._rules.smallest:
                return True
        style = element.attr("style")
        if isinstance(style, str) and any(int(size) <= self._rules.smallest for size in _STYLED.findall(style)):
            return True
        labels = (element.attr("alt"), element.attr("title"))
        return any(isinstance(one, str) and self._rules.not_text.search(normalise(one)) for one in labels)

    def _frame(self, element: turbohtml.Element) -> Attached | None:
        src = element.attr("data" if element.tag == "object" else "src")
        url = self._resolve(src) if isinstance(src, str) else None
        if url is None or self._is_chrome(element):
            return None
        if self._rules.kind(url) is None and not self._may_show_file(url, element):
            return None
        return Attached(url=url, text="", title=printed_title(element), role=ATTACHMENT)

    def _may_show_file(self, url: str, element: turbohtml.Element) -> bool:
        """Whether an embedded page stands where an article's file would."""
        if self._rules.chrome_frames.search(urlsplit(url).path) or not same_site(url, self._page.url):
            return False
        return element.tag == "iframe" and self._place(element) == "content"

    def _clicked(self, element: turbohtml.Element) -> Attached | None:
        """What only a script would open: the file named by an attribute or by the code of a click."""
        attributes = element.attrs
        if element.tag == "a" and self._clickable.isdisjoint(attributes.keys()):
            href = attributes.get("href")
            if not isinstance(href, str) or href.lstrip()[:11].lower() != "javascript:":
                return None
        printed = [element.attr(name) for name in self._rules.file_attributes]
        # Of several, one that is a whole path and not the name of a file, to which a script would add one.
        named = sorted((one for one in printed if isinstance(one, str)), key=lambda one: "/" not in one)
        urls = [url for one in named if (url := self._resolve(one))]
        for name in ("onclick", "href"):
            code = element.attr(name)
            if isinstance(code, str) and (name == "onclick" or code.lower().lstrip().startswith("javascript:")):
                urls.extend(self._strings(code))
                called = self._page.calls.destination(code, element)
                urls.extend(url for url in (self._resolve(called) if called else None,) if url)
        text, title = shown_text(element), printed_title(element)
        url = next(
            (
                url
                for url in urls
                if self._rules.kind(url) == ATTACHMENT or self._is_called_file(url, text, title, element)
            ),
            None,
        )
        if url is None or self._is_chrome(element):
            return None
        return Attached(url=url, text=text, title=title, role=ATTACHMENT)

    def _strings(self, code: str) -> Iterator[str]:
        for match in _STRING.finditer(code.replace("\\/", "/").replace('\\"', '"')):
            string = match[1]
            if "/" not in string and not self._rules.places.search(string):
                continue  # a bare name may be joined to anything
            url = self._resolve(string) if self._rules.names_file(string) or "?" in string else None
            if url is not None and self._rules.kind(url) == ATTACHMENT:
                yield url

    # Where an element stands

    def _is_chrome(self, element: turbohtml.Element) -> bool:
        return self._place(element) == "chrome"

    def _place(self, element: turbohtml.Element) -> str | None:
        """Where an element stands: in the `content`, in the `chrome` around it, or None, nobody knows."""
        path: list[turbohtml.Element] = []
        place: str | None = None
        for ancestor in (element, *element.ancestors):
            if not isinstance(ancestor, turbohtml.Element):
                break  # the document itself
            if ancestor in self._places:
                place = self._places[ancestor]
                break
            path.append(ancestor)
            place = self._own_place(ancestor)
            if place is not None:
                break
        self._places.update((passed, place) for passed in path)
        return place

    def _own_place(self, element: turbohtml.Element) -> str | None:
        if element in self._contents:
            return "content"
        if element.tag in {"body", "html"}:
            return None
        names = [element.attr("id"), element.attr("class")]
        tokens = [token for value in names if isinstance(value, str) for token in value.split()]
        if element.tag in self._rules.chrome_tags or any(map(self._rules.chrome_names.search, tokens)):
            return "chrome"
        return "chrome" if element.tag in _BLOCK and self._is_about_others(element) else None

    def _is_about_others(self, element: turbohtml.Element) -> bool:
        text = element.text
        start = normalise(text.strip()[:_LONGEST_HEADING])
        if self._rules.other_pages.search(start) and len(squeeze(text, _LONGEST_BLOCK + 1)) <= _LONGEST_BLOCK:
            return True
        before = element.previous_sibling
        while before is not None and not isinstance(before, turbohtml.Element):
            before = before.previous_sibling  # white space between the heading and its list
        heading = normalise(before.text.strip()[: 4 * _LONGEST_HEADING]) if before is not None else ""
        return 0 < len(heading) <= _LONGEST_HEADING and self._rules.other_pages.search(heading) is not None

    # Reports of their own

    def _with_reports_apart(self, found: list[Attached]) -> list[Attached]:
        """Tell the files that are reports of their own: of another year, or of the bodies a page lists."""
        named = {one.url: core_of(one.title or one.text) for one in found if one.role == ATTACHMENT and _is_report(one)}
        others = {core for core in named.values() if core not in self._titles}
        many = len(others) >= _OF_THEIR_OWN
        return [
            Attached(url=one.url, text=one.text, title=one.title, role=ARTICLE)
            if one.url in named and named[one.url] in others and (many or self._is_of_another_year(one))
            else one
            for one in found
        ]

    def _is_of_another_year(self, one: Attached) -> bool:
        year = year_of(one.title or one.text)
        return year is not None and self._year is not None and year != self._year


_PLAIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::[1-5]?\d{1,4})?/[\w/-]*(?:\.\w+)?", re.ASCII)
"""A URL with nothing to be looked into or to be written otherwise."""
_REMEMBERED = 2048  # menus link to the same URLs, by the same words, on every page


@lru_cache(_REMEMBERED)
def fit_to_request(url: str) -> str:
    """A resolved URL as it can be asked for; of a viewer, that of the file it shows."""
    if _PLAIN.fullmatch(url):
        return url
    known, parts = rules(), urlsplit(url)
    if parts.query and (known.viewers.search(parts.path) or is_html(url)):
        for name, printed in parse_qsl(parts.query):
            # A program that hands the file out has a query of its own, which not every portal escapes.
            value = parts.query.partition(f"{name}=")[2] if "?" in printed and "?" in parts.query else printed
            if name.lower() in known.viewer_parameters and (
                known.names_file(value) or known.kind(urljoin(url, value)) == ATTACHMENT
            ):
                url = join(url, unquote(value) if "%2F" in value else value, MAX_FILE_URL) or url
                break
    return safe_url_string(url)


@lru_cache(_REMEMBERED)
def is_folder(url: str) -> bool:
    """Say whether a URL is that of a folder."""
    return urlsplit(url).path.endswith("/")


@lru_cache(_REMEMBERED)
def _says_file(name: str) -> bool:
    return rules().says_file.search(name) is not None


def _is_report(one: Attached) -> bool:
    return title_says(one.title or one.text) is TitleSays.REPORT


def core_of(title: str) -> str:
    """A title without what a portal puts around it: 附件1, brackets, the suffix of a file."""
    text = re.sub(r"\.\w{2,4}$", "", normalise(title))
    text = re.sub(r"^附件?[\d一二三四五六七八九十]*[:.、]?", "", text)
    return _BRACKETS.sub("", text).removesuffix("下载")
