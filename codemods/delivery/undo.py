"""Taking a finding's branch back."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.delivery.branch_names import PREFIX, selector
from codemods.delivery.branches import default_base
from codemods.delivery.commits import delete_branch
from codemods.delivery.remote import remote_branches
from codemods.delivery.repository import HEADS, Repository
from codemods.delivery.survey import REMOTE, FindingBranch, Survey
from codemods.delivery.withdrawing import NotWithdrawn, Withdrawn, withdraw
from codemods.findings.model import Finding
from codemods.findings.reports import SelectionError, parse_selector


@dataclass(frozen=True, slots=True)
class Undone:
    """The branch is gone."""

    finding: str
    """The selector, as the branch's trailer had it."""
    branch: str
    commit: str
    """What it pointed to: ``git branch NAME COMMIT`` brings it back."""
    published: bool
    """Whether the remote had it when it was last fetched, and has it still."""
    withdrawn: Withdrawn | None = None
    """What the remote had, and has no more."""
    local: bool = True
    """Whether there was a branch here, too."""

    @property
    def restore(self) -> str:
        """The command that makes the branch again."""
        if not self.local and self.withdrawn is not None:
            return self.withdrawn.restore
        return f"git branch {self.branch} {self.commit}"


@dataclass(frozen=True, slots=True)
class NotUndone:
    """Nothing was deleted."""

    reason: str
    unknown: bool = False
    """Whether there is no such branch at all."""


def undo(
    repository: Repository,
    finding: Finding | str,
    *,
    prefix: str = PREFIX,
    key: str | None = None,
    remote: bool = False,
) -> Undone | NotUndone:
    """Delete the branch of a finding.

    Args:
        finding: the finding, or its selector: ``B-02``, ``AUDIT_BACKEND_2026-02-16:B-02``, with
            ``@line`` where needed. The report need not be there any more.
        key: of the finding's fix, where that is known: a branch that another report's finding was
            the first to name.
        remote: delete it at the remote, too, and first.

    Raises:
        RepositoryError: when the repository, or with ``remote`` the remote, cannot be read.
    """
    base = default_base(repository, prefix).commit if repository.head() else None
    survey = Survey(repository, prefix, base)
    there = remote_branches(repository, prefix, base) if remote else ()
    local = [item for item in survey.branches if item.ref.startswith(HEADS)]
    shown = finding if isinstance(finding, str) else selector(finding)
    every = {item.branch: item for item in (*there, *local)}
    found = [item for item in every.values() if _is_meant(item, finding)]
    found = found or [item for item in every.values() if key and item.trailers.key == key]
    if not found:
        return NotUndone(f"no branch under {prefix}/ belongs to {shown}", unknown=True)
    if len(found) > 1:
        names = ", ".join(f"{item.trailers.finding} ({item.branch})" for item in found)
        return NotUndone(f"{shown} is ambiguous: {names}")
    branch = found[0]
    here = branch.ref.startswith(HEADS)
    reason = _why_not_here(survey, branch) if here else None
    if reason is not None:
        return NotUndone(reason)
    withdrawn: Withdrawn | None = None
    published = [item for item in there if item.branch == branch.branch]
    for answer in withdraw(repository, published):
        if isinstance(answer, NotWithdrawn):
            return NotUndone(f"{branch.branch}: {answer.reason}")
        withdrawn = answer
    if here:
        reason = delete_branch(repository, branch.branch, branch.tip)
        if reason is not None:
            return NotUndone(f"{branch.branch}: {reason}")
    left = not remote and f"refs/remotes/{REMOTE}/{branch.branch}" in survey.refs
    name = branch.trailers.finding
    return Undone(name, branch.branch, branch.tip, left, withdrawn, local=here)


def _why_not_here(survey: Survey, branch: FindingBranch) -> str | None:
    """What keeps a local branch from being deleted."""
    if branch.foreign is not None and not branch.decided:
        return (
            f"{branch.branch} {branch.foreign}: to delete it anyway, run git branch -D "
            f"{branch.branch}"
        )
    place = survey.checked_out.get(branch.ref)
    if place is not None:
        return f"{branch.branch} is checked out in {place}: switch to another branch there"
    return None


def _is_meant(branch: FindingBranch, finding: Finding | str) -> bool:
    """Whether a selector, which may leave out the report and the line, fits one of the trailers."""
    held = branch.trailers.findings
    if isinstance(finding, Finding):
        return not {selector(finding), selector(finding, repeated=True)}.isdisjoint(held)
    return any(_fits(finding, name) for name in held)


def _fits(selected: str, name: str) -> bool:
    try:
        wanted, held = parse_selector(selected), parse_selector(name)
    except SelectionError:
        # Nobody's name: no branch is meant by it.
        return False
    return (
        wanted.id.lower() == held.id.lower()
        and wanted.line in (None, held.line)
        and (wanted.report is None or _stem(wanted.report) == _stem(held.report or ""))
    )


def _stem(report: str) -> str:
    return report.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".md")
