"""Changes that a person edited: a diff of the base that must pass the gates of every fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from codemods.codemod import Change, DeleteFile, DropLines
from codemods.engine.outcomes import FilePatch, Patch
from codemods.engine.patching.gates import GateError, check_file
from codemods.engine.patching.rewrite import RewrittenFile, Splice
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.lines import byte_lines
from codemods.syntax.spans import Span

if TYPE_CHECKING:
    from unidiff.patch import Hunk

GATES = ("compiles", "bytes-kept", "comments-kept", "names-defined")
"""Those that an edit passes. What a codemod would still find there is the person's to know."""


class EditError(Exception):
    """An edit that cannot be taken; the message is one line for a person."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of a file that are replaced, counted from zero."""

    start: int
    end: int
    new: tuple[bytes, ...]


def paths_of(change: Change) -> tuple[str, ...]:
    """The files that a Change touches.

    Raises:
        EditError: where there is no text to edit.
    """
    if any(isinstance(item, DeleteFile) for item in change.edits):
        raise EditError("it deletes a file: there is no text to edit")
    return tuple(dict.fromkeys(item.path for item in change.edits))


def check_edit(change: Change, diff: str, project: Project) -> Patch:
    """The patch of one edited Change alone.

    Raises:
        EditError: when it is no diff of the files that the Change touches, or a gate stops it.
    """
    return edited_patch(Patch((), (change,)), None, [(change, diff)], project)


def edited_patch(
    shown: Patch, rest: Patch | None, edited: Sequence[tuple[Change, str]], project: Project
) -> Patch:
    """A fix with some of its Changes as a person edited them.

    Args:
        shown: the fix as it was.
        rest: those of its Changes that were accepted as they are; ``None``: there is none.
        edited: the others, each with its diff.
        project: the state that was read.

    Raises:
        EditError: when a diff does not fit, two Changes write the same lines, or a gate stops it.
    """
    replaced: dict[str, list[_Lines]] = {}
    for file in rest.files if rest else ():
        if file.after is None:
            raise EditError(f"another Change of the same fix deletes {file.path}")
        replaced.setdefault(file.path, []).extend(_difference(file.before, file.after))
    for change, diff in edited:
        for path, lines in _placed(diff, paths_of(change), project).items():
            replaced.setdefault(path, []).extend(lines)
    changes = [change for change, _ in edited]
    files = [_written(path, lines, shown, project) for path, lines in replaced.items()]
    files = [item for item in files if item.before != item.after]
    if not files:
        raise EditError("it changes nothing")
    notes = [
        f"a person edited the Change at {item.site.path}:{item.site.line} in the review"
        for item in changes
    ]
    return Patch(
        tuple(files),
        (*(rest.changes if rest else ()), *changes),
        shown.refusals,
        shown.unaddressed,
        (*shown.notes, *notes),
        GATES,
        shown.left,
    )


def _written(path: str, lines: list[_Lines], shown: Patch, project: Project) -> FilePatch:
    """One file with all that is replaced in it, through the gates."""
    # Two Changes may want the same import.
    ordered = sorted(dict.fromkeys(lines), key=lambda item: (item.start, item.end))
    for one, other in pairwise(ordered):
        if other.start < one.end or one.start == other.start:
            raise EditError(f"two Changes write line {other.start + 1} of {path}")
    try:
        before = project.source(path)
        old = byte_lines(before.data)
        after = list(old)
        for item in reversed(ordered):
            after[item.start : item.end] = item.new
        source = SourceFile(path, b"".join(after))
        removed = tuple(
            edit.target
            for change in shown.changes
            for edit in change.edits
            if isinstance(edit, DropLines) and edit.path == path
        )
        check_file(RewrittenFile(before, source, _splices(before, source), (), removed))
    except (GateError, SourceError) as error:
        raise EditError(str(error)) from error
    return FilePatch(path, before.data, source.data)


def _splices(before: SourceFile, after: SourceFile) -> tuple[Splice, ...]:
    """The lines that differ, as the gates take them."""
    starts = [*before.line_starts, len(before.utf8)]
    return tuple(
        Splice(Span(starts[item.start], starts[item.end]), b"".join(item.new))
        for item in _difference(before.utf8, after.utf8)
    )


def _difference(before: bytes, after: bytes) -> list[_Lines]:
    old, new = byte_lines(before), byte_lines(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        _Lines(first, last, tuple(new[start:end]))
        for tag, first, last, start, end in matcher.get_opcodes()
        if tag != "equal"
    ]


def _placed(diff: str, allowed: Iterable[str], project: Project) -> dict[str, list[_Lines]]:
    """What a diff replaces, by path; its hunks stand where they say, or at the one other place
    that holds their lines.

    Raises:
        EditError: when it is none, or touches another file.
    """
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    try:
        files = list(PatchSet.from_string(diff))
    except (UnidiffParseError, ValueError) as error:
        raise EditError(f"is not a diff: {' '.join(str(error).split())}") from error
    if not files:
        raise EditError("is not a diff")
    named = set(allowed)
    found: dict[str, list[_Lines]] = {}
    for file in files:
        if file.path not in named or file.is_added_file or file.is_removed_file or file.is_rename:
            raise EditError(f"it does not touch {file.path}")
        try:
            lines = byte_lines(project.source(file.path).data)
        except SourceError as error:
            raise EditError(str(error)) from error
        for hunk in file:
            old, new = _sides(hunk)
            start = _where(lines, old, hunk.source_start - (1 if old else 0))
            if start is None:
                raise EditError(f"no longer applies to {file.path}")
            found.setdefault(file.path, []).extend(
                _Lines(start + item.start, start + item.end, item.new)
                for item in _difference(b"".join(old), b"".join(new))
            )
    return found


def _sides(hunk: Hunk) -> tuple[list[bytes], list[bytes]]:
    """The lines of a hunk before and after."""
    old: list[bytes] = []
    new: list[bytes] = []
    for number, item in enumerate(hunk):
        data = item.value.encode("utf-8", "surrogateescape")
        if number + 1 < len(hunk) and hunk[number + 1].line_type == "\\":
            # What follows says that this line has no newline.
            data = data.removesuffix(b"\n")
        old += [data] * (item.line_type in " -")
        new += [data] * (item.line_type in " +")
    return old, new


def _where(lines: Sequence[bytes], old: Sequence[bytes], stated: int) -> int | None:
    if list(lines[stated : stated + len(old)]) == list(old):
        return stated
    fits = [
        start
        for start in range(len(lines) - len(old) + 1)
        if old and list(lines[start : start + len(old)]) == list(old)
    ]
    return fits[0] if len(fits) == 1 else None
