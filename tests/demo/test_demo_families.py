"""What a family's portal cost and what was found there is told by the portal's own record."""

from __future__ import annotations

import http.client

from gicrawl.demo.attached import Attached
from gicrawl.demo.compare import Comparison, PortalResult
from gicrawl.demo.families import by_family
from gicrawl.sample import SampleServer

ATTACHED = Attached(
    there=0,
    archived=0,
    missing=0,
    missing_told=0,
    renditions=0,
    tied=0,
    foreign=0,
    unreadable=0,
    unreadable_told=0,
    needs_ocr=0,
    needs_ocr_told=0,
    needs_ocr_wrongly=0,
)


def test_requests_are_those_the_portal_saw_and_files_those_it_handed_out() -> None:
    with SampleServer(seed=9, families=("ucap", "vsb")) as server:
        ucap = server.manifest()["portals"][0]
        files = [file for report in ucap["reports"] for file in report["attachments"]]
        there = [file["path"] for file in files if not file["missing"]]
        for path in ("/robots.txt", "/", there[0], there[0], "/not-there"):
            connection = http.client.HTTPConnection("127.0.0.1", server.ports[ucap["id"]], timeout=20)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
        record = server.stop()
    found = {portal["id"]: 1 for portal in record.manifest["portals"]}
    one, other = by_family(comparison(record.manifest["portals"], found), record)
    assert (one.family, one.requests, one.files_found, one.reports_found) == ("ucap", 5, 1, 1)
    assert one.files_there >= len(set(there))
    assert one.cost == 2.5
    assert (other.family, other.requests, other.files_found, other.cost) == ("vsb", 0, 0, 0.0)


def comparison(portals: list[dict[str, object]], found: dict[str, int]) -> Comparison:
    return Comparison(
        portals=tuple(
            PortalResult(
                portal=str(portal["id"]),
                reports_there=20,
                reports_found=found[str(portal["id"])],
                near_misses=0,
                parsed_wrongly=0,
                unavailable=0,
                accounted=0,
                forbidden=0,
            )
            for portal in portals
        ),
        cells={},
        labels=0,
        checks={},
        findings=(),
        unexpected=0,
        attached=ATTACHED,
        files=(),
    )
