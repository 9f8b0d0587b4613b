import sqlite3
from pathlib import Path

from console import Run


def test_an_archive_merged_into_nothing_is_the_same_by_content(gicrawl: Run, archive: Path) -> None:
    for _ in range(2):
        assert gicrawl("merge", archive.name, "--archive", "all.db").returncode == 0
        said = [gicrawl("verify", "--content", "--archive", name).stdout for name in ("a.db", "all.db")]
        assert said[0] == said[1]
    assert gicrawl("verify", "--archive", "all.db").returncode == 0
    exports = [gicrawl("export", "--format", "csv", "--to", name, "--archive", f"{name}.db") for name in ("a", "all")]
    assert [done.returncode for done in exports] == [0, 0]
    for file in (archive.parent / "a").iterdir():
        assert file.read_bytes() == (archive.parent / "all" / file.name).read_bytes(), file.name


def test_merging_what_is_not_there_makes_no_archive(gicrawl: Run, tmp_path: Path) -> None:
    done = gicrawl("merge", "none.db")
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
    assert list(tmp_path.iterdir()) == []


def test_who_and_why_are_asked_for_and_erasing_is_confirmed(gicrawl: Run, archive: Path) -> None:
    conn = sqlite3.connect(archive)
    ((url,),) = conn.execute("SELECT url FROM documents ORDER BY digest LIMIT 1").fetchall()
    conn.close()
    who = ("--who", "an editor", "--why", "names a person", "--archive", archive.name)
    assert gicrawl("withhold", url, "--archive", archive.name).returncode == 2
    assert gicrawl("withhold", *who).returncode == 2
    assert gicrawl("withhold", url, "--undo", "--erase", *who).returncode == 2
    assert gicrawl("withhold", "http://nobody.example/", *who).returncode == 3
    assert gicrawl("withhold", url, "--erase", *who).returncode == 2
    assert gicrawl("withhold", "--list", "--archive", archive.name).stdout == ""
    assert gicrawl("withhold", url, *who).returncode == 0
    assert "an editor: names a person" in gicrawl("withhold", "--list", "--archive", archive.name).stdout
    told = gicrawl("explain", url, "--archive", archive.name)
    assert told.returncode == 0
    assert "names a person" in told.stdout
    assert gicrawl("withhold", url, "--undo", *who).returncode == 0
    assert gicrawl("withhold", "--list", "--archive", archive.name).stdout == ""
    assert gicrawl("withhold", url, "--erase", "--yes", *who).returncode == 0
    assert gicrawl("withhold", "--list", "--archive", archive.name).stdout.count("erased body") >= 1
    assert gicrawl("verify", "--archive", archive.name).returncode == 0


def test_a_backup_is_the_same_by_content(gicrawl: Run, archive: Path) -> None:
    assert gicrawl("backup", "--to", "b.db", "--archive", archive.name).returncode == 0
    assert gicrawl("backup", "--to", "b.db", "--archive", archive.name).returncode == 3
    assert gicrawl("backup", "--to", "b.db", "--replace", "--archive", archive.name).returncode == 0
    said = [gicrawl("verify", "--content", "--archive", name).stdout for name in ("a.db", "b.db")]
    assert said[0] == said[1]
