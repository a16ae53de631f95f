"""Runs a command line of autofix and ends it at a certain step of its writing.

``python at.py STEP SIGNAL DELAY …``: right before the file system is changed for the STEP-th time
(counted from the first temporary file in the current folder on, or from the event that
``AUTOFIX_BEGINS`` names), or DELAY milliseconds later, the
whole process group gets the signal, as from a terminal or ``kill -9``. The steps are those of
Python's audit events, so that each is met, and not only those that take long. Behind the last
step nothing happens; the number of steps goes to the file that ``AUTOFIX_STEPS`` names.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

CHANGING = frozenset(
    {
        *("os.rename", "os.remove", "os.chmod", "os.chown", "os.mkdir", "os.rmdir", "os.link"),
        *("tempfile.mkstemp", "tempfile.mkdtemp", "subprocess.Popen"),
    }
)


def main() -> int:
    """Run the command line that stands behind the three arguments."""
    step, number, delay = int(sys.argv[1]), signal.Signals[sys.argv[2]], int(sys.argv[3])
    here = str(Path.cwd())
    seen = 0
    began = False

    def end() -> None:
        os.killpg(0, number)

    def look(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen, began
        if event == "open":
            flags = arguments[2]
            if not (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
                return
        elif event not in CHANGING:
            return
        if not began:
            began = event == os.environ.get("AUTOFIX_BEGINS") or (
                event.startswith("tempfile.mk") and str(arguments[0]).startswith(here)
            )
        if not began:
            return
        seen += 1
        if seen == step:
            if delay:
                later = threading.Timer(delay / 1000, end)
                later.daemon = True
                later.start()
            else:
                end()

    sys.addaudithook(look)
    from codemods.cli.app import run

    try:
        status: int = run(sys.argv[4:])
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return status
    except KeyboardInterrupt:
        # Behind the command, as in ``codemods.cli.main``.
        return 130
    finally:
        if "AUTOFIX_STEPS" in os.environ:
            Path(os.environ["AUTOFIX_STEPS"]).write_text(str(seen))


if __name__ == "__main__":
    sys.exit(main())
