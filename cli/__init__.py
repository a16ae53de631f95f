"""The command line: one module a command, and how results are shown.

Nothing heavy is imported before a command runs: ``autofix --help`` needs neither libcst nor git.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """The command ``autofix``: runs it and exits with its status."""
    import signal
    import sys

    raises = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if raises:
        # An import is no place to raise in: what calls it may swallow that, or print it.
        signal.signal(signal.SIGINT, _interrupted)
    from .app import run

    if raises:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        status = run(sys.argv[1:])
        # It is done, and what it was is told: nothing is left that could be stopped.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        # Before or behind the command, which would have said so.
        print("interrupted", file=sys.stderr)
        status = 130
    import gc

    # What there is goes with the process: Python would look through all of it for circles first.
    gc.freeze()
    sys.exit(status)


def _interrupted(_number: int, _frame: object) -> None:
    """Ctrl-C before there is anything to take back."""
    import os

    os.write(2, b"interrupted\n")
    os._exit(130)
