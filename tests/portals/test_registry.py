from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.portals.registry import Portal, RegistryError, load, select

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[[portal]]
id = "yunping"
body = "云坪县人民政府"
level = "county"
region_code = "990122"
home = "http://www.yunping.gov.cn/"
columns = ["http://www.yunping.gov.cn/zfxxgk/zfxxgknb/"]
family = "trs"
years = "2008-2024"
address = "127.0.0.1:8001"
delay = 5
notes = "2026-11: invented"

[[portal]]
id = "lanxi"
body = "兰溪市人民政府"
level = "prefecture"
region_code = "990200"
home = "https://www.lanxi.gov.cn/"
status = "gone"
"""


def write(folder: Path, content: str, name: str = "portals.toml") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        load(path)
    assert all("\n" not in problem for problem in caught.value.problems)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return list(caught.value.problems)


def problems(path: Path) -> list[str]:
    told = [str(problem) for problem in load(path).problems]
    assert all("\n" not in problem for problem in told)
    return told


def test_a_registry_is_read(tmp_path: Path) -> None:
    registry = load(write(tmp_path, GOOD))
    assert [portal.id for portal in registry] == ["yunping", "lanxi"]
    assert registry.get("yunping") == Portal(
        id="yunping",
        body="云坪县人民政府",
        level="county",
        home="http://www.yunping.gov.cn/",
        region_code="990122",
        columns=("http://www.yunping.gov.cn/zfxxgk/zfxxgknb/",),
        family="trs",
        years=(2008, 2024),
        address="127.0.0.1:8001",
        delay=5.0,
        notes="2026-11: invented",
    )
    assert registry.get("lanxi").family == "auto"


def test_the_bundled_registry_is_sound() -> None:
    registry = load()
    assert registry.problems == ()
    assert len(registry) > 100


def test_csv_says_the_same(tmp_path: Path) -> None:
    content = (
        "\ufeffid,body,level,home,columns,years,delay\r\n"
        "yunping,云坪县人民政府,county,http://www.yunping.gov.cn/,http://a.cn/1/ http://a.cn/2/,2008-2024,2.5\r\n"
        "lanxi,兰溪市人民政府,prefecture,http://www.lanxi.gov.cn/,,,\r\n"
    )
    registry = load(write(tmp_path, content, "portals.csv"))
    assert registry.get("yunping").columns == ("http://a.cn/1/", "http://a.cn/2/")
    assert (registry.get("yunping").delay, registry.get("lanxi").delay) == (2.5, None)
    assert registry.get("lanxi").columns == ()


def test_every_mistake_is_told_at_once_with_its_place_and_a_remedy(tmp_path: Path) -> None:
    bad = """
[[portal]]
id = "A B"
body = "某县"
level = "town"
home = "www.yunping.gov.cn"
colums = []
[[portal]]
body = "某县"
level = "county"
home = "http://a.gov.cn/"
address = "192.168.1.1:80"
delay = -1
years = "2024-2008"
region_code = "abc"
columns = ["ftp://x/"]
[[portal]]
id = "one"
body = "某县"
level = "county"
home = "http://a.gov.cn/"
[[portal]]
id = "one"
body = 7
level = "county"
home = "http://a.gov.cn/"
[[portal]]
id = "one"
body = "乙"
level = "county"
home = "http://b.gov.cn/"
"""
    path = write(tmp_path, bad)
    told = problems(path)
    expected = [
        ("line 7 (A B)", "unknown key 'colums'; did you mean 'columns'?"),
        ("line 3 (A B)", "id: 'A B'"),
        ("line 5 (A B)", "level: 'town'"),
        ("line 6 (A B)", "home: 'www.yunping.gov.cn' is no URL"),
        ("line 8", "id: missing"),
        ("line 12", "address: '192.168.1.1:80' is not a loopback"),
        ("line 13", "delay: -1"),
        ("line 14", "years: '2024-2008'"),
        ("line 15", "region_code: 'abc'"),
        ("line 16", "columns: 'ftp://x/'"),
        ("line 24 (one)", "body: 7 is no text"),
        ("line 28 (one)", "id: used by an earlier entry"),
    ]
    for place, what in expected:
        assert any(problem.startswith(f"{path}: {place}: {what}") for problem in told), (place, what)
    assert len(told) == len(expected)
    assert [portal.id for portal in load(path)] == ["one"]  # the one that is right is there all the same
    with pytest.raises(RegistryError, match="line 3"):
        load(path).get("A B")


def test_csv_mistakes_name_their_line(tmp_path: Path) -> None:
    path = write(tmp_path, "id,body,level,home\nok,甲,county,http://a.cn/\n,乙,county,http://b.cn/,extra\n", "p.csv")
    told = problems(path)
    assert any(problem.startswith(f"{path}: line 3: id: missing") for problem in told)
    assert any("line 3: unknown key '(beyond the last column)'" in problem for problem in told)


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        ("[[portal]\n", "p.toml", "not TOML"),
        ("[portal]\nid='x'\n", "p.toml", "write [[portal]]"),
        ("portals = []\n", "p.toml", "unknown key 'portals'"),
        ("", "p.csv", "empty"),
        ("portal = [1]\n", "p.toml", "line 1: not a table"),
    ],
)
def test_files_that_are_no_registry(tmp_path: Path, content: str, name: str, told: str) -> None:
    path = write(tmp_path, content, name)
    (problem,) = refused(path)
    assert problem.startswith(f"{path}: ")
    assert told in problem


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / "nowhere.toml")
    assert "cannot be read (No such file or directory)" in problem
    path = tmp_path / "gbk.csv"
    path.write_bytes("id,body\nx,云坪县\n".encode("gb18030"))
    (problem,) = refused(path)
    assert "save the file as UTF-8" in problem


def test_portals_are_chosen_by_id_by_region_or_all(tmp_path: Path) -> None:
    registry = load(write(tmp_path, GOOD))
    assert [portal.id for portal in select(registry, ["lanxi"])] == ["lanxi"]
    assert [portal.id for portal in select(registry, region="990100")] == ["yunping"]
    assert [portal.id for portal in select(registry, region="99")] == ["yunping"]
    assert [portal.id for portal in select(registry, every=True)] == ["yunping"]
    with pytest.raises(RegistryError, match="did you mean yunping") as caught:
        select(registry, ["yunpin"], region="11")
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("damage", "line", "lost"),
    [
        (('body = "兰溪市人民政府"', 'body = "兰溪市人民政府'), 17, "lanxi"),
        (('level = "county"', "level county"), 5, "yunping"),
        (('[[portal]]\nid = "lanxi"', '[[portal]\nid = "lanxi"'), 15, "lanxi"),
        (('notes = "2026-11: invented"', 'notes = "2026-11: invented"\nid = "again"'), 14, "yunping"),
    ],
)
def test_a_broken_line_is_named_and_costs_its_entry_only(
    tmp_path: Path, damage: tuple[str, str], line: int, lost: str
) -> None:
    broken = GOOD.replace(*damage, 1)
    assert broken != GOOD
    path = write(tmp_path, broken)
    registry = load(path)
    assert [portal.id for portal in registry] == [{"lanxi": "yunping", "yunping": "lanxi"}[lost]]
    (problem,) = registry.problems
    assert (problem.line, problem.portal) == (line, lost)
    assert str(problem).startswith(f"{path}: line {line} ({lost}): not TOML: ")
    with pytest.raises(RegistryError, match=f"line {line}"):
        registry.get(lost)


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "b.toml")
    write(
        tmp_path,
        "id,body,level,home\nqinghe,清禾县人民政府,county,http://q.cn/\nyunping,又,county,http://y.cn/\n",
        "c.csv",
    )
    write(tmp_path, "not a registry", "README.md")
    registry = load(tmp_path)
    assert [portal.id for portal in registry] == ["yunping", "lanxi", "qinghe"]
    assert [(problem.path.name, problem.line) for problem in registry.problems] == [("c.csv", 3)]


def test_ones_own_file_may_stand_before_the_bundled_portals(tmp_path: Path) -> None:
    bundled = load()
    own = 'bundled = true\n[[portal]]\nid = "beijing"\nbody = "甲"\nlevel = "county"\nhome = "http://a.cn/"\n'
    registry = load(write(tmp_path, own))
    assert len(registry) == len(bundled)
    assert registry.get("beijing").body == "甲"
    (problem,) = refused(write(tmp_path, 'bundled = "yes"\n', "bad.toml"))
    assert "neither true nor false" in problem
