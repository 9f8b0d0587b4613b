"""Real components beside gicrawl in its tests: pywb, nginx and Chromium, each on loopback and ended with its block.

LibreOffice is asked for by `libreoffice`: it serves nothing, it converts.

`make components` installs them where there is a package manager for it. Without one a test that needs it is skipped and
says so; where `GICRAWL_COMPONENTS=required` (as in CI on a machine that can install them) it fails instead.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parent.parent
PYWB = ROOT / ".venv-pywb" / "bin"
"""pywb has an environment of its own: it is a server, and its pins are no business of ours."""

START_SECONDS = 60.0
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def _missing(what: str) -> None:
    reason = f"{what} is not installed; `make components` installs it (needs apt and root)"
    if os.environ.get("GICRAWL_COMPONENTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A port of loopback that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def pywb(folder: Path, warcs: Sequence[Path]) -> Iterator[str]:
    """pywb with these WARC files as its collection `web`; its origin."""
    commands = Path(os.environ.get("GICRAWL_PYWB", PYWB))
    if not (commands / "wayback").exists():
        _missing("pywb")
    folder.mkdir(parents=True)
    for command in (["init", "web"], ["add", "web", *map(str, warcs)]):
        subprocess.run([commands / "wb-manager", *command], cwd=folder, check=True, capture_output=True)
    # Pages by themselves, not in a frame below a banner.
    (folder / "config.yaml").write_text("framed_replay: false\nenable_auto_colls: true\n", encoding="utf-8")
    port = free_port()
    with _running([str(commands / "wayback"), "-b", "127.0.0.1", "-p", str(port)], folder, port):
        yield f"http://127.0.0.1:{port}"


def libreoffice() -> str:
    """The program; the test ends here where there is none."""
    command = shutil.which("soffice")
    if command is None:
        _missing("LibreOffice")
    return command or ""


@contextmanager
def nginx(folder: Path, served: Path) -> Iterator[str]:
    """nginx serving a folder, byte ranges included; its origin."""
    command = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if command is None:
        _missing("nginx")
        return
    folder.mkdir(parents=True)
    port = free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root; " if os.geteuid() == 0 else ""  # its workers have to read this test's folder
    (folder / "nginx.conf").write_text(
        f"daemon off; {user}worker_processes 1; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log {folder}/access.log; {places}"
        f"server {{ listen 127.0.0.1:{port}; root {served}; }} }}\n",
        encoding="utf-8",
    )
    with _running([command, "-c", str(folder / "nginx.conf"), "-p", str(folder)], folder, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process:
        try:
            _wait(process, port, folder / "log")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except urllib.error.HTTPError as answer:  # it answers: that is enough
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"{process.args!r} did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser shows of a page.

    Attributes:
        text: as a reader sees it.
        images: of each picture that could be shown, the name in its URL: width, height, and a number over its pixels.
    """

    text: str
    images: dict[str, tuple[int, int, int]]


class Browser:
    """Chromium without a window, shut off from everything but loopback; for a `with` block.

    Spoken to by DevTools messages over two pipes, a NUL after each.

    Args:
        hosts: names that lead to an address of loopback: `www.a.cn` to `127.0.0.1:8001`.
    """

    def __init__(self, hosts: dict[str, str] | None = None) -> None:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        if found is None:
            _missing("Chromium")
        mapped = [f"MAP {name} {address}" for name, address in (hosts or {}).items()]
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._command = [
            found or "",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--remote-debugging-pipe",
            f"--host-resolver-rules={', '.join([*mapped, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'])}",
            f"--user-data-dir={self._profile.name}",
        ]
        self._number = 0
        self._unread = b""

    def __enter__(self) -> Self:
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        high = [fcntl.fcntl(one, fcntl.F_DUPFD, 20) for one in (theirs_in, theirs_out)]
        wrapped = ["bash", "-c", f'exec "$0" "$@" 3<&{high[0]} 4>&{high[1]}', *self._command]  # it reads 3, writes 4
        self._process = subprocess.Popen(
            wrapped, pass_fds=high, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for one in (theirs_in, theirs_out, *high):
            os.close(one)
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._to)
        os.close(self._from)
        self._process.kill()
        self._process.wait()
        self._profile.cleanup()

    def shows(self, url: str) -> Shown:
        """Load a page and look at it once it is whole."""
        self._ask("Page.navigate", url=url)
        self._until(lambda message: message.get("method") == "Page.loadEventFired")
        asked = self._ask("Runtime.evaluate", expression=_LOOK, awaitPromise=True, returnByValue=True)
        seen = json.loads(asked["result"]["value"])
        return Shown(seen["text"], {name: tuple(facts) for name, facts in seen["images"].items()})

    def _ask(self, method: str, **params: object) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params}
        if hasattr(self, "_session"):
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        answer = self._until(lambda heard: heard.get("id") == number)
        assert "result" in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + START_SECONDS
        while True:
            while b"\0" not in self._unread:
                left = end - time.monotonic()
                ready = left > 0 and select.select([self._from], [], [], left)[0]
                data = os.read(self._from, 1 << 16) if ready else b""
                if not data:
                    pytest.fail("the browser ended or fell silent")
                self._unread += data
            heard, _, self._unread = self._unread.partition(b"\0")
            message: dict[str, Any] = json.loads(heard)
            if wanted(message):
                return message


_LOOK = """
(async () => {
  const images = {};
  for (const image of document.images) {
    await image.decode().catch(() => null);
    if (!image.naturalWidth) continue;
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const drawing = canvas.getContext("2d");
    drawing.drawImage(image, 0, 0);
    let sum = 2166136261;
    for (const byte of drawing.getImageData(0, 0, canvas.width, canvas.height).data)
      sum = Math.imul(sum ^ byte, 16777619) >>> 0;
    images[image.src.split("/").pop()] = [canvas.width, canvas.height, sum];
  }
  return JSON.stringify({text: document.body.innerText, images});
})()
"""
