"""How a command ends: its exit status, and errors as one line on stderr, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator

DONE = 0
"""Everything that was asked for is fixed, or was fixed already."""
NOT_FIXED = 1
"""Something that was asked for was not found, was refused, or has no codemod."""
WRONG = 2
"""Wrong use, unreadable input that was named, or an internal error."""
INTERRUPTED = 130
STOPPED = 128
"""To this the number of the signal is added, as a shell does."""


class Told(int):
    """An exit status of which has been told why."""


class UserError(Exception):
    """Something that the user can put right; the message is one line."""


class Stopped(BaseException):
    """Somebody ends the process; like Ctrl-C, but not for a command to catch."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number.name)
        self.number = number


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM and SIGHUP end a command as Ctrl-C does: what is half done is taken back first.

    Handlers that others have set stay, as does that a signal is ignored (``nohup``).
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    owner = os.getpid()

    def stop(number: int, _frame: object) -> None:
        if os.getpid() != owner:
            # A worker has nothing to take back.
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        raise Stopped(signal.Signals(number))

    ours = [item for item in _STOPPING if signal.getsignal(item) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


_STOPPING = (signal.SIGTERM, signal.SIGHUP)


def guarded(action: Callable[[], int | None]) -> int:
    """Run a command; whatever it raises becomes an exit status and a line on stderr.

    Errors of the rooms below (a report, the settings, the repository) are mistakes too: their
    messages are written for a person.
    """
    try:
        with stoppable():
            status = action() or DONE
            sys.stdout.flush()
            if status == INTERRUPTED and not isinstance(status, Told):
                # typer's word for Ctrl-C while it reads the command line: a number.
                raise KeyboardInterrupt
            return status
    except UserError as error:
        say(str(error))
        return WRONG
    except KeyboardInterrupt as error:
        return _interrupted(error)
    except Stopped as error:
        _tell_stopped(f"stopped by {error.number.name}", error)
        return STOPPED + error.number
    except OSError as error:
        # A full disk, a folder without permission: nothing that a traceback would explain.
        what = error.strerror or str(error)
        if error.errno == errno.EAGAIN and not error.filename:
            what = f"no other process can be started: {what}"
        say(f"{error.filename}: {what}" if error.filename else what)
        if _wants_tracebacks():
            traceback.print_exc()
        return WRONG
    # The one place where everything is caught: no traceback may reach the user.
    except Exception as error:  # noqa: BLE001
        return _from_exception(error)


def _from_exception(error: Exception) -> int:
    # click's and typer's errors: typer has click inside of itself in some versions and beside
    # itself in others, so they are known by what they can do.
    format_message = getattr(error, "format_message", None)
    if callable(format_message):
        if type(error).__name__ == "NoArgsIsHelpError":
            # Its message is the help of a group of commands, which has many lines.
            print(format_message(), file=sys.stderr)
            return WRONG
        message = " ".join(str(format_message()).replace("Value error, ", "").split())
        context = getattr(error, "ctx", None)
        see = f" (see {context.command_path} --help)" if context is not None else ""
        say(message.removesuffix(".") + see)
        return WRONG
    if type(error).__name__ == "Abort":
        # click's word for Ctrl-C.
        return _interrupted(error.__cause__ or error)
    if isinstance(error, _written_for_people()):
        # Settings have one line for each of their problems.
        for problem in getattr(error, "problems", None) or (str(error),):
            say(problem)
        return WRONG
    what = f"internal error: {type(error).__name__}: {' '.join(str(error).split())}"
    if _wants_tracebacks():
        traceback.print_exc()
        say(what)
    else:
        say(f"{what} (this is a bug in autofix: please report it with the output of -v)")
    return WRONG


def _interrupted(error: BaseException) -> int:
    _tell_stopped("interrupted", error)
    return Told(INTERRUPTED)


def _tell_stopped(what: str, error: BaseException) -> None:
    """What stopped us, and what became of the files that were being written."""
    print(_shown("; ".join((what, *getattr(error, "__notes__", ())))), file=sys.stderr)


def _wants_tracebacks() -> bool:
    return logging.getLogger("codemods").isEnabledFor(logging.DEBUG)


def _written_for_people() -> tuple[type[Exception], ...]:
    """The error types whose message is one clear line; imported only when something went wrong."""
    from codemods.delivery.bot.templates import TemplateError
    from codemods.delivery.forge.protocol import ForgeError
    from codemods.delivery.repository import RepositoryError
    from codemods.delivery.review.decisions import DecisionsError
    from codemods.engine.scanning.baseline import BaselineError
    from codemods.engine.scanning.scope import ScopeError
    from codemods.findings.reports import ReportError, SelectionError
    from codemods.project.commit import CommitError
    from codemods.project.settings import SettingsError

    return (
        BaselineError,
        DecisionsError,
        ForgeError,
        RepositoryError,
        ReportError,
        ScopeError,
        SelectionError,
        CommitError,
        SettingsError,
        TemplateError,
    )


def say(message: str) -> None:
    """A line on stderr, for errors."""
    print(f"autofix: {_shown(message)}", file=sys.stderr)


def _shown(message: str) -> str:
    """In one line, whatever it names; and without what lets somebody in."""
    from codemods.output.styled import one_line
    from codemods.project.redaction import redacted

    return one_line(redacted(message))
