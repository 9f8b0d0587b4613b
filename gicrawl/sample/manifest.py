"""What is there, computed by whoever made it; handed out only when the servers stop, never over HTTP."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.sample.renditions import FORMS
from gicrawl.sample.site import DAMAGED, DOCUMENT, NEAR_MISSES, PICTURES, REPORT, UNAVAILABLE, UNREADABLE

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
        `chrome`, `list_pages`, `robots`, `counts`, and the lists `reports`, `near_misses`, `unavailable`,
        `unreadable`, `damaged`, `ills`, `files`.
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
        "chrome": list(portal.chrome),
        "traits": dict(portal.traits),
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
        "unreadable": [_unreadable(portal, p) for kind in UNREADABLE for p in by_kind[kind]],
        "damaged": [_listed(portal, p) for p in by_kind[DAMAGED]],
        "ills": [
            {"name": ill.name, "path": ill.path, "expected": list(ill.expected), "most_requests": ill.most_requests}
            for ill in portal.ills
        ],
        "files": [_file(p) for p in by_kind[DOCUMENT]],
    }


def _kinds() -> tuple[str, ...]:
    return (REPORT, DAMAGED, DOCUMENT, *NEAR_MISSES, *UNAVAILABLE, *UNREADABLE)


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
    return {
        **_listed(portal, placed),
        "portal": portal.id,
        "form": placed.entry.form,
        **_renditions(portal, placed),
        **truth_to_json(truth),
    }


def _unreadable(portal: Portal, placed: Placed) -> dict[str, Json]:
    """A report that is there and cannot be read: whose and of which year it is can be known, its figures cannot.

    Returns:
        As a report, without its figures; `needs_ocr` says whether its pages are there as pictures.
    """
    truth = placed.entry.truth
    assert truth is not None
    return {
        **_listed(portal, placed),
        "portal": portal.id,
        "form": placed.entry.form,
        **_renditions(portal, placed),
        "issuer": truth.issuer.official,
        "year": truth.year,
        "needs_ocr": placed.entry.kind == PICTURES,
    }


def _renditions(portal: Portal, placed: Placed) -> dict[str, Json]:
    """What a report consists of.

    Returns:
        `renditions`, what the list links to first and then files and pictures in the order of the page, each with
        `path`, `kind` (page, attachment, image), `media_type` (what it is), `content_type` (what the server says),
        `sha256`, `present`, `holds_report`; and `read_from`, the paths of those the figures can be read from.
    """
    entry = placed.entry
    page = portal.pages[placed.path]
    first: dict[str, Json] = {
        "path": placed.path,
        "kind": "page",
        "media_type": "text/html" if entry.file is None else entry.file[2],
        "content_type": page.content_type,
        "sha256": hashlib.sha256(page.body).hexdigest(),
        "present": True,
        "holds_report": entry.file is not None or FORMS[entry.form].whole,
    }
    all_of_them = [first]
    for file, path in zip(entry.attachments, placed.attachments, strict=True):
        digest = None if file.missing else hashlib.sha256(file.body).hexdigest()
        all_of_them.append(
            {
                "path": path,
                "kind": "image" if file.picture else "attachment",
                "media_type": file.media_type,
                "content_type": file.content_type,
                "sha256": digest,
                "present": not file.missing,
                "holds_report": file.holds_report,
            }
        )
    held: list[Json] = [one["path"] for one in all_of_them if one["present"] and one["holds_report"]]
    return {"renditions": list(all_of_them), "read_from": held}


def truth_to_json(truth: Truth) -> dict[str, Json]:
    """The truth about one report.

    Returns:
        `issuer`, `level`, `kind_of_body`, `year`, `script`, `layout`, `paste`, `defect`, `forms` (table to form),
        `cells` (table, row, column to value; null where there is no number), `states` (the same nesting, only cells
        that are not numbers), `units` (the same, only cells with a printed unit), `failed` (identities that fail or
        cannot be assessed: id, status, place), `facts`, `candidates` (where renditions disagree, the same nesting:
        what each prints).
    """
    cells: dict[str, Json] = {}
    states: dict[str, Json] = {}
    units: dict[str, Json] = {}
    candidates: dict[str, Json] = {}
    for key, printed in truth.candidates:
        _put(candidates, key, list(printed))
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
        "candidates": candidates,
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
