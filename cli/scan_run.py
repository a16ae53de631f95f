"""One scan: find, hold against what is known, fix."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codemods.codemod import Change, Codemod, Refusal, Safety, Scope
from codemods.engine.baseline import Known, compare, fingerprint
from codemods.engine.outcomes import FilePatch
from codemods.engine.scan import Found, Skipped, scan
from codemods.engine.suppressions import suppressions, unused
from codemods.engine.tracking import only
from codemods.project.project import AT_ONCE, Project
from codemods.project.settings import did_you_mean
from codemods.project.source import SourceError, SourceFile

from .scan_scope import Group


@dataclass(frozen=True, slots=True)
class Site:
    """A place that a scan found, with what tells it from others."""

    found: Found
    fingerprint: str

    @property
    def change(self) -> Change:
        """What would be done there."""
        return self.found.change

    @property
    def codemod(self) -> str:
        """Who found it."""
        return self.found.codemod

    @property
    def fixable(self) -> bool:
        """Whether ``--fix``, or ``--fix --unsafe-fixes``, writes it."""
        return bool(self.change.edits) and self.change.safety is not Safety.DISPLAY

    @property
    def message(self) -> str:
        """What is wrong there, in one line, with what is to be minded."""
        return "; ".join((self.change.defect, *self.change.notes))


@dataclass
class Times:
    """Seconds by stage and by codemod."""

    stages: dict[str, float] = field(default_factory=dict)
    codemods: dict[str, float] = field(default_factory=dict)

    def timed(self, codemod: Codemod) -> Codemod:
        """``codemod``, its time counted."""

        def find(scope: Scope, plan: Any) -> Iterator[Change | Refusal]:
            found = codemod.find(scope, plan)
            while True:
                start = time.perf_counter()
                item = next(found, None)
                _add(self.codemods, codemod.name, time.perf_counter() - start)
                if item is None:
                    return
                yield item

        return dataclasses.replace(codemod, find=find)

    def stage(self, name: str, start: float) -> None:
        """A stage that began at ``start`` ends."""
        _add(self.stages, name, time.perf_counter() - start)


def _add(seconds: dict[str, float], name: str, more: float) -> None:
    seconds[name] = seconds.get(name, 0.0) + more


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan came to."""

    project: Project
    """As it is after what was fixed."""
    sites: tuple[Site, ...]
    """What stands there and is new, by path and line."""
    refused: tuple[tuple[str, Refusal], ...]
    unread: tuple[Skipped, ...]
    """Files and definitions that could not be read."""
    files: int
    parsed: int
    deaths: tuple[str, ...] = ()
    """What happened to worker processes."""
    marked: tuple[str, ...] = ()
    """Files in which suppressions may stand."""
    known: int = 0
    """Sites that the baseline has."""
    gone: tuple[Known, ...] = ()
    """Entries of the baseline that nothing was found for."""
    elsewhere: int = 0
    """Sites on lines that did not change, with ``--changed-lines``."""
    fixed: tuple[Found, ...] = ()
    patches: tuple[FilePatch, ...] = ()
    failed: tuple[Skipped, ...] = ()
    """Files in which a fix did not pass a gate."""


def look(
    project: Project, groups: Iterable[Group], *, jobs: int = 1, times: Times | None = None
) -> Scanned:
    """Find what stands in the files of ``groups``.

    Args:
        project: the state that is read.
        groups: the files, with the codemods that look into them.
        jobs: how many processes look.
        times: counts the time of each codemod; that is only seen in this process.
    """
    found: list[Found] = []
    refused: list[tuple[str, Refusal]] = []
    unread: list[Skipped] = []
    deaths: list[str] = []
    marked: list[str] = []
    files = parsed = 0
    for group in groups:
        codemods = [times.timed(item) for item in group.codemods] if times else group.codemods
        result = scan(project, codemods, group.paths, options=group.options, jobs=jobs)
        found += result.found
        refused += result.refused
        deaths += result.deaths
        marked += result.marked
        unread += result.skipped
        files += result.files
        parsed += result.parsed
    return Scanned(
        project,
        _sites(project, found),
        tuple(refused),
        tuple(unread),
        files,
        parsed,
        tuple(deaths),
        tuple(marked),
    )


def _sites(project: Project, found: Iterable[Found]) -> tuple[Site, ...]:
    sites = (
        Site(
            item, fingerprint(item.codemod, item.change.site, project.source(item.change.site.path))
        )
        for item in found
    )
    return tuple(sorted(sites, key=position))


def position(site: Site) -> tuple[str, int, int, str]:
    """How sites are ordered."""
    place = site.change.site
    return (place.path, place.line, place.column, site.codemod)


def without_known(scanned: Scanned, baseline: Sequence[Known], read: Iterable[str]) -> Scanned:
    """Only the sites that a baseline does not have."""
    compared = compare(baseline, ((site, site.fingerprint) for site in scanned.sites), read)
    return dataclasses.replace(
        scanned, sites=compared.new, known=len(compared.known), gone=compared.gone
    )


def on_lines(scanned: Scanned, covers: Callable[[str, int, int], bool]) -> Scanned:
    """Only the sites on lines that changed."""
    kept = tuple(
        site
        for site in scanned.sites
        if covers(site.change.site.path, site.change.site.line, site.change.site.end_line)
    )
    return dataclasses.replace(scanned, sites=kept, elsewhere=len(scanned.sites) - len(kept))


def fix_all(
    scanned: Scanned,
    groups: Sequence[Group],
    allow: Safety,
    *,
    narrowed: bool,
    step: Callable[[str], None] = lambda _path: None,
) -> Scanned:
    """Fix what was found, file by file.

    Args:
        scanned: what was found.
        groups: the files, as they were scanned.
        allow: the weakest safety that is written.
        narrowed: whether sites were left out of ``scanned`` that stand there all the same.
        step: called with each path.
    """
    # A scan that fixes nothing needs neither libcst nor the gates.
    from codemods.engine.fixing import fix

    original = scanned.project
    wanted = [site for site in scanned.sites if site.change.safety.rank <= allow.rank]
    asked = {(site.codemod, site.change.site.path, site.change.site.line) for site in wanted}
    group_of = {path: group for group in groups for path in group.paths}
    before: dict[str, bytes] = {}
    after: dict[str, bytes | None] = {}
    fixed: list[Found] = []
    failed: list[Skipped] = []
    for path in dict.fromkeys(site.change.site.path for site in wanted):
        step(path)
        group = group_of[path]
        codemods: Sequence[Codemod] = group.codemods
        if narrowed:
            codemods = [only(item, asked, original.files) for item in codemods]
        result = None
        if path not in after:
            # The project as it was has its index already.
            result = fix(original, codemods, path, options=group.options, allow=allow)
        if result is None or any(item.path in after for item in result.files):
            project = original.with_changes(after)
            result = fix(project, codemods, path, options=group.options, allow=allow)
        for item in result.files:
            before.setdefault(item.path, item.before)
            after[item.path] = item.after
        fixed += result.changes
        failed += result.failed
        if original.bytes_parsed > AT_ONCE:
            # Nothing of a file is asked for again once it is fixed, and its tree is large.
            original.forget()
    patches = tuple(
        FilePatch(path, data, after[path]) for path, data in before.items() if after[path] != data
    )
    if not patches:
        return dataclasses.replace(scanned, failed=tuple(failed))
    return dataclasses.replace(
        _again(scanned, groups, patches, narrowed=narrowed),
        fixed=tuple(fixed),
        patches=patches,
        failed=tuple(failed),
    )


def _again(
    scanned: Scanned,
    groups: Sequence[Group],
    patches: Sequence[FilePatch],
    *,
    narrowed: bool,
) -> Scanned:
    """What stands in the changed files now, and in the others as before."""
    changed = {item.path: item.after for item in patches}
    project = scanned.project.with_changes(changed)
    wanted = {(i.codemod, i.change.site.path, i.change.site.line) for i in scanned.sites}
    left = [site for site in scanned.sites if site.change.site.path not in changed]
    for group in groups:
        paths = tuple(path for path in group.paths if changed.get(path) is not None)
        if not paths:
            continue
        codemods: Sequence[Codemod] = group.codemods
        if narrowed:
            codemods = [only(item, wanted, scanned.project.files) for item in codemods]
        result = scan(project, codemods, paths, options=group.options)
        left += _sites(project, result.found)
    return dataclasses.replace(scanned, project=project, sites=tuple(sorted(left, key=position)))


def unused_suppressions(
    scanned: Scanned, groups: Iterable[Group], catalogue: Mapping[str, Codemod]
) -> Iterator[tuple[str, int, str]]:
    """Path, line and text of each suppression that keeps nothing out."""
    scanning = [name for name, item in catalogue.items() if item.scans]
    refused: dict[str, list[tuple[str, Refusal]]] = {}
    for codemod, item in scanned.refused:
        if item.site is not None:
            refused.setdefault(item.site.path, []).append((codemod, item))
    marked = set(scanned.marked)
    for group in groups:
        ran = [item.name for item in group.codemods]
        for path in group.paths:
            source = _parsed(scanned.project, path) if path in marked else None
            if source is None:
                continue
            for mark, names in unused(source, refused.get(path, ()), ran, scanning):
                which = f"[{', '.join(names)}]" if names else ""
                yield path, mark.line, f"unused suppression: autofix: ignore{which}"
            yield from _unknown(source, catalogue)


def _unknown(
    source: SourceFile, catalogue: Mapping[str, Codemod]
) -> Iterator[tuple[str, int, str]]:
    for mark in suppressions(source):
        for name in sorted(mark.names - set(catalogue)):
            hint = did_you_mean(name, catalogue)
            yield source.path, mark.line, f"a suppression names the unknown codemod {name}{hint}"


def _parsed(project: Project, path: str) -> SourceFile | None:
    """The file, if it can be parsed."""
    try:
        source = project.source(path)
        return source if source.tree is not None else None
    except (OSError, SourceError):
        # Told among what could not be read.
        return None
