"""Taking branches back, and what is not taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.delivery.branches import Delivered
from codemods.delivery.undo import NotUndone, Undone, undo
from tests.delivery.sandbox import BRANCH, Sandbox, at, delivery, finding, git, patch


def refused(sandbox: Sandbox, selector: str) -> str:
    """Undo what must stay; the reason."""
    before = sandbox.refs()
    result = undo(sandbox.repository, selector)
    assert isinstance(result, NotUndone), result
    assert sandbox.refs() == before
    return result.reason


@pytest.mark.parametrize(
    "selector", ["B-03", "", "AUDIT_OTHER:B-02", "AUDIT_BACKEND_2026-02-16", "B-02@12", "@12"]
)
def test_no_such_branch(sandbox: Sandbox, selector: str) -> None:
    sandbox.deliver_one()
    assert refused(sandbox, selector) == f"no branch below autofix/ is of {selector}"


def test_a_hand_made_branch_is_not_found(sandbox: Sandbox) -> None:
    sandbox.git("branch", BRANCH)
    assert "no branch below" in refused(sandbox, "B-02")


def test_commits_of_others(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.foreign_commit(BRANCH)
    reason = refused(sandbox, "B-02")
    assert "holds commits of others" in reason
    assert f"git branch -D {BRANCH}" in reason


def test_commits_of_others_on_the_current_branch(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("switch", "--quiet", BRANCH)
    sandbox.commit_readme()
    assert "holds commits of others" in refused(sandbox, "B-02")


def test_checked_out(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("switch", "--quiet", BRANCH)
    assert f"is checked out in {sandbox.root}" in refused(sandbox, "B-02")


def test_checked_out_elsewhere(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.deliver_one()
    sandbox.git("worktree", "add", "--quiet", str(tmp_path / "elsewhere"), BRANCH)
    assert f"is checked out in {tmp_path / 'elsewhere'}" in refused(sandbox, "B-02")


def test_an_ambiguous_selector_lists_the_candidates(sandbox: Sandbox) -> None:
    sandbox.deliver(at(12), at(40))
    for selector in ("B-02", "AUDIT_BACKEND_2026-02-16:B-02"):
        reason = refused(sandbox, selector)
        assert "B-02@12" in reason
        assert "B-02@40" in reason


def test_a_branch_that_git_cannot_delete(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    (sandbox.root / ".git" / "refs" / "heads" / f"{BRANCH}.lock").write_bytes(b"")
    assert "lock" in refused(sandbox, "B-02")


def test_without_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert "no branch below" in refused(Sandbox(tmp_path), "B-02")


@pytest.mark.parametrize(
    "selector",
    [
        "B-02",
        "b-02",
        "AUDIT_BACKEND_2026-02-16:B-02",
        "docs/audits/AUDIT_BACKEND_2026-02-16.md:B-02",
    ],
)
def test_the_branch_is_deleted_and_can_be_restored(sandbox: Sandbox, selector: str) -> None:
    made = sandbox.deliver_one()
    result = undo(sandbox.repository, selector)
    assert result == Undone("AUDIT_BACKEND_2026-02-16:B-02", BRANCH, made.commit, published=False)
    assert list(sandbox.refs()) == ["refs/heads/main"]
    sandbox.git(*result.restore.split()[1:])
    assert sandbox.refs()[f"refs/heads/{BRANCH}"] == made.commit


@pytest.mark.parametrize("selector", ["B-02@40", "AUDIT_BACKEND_2026-02-16:B-02@40"])
def test_a_line_tells_equal_ids_apart(sandbox: Sandbox, selector: str) -> None:
    _, second = sandbox.deliver(at(12), at(40))
    assert isinstance(second, Delivered)
    result = undo(sandbox.repository, selector)
    assert isinstance(result, Undone)
    assert result.branch == second.branch


def test_any_of_the_findings_that_a_branch_is_for(sandbox: Sandbox) -> None:
    other = finding("SX-3", report="docs/AUDIT_SECURITY_2026-03-01.md")
    sandbox.deliver(delivery(), delivery(other, patch()))
    result = undo(sandbox.repository, "SX-3")
    assert isinstance(result, Undone)
    assert result.branch == BRANCH


def test_a_finding(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    assert isinstance(undo(sandbox.repository, finding(title="Edited since")), Undone)


def test_the_settings_of_the_branch_go_with_it(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("config", f"branch.{BRANCH}.remote", "origin")
    assert isinstance(undo(sandbox.repository, "B-02"), Undone)
    assert BRANCH not in (sandbox.root / ".git" / "config").read_text()
    sandbox.look()


def test_a_published_branch_is_said_to_be(sandbox: Sandbox) -> None:
    made = sandbox.deliver_one()
    sandbox.git("update-ref", f"refs/remotes/origin/{BRANCH}", made.commit)
    result = undo(sandbox.repository, "B-02")
    assert isinstance(result, Undone)
    assert result.published
