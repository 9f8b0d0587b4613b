"""A crawl split over three archives says the same in whatever order they are united."""

from __future__ import annotations

import shutil
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from corpus_fakes import ONE, TWO, Filler, page

from gicrawl.archive.records import Judgement, Link, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest, verify
from gicrawl.corpus.digest import corpus_digest
from gicrawl.corpus.merge import merge
from gicrawl.corpus.reparse import reparse
from gicrawl.export.formats import formats
from gicrawl.export.run import export
from gicrawl.export.warc import export_warc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

HOST = "http://www.ganquan.gov.cn"
NAMES = ("a", "b", "c")


class Split:
    """Puts each capture into one archive, and all of them into a whole one as well."""

    def __init__(self, folder: Path) -> None:
        self.parts = {name: Filler(folder / f"{name}.db") for name in NAMES}
        self.whole = Filler(folder / "whole.db")

    def add(
        self, moment: int, part: str, url: str, body: bytes | None, files: Sequence[str] = (), **more: object
    ) -> None:
        """A capture at a second of the story; its id is told by that second alone."""
        for filler in (self.parts[part], self.whole):
            filler.count = moment
            page = filler.add(f"{HOST}{url}", body, **more)  # type: ignore[arg-type]
            with open_archive(filler.path) as archive, archive.writer() as writer:
                for at, file in enumerate(files):
                    role = Role.ATTACHMENT
                    writer.link(Link(page=page, url=file, text="附件", title=None, date=None, position=at, role=role))

    @property
    def paths(self) -> dict[str, Path]:
        return {name: filler.path for name, filler in self.parts.items()}


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Split:
    story = Split(tmp_path_factory.mktemp("split"))
    story.add(1, "a", "/nb/", b"<html>", role=Role.LIST, links=(f"{HOST}/1", f"{HOST}/2"), judgement=Judgement.CONTENT)
    story.add(2, "b", "/nb/", b"<html>", role=Role.LIST, links=(f"{HOST}/2", f"{HOST}/3"))
    story.add(3, "a", "/1", page(new=1, total=1))
    story.add(5, "b", "/1", page(new=2, total=2), link_text="年报")
    story.add(7, "c", "/1", page(new=1, total=1))  # as it was at first, seen by another
    story.add(8, "c", "/2", page(year=2022))
    story.add(9, "a", "/2", page(year=2022))
    story.add(12, "b", "/2", page(year=2022))
    story.add(13, "c", "/3", b"raise")
    story.add(14, "b", "/3", None, outcome=Outcome.TLS_ERROR, error="certificate has expired")
    story.add(15, "a", "/4", page(year=2021, issuer="雁滩乡人民政府"))
    story.add(16, "b", "/4", page(year=2021, issuer="雁滩乡人民政府", new=3))
    story.add(20, "a", "/5", page(year=2020), files=(f"{HOST}/5.pdf",))
    story.add(21, "a", "/5.pdf", b"%PDF-1.4 the file as it was", role=Role.ATTACHMENT)
    story.add(22, "b", "/5", page(year=2020), files=(f"{HOST}/5.pdf",))
    story.add(23, "b", "/5.pdf", None, role=Role.ATTACHMENT, outcome=Outcome.NETWORK_ERROR, error="reset")
    story.add(24, "c", "/5", page(year=2020), files=(f"{HOST}/5.pdf",))
    story.add(25, "c", "/5.pdf", b"%PDF-1.4 the file as it became", role=Role.ATTACHMENT)
    for name, filler in story.parts.items():
        reparse(filler.path, engine=ONE, workers=1)
        if name == "b":
            reparse(filler.path, engine=TWO, workers=1)
    return story


def _united(split: Split, order: Iterable[str], to: Path, unite: Callable[[Path, list[Path]], None]) -> Path:
    first, *others = order
    to.mkdir()
    base = to / "gicrawl.db"
    shutil.copy(split.paths[first], base)
    unite(base, [split.paths[name] for name in others])
    return base


def _at_once(base: Path, others: list[Path]) -> None:
    with open_archive(base) as archive:
        merge(archive, others)


def _one_by_one(base: Path, others: list[Path]) -> None:
    for other in (*others, *others):
        with open_archive(base) as archive:
            merge(archive, [other])
        reparse(base, engine=ONE, limit=1, workers=1)


def _exported(base: Path, to: Path) -> dict[str, bytes]:
    with open_archive(base) as archive:
        assert list(verify(archive)) == []
        summary = export(archive, "jsonl", to)
    return {file.table: file.path.read_bytes() for file in summary.files}


def _files(base: Path, to: Path) -> dict[str, bytes]:
    """Every file of every format, WARC among them."""
    with open_archive(base) as archive:
        for form in formats():
            export(archive, form, to / form)
        export_warc(archive, to / "warc")
    return {f"{file.relative_to(to)}": file.read_bytes() for file in sorted(to.rglob("*")) if file.is_file()}


@pytest.mark.parametrize("unite", [_at_once, _one_by_one])
def test_every_order_exports_the_same_bytes(
    split: Split, tmp_path: Path, unite: Callable[[Path, list[Path]], None]
) -> None:
    digests = set()
    exports: list[dict[str, bytes]] = []
    files: list[dict[str, bytes]] = []
    for order in permutations(NAMES):
        base = _united(split, order, tmp_path / "".join(order), unite)
        exports.append(_exported(base, base.parent / "out"))
        files.append(_files(base, base.parent / "files"))
        with open_archive(base) as archive:
            digests.add((content_digest(archive), corpus_digest(archive)))
    assert len(digests) == 1
    for other in exports[1:]:
        assert other == exports[0]
    for others in files[1:]:
        assert [name for name, data in others.items() if data != files[0].get(name)] == []
        assert others.keys() == files[0].keys()
    assert {name.partition("/")[0] for name in files[0]} == {*formats(), "warc"}
    assert exports[0]["captures"].count(b"\n") == 18
    assert exports[0]["reports"].count(b"\n") == 7


def test_the_union_says_what_one_machine_would_have_said(split: Split, tmp_path: Path) -> None:
    base = _united(split, NAMES, tmp_path / "abc", _at_once)
    united = _exported(base, tmp_path / "united")
    reparse(split.whole.path, engine=ONE, workers=1)
    whole = _exported(split.whole.path, tmp_path / "whole")
    for table in ("reports", "issuers", "panel", "panel_states"):
        parsers_apart = united[table].replace(b"2.0+fake", b"1.0+fake").splitlines()
        assert parsers_apart == whole[table].splitlines(), table


def test_merging_again_changes_nothing(split: Split, tmp_path: Path) -> None:
    base = _united(split, NAMES, tmp_path / "abc", _at_once)
    before = _rows(base)
    with open_archive(base) as archive:
        again = merge(archive, [split.paths["b"], split.paths["c"]])
    assert [sum(one.added.values()) for one in again] == [0, 0]
    assert _rows(base) == before


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with open_archive(path) as archive:
        conn = archive.db.conn
        tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: conn.execute(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608  # ours
