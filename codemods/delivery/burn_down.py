"""The burn-down of an audit: what of it is open, partly or wholly fixed, by which commit.

A commit of autofix names its findings. What people fixed shows by the evidence: it stood where the
finding was reported, and does not any more. Between the two commits lies the one that took it away.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from codemods.delivery.branch_names import selector
from codemods.delivery.repository import Repository
from codemods.delivery.trailers import read_trailers
from codemods.engine.outcomes import AlreadyFixed, Resolution
from codemods.findings.model import Finding, StatusKind
from codemods.project.paths import ends_in
from codemods.project.project import Project

MOST = 400
"""Commits of the named files that are looked through for the one that took the evidence away."""
LEFT_TO_DO = b"\nLeft to do:\n"
"""The head of a message's list of what a fix leaves."""


class Progress(enum.StrEnum):
    """How far a finding is."""

    OPEN = "open"
    PARTLY = "partly-fixed"
    FIXED = "fixed"
    SETTLED = "settled"
    """The report itself says that nothing is to be done: accepted, a false positive."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as far as people want to know of it."""

    id: str
    date: str
    """``2026-03-02``."""
    author: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding with how far it is."""

    resolution: Resolution
    progress: Progress
    by: Commit | None = None
    """What fixed it, where that is known."""
    since: str = ""
    """The day: of the fix, else of the report."""
    left: tuple[str, ...] = ()

    @property
    def finding(self) -> Finding:
        """The finding."""
        return self.resolution.finding


Resolve = Callable[[Finding, Project], Resolution]


class BurnDown:
    """The history of a repository, asked for findings.

    Args:
        repository: read only.
        base: the full id of the commit that is today.
        project_at: the code of a commit.
        resolve: how a finding ends in a state of the code.
    """

    def __init__(
        self,
        repository: Repository,
        base: str,
        project_at: Callable[[str], Project],
        resolve: Resolve,
    ) -> None:
        self._repository = repository
        self._base = base
        self._resolve = resolve
        self._projects: dict[str, Project] = {}
        self._project_at = project_at
        self._fixes = dict(self._signed())

    def of(self, resolution: Resolution, *, repeated: bool = False) -> Standing:
        """How far a finding is that ended so today."""
        finding = resolution.finding
        reported = self._reported(finding.report)
        since = reported.date if reported else ""
        kind = finding.status.kind
        if kind.is_settled:
            fixed = kind is StatusKind.FIXED
            return Standing(resolution, Progress.FIXED if fixed else Progress.SETTLED)
        signed = self._fixes.get(selector(finding, repeated=repeated))
        if resolution.patch is not None:
            # Whatever was done before, there is something to do today.
            left = tuple(map(str, resolution.patch.left))
            return Standing(resolution, Progress.OPEN, since=since, left=left)
        if signed is not None:
            commit, left = signed
            done = Progress.PARTLY if left else Progress.FIXED
            return Standing(resolution, done, commit, commit.date, left)
        gone = self._taken_away(finding, resolution, reported)
        if gone is not None:
            return Standing(resolution, Progress.FIXED, gone, gone.date)
        if isinstance(resolution.outcome, AlreadyFixed):
            return Standing(resolution, Progress.FIXED)
        return Standing(resolution, Progress.OPEN, since=since)

    def _signed(self) -> Iterator[tuple[str, tuple[Commit, tuple[str, ...]]]]:
        """The findings of the commits of autofix that are in the base, the newest last."""
        log = self._repository.ask(
            "log", "--reverse", "-z", "--grep=^Autofix-Finding: ", f"--format={_FORMAT}%n%B",
            self._base, "--",
        )  # fmt: skip
        for entry in filter(None, log.stdout.split(b"\0")):
            head, _, message = entry.partition(b"\n")
            trailers = read_trailers(message)
            for name in trailers.findings if trailers else ():
                yield name, (_commit(head), _left(message))

    def _reported(self, report: str) -> Commit | None:
        """The commit that added a report; ``None`` where it is in no commit."""
        log = self._repository.run(
            "log", "-1", "--diff-filter=A", f"--format={_FORMAT}", self._base, "--", report
        )
        line = log.stdout.split(b"\n")[0]
        return _commit(line) if log.status == 0 and line else None

    def _taken_away(
        self, finding: Finding, today: Resolution, reported: Commit | None
    ) -> Commit | None:
        """The commit with which what the finding shows went, where it stood when it was reported
        and stands no more."""
        if reported is None or _stands(today) or not self._stood(finding, reported.id):
            return None
        paths = self._paths(finding, reported.id)
        log = self._repository.run(
            "log", "--reverse", f"--format={_FORMAT}", f"{reported.id}..{self._base}", "--", *paths
        )
        commits = [_commit(line) for line in log.stdout.split(b"\n") if line] if paths else []
        if log.status or not 0 < len(commits) <= MOST:
            return None
        first, last = 0, len(commits) - 1
        while first < last:
            middle = (first + last) // 2
            if self._stood(finding, commits[middle].id):
                first = middle + 1
            else:
                last = middle
        return None if self._stood(finding, commits[first].id) else commits[first]

    def _stood(self, finding: Finding, commit: str) -> bool:
        return _stands(self._resolve(finding, self._at(commit)))

    def _paths(self, finding: Finding, commit: str) -> tuple[str, ...]:
        places = self._resolve(finding, self._at(commit)).places
        named = [place.source.path for place in places]
        if not named:
            written = [item.path for item in finding.locations if item.path]
            paths = self._at(commit).python_paths
            named = [path for path in paths if any(ends_in(path, one) for one in written)]
        return tuple(dict.fromkeys(named))

    def _at(self, commit: str) -> Project:
        if commit not in self._projects:
            self._projects[commit] = self._project_at(commit)
        return self._projects[commit]


_FORMAT = "%H%x09%cs%x09%an"


def _commit(line: bytes) -> Commit:
    name, _, rest = line.decode("utf-8", "replace").partition("\t")
    date, _, author = rest.partition("\t")
    return Commit(name, date, author)


def _left(message: bytes) -> tuple[str, ...]:
    """What a commit of autofix says that it leaves."""
    _, found, rest = message.partition(LEFT_TO_DO)
    if not found:
        return ()
    listed = rest.split(b"\n\n")[0].decode("utf-8", "replace")
    return tuple(" ".join(item.split()) for item in f"\n{listed}".split("\n- ")[1:])


def _stands(resolution: Resolution) -> bool:
    """Whether what a finding shows stands in the code."""
    if resolution.patch is not None:
        return True
    if isinstance(resolution.outcome, AlreadyFixed):
        return False
    return any(place.evidence for place in resolution.places)


def counts(found: Sequence[Standing]) -> dict[str, int]:
    """How many are how far, in the order of the states."""
    return {str(state): sum(item.progress is state for item in found) for state in Progress}
