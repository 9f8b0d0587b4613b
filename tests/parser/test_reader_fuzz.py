"""A few mutated files of every kind: each is read or refused in one sentence (the long run: prove/reader_fuzz.py)."""

from __future__ import annotations

import json
import time

import pytest
from mutations import KINDS, mutated, seeds

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.output import to_json
from gicrawl.parser.readers import media_type, reader_for
from gicrawl.parser.report import Status

SECONDS = 20.0
SLOW = 3
"""Files of a kind that takes a tenth of a second each, and not ten."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_the_mutations_start_from_are_read(kind: str) -> None:
    for body in seeds(kind):
        if kind != "image":
            assert parse([Source(body)]).status is not Status.FAILED
        else:
            assert media_type(body).startswith("image/")


@pytest.mark.parametrize("kind", KINDS)
def test_a_mutated_file_is_read_or_refused_in_one_sentence(kind: str) -> None:
    for number in range(SLOW if kind == "image" else 10):
        body = mutated(kind, number)
        if "office" in reader_for(body):
            continue  # LibreOffice's to open now; the long run counts these
        began = time.process_time()
        found = parse([Source(body)])
        assert time.process_time() - began < SECONDS, f"{kind} {number}"
        if found.status is Status.FAILED:
            assert found.problems, f"{kind} {number}"
            assert not found.cells, f"{kind} {number}"
        json.dumps(to_json(found, source="x"))
