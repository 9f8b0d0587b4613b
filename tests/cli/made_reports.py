"""Reports written for these tests, with a fixed seed."""

import random
from datetime import date
from pathlib import Path

import warm

from gicrawl.sample import GeneratedReport, ReportSpec, generate_report
from gicrawl.sample.issuers import Issuer

OFFICE = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "县水利局")


def made(**changes: object) -> GeneratedReport:
    """A department's report on 2022 in plain tables, unless told otherwise."""
    spec: dict[str, object] = {"issuer": OFFICE, "year": 2022, "published": date(2023, 1, 12), "paste": "plain"}
    return generate_report(random.Random(7), ReportSpec(**{**spec, **changes}))  # type: ignore[arg-type]


def imported(folder: Path, about: Path) -> Path:
    """An archive beside a folder, with what is in it imported and parsed."""
    archive = folder.parent / "gicrawl.db"
    for command in (("import", "files", folder, "--about", about), ("reparse", "--workers", "1")):
        warm.run([*command, "--archive", archive]).check_returncode()
    return archive
