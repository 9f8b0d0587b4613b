"""What is there, computed by whoever made it; handed out only when the servers stop, never over HTTP."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.sample.site import DOCUMENT, NEAR_MISSES, REPORT, UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.sample.report import Truth
    from gicrawl.sample.site import Page, Placed, Portal

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def describe(portals: Sequence[Portal], *, seed: int, documents: bool) -> dict[str, Json]:
    """The manifest of all portals.

    Args:
        portals: built portals.
        seed: what they were drawn from.
        documents: whether files of the user stand in for the reports, of which no truth is known.

    Returns:
        ``{"seed", "documents", "portals": [...]}``; each portal has its registry fields, `column`, `charset`,
        `list_pages`, `robots`, `counts`, and the lists `reports`, `near_misses`, `unavailable`, `files`.
    """
    return {"seed": seed, "documents": documents, "portals": [_portal(portal) for portal in portals]}


def _portal(portal: Portal) -> dict[str, Json]:
    by_kind = {kind: [p for p in portal.placed if p.entry.kind == kind] for kind in _kinds()}
    counts: dict[str, Json] = {kind: len(placed) for kind, placed in by_kind.items() if placed}
    counts["listed"] = len(portal.placed)
    counts["list_pages"] = len(portal.list_pages)
    return {
        "id": portal.id,
        "body": portal.body,
        "level": portal.level,
        "family": portal.family,
        "host": portal.host,
        "charset": {"declared": portal.charset[0], "real": portal.charset[1]},
        "column": portal.column,
        "counts": counts,
        "robots": {
            "path": "/robots.txt",
            "served": "/robots.txt" in portal.pages,
            "disallow": list(portal.forbidden),
        },
        "list_pages": [
            {"path": path, "entries": [{"listed": p.listed, "kind": p.entry.kind} for p in placed]}
            for path, placed in portal.list_pages
        ],
        "reports": [_report(portal, p) for p in by_kind[REPORT]],
        "near_misses": [_listed(portal, p) for kind in NEAR_MISSES for p in by_kind[kind]],
        "unavailable": [_listed(portal, p) for kind in UNAVAILABLE for p in by_kind[kind]],
        "files": [_file(p) for p in by_kind[DOCUMENT]],
    }


def _kinds() -> tuple[str, ...]:
    return (REPORT, DOCUMENT, *NEAR_MISSES, *UNAVAILABLE)


def _delivery(page: Page) -> dict[str, Json]:
    return {
        "sha256": hashlib.sha256(page.body).hexdigest(),
        "bytes": len(page.body),
        "transfer": page.transfer,
        "gzip": page.gzip,
        "etag": page.etag,
        "last_modified": page.last_modified,
    }


def _listed(portal: Portal, placed: Placed) -> dict[str, Json]:
    page = portal.pages.get(placed.path)
    return {
        "kind": placed.entry.kind,
        "path": placed.path,
        "listed": placed.listed,
        "list_page": placed.list_page,
        "title": placed.entry.title,
        "published": placed.entry.published.isoformat(),
        "delivery": None if page is None else _delivery(page),
        "attachments": [
            {
                "path": path,
                "missing": file.missing,
                "sha256": None if file.missing else hashlib.sha256(file.body).hexdigest(),
            }
            for file, path in zip(placed.entry.attachments, placed.attachments, strict=True)
        ],
    }


def _report(portal: Portal, placed: Placed) -> dict[str, Json]:
    truth = placed.entry.truth
    assert truth is not None
    return {**_listed(portal, placed), "portal": portal.id, **truth_to_json(truth)}


def truth_to_json(truth: Truth) -> dict[str, Json]:
    """The truth about one report.

    Returns:
        `issuer`, `level`, `kind_of_body`, `year`, `script`, `layout`, `paste`, `defect`, `forms` (table to form),
        `cells` (table, row, column to value; null where there is no number), `states` (the same nesting, only cells
        that are not numbers), `units` (the same, only cells with a printed unit), `failed` (identities that fail or
        cannot be assessed: id, status, place), `facts`.
    """
    cells: dict[str, Json] = {}
    states: dict[str, Json] = {}
    units: dict[str, Json] = {}
    for key, figure in truth.figures.items():
        _put(cells, key, figure.value)
        if figure.state != "number":
            _put(states, key, figure.state)
        if figure.unit is not None:
            _put(units, key, figure.unit)
    return {
        "issuer": truth.issuer.official,
        "issuer_level": truth.issuer.level,
        "issuer_kind": truth.issuer.kind,
        "year": truth.year,
        "script": truth.script,
        "layout": truth.layout,
        "paste": truth.paste,
        "defect": truth.defect,
        "forms": dict(truth.forms),
        "cells": cells,
        "states": states,
        "units": units,
        "failed": [{"id": f.id, "status": f.status, "place": f.place} for f in truth.failed],
        "facts": [{"key": f.key, "value": f.value, "unit": f.unit, "sentence": f.sentence} for f in truth.facts],
    }


def _put(tree: dict[str, Json], key: tuple[str, str, str], value: Json) -> None:
    rows = tree.setdefault(key[0], {})
    assert isinstance(rows, dict)
    columns = rows.setdefault(key[1], {})
    assert isinstance(columns, dict)
    columns[key[2]] = value


def _file(placed: Placed) -> dict[str, Json]:
    file = placed.entry.file
    assert file is not None
    return {
        "file": file[0],
        "path": placed.path,
        "list_page": placed.list_page,
        "title": placed.entry.title,
        "content_type": file[2],
        "sha256": hashlib.sha256(file[3]).hexdigest(),
        "bytes": len(file[3]),
    }
