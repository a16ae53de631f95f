"""Fixing what a scan finds, file by file, without a report."""

from __future__ import annotations

import gc
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from codemods.codemod import Change, Codemod, Place, Refusal, Safety, Scope
from codemods.engine.outcomes import FilePatch
from codemods.engine.patching import formatting
from codemods.engine.patching.gates import GateError
from codemods.engine.patching.patch_scope import patch_scope
from codemods.engine.patching.rewrite import ENCODING
from codemods.engine.scanning.scan import Found, Options, Skipped
from codemods.engine.scanning.scope import Group
from codemods.engine.scanning.workers import Done, can_fork, in_processes, in_words
from codemods.plugins import one_line
from codemods.project.project import AT_ONCE, Project
from codemods.project.source import SourceError

logger = logging.getLogger(__name__)

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


def fix(
    project: Project,
    codemods: Sequence[Codemod],
    path: str,
    *,
    options: Options = lambda _name: {},
    allow: Safety = Safety.SAFE,
) -> FixResult:
    """Fix what a scan finds in one file, codemod after codemod, to a fixed point.

    Codemods may want the same place: each runs on what the one before it left, and is not asked
    again before another one changes something.
    """
    fixing = _Fixing(project, path, options, allow)
    for _ in range(FIXED_POINT_BOUND):
        moved = False
        for codemod in codemods:
            if not fixing.current.files.exists(path):
                break
            moved = fixing.carry_out(codemod) or moved
        if not moved:
            break
    return fixing.result()


@dataclass(slots=True)
class _Left:
    """What one codemod leaves in the file."""

    at: int
    """After how many changes of the project; ``-1`` where it is to run again."""
    refused: tuple[Refusal, ...] = ()
    remaining: tuple[Change, ...] = ()


class _Fixing:
    """One file on its way to a fixed point."""

    def __init__(self, project: Project, path: str, options: Options, allow: Safety) -> None:
        self.current = project
        self._path = path
        self._options = options
        self._allow = allow
        self._before = {path: project.files.read(path)}
        self._passed: list[Project] = []
        """The states after each change; the last one is the current one."""
        self._changes: list[Found] = []
        self._left: dict[str, _Left] = {}
        self._failed: dict[str, Skipped] = {}

    def carry_out(self, codemod: Codemod) -> bool:
        """Let a codemod fix what it finds, unless it has seen this state; whether it did."""
        name, made_so_far = codemod.name, len(self._passed)
        if name in self._failed or (name in self._left and self._left[name].at == made_so_far):
            return False
        source = self.current.source(self._path)
        settings = self._options(name)
        try:
            if not codemod.wants(self.current, source, settings):
                self._left[name] = _Left(made_so_far)
                return False
            place = Place(source, source.tree.module, by="scan")
            patched = patch_scope(
                Scope(self.current, (place,), settings), codemod, None, self._allow
            )
        except (GateError, SourceError) as error:
            self._failed[name] = Skipped(self._path, f"{name}: {error}")
            return False
        except Exception as error:
            # A defect of the codemod, which may be a plug-in: the others go on.
            logger.debug("%s failed on %s", name, self._path, exc_info=True)
            self._failed[name] = Skipped(self._path, f"{name}: {one_line(error)}")
            return False
        for refusal in patched.refusals:
            if refusal.reason == ENCODING:
                # Nothing about the place: the file is named with those that were not fixed.
                self._failed[name] = Skipped(self._path, f"{name}: {refusal.detail}")
        remaining = patched.left.changes + patched.left.shown
        if patched.after is None:
            self._left[name] = _Left(made_so_far, patched.refusals, remaining)
            return False
        for item in patched.patches:
            self._before.setdefault(item.path, item.before)
        self.current = patched.after
        self._passed.append(patched.after)
        self._changes += [Found(name, change) for change in patched.changes]
        # The gate has asked it once more. What could not be carried out, beside other changes,
        # may be possible now that these are made.
        at = -1 if patched.left.changes else len(self._passed)
        self._left[name] = _Left(at, patched.left.refusals, remaining)
        return True

    def result(self) -> FixResult:
        """What was done, and what is left; the states on the way are let go."""
        patches = tuple(
            FilePatch(name, data, after)
            for name, data in self._before.items()
            if (after := _data(self.current, name)) != data
        )
        for state in self._passed:
            # It has an index, which is a circle.
            state.discard()
        left = self._left
        seen = not self._failed and all(item.at == len(self._passed) for item in left.values())
        return FixResult(
            patches,
            tuple(self._changes),
            tuple((name, refusal) for name, item in left.items() for refusal in item.refused),
            tuple(self._failed.values()),
            tuple(Found(name, change) for name, item in left.items() for change in item.remaining)
            if seen
            else None,
        )


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
    project: Project, tasks: Mapping[str, Group], *, allow: Safety, jobs: int
) -> FixedApart:
    """Fix every file in the project as it is, as if no other were fixed, in several processes.

    A change may reach into other files: who puts the results together must fix a file anew when
    another one has changed it.

    Args:
        project: the state that is read.
        tasks: the files, each with who fixes it.
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
        project.watch("fixing", len(results), len(tasks))
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
    if project.holds_more_than(AT_ONCE):
        project.forget()
        gc.collect(0)


def _data(project: Project, path: str) -> bytes | None:
    return project.source(path).data if project.files.exists(path) else None
