"""The command line: one module a command, and how results are shown.

Nothing heavy is imported before a command runs: ``autofix --help`` needs neither libcst nor git.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """The command ``autofix``: runs it and exits with its status."""
    import gc
    import sys

    try:
        from .app import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        # Before there was a command that could say so.
        print("interrupted", file=sys.stderr)
        status = 130
    # What there is goes with the process: Python would look through all of it for circles first.
    gc.freeze()
    sys.exit(status)
