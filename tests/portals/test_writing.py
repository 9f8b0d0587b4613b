from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gicrawl.portals.registry import Portal, RegistryError, load
from gicrawl.portals.writing import append, own, to_toml

if TYPE_CHECKING:
    from pathlib import Path

FULL = Portal(
    id="yunping",
    body='云坪县"人民"政府\\\x7f\n',
    level="county",
    kind="government",
    region_code="510421",
    home="http://www.yunping.gov.cn/",
    columns=("http://www.yunping.gov.cn/a/", "http://www.yunping.gov.cn/b/"),
    family="trs",
    years=(2008, 2024),
    status="moved",
    address="127.0.0.1:8001",
    delay=2.5,
    hours="22:00-06:00 12:00-13:30",
    tls="relaxed",
    hosts=("files.example.com", "mirror.example.com:8080"),
    max_pages=500,
    max_depth=9,
    max_megabytes=0.5,
    max_hours=8,
    source="here",
    notes="2026-11: a # in it",
)


def test_an_entry_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(to_toml(FULL), encoding="utf-8")
    assert load(path).portals == (FULL,)


def test_a_file_is_made_with_the_bundled_portals_behind_it_and_added_to(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    append(path, [FULL])
    path.write_text(path.read_text(encoding="utf-8") + "# a remark of mine\n", encoding="utf-8")
    second = replace(FULL, id="lanxi")
    append(path, [second])
    assert own(path) == (FULL, second)
    assert len(load(path)) == len(load()) + 2
    assert "# a remark of mine" in path.read_text(encoding="utf-8")
    assert [one.name for one in tmp_path.iterdir()] == ["own.toml"]


def test_nothing_wrong_is_written(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    append(path, [FULL])
    before = path.read_bytes()
    with pytest.raises(RegistryError, match="yunping is there already"):
        append(path, [FULL])
    with pytest.raises(RegistryError, match="use lower-case letters"):
        append(path, [replace(FULL, id="Not One")])
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["own.toml"]
    with pytest.raises(RegistryError, match="is unknown") as told:
        append(path, [replace(FULL, id="lanxi", level="shire")])
    assert ".part" not in str(told.value)
    path.write_text(before.decode() + "\n[[portal]]\nid = \n", encoding="utf-8")
    with pytest.raises(RegistryError, match="not TOML"):
        append(path, [replace(FULL, id="lanxi")])
    with pytest.raises(RegistryError, match=r"ends in \.toml"):
        append(tmp_path / "own.csv", [FULL])
