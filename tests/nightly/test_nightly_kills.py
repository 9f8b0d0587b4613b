"""Kill -9 in a night's registration of documents and in its parse; then one more start.

The full proof, every phase in several archives, is `tests/prove/nightly_kills.py`.
"""

from pathlib import Path

import nightly_kills
import pytest
from timer import written_twice

from gicrawl.sample import SampleServer


@pytest.mark.slow
def test_a_night_killed_in_its_phases_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    with SampleServer() as server:
        undisturbed = tmp_path / "undisturbed.db"
        requests, report = nightly_kills.night(server, undisturbed)
        done = {"undisturbed": nightly_kills.asdict(nightly_kills.holds(undisturbed)), "report": {}}
        done["report"] = nightly_kills.figures_of(report)
        killed = nightly_kills.one_round(
            server,
            tmp_path / "killed.db",
            requests=requests,
            seed="ci",
            phases=("register", "worker"),
        )
    assert [kill["phase"] for kill in killed["kills"]] == ["register", "worker"]
    assert killed["kills"][0]["documents"] == 0
    assert killed["kills"][1]["parses"] > 0
    assert killed["held"] == done["undisturbed"]
    assert killed["report"] == done["report"]
    assert nightly_kills.is_same(done, killed)
    assert written_twice(tmp_path / "killed.db") == 0  # what a killed run had seen was shown again
