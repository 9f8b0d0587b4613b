"""The rules of `attachments.toml`, compiled: what URLs, words and places say of an article's files and pictures."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCE = Path(__file__).with_name("attachments.toml")

ARTICLE, ATTACHMENT, IMAGE = "article", "attachment", "image"

_HTML = re.compile(r"\.(?:s?html?|xhtml|jhtml)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What `attachments.toml` says; patterns about words are for texts that `vocabulary.normalise` has been over.

    Attributes:
        places: URLs of files that have no suffix.
        viewers: paths of pages that show the file one of `viewer_parameters` names.
        file_attributes: where portals keep a file's URL for their scripts.
        picture_attributes: where they keep a picture's, in the order to be tried.
        says_file: texts of links to files.
        never: texts of links that only look so.
        other_pages: how blocks about other pages begin.
        not_text: labels of pictures that are no part of a text.
        content: selector of the elements that hold an article.
        chrome_names: classes and ids of elements that hold no part of one.
        chrome_frames: URLs of embedded pages that hold no part of one.
        icons: URLs of signs.
        templates: folders of decoration.
        smallest: pixels up to which a picture is a sign.
        carriers: selector of all elements that may name a file or picture.
    """

    files: re.Pattern[str]
    pictures: re.Pattern[str]
    places: re.Pattern[str]
    viewers: re.Pattern[str]
    viewer_parameters: frozenset[str]
    file_attributes: tuple[str, ...]
    picture_attributes: tuple[str, ...]
    says_file: re.Pattern[str]
    never: re.Pattern[str]
    other_pages: re.Pattern[str]
    not_text: re.Pattern[str]
    content: str
    chrome_tags: frozenset[str]
    chrome_names: re.Pattern[str]
    chrome_frames: re.Pattern[str]
    icons: re.Pattern[str]
    templates: re.Pattern[str]
    smallest: int
    carriers: str

    def kind(self, url: str) -> str | None:
        """Say what a URL leads to by its shape: `attachment`, `image`, or None, it does not say."""
        return _kind(url) if self is rules() else self.find_kind(url)

    def find_kind(self, url: str) -> str | None:
        """As `kind`, not looking whether it is known."""
        path = _path(url)
        if self.files.search(path):
            return ATTACHMENT
        if self.pictures.search(path):
            return IMAGE
        if is_html(url):
            return None
        return ATTACHMENT if self.places.search(url) or self.has_suffix(url) else None

    def has_suffix(self, url: str) -> bool:
        """Say whether a URL, or the query of a script, names a file by its suffix."""
        if self.files.search(_path(url)):
            return True
        return not is_html(url) and any(self.files.search(value) for _, value in parse_qsl(urlsplit(url).query))

    def names_file(self, value: str) -> bool:
        """Say whether a string, of a script or of a viewer's query, could be the URL of a file or picture."""
        path = value.partition("?")[0].partition("#")[0]
        return bool(self.files.search(path) or self.pictures.search(path) or self.places.search(value))


_REMEMBERED = 2048  # URLs whose shape is remembered: menus link to the same ones on every page


@lru_cache(_REMEMBERED)
def _kind(url: str) -> str | None:
    return rules().find_kind(url)


@lru_cache(_REMEMBERED)
def is_html(url: str) -> bool:
    """Say whether a URL is that of a page, by its suffix."""
    return _HTML.search(_path(url)) is not None


def _path(url: str) -> str:
    return unquote(urlsplit(url).path).partition(";")[0]


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _suffix(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\.(?:{'|'.join(names)})$", re.IGNORECASE)


@cache
def rules() -> Rules:
    """The rules, read once."""
    data: dict[str, Any] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    attributes, words, chrome, icons = data["attributes"], data["words"], data["chrome"], data["icons"]
    carriers = ["a", "area", "img", "iframe", "frame", "embed", "object", "[onclick]"]
    return Rules(
        files=_suffix(data["suffixes"]["files"]),
        pictures=_suffix(data["suffixes"]["pictures"]),
        places=_any(place["pattern"] for place in data["places"]),
        viewers=_any([data["viewers"]["pages"]]),
        viewer_parameters=frozenset(data["viewers"]["parameters"]),
        file_attributes=tuple(attributes["files"]),
        picture_attributes=tuple(attributes["pictures"]),
        says_file=_any(words["file"]),
        never=_any(words["never"]),
        other_pages=_any(words["other_pages"]),
        not_text=_any(words["not_text"]),
        content=", ".join(data["content"]["selectors"]),
        chrome_tags=frozenset(chrome["tags"]),
        chrome_names=_any(f"^(?:{name})$" for name in chrome["names"]),
        chrome_frames=_any([chrome["frames"]]),
        icons=_any(icon["pattern"] for icon in icons["anywhere"]),
        templates=_any([icons["templates"]]),
        smallest=int(icons["smallest"]),
        carriers=", ".join([*carriers, *(f"[{name}]" for name in attributes["files"])]),
    )
