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


def problems(path: Path) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        load(path)
    assert all("\n" not in problem for problem in caught.value.problems)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return list(caught.value.problems)


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
    assert load().path.name == "portals.toml"


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
        ("portal 1 (A B)", "unknown key 'colums'; did you mean 'columns'?"),
        ("portal 1 (A B)", "id: 'A B'"),
        ("portal 1 (A B)", "level: 'town'"),
        ("portal 1 (A B)", "home: 'www.yunping.gov.cn' is no URL"),
        ("portal 2", "id: missing"),
        ("portal 2", "address: '192.168.1.1:80' is not a loopback"),
        ("portal 2", "delay: -1"),
        ("portal 2", "years: '2024-2008'"),
        ("portal 2", "region_code: 'abc'"),
        ("portal 2", "columns: 'ftp://x/'"),
        ("portal 4 (one)", "body: 7 is no text"),
        ("portal 5 (one)", "id: used by an earlier entry"),
    ]
    for place, what in expected:
        assert any(problem.startswith(f"{path}: {place}: {what}") for problem in told), (place, what)
    assert len(told) == len(expected)


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
        ("portal = [1]\n", "p.toml", "portal 1: not a table"),
    ],
)
def test_files_that_are_no_registry(tmp_path: Path, content: str, name: str, told: str) -> None:
    path = write(tmp_path, content, name)
    (problem,) = problems(path)
    assert problem.startswith(f"{path}: ")
    assert told in problem


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "nowhere.toml")
    assert "cannot be read (No such file or directory)" in problem
    path = tmp_path / "gbk.csv"
    path.write_bytes("id,body\nx,云坪县\n".encode("gb18030"))
    (problem,) = problems(path)
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
