"""Which earlier page a body is compressed against, on sites unlike each other."""

from __future__ import annotations

import random
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from archive_samples import START

from gicrawl.archive.bodies import Earlier, Packed, load_dictionary, squeeze, unpack
from gicrawl.archive.dictionaries import LONGEST, Sites, ends, nearness, sketch_of
from gicrawl.archive.errors import ArchiveDamaged
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import verify

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from archive_samples import Make

HOST = "www.linshui.gov.cn"


def frame(seed: int) -> tuple[str, str]:
    """Head and foot of a template, nothing in common with another's."""
    chosen = random.Random(seed)
    names = [f"{chosen.choice('abcdefgh')}{chosen.randrange(10**5)}" for _ in range(40)]
    head = "".join(
        f'<div class="{name}"><a href="/{chosen.randrange(10**6)}">栏{chosen.random()}</a></div>' for name in names
    )
    style = "".join(f".{name}{{width:{chosen.randrange(999)}px}}" for name in names)
    return (
        f"<html><head><style>{style}</style></head><body>{head}",
        f'<div id="{names[0]}f">{chosen.random()}</div></body></html>',
    )


def page(template: int, seed: int, words: int = 40) -> bytes:
    chosen = random.Random(seed)
    head, foot = frame(template)
    said = "".join(f"<p>{chosen.getrandbits(128):x}</p>" for _ in range(words))
    return f"{head}<b>{chosen.random()}</b>{said}{foot}".encode()


def packed(sites: Sites, body: bytes, host: str | None = HOST) -> Packed:
    done = sites.pack(body, sha256(body).digest(), host)
    dictionary = None if done.dictionary is None else load_dictionary(done.dictionary.data)
    assert unpack(done.codec, done.data, dictionary) == body
    return done


def fresh() -> Sites:
    return Sites(lambda _host: [])


def test_the_first_page_is_the_dictionary_of_those_after_it() -> None:
    sites = fresh()
    first, *others = [packed(sites, page(1, seed)) for seed in range(20)]
    assert first.dictionary is not None
    assert first.dictionary.sha256 == first.sha256
    assert len(first.data) < 60
    assert {one.dictionary for one in others} == {first.dictionary}
    assert all(len(one.data) < 0.6 * len(squeeze(page(1, seed + 1))) for seed, one in enumerate(others))


def test_templates_of_one_site_and_redesigns_have_each_their_own() -> None:
    sites = fresh()
    taken = [packed(sites, page(seed % 4, seed)).dictionary for seed in range(80)]
    assert len({one for one in taken if one is not None}) == 4
    assert None not in taken
    redesigned = [packed(sites, page(9, seed)).dictionary for seed in range(5)]
    assert len(set(redesigned)) == 1
    assert redesigned[0] not in taken


def test_sites_do_not_share() -> None:
    sites = fresh()
    one, two = packed(sites, page(1, 1)), packed(sites, page(1, 2), "www.other.gov.cn")
    assert one.dictionary != two.dictionary
    assert packed(sites, page(1, 3), None).dictionary is None


def test_pages_with_nothing_in_common_make_few_dictionaries() -> None:
    sites = fresh()
    taken = [packed(sites, page(seed, seed)).dictionary for seed in range(200)]
    assert 1 < len({one for one in taken if one is not None}) < 60


def test_a_design_that_drifts_gets_a_new_dictionary() -> None:
    sites = fresh()
    head, foot = frame(1)
    lines = [f'<i title="{random.Random(n).getrandbits(200):x}">{n}</i>' for n in range(300)]
    taken = []
    for night in range(200):
        for n in range(3):  # a few lines of the frame are others each night
            lines[(night * 3 + n) % 300] = (
                f'<i title="{random.Random(night * 9 + n + 10**6).getrandbits(200):x}">{n}</i>'
            )
        taken.append(packed(sites, f"{head}{''.join(lines)}<p>{night}</p>{foot}".encode()))
    assert len({one.dictionary for one in taken}) > 1
    assert len(taken[-1].data) < 0.5 * len(squeeze(page(1, 1)) + squeeze("".join(lines).encode()))


@pytest.mark.parametrize("size", [LONGEST - 1000, LONGEST, LONGEST + 1, 3 * LONGEST])
def test_of_long_pages_the_two_ends_serve(size: int) -> None:
    sites = fresh()
    words = size // 39
    first, second = (packed(sites, page(1, seed, words)[: size - 7] + b"</html>") for seed in (1, 2))
    assert first.dictionary is not None
    content = ends(page(1, 1, words)[: size - 7] + b"</html>")
    assert len(content) <= LONGEST
    assert first.dictionary.sha256 == sha256(content).digest()
    assert len(second.data) < second.size


def test_what_is_no_text_and_what_is_short_goes_alone() -> None:
    sites = fresh()
    packed(sites, page(1, 1))
    for body in (b"", b"<p>1</p>", b"%PDF-1.4\n" + page(1, 2), b"\x89PNG\r\n\x1a\n" + bytes(3000)):
        assert packed(sites, body).dictionary is None


def test_sketches_know_a_template_by_its_names() -> None:
    one, same, other = (sketch_of(page(*at)) for at in ((1, 1), (1, 2), (2, 1)))
    assert nearness(one, same) > 0.9
    assert nearness(one, other) < 0.1
    assert nearness(sketch_of(b'{"docs": 1}'), sketch_of(b"text")) == 1


def test_another_process_goes_on_with_the_dictionaries_of_the_archive(archive: Archive, make: Make, path: Path) -> None:
    for seed in range(6):
        with open_archive(path) as one, one.writer() as writer:
            writer.add(make(f"http://{HOST}/{seed}", page(seed % 2, seed)))
    rows = archive.db.conn.execute(
        "SELECT site, count(*) FROM dictionaries AS d JOIN bodies AS b ON b.dictionary = d.id GROUP BY d.id"
    ).fetchall()
    assert rows == [(HOST, 3), (HOST, 3)]
    assert archive.db["bodies"].count == 6
    for seed in range(6):
        assert archive.body(sha256(page(seed % 2, seed)).digest()) == page(seed % 2, seed)
    assert list(verify(archive)) == []


def test_a_dictionary_gone_missing_or_damaged_is_said_of_the_bodies_that_need_it(
    archive: Archive, make: Make, path: Path
) -> None:
    with archive.writer() as writer:
        for seed in range(9):
            writer.add(make(f"http://{HOST}/{seed}", page(seed % 2, seed)))
    archive.db.conn.execute("PRAGMA foreign_keys = OFF")
    for trigger in ("dictionaries_never_change", "dictionaries_never_leave"):
        archive.db.conn.execute(f"DROP TRIGGER {trigger}")
    archive.db.conn.execute("DELETE FROM dictionaries WHERE id = 1")
    archive.db.conn.execute("UPDATE dictionaries SET data = CAST(substr(data, 1, 99) AS BLOB) WHERE id = 2")
    with open_archive(path) as again:
        with pytest.raises(ArchiveDamaged, match="dictionary"):
            again.body(sha256(page(0, 0)).digest())
        found = [(finding.code, "dictionary" in finding.message) for finding in verify(again)]
    assert found.count(("body", True)) == 9
    assert {code for code, _ in found} == {"reference", "body", "dictionary"}


def test_what_a_writer_cannot_commit_leaves_no_dictionary_behind(archive: Archive, make: Make, run: UUID) -> None:
    with archive.writer() as writer:
        first = make(f"http://{HOST}/1", page(1, 1), time=START + timedelta(days=1), run=run)
        writer.add(first)
        archive.db.conn.execute(
            "CREATE TEMP TRIGGER stop BEFORE INSERT ON captures BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(Exception, match="no"):
            writer.flush()
        assert archive.db["dictionaries"].count == 0
        archive.db.conn.execute("DROP TRIGGER stop")
        writer.add(make(f"http://{HOST}/2", page(1, 2)))
    assert archive.db["dictionaries"].count == 1
    assert archive.body(sha256(page(1, 2)).digest()) == page(1, 2)


def test_a_loaded_dictionary_serves_as_the_one_that_was_made() -> None:
    body = page(1, 1)
    stored = Earlier(sha256(body).digest(), HOST, squeeze(body))
    done = packed(Sites(lambda host: [stored] if host == HOST else []), page(1, 2))
    assert done.dictionary == stored
