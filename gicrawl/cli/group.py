"""The group, the options every command shares, and the one place where errors become a line and an exit status."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from gicrawl.cli.lean import before_an_archive
from gicrawl.messages import LANGUAGES, default_language, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

Command = TypeVar("Command", bound="Callable[..., Any]")
Item = TypeVar("Item")

_HEARD = "gicrawl.interrupted"

DONE, FINDINGS, USAGE, FAILED = 0, 1, 2, 3
"""Exit statuses: done; done, with findings for a person; wrong usage; could not do its work."""


class Failure(click.ClickException):
    """Ends a command with one line on standard error.

    Args:
        message: what happened, to which document or portal, and what to do; one line.
        status: the exit status.
    """

    def __init__(self, message: str, status: int = FAILED) -> None:
        super().__init__(one_line(message))
        self.exit_code = status  # type: ignore[misc] # Click reads it from the instance; only its stub says class


class Group(click.Group):
    """Maps whatever a user can cause to one line and the contract's exit status; a bug keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - Click's own signature
        """Run a command; turn the rooms' errors into a `Failure`."""
        try:
            with _interrupts(ctx):
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            quiet_end()
        except KeyboardInterrupt:
            _forget_interrupt()
            raise Failure(say("interrupted")) from None
        except OSError as error:
            raise Failure(os_error(error)) from error
        except Exception as error:
            status = known_error(error)
            if status is None:
                raise
            problems = getattr(error, "problems", None)  # a registry names everything wrong with it, a line each
            for problem in problems[:-1] if problems else ():
                click.echo(f"Error: {one_line(problem)}", err=True)
            raise Failure(problems[-1] if problems else str(error), status) from error


def _forget_interrupt() -> None:
    """Make the process end with our own exit status.

    CPython remembers an interrupt that strikes while source text is run (a dataclass being made in an import), and
    `python -m` kills itself with SIGINT in the end although it was handled. Running any text makes it forget.
    """
    eval("None")  # noqa: S307 - our own constant


@contextmanager
def _interrupts(ctx: click.Context) -> Iterator[None]:
    """Ctrl-C ends a command, and SIGTERM (a service manager, `timeout`, a shutdown) as Ctrl-C does.

    What is open is closed. Each is also remembered: where it strikes within a callback of the interpreter, the
    exception is lost.
    """
    if threading.current_thread() is not threading.main_thread():  # Python leaves signals to the main thread
        yield
        return

    def hear(_number: int, _frame: FrameType | None) -> None:
        ctx.find_root().meta[_HEARD] = True
        raise KeyboardInterrupt

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Holds interrupts back for a moment: a command's imports, which lose them or are left half done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def until_interrupted(items: Iterable[Item]) -> Iterator[Item]:
    """The items, as long as nobody has interrupted the command.

    Raises:
        KeyboardInterrupt: somebody has, and the exception was lost on its way here.
    """
    meta = click.get_current_context().find_root().meta
    for item in items:
        if meta.get(_HEARD, False):
            raise KeyboardInterrupt
        yield item


def known_error(error: Exception) -> int | None:
    """The exit status for an error the rooms raise on purpose; None for a bug of ours.

    Their modules are looked up among those already imported: an error cannot come from one that is not.
    """
    statuses = {
        ("gicrawl.archive.errors", "ArchiveError"): FAILED,
        ("gicrawl.corpus.errors", "VersionUnknown"): USAGE,
        ("gicrawl.corpus.errors", "LedgerError"): USAGE,
        ("gicrawl.corpus.errors", "CorpusError"): FAILED,
        ("gicrawl.bounds.crew", "CrewLost"): FAILED,
        ("gicrawl.sample.process", "SampleError"): FAILED,
        ("gicrawl.export.errors", "ExportError"): FAILED,
        ("gicrawl.archive.about", "ListError"): USAGE,
        ("gicrawl.portals.registry", "RegistryError"): USAGE,
        ("gicrawl.crawling.run", "ContactMissing"): USAGE,
        ("gicrawl.crawling.run", "FamilyUnknown"): USAGE,
        ("spiders.description", "DescriptionError"): USAGE,
        ("gicrawl.crawling.hosts", "AddressError"): USAGE,
        ("gicrawl.crawling.hosts", "RefusedByGuard"): USAGE,
    }
    for (module, name), status in statuses.items():
        kind = getattr(sys.modules.get(module), name, None)
        if isinstance(kind, type) and isinstance(error, kind):
            return status
    return None


def os_error(error: OSError) -> str:
    """One line for what the operating system refused: what, which file, what to do."""
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    cause = error.strerror or str(error)
    code = {
        errno.ENOSPC: "disk_full",
        errno.EDQUOT: "disk_full",
        errno.EACCES: "no_permission",
        errno.EROFS: "no_permission",
    }.get(error.errno or 0, "os_error")
    return say(code, file=name or "<stdout>", cause=cause)


def quiet_end() -> NoReturn:
    """Whoever read our output has gone (`gicrawl parse … | head`): nothing is wrong and nobody is left to tell."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered goes there at exit
    sys.exit(DONE)


def one_line(message: str) -> str:
    """The message without line ends: logs and pipes count on one line each."""
    return " ".join(message.split())


def language(ctx: click.Context) -> str:
    """The language of messages: `--lang` of the command or of any group above it, else the locale's."""
    found = ctx.find_root().meta.get("gicrawl.lang")
    return found if isinstance(found, str) else default_language()


def say(code: str, **fields: object) -> str:
    """A message of the catalog in the user's language, on one line."""
    return one_line(text(code, language(click.get_current_context()), **fields))


def tell(code: str, **fields: object) -> None:
    """A message for people, on standard error."""
    click.echo(say(code, **fields), err=True)


def _keep_language(ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    if value is not None:
        ctx.find_root().meta["gicrawl.lang"] = value
    return language(ctx)


lang_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    callback=_keep_language,
    is_eager=True,
    help="Language of messages; default from the locale.",
)

archive_option = click.option(
    "--archive",
    "archive_path",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="GICRAWL_ARCHIVE",
    default=Path("archive/gicrawl.db"),
    show_default=True,
    show_envvar=True,
    callback=before_an_archive,
    help="The archive.",
)

portals_option = click.option(
    "--portals",
    "portals_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="GICRAWL_PORTALS",
    show_envvar=True,
    help="A registry (TOML or CSV) instead of the bundled one.",
)


def example(*lines: str) -> str:
    """The examples at the end of a command's help, as Click prints them unwrapped."""
    return "\b\n" + "\n".join(["Example:" if len(lines) == 1 else "Examples:", *(f"  {line}" for line in lines)])


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=example("gicrawl demo", "gicrawl parse report.html"),
)
@click.version_option(package_name="gicrawl", prog_name="gicrawl")
@lang_option
def cli(lang: str) -> None:
    """Crawl, archive and parse the yearly open-government reports of Chinese government bodies."""
    del lang  # kept in the context by its callback
