"""The sample portals change while they are served, and what is restored is what was there."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from gicrawl.sample import SampleServer
from gicrawl.sample.process import SampleError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    with SampleServer() as running:
        yield running


def got(server: SampleServer, path: str, portal: str = "yunping") -> tuple[int, bytes]:
    """Status and body, redirects not followed, since the body of the target is asked for by its own path."""
    opener = urllib.request.build_opener(Staying)
    try:
        with opener.open(server.origin(portal) + path, timeout=10) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


class Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def report(server: SampleServer, number: int) -> dict[str, str]:
    portal = next(one for one in server.manifest()["portals"] if one["id"] == "yunping")
    plain = [one for one in portal["reports"] if one["form"] == "page" and one["delivery"]["gzip"] is False]
    found: dict[str, str] = plain[number]
    return found


def test_a_number_is_changed_and_brought_back(server: SampleServer) -> None:
    path = report(server, 0)["path"]
    _, before = got(server, path)
    said = server.change("yunping", "amend", path)
    _, after = got(server, path)
    assert int(said["after"]) == int(said["before"]) + 1
    assert after != before
    assert after.replace(said["after"].encode(), b"") != before
    server.change("yunping", "restore", path)
    assert got(server, path) == (200, before)


def test_withdrawn_means_neither_page_nor_row(server: SampleServer) -> None:
    one = report(server, 1)
    name = one["listed"].rsplit("/", 1)[1].encode()
    _, page = got(server, one["path"])
    _, column = got(server, one["list_page"])
    assert column.count(name) == 1
    server.change("yunping", "withdraw", one["path"])
    assert got(server, one["path"])[0] == 404
    without = got(server, one["list_page"])[1]
    assert name not in without
    assert without.count(b"<li") == column.count(b"<li") - 1
    server.change("yunping", "restore", one["path"])
    assert got(server, one["path"]) == (200, page)
    assert got(server, one["list_page"]) == (200, column)


@pytest.mark.parametrize(("do", "status"), [("gone", 410), ("remove", 404), ("move", 404), ("redirect", 301)])
def test_what_an_address_says_when_its_page_is_not_there(server: SampleServer, do: str, status: int) -> None:
    path = report(server, 2)["path"]
    _, before = got(server, path)
    said = server.change("yunping", do, path)
    assert got(server, path)[0] == status
    if "path" in said:  # a page names its own address
        renamed = before.replace(path.rsplit("/", 1)[1].encode(), said["path"].rsplit("/", 1)[1].encode())
        assert got(server, said["path"]) == (200, renamed)
    server.change("yunping", "restore", path)


def test_down_is_refused_and_up_is_on_the_same_port(server: SampleServer) -> None:
    server.change("lanxi", "down")
    with pytest.raises(urllib.error.URLError):
        got(server, "/", "lanxi")
    assert got(server, "/")[0] == 200
    server.change("lanxi", "up")
    assert got(server, "/", "lanxi")[0] == 200


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nowhere", "down"), "no portal nowhere"),
        (("yunping", "explode"), "unknown change explode"),
        (("yunping", "amend", "/no/such.html"), "no report at /no/such.html"),
    ],
)
def test_what_cannot_be_changed_is_said(server: SampleServer, asked: tuple[str, ...], said: str) -> None:
    with pytest.raises(SampleError, match=said):
        server.change(*asked)
    assert got(server, "/")[0] == 200
