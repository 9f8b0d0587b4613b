"""The provenance of a cell is PROV that others can read, and leads from the figure to the capture and its portal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import prov.model
from explain_samples import HOME, Town, report

from gicrawl.archive.records import Judgement
from gicrawl.archive.store import open_archive
from gicrawl.archive.tombstones import withhold
from gicrawl.corpus.explain import explain_address
from gicrawl.corpus.explain_prov import provenance
from gicrawl.corpus.explain_records import Stop
from gicrawl.corpus.withholding import meant
from gicrawl.portals.registry import load

if TYPE_CHECKING:
    from pathlib import Path

KEY = ("applications", "new_received", "total")
URL = f"{HOME}/a.html"


def told(path: Path) -> dict[str, Any]:
    with open_archive(path) as archive:
        return provenance(archive, explain_address(archive, URL, load(), cell=KEY).cells)


def filled(tmp_path: Path) -> Town:
    town = Town(tmp_path / "gicrawl.db")
    town.visit(URL, report(layout="tables"), judgement=Judgement.CONTENT)
    town.parse()
    return town


def test_the_chain_from_cell_to_portal_is_there_and_every_end_is_named(tmp_path: Path) -> None:
    town = filled(tmp_path)
    said = told(town.path)
    (generated, fetched) = sorted(
        said["wasGeneratedBy"].values(), key=lambda one: not one["prov:entity"].startswith("cell")
    )
    (used,) = said["used"].values()
    (derived,) = said["wasDerivedFrom"].values()
    assert generated["prov:activity"] == used["prov:activity"] == derived["prov:activity"]
    assert used["prov:entity"] == derived["prov:usedEntity"] == fetched["prov:entity"]
    with open_archive(town.path) as archive:
        (capture,) = archive.captures()
        cells = explain_address(archive, URL, load(), cell=KEY).cells
    assert fetched["prov:activity"] == f"uuid:{capture.id}"
    assert capture.body_sha256 is not None
    assert fetched["prov:entity"] == f"body:{capture.body_sha256.hex()}"
    assert cells[0].cell is not None
    assert said["entity"][generated["prov:entity"]]["prov:value"] == cells[0].cell["value"]
    named = {name for kind in ("entity", "activity", "agent") for name in said[kind]}
    ends = {
        end
        for kind in said.keys() - {"prefix", "entity", "activity", "agent"}
        for relation in said[kind].values()
        for name, end in relation.items()
        if name != "prov:time"
    }
    assert ends <= named
    assert any(agent.startswith("host:") for agent in said["agent"])


def test_others_read_it_as_prov(tmp_path: Path) -> None:
    said = told(filled(tmp_path).path)
    document = prov.model.ProvDocument.deserialize(content=json.dumps(said), format="json")
    assert document is not None
    records = document.get_records()
    assert {type(record) for record in records} >= {
        prov.model.ProvEntity,
        prov.model.ProvActivity,
        prov.model.ProvAgent,
        prov.model.ProvGeneration,
        prov.model.ProvUsage,
        prov.model.ProvDerivation,
        prov.model.ProvAssociation,
        prov.model.ProvAttribution,
    }
    again = json.loads(document.serialize(format="json") or "{}")
    assert list(again["wasDerivedFrom"].values()) == list(said["wasDerivedFrom"].values())
    assert again["entity"].keys() == said["entity"].keys()


def test_of_what_is_withheld_only_who_and_why_is_told(tmp_path: Path) -> None:
    town = filled(tmp_path)
    with open_archive(town.path) as archive:
        withhold(archive, meant(archive, URL), who="an editor", why="names a private person")
        chain = explain_address(archive, URL, load(), cell=KEY)
    assert chain.end.stop is Stop.WITHHELD
    assert (chain.end.fields["who"], chain.end.fields["why"]) == ("an editor", "names a private person")
    assert chain.cells == ()
    assert [(one.captures, one.versions, one.links) for one in chain.articles] == [((), (), ())]
    assert told(town.path).keys() == {"prefix"}
