"""The same ``find`` over a whole project, without a report."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from codemods.codemod import Change, Codemod, Place, Refusal, Scope
from codemods.engine.scanning.clock import Clock
from codemods.engine.scanning.parsing import is_odd, why_unparsed
from codemods.engine.suppressions import MARKER, suppressing
from codemods.plugins import one_line
from codemods.project.project import AT_ONCE, Project, unwatched
from codemods.project.reads import Reads
from codemods.project.source import SourceFile
from codemods.syntax.tree import Unread

logger = logging.getLogger(__name__)

Options = Callable[[str], Mapping[str, Any]]
"""The settings of a codemod by its name."""

MANY = 200
"""From how many files on a scan prepares, and is worth more than one process."""


@dataclass(frozen=True, slots=True)
class Found:
    """One place that a codemod found in a scan."""

    codemod: str
    change: Change


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or definition that a scan did not read, or a codemod did not look at, and why."""

    path: str
    reason: str
    line: int | None = None
    codemod: str | None = None
    """Who alone did not look at it; the others did."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a scan saw in one file."""

    path: str
    found: tuple[Found, ...] = ()
    refused: tuple[tuple[str, Refusal], ...] = ()
    skipped: tuple[Skipped, ...] = ()
    read: bool = True
    """Whether it could be read."""
    parsed: bool = False
    """Whether it held a trigger and was parsed."""
    marked: bool = False
    """Whether it speaks of autofix in its text: suppressions may stand there."""
    digest: bytes = b""
    """Of what was read, where it is recorded what is asked."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that were looked at with the same trees in memory, and what was asked for them."""

    paths: tuple[str, ...]
    reads: Reads


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan saw, file by file."""

    looked: tuple[Looked, ...]
    batches: tuple[Batch, ...] = ()
    """The files that were parsed, where it is recorded what is asked for them."""
    deaths: tuple[str, ...] = ()
    """What happened to worker processes, in words; what they held was done again."""
    processes: int = 1
    """How many of them looked."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each codemod took, all processes together; only where that was asked for."""

    @property
    def found(self) -> tuple[Found, ...]:
        """What the codemods found."""
        return tuple(found for item in self.looked for found in item.found)

    @property
    def refused(self) -> tuple[tuple[str, Refusal], ...]:
        """Places that were looked at and left alone, with the codemod that did."""
        return tuple(refused for item in self.looked for refused in item.refused)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What was not read, or not looked at by somebody."""
        return tuple(skipped for item in self.looked for skipped in item.skipped)

    @property
    def files(self) -> int:
        """How many files were read."""
        return sum(item.read for item in self.looked)

    @property
    def parsed(self) -> int:
        """How many of them held a trigger and were parsed."""
        return sum(item.parsed for item in self.looked)

    @property
    def marked(self) -> tuple[str, ...]:
        """Files that speak of autofix in their text: where suppressions may stand."""
        return tuple(item.path for item in self.looked if item.marked)


def scan(
    project: Project,
    codemods: Sequence[Codemod],
    paths: Iterable[str] | None = None,
    *,
    options: Options = lambda _name: {},
    jobs: int = 1,
    timed: bool = False,
) -> ScanResult:
    """Look for every pattern in every file, without a report.

    Files are read, looked at and let go; the project holds little more at the end than before.

    Args:
        project: the state that is read.
        codemods: those without a scan of their own are left out.
        paths: the files to read, relative to the project; every Python file by default.
        options: gives the settings of a codemod by its name.
        jobs: how many processes; more than one only where there are many files.
        timed: whether the time of each codemod is taken.
    """
    active = [codemod for codemod in codemods if codemod.scans]
    chosen = project.python_paths if paths is None else tuple(paths)

    def look(some: Sequence[str]) -> ScanResult:
        if not timed:
            return _scan(project, active, some, options)
        clock = Clock()
        result = _scan(project, [clock.timed(item) for item in active], some, options)
        return dataclasses.replace(result, seconds=dict(clock.seconds))

    with collection_paused():
        if len(chosen) >= MANY:
            prepare(project, active)
        if jobs < 2 or len(chosen) < MANY:
            return look(chosen)
        return _shared(look, chosen, jobs, project)


def prepare(project: Project, codemods: Iterable[Codemod]) -> None:
    """Find out for all files at once what codemods ask of the whole project."""
    project.sweeping = True
    for codemod in codemods:
        if codemod.prepare is not None:
            codemod.prepare(project)


def _shared(
    look: Callable[[Sequence[str]], ScanResult],
    chosen: Sequence[str],
    jobs: int,
    project: Project,
) -> ScanResult:
    """What several processes see, in the order of the paths."""
    # Most scans are of few files, and need none of it.
    from codemods.engine.scanning.workers import (
        Done,
        can_fork,
        in_processes,
        in_words,
        workers_for,
    )

    if not can_fork():
        return look(chosen)
    parts: list[ScanResult] = []
    deaths: list[str] = []
    lost: list[Looked] = []
    done = 0

    def work(some: Sequence[str]) -> ScanResult:
        # In a process of its own: how far all are is told by the one that waits.
        project.watch = unwatched
        return look(some)

    for answer in in_processes(work, chosen, jobs):
        project.watch("looking", done, len(chosen))
        if isinstance(answer, Done):
            done += len(answer.paths)
            parts.append(answer.result)
            continue
        deaths.append(in_words(answer))
        if answer.final:
            reason = f"the process that read it died ({answer.how})"
            lost += [
                Looked(path, skipped=(Skipped(path, reason),), read=False) for path in answer.paths
            ]
    order = {path: number for number, path in enumerate(chosen)}
    seen = joined(parts)
    looked = sorted((*seen.looked, *lost), key=lambda item: order[item.path])
    return dataclasses.replace(
        seen,
        looked=tuple(looked),
        deaths=tuple(deaths),
        processes=workers_for(len(chosen), jobs),
    )


def _scan(
    project: Project,
    active: Sequence[Codemod],
    paths: Sequence[str],
    options: Options,
) -> ScanResult:
    looked: list[Looked] = []
    batches: list[Batch] = []
    together: list[str] = []
    settings = {codemod.name: options(codemod.name) for codemod in active}
    for path in project.watched("looking", paths):
        source, item = _look_at(project, active, path, settings)
        if project.reads is not None and source is not None:
            item = dataclasses.replace(item, digest=digest_of(source.data))
        looked.append(item)
        if item.parsed:
            together.append(path)
        if project.holds_more_than(AT_ONCE):
            batches += _batch(project, together)
            together = []
            project.forget()
    return ScanResult(tuple(looked), (*batches, *_batch(project, together)))


def _batch(project: Project, paths: Sequence[str]) -> Iterator[Batch]:
    if project.reads is not None and paths:
        yield Batch(tuple(paths), project.reads.copy())


def _look_at(
    project: Project,
    active: Sequence[Codemod],
    path: str,
    settings: Mapping[str, Mapping[str, Any]],
) -> tuple[SourceFile | None, Looked]:
    """What the codemods see in one file."""
    skipped: list[Skipped] = []
    source = _read(project, path, skipped)
    if source is None:
        return None, Looked(path, skipped=tuple(skipped), read=False)
    marked = source.holds(MARKER)
    with project.unrecorded():
        # It is asked of the bytes, and of what was found out about the whole project.
        wanting = _wanting(active, project, source, settings, skipped)
    if not wanting and not is_odd(source.data):
        return source, Looked(path, skipped=tuple(skipped), marked=marked)
    if wanting:
        project.adopt(source)
    problem = why_unparsed(source)
    if problem is not None:
        skipped.append(Skipped(path, problem))
        return source, Looked(path, skipped=tuple(skipped), marked=marked)
    skipped += [_unread(path, item) for item in source.tree.unread]
    if not wanting:
        return source, Looked(path, skipped=tuple(skipped), marked=marked)
    place = Place(source, source.tree.module, by="scan")
    found: list[Found] = []
    refused: list[tuple[str, Refusal]] = []
    for codemod in wanting:
        scope = Scope(project, (place,), settings[codemod.name])
        try:
            changes, refusals = _looked(codemod, scope, source)
        except Exception as error:
            logger.debug("%s failed on %s", codemod.name, path, exc_info=True)
            skipped.append(_failed(codemod, path, error))
            continue
        found += changes
        refused += refusals
    looked = Looked(path, tuple(found), tuple(refused), tuple(skipped), parsed=True, marked=marked)
    return source, looked


def digest_of(data: bytes) -> bytes:
    """What tells one content of a file from another one."""
    return hashlib.blake2b(data, digest_size=16).digest()


def joined(parts: Iterable[ScanResult]) -> ScanResult:
    """What several scans saw, in their order."""
    results = tuple(parts)
    clock = Clock()
    for result in results:
        clock.add(result.seconds)
    return ScanResult(
        tuple(item for result in results for item in result.looked),
        tuple(item for result in results for item in result.batches),
        tuple(item for result in results for item in result.deaths),
        max((result.processes for result in results), default=1),
        dict(clock.seconds),
    )


def _wanting(
    active: Sequence[Codemod],
    project: Project,
    source: SourceFile,
    settings: Mapping[str, Mapping[str, Any]],
    skipped: list[Skipped],
) -> list[Codemod]:
    """Those that want the file parsed."""
    wanting = []
    for codemod in active:
        try:
            if codemod.wants(project, source, settings[codemod.name]):
                wanting.append(codemod)
        except Exception as error:
            logger.debug("%s failed on %s", codemod.name, source.path, exc_info=True)
            skipped.append(_failed(codemod, source.path, error))
    return wanting


def _looked(
    codemod: Codemod, scope: Scope, source: SourceFile
) -> tuple[list[Found], list[tuple[str, Refusal]]]:
    """What one codemod finds in one file, and what it leaves alone."""
    found: list[Found] = []
    refused: list[tuple[str, Refusal]] = []
    for item in codemod.find(scope, None):
        if isinstance(item, Refusal):
            refused.append((codemod.name, item))
        elif mark := suppressing(source, item.site.line, item.site.end_line, codemod.name):
            detail = f"a suppression comment on line {mark.line} excludes it"
            refused.append((codemod.name, Refusal("suppressed", detail, item.site)))
        else:
            found.append(Found(codemod.name, item))
    return found, refused


def _failed(codemod: Codemod, path: str, error: Exception) -> Skipped:
    """What a codemod raises ends its look at one file, and nothing else."""
    reason = f"not looked at by {codemod.name}: {one_line(error)}"
    return Skipped(path, reason, codemod=codemod.name)


@contextmanager
def collection_paused() -> Iterator[None]:
    """Trees are cyclic through their parent maps: collecting while parsing is wasted time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(project: Project, path: str, skipped: list[Skipped]) -> SourceFile | None:
    """The file, not yet held by the project: most are looked at once."""
    try:
        return project.held(path) or SourceFile(path, project.files.read(path))
    except OSError as error:
        skipped.append(Skipped(path, f"cannot be read: {error.strerror or error}"))
        return None


def _unread(path: str, item: Unread) -> Skipped:
    return Skipped(path, f"{item.name} was not read: {item.reason}", item.line)
