"""What a scan comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from codemods.codemod import Change, Refusal, Safety
from codemods.engine.outcomes import FilePatch
from codemods.engine.scanning.baseline import Known, fingerprint
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.scan import Found, Skipped
from codemods.engine.scanning.scope import Group
from codemods.project.project import Project
from codemods.project.scanned_files import Selection


@dataclass(frozen=True, slots=True)
class ScanSite:
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

    @property
    def position(self) -> tuple[str, int, int, str]:
        """How sites are ordered."""
        place = self.change.site
        return (place.path, place.line, place.column, self.codemod)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan came to."""

    request: ScanRequest
    selection: Selection
    """The files that were read, and those that were left out."""
    groups: tuple[Group, ...]
    """The files, with the codemods that looked into them."""
    project: Project
    """As it is after what was fixed."""
    sites: tuple[ScanSite, ...]
    """What stands there and is new, by path and line."""
    refused: tuple[tuple[str, Refusal], ...]
    """Places that were looked at and left alone, with the codemod that did."""
    unread: tuple[Skipped, ...]
    """Files and definitions that could not be read."""
    files: int
    """How many files were read."""
    parsed: int
    """How many of them held a trigger and were parsed."""
    deaths: tuple[str, ...] = ()
    """What happened to worker processes, and to what was kept of an earlier scan."""
    marked: tuple[str, ...] = ()
    """Files in which suppressions may stand."""
    processes: int = 1
    """How many of them looked."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each codemod looked, all processes together; only where that was asked for."""
    stages: Mapping[str, float] = field(default_factory=dict)
    """How long each stage took, in seconds, in their order."""
    known: int = 0
    """Sites that the baseline has."""
    gone: tuple[Known, ...] = ()
    """Entries of the baseline that nothing was found for, by who looked."""
    elsewhere: int = 0
    """Sites on lines that did not change, where only changed lines count."""
    fixed: tuple[Found, ...] = ()
    patches: tuple[FilePatch, ...] = ()
    """The files that the fixes change; nothing is written."""
    failed: tuple[Skipped, ...] = ()
    """Files in which a fix did not pass a gate."""

    @property
    def narrowed(self) -> bool:
        """Whether sites stand there that are not among ``sites``."""
        return bool(self.known or self.elsewhere)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Files and folders of which something could not be read."""
        folders = (i.path for i in self.selection.left_out if i.reason.is_fault)
        return (*(item.path for item in self.unread), *folders)

    def counting(self, *, written: bool = True) -> tuple[Found, ...]:
        """What stands there and is no weaker than what ``fail-on`` asks for.

        Args:
            written: whether the patches are written; if not, what they fix stands there still.
        """
        left = tuple(site.found for site in self.sites)
        remaining = left if written else (*left, *self.fixed)
        weakest = self.request.weakest
        return tuple(item for item in remaining if item.change.safety.rank <= weakest.rank)

    def fails(self, *, written: bool = True) -> bool:
        """Whether something stands there that counts, was not fixed, or was not looked at."""
        return bool(self.counting(written=written) or self.failed or not self.complete)

    @property
    def complete(self) -> bool:
        """Whether everything was read, and everybody looked who was to."""
        return not (self.unreadable or self.request.missed)


def sites_of(project: Project, found: Iterable[Found]) -> tuple[ScanSite, ...]:
    """The sites of what was found, by path and line."""
    # Of one line, which may be very long, once.
    made: dict[tuple[str, str, int, str], str] = {}
    sites = []
    for item in found:
        place = item.change.site
        key = (item.codemod, place.path, place.line, place.function)
        if key not in made:
            made[key] = fingerprint(item.codemod, place, project.source(place.path))
        sites.append(ScanSite(item, made[key]))
    return tuple(sorted(sites, key=lambda site: site.position))
