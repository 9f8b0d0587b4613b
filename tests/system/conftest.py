import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from whole import DELAY, Done, Walk, bodies_in, content, gicrawl

from gicrawl.sample import SampleServer

# The proof that `make prove` runs at length runs here in small.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "prove"))


def crawl_twice(
    server: SampleServer,
    targets: list[str | Path],
    archive: Path,
    *,
    origins: dict[str, str] | None = None,
    parse: bool = True,
) -> Walk:
    crawls: list[Done] = []
    bodies: list[int] = []
    digests: list[str] = []
    asked: list[int] = []
    before = len(server.requests())
    for _ in range(2):
        crawls.append(gicrawl("crawl", *targets, "--archive", archive, "--delay", DELAY))
        bodies.append(bodies_in(archive))
        digests.append(content(archive)[0])
        asked.append(len(server.requests()) - before)
    if parse:
        parsed = gicrawl("reparse", "--archive", archive)
        assert parsed.status == 0, parsed.err
    return Walk(
        archive=archive,
        record=server.stop(),
        requests_first=asked[0],
        crawls=(crawls[0], crawls[1]),
        bodies=(bodies[0], bodies[1]),
        digests=(digests[0], digests[1]),
        corpus=content(archive)[1] if parse else None,
        origins=origins or {},
    )


@pytest.fixture(scope="session")
def from_home(once: Callable[[str, Callable[[Path], Walk]], Walk]) -> Walk:
    """The sample portals by their registered names, from their home pages."""

    def make(folder: Path) -> Walk:
        with SampleServer() as server:
            return crawl_twice(server, ["--all", "--portals", server.portals_file], folder / "gicrawl.db")

    return once("from-home", make)


@pytest.fixture(scope="session")
def from_column(once: Callable[[str, Callable[[Path], Walk]], Walk], from_home: Walk) -> Walk:
    """The same with their report columns registered."""

    def make(folder: Path) -> Walk:
        with SampleServer() as server:
            registry = server.portals_file.read_text(encoding="utf-8")
            for portal in from_home.portals:
                home = f'home = "http://{portal["host"]}/"\n'
                assert registry.count(home) == 1
                registry = registry.replace(home, f'{home}columns = ["http://{portal["host"]}{portal["column"]}"]\n')
            (folder / "portals.toml").write_text(registry, encoding="utf-8")
            targets: list[str | Path] = ["--all", "--portals", folder / "portals.toml"]
            # The same URLs and bodies as from the home pages: parsing them would show nothing new.
            return crawl_twice(server, targets, folder / "gicrawl.db", parse=False)

    return once("from-column", make)


@pytest.fixture(scope="session")
def from_origin(once: Callable[[str, Callable[[Path], Walk]], Walk]) -> Walk:
    """The same as a stranger names them: http://127.0.0.1:PORT/."""

    def make(folder: Path) -> Walk:
        with SampleServer() as server:
            origins = {portal: server.origin(portal) for portal in server.ports}
            targets: list[str | Path] = [f"{origin}/" for origin in origins.values()]
            return crawl_twice(server, targets, folder / "gicrawl.db", origins=origins)

    return once("from-origin", make)


@pytest.fixture(scope="module")
def served() -> Iterator[SampleServer]:
    """The sample portals, for crawls that need no record of their own."""
    with SampleServer() as server:
        yield server
