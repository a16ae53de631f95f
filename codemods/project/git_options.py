"""The options that every call of git gets.

A repository's own configuration names programs, and so does that of a repository which somebody
has committed as a folder of another one. Those that git would start without need are switched
off: hooks, the file system monitor, housekeeping, checks of signatures. What is left is what a
write needs and whoever owns the repository has set up: clean filters, when git compares files of
the work tree; ``gpg.program``, when ``commit.gpgsign`` is set; and what a push or a fetch goes
through. A pager or an editor is never started: git has no terminal here.
"""

from __future__ import annotations

import os

OPTIONS = (
    "--no-optional-locks",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "safe.bareRepository=explicit",
    "-c",
    "log.showSignature=false",
    "-c",
    "gc.auto=0",
    "-c",
    "maintenance.auto=false",
)
"""They go before the command's name."""
TRUSTED = ("-c", "safe.bareRepository=all")
"""Behind :data:`OPTIONS`: for a bare repository that is no folder of another one."""
