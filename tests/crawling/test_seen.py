"""What a crawl has asked for is remembered in a few bytes a page."""

from __future__ import annotations

import sys
from hashlib import sha1

from gicrawl.crawling.seen import Fingerprints


def fingerprint(number: int) -> bytes:
    return sha1(str(number).encode(), usedforsecurity=False).digest()


def test_it_is_a_set() -> None:
    seen = Fingerprints()
    assert all(seen.add(fingerprint(number)) for number in range(5000))
    assert not any(seen.add(fingerprint(number)) for number in range(5000))
    assert len(seen) == 5000
    assert all(fingerprint(number) in seen for number in range(5000))
    assert not any(fingerprint(number) in seen for number in range(5000, 10_000))


def test_a_fingerprint_that_begins_with_zeros_is_one_like_all_others() -> None:
    seen = Fingerprints()
    assert bytes(20) not in seen
    assert seen.add(bytes(20))
    assert bytes(20) in seen


def test_it_takes_less_than_twenty_bytes_a_page_once_it_is_large() -> None:
    seen = Fingerprints()
    for number in range(20_000):
        seen.add(fingerprint(number))
    assert sys.getsizeof(seen._places) < 20_000 * 20
