"""Addresses as the manifest of the sample portals has them."""

from __future__ import annotations

from urllib.parse import urlsplit


def path_of(url: str) -> str:
    """Path and query of a URL: what the manifest calls a path."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
