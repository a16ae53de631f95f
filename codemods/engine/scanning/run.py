"""One scan: find, and hold against what is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.codemod import Change, Codemod, Refusal, Safety
from codemods.engine.outcomes import FilePatch
from codemods.engine.scanning.baseline import Known, compare, fingerprint
from codemods.engine.scanning.clock import Clock
from codemods.engine.scanning.scan import Found, Skipped, scan
from codemods.engine.scanning.scope import Group
from codemods.engine.suppressions import suppressions, unused
from codemods.project.project import Project
from codemods.project.settings import did_you_mean
from codemods.project.source import SourceError, SourceFile


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
    processes: int = 1
    """How many of them looked."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each codemod looked, all processes together; only where that was asked for."""
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
    project: Project, groups: Iterable[Group], *, jobs: int = 1, timed: bool = False
) -> Scanned:
    """Find what stands in the files of ``groups``.

    Args:
        project: the state that is read.
        groups: the files, with the codemods that look into them.
        jobs: how many processes look.
        timed: whether the time of each codemod is taken.
    """
    found: list[Found] = []
    refused: list[tuple[str, Refusal]] = []
    unread: list[Skipped] = []
    deaths: list[str] = []
    marked: list[str] = []
    files = parsed = 0
    processes = 1
    clock = Clock()
    for group in groups:
        result = scan(
            project, group.codemods, group.paths, options=group.options, jobs=jobs, timed=timed
        )
        processes = max(processes, result.processes)
        clock.add(result.seconds)
        found += result.found
        refused += result.refused
        deaths += result.deaths
        marked += result.marked
        unread += result.skipped
        files += result.files
        parsed += result.parsed
    return Scanned(
        project,
        sites_of(project, found),
        tuple(refused),
        tuple(unread),
        files,
        parsed,
        tuple(deaths),
        tuple(marked),
        processes,
        dict(clock.seconds),
    )


def sites_of(project: Project, found: Iterable[Found]) -> tuple[Site, ...]:
    """The sites of what was found, by path and line."""
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


def unused_suppressions(
    scanned: Scanned, groups: Iterable[Group], catalogue: Mapping[str, Codemod]
) -> Iterator[tuple[str, int, str]]:
    """Path, line and text of each suppression that keeps nothing out."""
    if not scanned.marked:
        return
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
