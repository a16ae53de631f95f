"""Taking a finding's branch back."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.delivery.branch_names import PREFIX, selector
from codemods.delivery.branches import default_base
from codemods.delivery.commits import delete_branch
from codemods.delivery.repository import HEADS, Repository
from codemods.delivery.survey import REMOTE, FindingBranch, Survey
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
    """Whether the remote had it when it was last fetched; it was left there."""

    @property
    def restore(self) -> str:
        """The command that makes the branch again."""
        return f"git branch {self.branch} {self.commit}"


@dataclass(frozen=True, slots=True)
class NotUndone:
    """Nothing was deleted."""

    reason: str


def undo(
    repository: Repository, finding: Finding | str, *, prefix: str = PREFIX
) -> Undone | NotUndone:
    """Delete the local branch of a finding.

    Args:
        finding: the finding, or its selector: ``B-02``, ``AUDIT_BACKEND_2026-02-16:B-02``, with
            ``@line`` where needed. The report need not be there any more.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    base = default_base(repository, prefix).commit if repository.head() else None
    survey = Survey(repository, prefix, base)
    local = [item for item in survey.branches if item.ref.startswith(HEADS)]
    shown = finding if isinstance(finding, str) else selector(finding)
    found = [item for item in local if _is_meant(item, finding)]
    if not found:
        return NotUndone(f"no branch below {prefix}/ is of {shown}")
    if len(found) > 1:
        names = ", ".join(f"{item.trailers.finding} ({item.branch})" for item in found)
        return NotUndone(f"{shown} is ambiguous: {names}")
    branch = found[0]
    if branch.foreign is not None:
        return NotUndone(
            f"{branch.branch} {branch.foreign}: git branch -D {branch.branch} deletes it all the "
            "same"
        )
    place = survey.checked_out.get(branch.ref)
    if place is not None:
        return NotUndone(
            f"{branch.branch} is checked out in {place}: switch to another branch there"
        )
    reason = delete_branch(repository, branch.branch, branch.tip)
    if reason is not None:
        return NotUndone(f"{branch.branch}: {reason}")
    published = f"refs/remotes/{REMOTE}/{branch.branch}" in survey.refs
    return Undone(branch.trailers.finding, branch.branch, branch.tip, published)


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
