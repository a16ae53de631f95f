"""Fixing what a scan finds, file by file, without a report."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codemods.codemod import Change, Codemod, Place, Refusal, Safety, Scope
from codemods.engine.outcomes import FilePatch
from codemods.engine.patching import formatting
from codemods.engine.patching.gates import GateError
from codemods.engine.patching.patching import make
from codemods.engine.scanning.scan import Found, Skipped
from codemods.engine.scanning.workers import Done, can_fork, in_processes, in_words
from codemods.project.project import AT_ONCE, Project
from codemods.project.source import SourceError

FIXED_POINT_BOUND = 10
"""How often the codemods are run one after the other over a file before a scan gives up."""
MANY_TO_FIX = 16
"""From how many files on it is worth more than one process to fix them."""
FIXED_AT_ONCE = 4
"""How many files a worker gets: fixing one takes as long as reading some fifty."""


@dataclass(frozen=True, slots=True)
class FixResult:
    """What a fixing scan changed."""

    files: tuple[FilePatch, ...]
    changes: tuple[Found, ...]
    refused: tuple[tuple[str, Refusal], ...]
    failed: tuple[Skipped, ...]
    """Files whose patch did not pass a gate: they are as they were."""
    remaining: tuple[Found, ...] | None = None
    """What a scan of the file would find now; ``None`` where that was not seen."""


@dataclass(slots=True)
class _Left:
    """What one codemod leaves in the file."""

    at: int
    """After how many changes of the project; ``-1`` where it is to run again."""
    refused: tuple[Refusal, ...] = ()
    remaining: tuple[Change, ...] = ()


def fix(
    project: Project,
    codemods: Sequence[Codemod],
    path: str,
    *,
    options: Callable[[str], Mapping[str, Any]] = lambda _name: {},
    allow: Safety = Safety.SAFE,
) -> FixResult:
    """Fix what a scan finds in one file, codemod after codemod, to a fixed point.

    Codemods may want the same place: each runs on what the one before it left, and is not asked
    again before another one changes something.
    """
    before = {path: project.files.read(path)}
    current = project
    passed: list[Project] = []
    changes: list[Found] = []
    left: dict[str, _Left] = {}
    failed: dict[str, Skipped] = {}
    made_so_far = 0
    for _ in range(FIXED_POINT_BOUND):
        moved = False
        for codemod in codemods:
            if not current.files.exists(path):
                break
            name = codemod.name
            if name in failed or (name in left and left[name].at == made_so_far):
                continue
            source = current.source(path)
            settings = options(name)
            if not codemod.wants(current, source, settings):
                left[name] = _Left(made_so_far)
                continue
            try:
                place = Place(source, source.tree.module, by="scan")
                scope = Scope(current, (place,), settings)
                made = make(scope, codemod, None, allow)
            except (GateError, SourceError) as error:
                failed[name] = Skipped(path, f"{name}: {error}")
                continue
            if made.after is not None:
                for item in made.patches:
                    before.setdefault(item.path, item.before)
                current = made.after
                passed.append(current)
                changes += [Found(name, change) for change in made.changes]
                made_so_far += 1
                moved = True
            # The gate has asked it once more. What could not be carried out, beside other
            # changes, may be possible now that these are made.
            again = made.after is not None and made.left.changes
            left[name] = _Left(
                -1 if again else made_so_far,
                made.left.refusals if made.after is not None else made.refusals,
                made.left.changes + made.left.shown,
            )
        if not moved:
            break
    patches = tuple(
        FilePatch(name, data, after)
        for name, data in before.items()
        if (after := _data(current, name)) != data
    )
    for state in passed:
        # It has an index, which is a circle.
        state.forget()
    seen = not failed and all(item.at == made_so_far for item in left.values())
    return FixResult(
        patches,
        tuple(changes),
        tuple((name, refusal) for name, item in left.items() for refusal in item.refused),
        tuple(failed.values()),
        tuple(Found(name, change) for name, item in left.items() for change in item.remaining)
        if seen
        else None,
    )


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be fixed in one file."""

    codemods: Sequence[Codemod]
    options: Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FixedApart:
    """Files that were fixed each for itself."""

    results: Mapping[str, FixResult]
    """By path, in any order."""
    given_up: Mapping[str, str] = field(default_factory=dict)
    """Files that nobody should try again, with the reason: their processes died."""
    deaths: tuple[str, ...] = ()
    """What happened to worker processes, in words."""


def fix_apart(
    project: Project, tasks: Mapping[str, Task], *, allow: Safety, jobs: int
) -> FixedApart:
    """Fix every file in the project as it is, as if no other were fixed, in several processes.

    A change may reach into other files: who puts the results together must fix a file anew when
    another one has changed it.

    Args:
        project: the state that is read.
        tasks: the files, each with its codemods.
        allow: the weakest safety that is written.
        jobs: how many processes. Where there are few files, or one process, nothing is done: then
            each file is better fixed when its turn comes.
    """
    if jobs < 2 or len(tasks) < MANY_TO_FIX or not can_fork():
        return FixedApart({})

    def work(some: Sequence[str]) -> list[FixResult]:
        done = []
        for path in some:
            task = tasks[path]
            done.append(fix(project, task.codemods, path, options=task.options, allow=allow))
            let_go(project)
        return done

    formatting.load()
    results: dict[str, FixResult] = {}
    given_up: dict[str, str] = {}
    deaths: list[str] = []
    for answer in in_processes(work, tuple(tasks), jobs, FIXED_AT_ONCE):
        if isinstance(answer, Done):
            results.update(zip(answer.paths, answer.result, strict=True))
            continue
        deaths.append(in_words(answer))
        if answer.final:
            given_up |= dict.fromkeys(answer.paths, f"its process died ({answer.how})")
    return FixedApart(results, given_up, tuple(deaths))


def let_go(project: Project) -> None:
    """Forget what fixing has read, when it is much: nothing of a file is asked for again once it
    is fixed, and its tree is large.

    The formatter leaves circles behind, which nobody collects while trees are built.
    """
    if project.bytes_parsed > AT_ONCE:
        project.forget()
        gc.collect(0)


def _data(project: Project, path: str) -> bytes | None:
    return project.source(path).data if project.files.exists(path) else None
