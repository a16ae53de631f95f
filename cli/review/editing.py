"""Editing one Change of a fix in the editor of whoever reviews."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from codemods.codemod import Change
from codemods.delivery.review.candidates import Candidate
from codemods.delivery.review.choosing import choosing
from codemods.engine.outcomes import FilePatch, Patch
from codemods.engine.patching.edited import EditError, check_edit, edited_patch, paths_of
from codemods.output.diff import unified_diff
from codemods.output.results import Result

from ..deciding import again
from ..files import write_file
from .state import Reviewing

Run = Callable[[Sequence[str]], int]
"""Runs a command in the terminal; its exit status."""


def change_alone(reviewing: Reviewing, candidate: Candidate, number: int) -> Patch:
    """One Change of a fix, and nothing else of it.

    Raises:
        EditError: when it does not go alone.
    """
    if len(candidate.patch.changes) == 1:
        return candidate.patch
    project = reviewing.review.state.project
    wanted = candidate.patch.changes[number]
    resolve = again(reviewing.session, candidate, project, reviewing.review.how.allow)
    result = Result(resolve(lambda codemod: choosing(codemod, project, [wanted])))
    if result.patch is None:
        raise EditError(f"it cannot be written alone: {result.reason}")
    return result.patch


def editor() -> list[str]:
    """The command of the editor, as git and others take it."""
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")


def edit(reviewing: Reviewing, candidate: Candidate, number: int, run: Run) -> str:
    """The diff of a Change as somebody edited it.

    Args:
        reviewing: the review.
        candidate: the fix.
        number: which of its Changes.
        run: runs the editor.

    Raises:
        EditError: when the editor failed, nothing was edited, or a gate stops it.
    """
    change = candidate.patch.changes[number]
    project = reviewing.review.state.project
    start = _started(reviewing, candidate, number)
    shown = {item.path: item.after for item in start.files if item.after is not None}
    with tempfile.TemporaryDirectory(prefix="autofix-edit-") as folder:
        files = {path: Path(folder) / _name(path, n) for n, path in enumerate(shown)}
        for path, file in files.items():
            write_file(file, shown[path], Path(folder))
        status = run([*editor(), *map(str, files.values())])
        if status:
            raise EditError(f"the editor exited with status {status}: the edit was dropped")
        after = {path: file.read_bytes() for path, file in files.items()}
    if after == shown:
        raise EditError("nothing was edited")
    diff = unified_diff(
        FilePatch(path, project.source(path).data, data) for path, data in after.items()
    )
    try:
        text = diff.decode("utf-8")
    except UnicodeDecodeError:
        raise EditError("its file is not UTF-8") from None
    check_edit(change, text, project)
    return text


def _started(reviewing: Reviewing, candidate: Candidate, number: int) -> Patch:
    """What the editor begins with: the Change as it is, or as it was edited before."""
    change: Change = candidate.patch.changes[number]
    paths_of(change)
    choice = reviewing.choices.get(candidate.name)
    diff = choice.edits.get(number) if choice else None
    if diff is not None:
        shown = Patch((), (change,))
        return edited_patch(shown, None, [(change, diff)], reviewing.review.state.project)
    return change_alone(reviewing, candidate, number)


def _name(path: str, number: int) -> str:
    """A file's own name, so that the editor knows what it is."""
    name = PurePosixPath(path).name
    return f"{number}-{name}" if number else name


def in_terminal(command: Sequence[str]) -> int:
    """Run a command that has the terminal to itself; its exit status."""
    try:
        return subprocess.call(list(command))
    except OSError as error:
        raise EditError(f"{command[0]}: {error.strerror}") from error
