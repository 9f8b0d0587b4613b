"""Files converted by LibreOffice, several in one go: it takes a second to start and a tenth of one for a file."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.office.installed import Office

SECONDS: Final = 100.0
"""For one file, by the clock. Re-parsing gives a document 120."""
PROCESSOR_SECONDS: Final = 60
"""For one file: what a slow machine does not shorten. A report takes one or two."""
_EACH_MORE: Final = 5
_LARGEST: Final = 64 * 1024 * 1024

_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{items}</oor:items>
"""
_SETTINGS: Final = (
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("org.openoffice.Office.Common/Save/Document", "GenerateThumbnail", "false"),
    ("org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
    ("org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("org.openoffice.Setup/L10N", "ooLocale", "en-US"),
    ("org.openoffice.Setup/L10N", "ooSetupSystemLocale", "zh-CN"),
    ("org.openoffice.Inet/Settings", "ooInetProxyType", "1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("org.openoffice.Inet/Settings", "ooInetFTPProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetFTPProxyPort", "9"),
    ("org.openoffice.Inet/Settings", "ooInetNoProxy", ""),
)
"""Nothing in a document is run, nothing it refers to is fetched (port 9 discards), and dates are those of China."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be converted.

    Attributes:
        body: its bytes.
        suffix: the usual one of its kind, e.g. `doc`.
        source: LibreOffice's name of the filter that reads it; None lets it find out, and garbage becomes text.
        target: suffix and filter of what is wanted, e.g. `docx:MS Word 2007 XML`.
    """

    body: bytes
    suffix: str
    source: str | None
    target: str


class Failure(StrEnum):
    """Why there is nothing."""

    FAILED = "failed"
    """LibreOffice cannot open the file."""
    LATE = "late"
    """It took too long."""


class Converter:
    """LibreOffice with a profile and a folder of its own; used by one process and one thread."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._folder: Path | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def convert(self, jobs: Sequence[Job]) -> list[bytes | Failure]:
        """Convert files; those of one kind in one go.

        Returns:
            For every job what it became, or why it became nothing. A file that stops LibreOffice costs the others of
            its kind a second start, never their result.

        Raises:
            OSError: it cannot be started, or the disk is full.
        """
        results: dict[int, bytes | Failure] = {}
        kinds = dict.fromkeys((job.suffix, job.source, job.target) for job in jobs)
        for kind in kinds:
            numbers = [at for at, job in enumerate(jobs) if (job.suffix, job.source, job.target) == kind]
            made, end = self._run([(at, jobs[at]) for at in numbers])
            results |= made
            left = [at for at in numbers if at not in made]
            for at in left:
                if len(numbers) > 1:
                    made, end = self._run([(at, jobs[at])])
                results[at] = made.get(at, Failure.LATE if end == "late" else Failure.FAILED)
        return [results[at] for at in range(len(jobs))]

    def close(self) -> None:
        """End what runs and remove the folder."""
        guard, self._guard = self._guard, None
        if guard is not None:
            assert guard.stdin is not None
            assert guard.stdout is not None
            with suppress(BrokenPipeError):  # it was killed with an order on its way
                guard.stdin.close()
            guard.wait()
            guard.stdout.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _run(self, jobs: Sequence[tuple[int, Job]]) -> tuple[dict[int, bytes], str]:
        """What became of files of one kind, and how LibreOffice ended."""
        for _ in range(2):
            made, end = self._tried(jobs)
            if end:
                return made, end
            self.close()  # somebody killed the guard, which says nothing of the files
        raise OSError("the process that watches over LibreOffice was ended twice; look for a lack of memory")

    def _tried(self, jobs: Sequence[tuple[int, Job]]) -> tuple[dict[int, bytes], str]:
        folder = self._ready()
        given, made = folder / "in", folder / "out"
        for place in (given, made):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
        _, first = jobs[0]
        names = {}
        for at, job in jobs:
            names[at] = f"{at}.{job.suffix}"
            (given / names[at]).write_bytes(job.body)
        command = [
            self.office.program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *(
                "--headless",
                "--invisible",
                "--norestore",
                "--nolockcheck",
                "--nodefault",
                "--nologo",
                "--nofirststartwizard",
            ),
            *([f"--infilter={first.source}"] if first.source else []),
            *("--convert-to", first.target, "--outdir", str(made)),
            *(str(given / name) for name in names.values()),
        ]
        more = _EACH_MORE * (len(jobs) - 1)
        order = {
            "command": command,
            "folder": str(folder),
            "environment": _environment(folder),
            "seconds": SECONDS + more,
            "processor_seconds": PROCESSOR_SECONDS + more,
        }
        end = self._ordered(order)
        suffix = first.target.partition(":")[0]
        found = {}
        for at, name in names.items():
            file = made / f"{Path(name).stem}.{suffix}"
            # A file of a run that was stopped may be half of one.
            if end != "late" and file.is_file() and 0 < file.stat().st_size <= _LARGEST:
                found[at] = file.read_bytes()
        return found, end

    def _ordered(self, order: dict[str, object]) -> str:
        guard = self._guard
        assert guard is not None
        assert guard.stdin is not None
        assert guard.stdout is not None
        try:
            guard.stdin.write(json.dumps(order).encode() + b"\n")
            guard.stdin.flush()
            answer = guard.stdout.readline()
        except BrokenPipeError:
            answer = b""
        if not answer:
            return ""
        end: str = json.loads(answer)["end"]
        return end

    def _ready(self) -> Path:
        """The folder, with a profile in it and the guard watching over it."""
        if self._guard is not None and self._guard.poll() is not None:
            self.close()
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="gicrawl-office-"))
            user = self._folder / "profile" / "user"
            user.mkdir(parents=True)
            items = "".join(
                f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
                for path, name, value in _SETTINGS
            )
            (user / "registrymodifications.xcu").write_text(_PROFILE.format(items=items), encoding="utf-8")
        if self._guard is None:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py")), str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                close_fds=True,
            )
        return self._folder


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the user's but where programs are: the result must not hang on their language or home."""
    kept = {name: os.environ[name] for name in ("PATH", "SystemRoot") if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "SAL_USE_VCLPLUGIN": "svp",
    }


@cache
def converter(office: Office) -> Converter:
    """The converter of this process."""
    made = Converter(office)
    atexit.register(made.close)
    return made
