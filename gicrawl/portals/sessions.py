"""What portals write into addresses for a visitor and not for a page: session ids, and what keeps caches out."""

from __future__ import annotations

import re

_IN_PATH = re.compile(
    r";(?:jsessionid|phpsessid|sid|session_?id)=[^/?#;]*|/\(S\([a-z0-9]{20,30}\)\)(?=/)", re.IGNORECASE
)
"""Servlets put the session behind the path, ASP.NET before it where a browser takes no cookies."""
_IN_QUERY = re.compile(
    r"(?:jsessionid|phpsessid|session_?id|aspsessionid[a-z]*)(?:=.*)?\Z"
    r"|(?:nocache|rnd|rand|random|timestamp)=[\d.]*\Z|_=(?:\d{10,}|0\.\d+)\Z"
    r"|(?:t|ts|r|v|time)=(?:\d{13}|0\.\d{6,})\Z",
    re.IGNORECASE,
)
"""Names that mean nothing else; those of one letter with the milliseconds of a clock or `Math.random()` alone."""


def same_but_for_session(url: str, other: str) -> bool:
    """Say whether two URLs differ in nothing but a visitor's session: as where a server writes it in at first sight."""
    return _without_session(url) == _without_session(other)


def _without_session(url: str) -> tuple[str, str]:
    path, _, query = url.partition("?")
    return path_without_session(path), query_without_session(query)


def path_without_session(path: str) -> str:
    """The path of a URL, or all of it, without session ids (`;jsessionid=…`, `/(S(…))/`)."""
    return _IN_PATH.sub("", path) if ";" in path or "(" in path else path


def query_without_session(query: str) -> str:
    """A query string without empty pairs, session ids and cache busters; nothing else is changed, nor the order.

    Portals tell pages apart by any other parameter: `sid` is the number of a site as often as that of a session.
    """
    return "&".join(pair for pair in query.split("&") if pair and not _IN_QUERY.match(pair))
