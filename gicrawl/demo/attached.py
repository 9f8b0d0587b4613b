"""Files and pictures found against those that are there, and reports that cannot be read."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.demo.places import path_of
from gicrawl.parser.report import State, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.archive.store import Archive
    from gicrawl.corpus.views import ParsedReport

NEEDS_OCR = frozenset({"needs_ocr", "no_text_recognised"})
"""What is said of pages that are there as pictures: without the extra that reads them, and with it, for those of the
samples only look like pages."""
_GONE = (Outcome.NOT_FOUND, Outcome.GONE, Outcome.REDIRECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What became of attached files and pictures, and of the reports that are only in such.

    Attributes:
        there: files and pictures that articles lead to and that are served; `archived`: of these, kept byte for byte.
        missing: files that articles lead to and that are gone; `missing_told`: of these, archived as gone.
        renditions: bodies beside the first that make up reports; `tied`: of these, in the document of their report.
        foreign: bodies that are in such a document and do not belong to its report, or stand in it in another order.
        unreadable: reports that are there and cannot be read; `unreadable_told`: of these, those that are neither
            taken for something else nor have a number.
        needs_ocr: of the unreadable ones, those whose pages are there as pictures; `needs_ocr_told`: of these, those
            that are said to be such.
        needs_ocr_wrongly: readable reports that are said to be such.
    """

    there: int
    archived: int
    missing: int
    missing_told: int
    renditions: int
    tied: int
    foreign: int
    unreadable: int
    unreadable_told: int
    needs_ocr: int
    needs_ocr_told: int
    needs_ocr_wrongly: int

    @property
    def exact(self) -> bool:
        """Whether nothing is missing and nothing too much."""
        return (
            self.archived == self.there
            and self.missing_told == self.missing
            and self.tied == self.renditions
            and self.unreadable_told == self.unreadable
            and self.needs_ocr_told == self.needs_ocr
            and not (self.foreign or self.needs_ocr_wrongly)
        )


def compare_attached(
    archive: Archive,
    portals: Sequence[Mapping[str, Any]],
    found: Mapping[tuple[str | None, str], ParsedReport],
) -> Attached:
    """Hold what the archive has of attached files against the manifest.

    Args:
        archive: crawled and parsed.
        portals: of the manifest.
        found: every parse of a document, whatever its status, by portal and path.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    kept, gone, plain = _captured(archive)
    counts: Counter[str] = Counter()
    for portal in portals:
        for entry in (*portal["reports"], *portal["unreadable"]):
            files = entry["renditions"][1:]
            for file in files:
                place = portal["id"], file["path"]
                if file["present"]:
                    counts["there"] += 1
                    counts["archived"] += file["sha256"] in kept[place]
                else:
                    counts["missing"] += 1
                    counts["missing_told"] += place in gone
            document = found.get((portal["id"], entry["path"]))
            counts.update(_tied([file["sha256"] for file in files if file["present"]], document, plain))
        for entry in portal["unreadable"]:
            counts.update(_told(entry, found.get((portal["id"], entry["path"]))))
        for entry in portal["reports"]:
            document = found.get((portal["id"], entry["path"]))
            counts["needs_ocr_wrongly"] += document is not None and _is_for_ocr(document)
    return Attached(**{name: counts[name] for name in Attached.__slots__})


def _captured(
    archive: Archive,
) -> tuple[dict[tuple[str | None, str], set[str]], set[tuple[str | None, str]], dict[str, str]]:
    """What was archived as attached to something.

    Returns:
        Digests by portal and path; what was found gone, in whatever way the portal says so (404, a page that says
        it, the way to another page); and by the digest of what was sent compressed the digest of what it is.
    """
    kept: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    gone = set()
    plain = {}
    for role in (Role.ATTACHMENT, Role.IMAGE):
        for capture in archive.captures(role=role):
            place = capture.portal, path_of(capture.final_url)
            digest = capture.decoded_sha256 or capture.body_sha256
            if capture.outcome in _GONE or capture.judgement is Judgement.SOFT_404:
                gone.add(place)
            elif capture.outcome is Outcome.OK and digest is not None:
                kept[place].add(digest.hex())
                if capture.body_sha256 is not None:
                    plain[capture.body_sha256.hex()] = digest.hex()
    return kept, gone, plain


def _tied(expected: list[str], document: ParsedReport | None, plain: Mapping[str, str]) -> dict[str, int]:
    """The bodies of a document beside its first, against those that belong to it."""
    there = [] if document is None else [plain.get(digest, digest) for digest in document.row.renditions[1:]]
    common = sum((Counter(expected) & Counter(there)).values())
    in_order = [digest for digest in there if digest in expected] == [d for d in expected if d in there]
    return {
        "renditions": len(expected),
        "tied": common,
        "foreign": len(there) - common if in_order else len(there),
    }


def _told(entry: Mapping[str, Any], document: ParsedReport | None) -> dict[str, int]:
    """A report that cannot be read must not be taken for none, and no number of it is known."""
    silent = document is not None and not any(cell.state is State.NUMBER for cell in document.cells)
    told = document is not None and silent and document.row.status is not Status.NOT_A_REPORT
    return {
        "unreadable": 1,
        "unreadable_told": told,
        "needs_ocr": entry["needs_ocr"],
        "needs_ocr_told": entry["needs_ocr"] and document is not None and _is_for_ocr(document),
    }


def _is_for_ocr(document: ParsedReport) -> bool:
    return any(problem.code in NEEDS_OCR for problem in document.problems)
