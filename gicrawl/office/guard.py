"""A process between the parser and LibreOffice, so that nothing outlives anybody.

It is started as a script, alone, with a folder that is its own, and reads orders from its standard input, one JSON
object a line. When that ends, because the parser is done or was killed, LibreOffice is killed with all its children and
the folder removed. It imports nothing of gicrawl.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
from typing import Any

RESTART = 81
"""How LibreOffice ends when it has only set up a new profile."""

_MEMORY = 4 << 30
_LARGEST_FILE = 512 << 20
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def main() -> None:
    """Serve orders until nobody gives any."""
    folder = sys.argv[1]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parser's to answer; the end of its orders is ours
    try:
        for line in iter(sys.stdin.buffer.readline, b""):
            order = json.loads(line)
            sys.stdout.write(json.dumps({"end": _run(order)}) + "\n")
            sys.stdout.flush()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(order: dict[str, Any]) -> str:
    """Run a program to its end, or to ours: `done`, `failed` or `late`."""
    end = "failed"
    for _ in range(2):
        program = subprocess.Popen(
            order["command"],
            cwd=order["folder"],
            env=order["environment"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: _confine(int(order["processor_seconds"])),  # noqa: PLW1509 - there is one thread here
        )
        end = _watched(program, float(order["seconds"]))
        if program.returncode != RESTART:
            break
    return end


def _watched(program: subprocess.Popen[bytes], seconds: float) -> str:
    ended = os.pidfd_open(program.pid) if hasattr(os, "pidfd_open") else None
    try:
        if ended is None:
            program.wait(seconds)
        else:
            ready, _, _ = select.select([ended, sys.stdin.fileno()], [], [], seconds)
            if not ready:
                return "late"
            if ended not in ready:  # nobody gives orders while one is carried out: the parser is gone
                raise SystemExit
            program.wait()
    except subprocess.TimeoutExpired:
        return "late"
    finally:
        if ended is not None:
            os.close(ended)
        _kill(program)
    if program.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "late"
    return "done" if program.returncode == 0 else "failed"


def _kill(program: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(program.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    except PermissionError:  # macOS says so of a group whose processes have all ended
        pass
    program.wait()


def _confine(processor_seconds: int) -> None:
    """Bounds of the program about to start, and no network where the system lets us take it away."""
    for what, most in (
        (resource.RLIMIT_CPU, processor_seconds),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        # Refused in some containers; its profile then still names a proxy where nobody listens.
        if libc.unshare(_NEW_NETWORK) != 0:
            libc.unshare(_NEW_USER | _NEW_NETWORK)


if __name__ == "__main__":
    main()
