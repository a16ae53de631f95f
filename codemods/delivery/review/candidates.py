"""A fix that somebody is to decide about, with what it is known by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codemods.codemod import Change, Site
from codemods.delivery.review.decisions import ChangeDecision, DecidedSite, Decision, Verdict
from codemods.engine.keys import patch_key
from codemods.engine.outcomes import Patch, Resolution
from codemods.engine.scanning.baseline import fingerprint
from codemods.project.project import Project
from codemods.project.source import SourceError


@dataclass(frozen=True, slots=True)
class Candidate:
    """The fix of a finding, as it is shown."""

    name: str
    """The finding's selector: ``REPORT:ID``."""
    resolution: Resolution
    patch: Patch
    codemod: str
    key: str
    patch_id: str
    sites: tuple[DecidedSite, ...]
    """Those of the patch's changes, in their order."""


def candidate(
    name: str, resolution: Resolution, patch: Patch, patch_id: str, project: Project
) -> Candidate:
    """The fix of a finding with what it is known by.

    Args:
        name: the finding's selector.
        resolution: how it ended: with a patch.
        patch: what it changes.
        patch_id: the id of its diff.
        project: the state that was read.
    """
    codemod = resolution.codemod or ""
    sites = tuple(_site(codemod, item, project) for item in patch.changes)
    key = patch_key(codemod, patch)
    return Candidate(printable(name), resolution, patch, codemod, key, patch_id, sites)


def _site(codemod: str, change: Change, project: Project) -> DecidedSite:
    site = change.site
    mark = _mark(codemod, site, project)
    return DecidedSite(printable(site.path), site.line, mark, printable(site.function))


def _mark(codemod: str, site: Site, project: Project) -> str:
    """The fingerprint of a baseline; of a line that nobody can read, one without its text."""
    try:
        source = project.source(site.path)
        if 0 < site.line <= len(source.line_starts):
            return fingerprint(codemod, site, source)
    except (OSError, SourceError):
        # A file that the fix makes, or one that goes and need not be readable.
        pass
    parts = "\0".join((codemod, site.path, site.function))
    return hashlib.sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def printable(text: str) -> str:
    """A text that JSON can hold: a byte of a file's name that is no text is a question mark."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def decision(
    candidate: Candidate,
    verdicts: Sequence[Verdict],
    edits: Sequence[str | None] = (),
    also: Sequence[str] = (),
) -> Decision:
    """What was decided about a fix.

    Args:
        candidate: the fix.
        verdicts: one for each of its Changes.
        edits: for each Change the diff that somebody made of it; none: nobody edited any.
        also: the names of other findings that it fixes.
    """
    changes = tuple(
        ChangeDecision(site, verdict, edit)
        for site, verdict, edit in zip(
            candidate.sites, verdicts, edits or (None,) * len(verdicts), strict=True
        )
    )
    accepted = Verdict.ACCEPT if Verdict.ACCEPT in verdicts else Verdict.SKIP
    return Decision(
        candidate.name, candidate.key, candidate.patch_id, accepted, changes, tuple(also)
    )


@dataclass(frozen=True, slots=True)
class Stale:
    """A decision that is about another fix than today's."""

    decision: Decision
    reason: str


def about(
    decided: Decision,
    candidates: Iterable[Candidate],
    resolutions: Iterable[tuple[str, Resolution]],
) -> Candidate | Stale:
    """The fix that a decision is about: by its key, then by the finding's name.

    Args:
        decided: from a file.
        candidates: today's fixes.
        resolutions: how every finding ends today, with its name.
    """
    found = list(candidates)
    same = [item for item in found if item.name == decided.finding]
    # A report that was renamed, or written anew, keeps the keys.
    same = same or [item for item in found if item.key == decided.key]
    if same:
        now = same[0]
        if now.patch_id == decided.patch:
            return now
        was, is_now = decided.patch[:10], now.patch_id[:10]
        return Stale(
            decided,
            f"has a different patch now (the decision was about {was}, today it is {is_now})",
        )
    for name, resolution in resolutions:
        if printable(name) == decided.finding:
            outcome = resolution.outcome
            return Stale(decided, f"no longer has a patch: {outcome.name}: {outcome.reason}")
    return Stale(decided, "is in none of the reports")


def verdicts(decided: Decision, now: Candidate) -> tuple[ChangeDecision, ...] | Stale:
    """What was decided about each Change of a fix, in the order of its changes.

    Of Changes with equal marks (the same line twice in one definition) the first is the first.
    """
    if not decided.changes:
        return tuple(ChangeDecision(site, decided.decision) for site in now.sites)
    left = list(decided.changes)
    found: list[ChangeDecision] = []
    for site in now.sites:
        mine = next((item for item in left if item.site.mark == site.mark), None)
        if mine is None:
            return Stale(decided, f"has no decision for the Change at {site.path}:{site.line}")
        left.remove(mine)
        found.append(mine)
    if left:
        site = left[0].site
        return Stale(
            decided, f"has a decision for a Change that does not exist ({site.path}:{site.line})"
        )
    if decided.decision is Verdict.SKIP:
        found = [ChangeDecision(item.site, Verdict.SKIP) for item in found]
    return tuple(found)
