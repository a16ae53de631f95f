"""The reports of a commit: what a pull request adds to a report counts when it is merged."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

from pathspec import GitIgnoreSpec

from codemods.project.files import Files


def lay_out(files: Files, patterns: Sequence[str], folder: Path) -> None:
    """Lay the files of a commit that match a pattern out below an empty folder.

    Args:
        patterns: globs from the top, as in the setting ``reports``.
    """
    spec = GitIgnoreSpec.from_lines(f"/{pattern.lstrip('/')}" for pattern in patterns)
    wanted = [path for path in files.paths() if spec.match_file(path)]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in wanted:
            data = files.read(path)
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    buffer.seek(0)
    with tarfile.open(fileobj=buffer) as archive:
        # Names of a commit are whatever somebody made them: none leads out of the folder.
        archive.extractall(folder, filter="data")
