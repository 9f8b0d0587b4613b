"""Which site a URL belongs to: the one answer for spiders, crawls and registries."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

_REMEMBERED = 2048  # URLs: menus link to the same ones on every page
_SECOND_LEVEL = frozenset({"gov", "com", "org", "net", "edu", "ac", "mil"})
_ADDRESS = re.compile(r"^[\d.]+$|:")


@lru_cache(_REMEMBERED)
def site(url: str) -> str:
    """Name the site a URL belongs to: the registered domain, or host and port where there is no domain.

    `tjj.example.gov.cn` and `www.example.gov.cn` are one site: departments live on hosts of their own.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if is_address(host) or "." not in host:
        return parts.netloc.rpartition("@")[2]
    labels = host.split(".")
    depth = 3 if len(labels) > 2 and labels[-1] == "cn" and labels[-2] in _SECOND_LEVEL else 2  # noqa: PLR2004  x.gov.cn
    return ".".join(labels[-depth:])


def same_site(url: str, other: str) -> bool:
    """Say whether two URLs belong to one portal."""
    return site(url) == site(other)


def is_address(host: str) -> bool:
    """Say whether a host is a numeric address, of either kind, and no name."""
    return _ADDRESS.search(host) is not None
