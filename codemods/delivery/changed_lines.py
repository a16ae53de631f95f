"""What changed since a commit: the files, and in them the lines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from codemods.delivery.repository import Repository
from codemods.engine.scanning.request import Changed
from codemods.findings.model import LineRange

_HUNK = re.compile(rb"@@ -\S+ \+(?P<start>\d+)(?:,(?P<count>\d+))? @@")
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "-M", "--diff-filter=d")


def changed_since(repository: Repository, ref: str) -> Changed:
    """How the work tree differs from where it left ``ref``.

    What others did on ``ref`` since then is no change here: compared is with the merge base, and
    with ``ref`` itself only where there is none. Files that git does not know yet count, unless
    they are ignored.

    Raises:
        RepositoryError: when ``ref`` names no commit.
    """
    commit = repository.resolve(ref)
    base = repository.run("merge-base", commit, "HEAD")
    start = commit if base.status else base.text
    names = _names(repository.ask(*_DIFF, "--name-only", "-z", start, "--").stdout)
    text = repository.ask(*_DIFF, "--unified=0", start, "--").stdout
    files: dict[str, tuple[LineRange, ...] | None] = dict(zip(names, _lines(text), strict=True))
    untracked = repository.ask("ls-files", "--others", "--exclude-standard", "-z").stdout
    files.update(dict.fromkeys(_names(untracked)))
    return Changed(files)


def _names(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _lines(diff: bytes) -> Iterator[tuple[LineRange, ...]]:
    """The new lines of each file of a diff, in its order: the names need not be unquoted."""
    ranges: list[LineRange] | None = None
    for line in diff.split(b"\n"):
        if line.startswith(b"diff --git "):
            if ranges is not None:
                yield tuple(ranges)
            ranges = []
        elif ranges is not None and (hunk := _HUNK.match(line)) is not None:
            start, count = int(hunk["start"]), int(hunk["count"] or 1)
            # Where lines only went, the two around the gap have changed their neighbour.
            ranges.append(LineRange(start, start + count - 1 if count else start + 1))
    if ranges is not None:
        yield tuple(ranges)
