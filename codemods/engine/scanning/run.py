"""A scan from what is asked to what it came to; nothing is printed, and no file is written.

    scanned = run_scan(ScanRequest(Path("shop"), fix=Safety.SAFE))

finds every pattern of the catalogue and gives the patches of those that are safe to fix.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from codemods.codemod import Codemod
from codemods.engine.scanning.baseline import Known, compare, known_sites
from codemods.engine.scanning.parsing import why_unparsed
from codemods.engine.scanning.request import Changed, ScanRequest
from codemods.engine.scanning.scan import MANY, ScanResult, Skipped, joined, prepare, scan
from codemods.engine.scanning.scope import Group
from codemods.engine.scanning.sites import Scanned, sites_of
from codemods.project.project import Project, Watch, unwatched
from codemods.project.scanned_files import Selection
from codemods.project.source import SourceFile

if TYPE_CHECKING:
    from codemods.engine.scanning.cache.facts import Facts


def run_scan(
    request: ScanRequest,
    begins: Callable[[Selection], None] = lambda _files: None,
    watch: Watch = unwatched,
) -> Scanned:
    """Choose the files, look into them, hold what is found against what is known, and fix.

    Args:
        request: what is asked for.
        begins: called with the files before the first of them is read.
        watch: is told how far it is.

    Raises:
        ScopeError: when what is asked for cannot be scanned.
    """
    stages: dict[str, float] = {}
    with _timed(stages, "" if request.unsaved else "choosing files"):
        selection = request.selection()
    groups = request.groups(selection)
    begins(selection)
    project = request.project(selection)
    project.watch = watch
    with _timed(stages, "reading, parsing, finding"):
        scanned = _look(request, selection, groups, project)
    if request.baseline:
        scanned = _without_known(scanned, request.baseline)
    if request.changed is not None and request.changed_lines:
        scanned = _on_lines(scanned, request.changed)
    if request.fix is not None:
        # A scan that fixes nothing needs neither libcst nor the gates.
        from codemods.engine.scanning.fix_all import fix_all

        if request.cache is not None and len(selection.paths) >= MANY and scanned.sites:
            # A scan that was spared has found out nothing.
            for group in groups:
                prepare(scanned.project, group.codemods)
        with _timed(stages, "fixing"):
            scanned = fix_all(scanned, request.fix, jobs=_jobs(request))
    return dataclasses.replace(scanned, stages=stages)


def baseline_of(scanned: Scanned, old: Sequence[Known] = ()) -> tuple[Known, ...]:
    """The baseline that knows every site of a scan, sorted.

    Args:
        scanned: what stands there.
        old: another baseline, of which the entries stay that the scan did not ask for.
    """
    project = scanned.project
    known = known_sites(
        (site.codemod, site.change.site, project.source(site.change.site.path))
        for site in scanned.sites
    )
    names = {name for group in scanned.groups for name in group.chosen}
    read = frozenset(scanned.selection.paths)
    stay = (item for item in old if item.path not in read or item.codemod not in names)
    return tuple(sorted((*known, *stay)))


def _look(
    request: ScanRequest, selection: Selection, groups: tuple[Group, ...], project: Project
) -> Scanned:
    """Find what stands in the files of ``groups``."""
    told: list[str] = []
    many = any(len(group.paths) >= MANY for group in groups)
    look = _looking(request, project, told.append, many=many)
    seen = joined(look(group) for group in groups)
    project.reads = None
    # What is kept for a scan is asked for more than once.
    told = list(dict.fromkeys((*told, *(request.cache.told if request.cache is not None else ()))))
    return Scanned(
        request,
        selection,
        groups,
        project,
        sites_of(project, seen.found),
        seen.refused,
        (*seen.skipped, *_unparsable(request, project, seen)),
        seen.files,
        seen.parsed,
        (*seen.deaths, *told),
        seen.marked,
        seen.processes,
        seen.seconds,
    )


def _unparsable(request: ScanRequest, project: Project, seen: ScanResult) -> Iterator[Skipped]:
    """The files that were named, hold nothing that is looked for, and are no Python: who names a
    file is not told that there is nothing to fix in it. Of a folder only what may hold something
    is parsed."""
    named = frozenset(request.paths)
    for item in seen.looked:
        if item.path in named and item.read and not item.parsed and not item.skipped:
            problem = why_unparsed(SourceFile(item.path, project.bytes_of(item.path)))
            if problem is not None:
                yield Skipped(item.path, problem)


def _looking(
    request: ScanRequest, project: Project, tell: Callable[[str], None], *, many: bool
) -> Callable[[Group], ScanResult]:
    """How the files of a group are looked at.

    Args:
        many: whether one of the groups has many.
    """
    facts = request.facts()

    def anew(group: Group) -> ScanResult:
        # Most of them need not be imported for a file or two.
        some = len(group.paths) < MANY and not request.contents
        return scan(
            project,
            _triggered(group, project, facts) if some else group.codemods,
            group.paths,
            options=group.options,
            jobs=_jobs(request),
            timed=request.timed,
        )

    if request.cache is None or request.timed or request.contents or not many:
        return anew
    # It reads what was kept with a library that a scan without it does not need.
    from codemods.engine.scanning.cache.run import CachedScans

    cached = CachedScans(project, request.top, request.cache, tell)

    def look(group: Group) -> ScanResult:
        if len(group.paths) < MANY:
            # What it takes to look at them is less than what it takes to know that they hold.
            return anew(group)
        return cached.scan(group.chosen, group.paths, group.options, _jobs(request))

    return look


def _triggered(group: Group, project: Project, facts: Mapping[str, Facts]) -> Sequence[Codemod]:
    """The codemods of a group that find one of their triggers in some of its files."""
    every = [project.bytes_of(path) for path in group.paths]
    return [
        group.chosen[name]
        for name in group.chosen
        if any(trigger in data for trigger in facts[name].triggers for data in every)
    ]


def _without_known(scanned: Scanned, baseline: Sequence[Known]) -> Scanned:
    """Only the sites that a baseline does not have."""
    found = ((site, site.fingerprint) for site in scanned.sites)
    compared = compare(baseline, found, scanned.selection.paths)
    failed = {(item.path, item.codemod) for item in scanned.unread}
    gone = tuple(
        item
        for item in compared.gone
        if (item.path, item.codemod) not in failed
        and (item.codemod in scanned.request.codemods or not scanned.request.left_out)
    )
    return dataclasses.replace(scanned, sites=compared.new, known=len(compared.known), gone=gone)


def _on_lines(scanned: Scanned, changed: Changed) -> Scanned:
    """Only the sites on lines that changed."""
    kept = tuple(
        site
        for site in scanned.sites
        if changed.covers(site.change.site.path, site.change.site.line, site.change.site.end_line)
    )
    return dataclasses.replace(scanned, sites=kept, elsewhere=len(scanned.sites) - len(kept))


def _jobs(request: ScanRequest) -> int:
    """How many processes may work."""
    if request.jobs:
        return request.jobs
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    """Take the time of a stage; without a name it is none."""
    start = time.perf_counter()
    yield
    if name:
        stages[name] = time.perf_counter() - start
