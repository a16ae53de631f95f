"""Taking branches back, and what is not taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codemods.delivery.branches import Delivered
from codemods.delivery.push import push
from codemods.delivery.repository import Completed, GitError, Repository
from codemods.delivery.undo import NotUndone, Undone, undo
from codemods.delivery.withdrawing import Withdrawn
from tests.delivery.sandbox import BRANCH, KEY, Sandbox, at, delivery, finding, git, patch


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
    assert refused(sandbox, selector) == f"no branch under autofix/ belongs to {selector}"


def test_a_hand_made_branch_is_not_found(sandbox: Sandbox) -> None:
    sandbox.git("branch", BRANCH)
    assert "no branch under" in refused(sandbox, "B-02")


def test_commits_of_others(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.foreign_commit(BRANCH)
    reason = refused(sandbox, "B-02")
    assert "has commits by other people" in reason
    assert f"git branch -D {BRANCH}" in reason


def test_commits_of_others_on_the_current_branch(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    sandbox.git("switch", "--quiet", BRANCH)
    sandbox.commit_readme()
    assert "has commits by other people" in refused(sandbox, "B-02")


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
    assert "no branch under" in refused(Sandbox(tmp_path), "B-02")


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


# At the remote, too.


@pytest.fixture
def remote(sandbox: Sandbox, tmp_path: Path) -> Path:
    """A bare remote named origin that has the main branch."""
    git(tmp_path, "clone", "--quiet", "--bare", str(sandbox.root), "remote.git")
    sandbox.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    return tmp_path / "remote.git"


def published(sandbox: Sandbox) -> str:
    """Deliver the usual fix and push it; its commit."""
    made = sandbox.deliver_one()
    push(sandbox.repository, sandbox.head, [made])
    return made.commit


def kept(sandbox: Sandbox, remote: Path) -> str:
    """Undo with the remote what must stay on both sides; the reason."""
    before = (sandbox.refs(), git(remote, "for-each-ref"))
    result = undo(sandbox.repository, "B-02", remote=True)
    assert isinstance(result, NotUndone), result
    assert (sandbox.refs(), git(remote, "for-each-ref")) == before
    return result.reason


def test_a_remote_that_is_not_there(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    with pytest.raises(GitError, match="origin"):
        undo(sandbox.repository, "B-02", remote=True)
    assert f"refs/heads/{BRANCH}" in sandbox.refs()


def test_commits_of_others_at_the_remote_keep_both(sandbox: Sandbox, remote: Path) -> None:
    commit = published(sandbox)
    sandbox.foreign_commit(BRANCH)
    sandbox.git("push", "--quiet", "origin", BRANCH)
    sandbox.git("update-ref", f"refs/heads/{BRANCH}", commit)
    assert "the remote's branch has commits by other people" in kept(sandbox, remote)


def test_somebody_who_is_quicker_keeps_both(
    sandbox: Sandbox, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(sandbox)
    run = Repository.run

    def slow(self: Repository, *arguments: str, **options: Any) -> Completed:
        if "push" in arguments:
            git(remote, "update-ref", f"refs/heads/{BRANCH}", "main")
        return run(self, *arguments, **options)

    monkeypatch.setattr(Repository, "run", slow)
    result = undo(sandbox.repository, "B-02", remote=True)
    assert isinstance(result, NotUndone)
    assert "stale info" in result.reason
    assert git(remote, "rev-parse", BRANCH) == git(remote, "rev-parse", "main")
    assert f"refs/heads/{BRANCH}" in sandbox.refs()


def test_both_go_and_both_can_be_restored(sandbox: Sandbox, remote: Path) -> None:
    commit = published(sandbox)
    result = undo(sandbox.repository, "B-02", remote=True)
    assert isinstance(result, Undone)
    assert result.withdrawn == Withdrawn(BRANCH, commit)
    assert not result.published
    assert list(sandbox.refs()) == ["refs/heads/main"]
    assert git(remote, "branch", "--list", "autofix/*") == ""
    sandbox.git(*result.withdrawn.restore.split()[1:])
    assert git(remote, "rev-parse", BRANCH) == commit


def test_a_branch_that_only_the_remote_has(sandbox: Sandbox, remote: Path) -> None:
    commit = published(sandbox)
    for ref in (f"refs/heads/{BRANCH}", f"refs/remotes/origin/{BRANCH}"):
        sandbox.git("update-ref", "-d", ref)
    result = undo(sandbox.repository, "B-02", remote=True)
    assert isinstance(result, Undone)
    assert (result.local, result.commit) == (False, commit)
    assert result.restore == f"git push origin {commit}:refs/heads/{BRANCH}"
    assert git(remote, "branch", "--list", "autofix/*") == ""


def test_a_branch_that_the_remote_does_not_have(sandbox: Sandbox, remote: Path) -> None:
    sandbox.deliver_one()
    result = undo(sandbox.repository, "B-02", remote=True)
    assert isinstance(result, Undone)
    assert (result.local, result.withdrawn) == (True, None)


def test_a_key_finds_what_another_finding_named_first(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    unknown = undo(sandbox.repository, "SX-3")
    assert isinstance(unknown, NotUndone)
    assert unknown.unknown
    assert isinstance(undo(sandbox.repository, "SX-3", key="0" * 12), NotUndone)
    result = undo(sandbox.repository, "SX-3", key=KEY)
    assert isinstance(result, Undone)
    assert result.branch == BRANCH
