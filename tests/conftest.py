from __future__ import annotations


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names a case by the name of its argument where it is binary: what is packed when tests are collected holds the
    time, and two workers that collect in different seconds would disagree on what there is to run."""
    if isinstance(val, bytes) and not (val.isascii() and val.decode("ascii").isprintable()):
        return argname
    return None
