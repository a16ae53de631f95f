"""Publishing to a real bare remote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codemods.delivery.branches import Delivered
from codemods.delivery.push import NotPushed, Pushed, push
from codemods.delivery.repository import Completed, Repository
from tests.delivery.sandbox import AFTER, BRANCH, Sandbox, delivery, finding, git, near, patch


@pytest.fixture
def remote(sandbox: Sandbox, tmp_path: Path) -> Path:
    """A bare remote named origin that has the main branch."""
    git(tmp_path, "clone", "--quiet", "--bare", str(sandbox.root), "remote.git")
    sandbox.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    return tmp_path / "remote.git"


def other_clone(remote: Path, tmp_path: Path) -> Sandbox:
    """Somebody else's checkout of the remote."""
    git(tmp_path, "clone", "--quiet", str(remote), "other")
    other = Sandbox(tmp_path / "other")
    other.git("config", "user.name", "Bob")
    other.git("config", "user.email", "bob@example.org")
    return other


def push_all(sandbox: Sandbox, *items: Delivered) -> tuple[Pushed | NotPushed, ...]:
    return push(sandbox.repository, sandbox.head, items)


def not_pushed(sandbox: Sandbox, item: Delivered) -> str:
    """Push what must not be pushed; the reason."""
    (result,) = push_all(sandbox, item)
    assert isinstance(result, NotPushed), result
    assert "\n" not in result.reason
    return result.reason


def test_without_a_remote(sandbox: Sandbox) -> None:
    reason = not_pushed(sandbox, sandbox.deliver_one())
    assert reason == "the remote origin does not exist: git remote add origin URL"


def test_a_remote_that_is_not_there(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.git("remote", "add", "origin", str(tmp_path / "gone.git"))
    assert "origin cannot be read: " in not_pushed(sandbox, sandbox.deliver_one())


def test_a_remote_that_hangs_up_when_fetched_from(
    sandbox: Sandbox, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(remote, "branch", BRANCH, "main")
    item = sandbox.deliver_one()
    run = Repository.run

    def hung_up(self: Repository, *arguments: str, **options: Any) -> Completed:
        if "fetch" in arguments:
            return Completed(128, b"", "fatal: the remote end hung up\n")
        return run(self, *arguments, **options)

    monkeypatch.setattr(Repository, "run", hung_up)
    assert not_pushed(sandbox, item) == "origin cannot be fetched from: the remote end hung up"
    assert git(remote, "rev-parse", BRANCH) == git(remote, "rev-parse", "main")


def test_commits_of_others_are_left_alone(sandbox: Sandbox, remote: Path, tmp_path: Path) -> None:
    push_all(sandbox, sandbox.deliver_one())
    other = other_clone(remote, tmp_path)
    other.git("branch", BRANCH, f"origin/{BRANCH}")
    theirs = other.foreign_commit(BRANCH)
    other.git("push", "--quiet", "origin", BRANCH)
    sandbox.commit_readme()
    before = sandbox.refs()
    assert "has commits by other people" in not_pushed(sandbox, sandbox.deliver_one())
    assert git(remote, "rev-parse", BRANCH) == theirs
    assert before.keys() == sandbox.refs().keys()
    assert (
        before[f"refs/remotes/origin/{BRANCH}"] == sandbox.refs()[f"refs/remotes/origin/{BRANCH}"]
    )
    assert not (sandbox.root / ".git" / "FETCH_HEAD").exists()


def test_a_foreign_branch_of_the_same_name(sandbox: Sandbox, remote: Path) -> None:
    git(remote, "branch", BRANCH, "main")
    sandbox.commit_readme()
    assert "is not from autofix" in not_pushed(sandbox, sandbox.deliver_one())
    assert git(remote, "rev-parse", BRANCH) == git(remote, "rev-parse", "main")


def test_a_branch_of_another_finding(sandbox: Sandbox, remote: Path) -> None:
    first = sandbox.deliver_one(delivery(finding("X-1", "Another")))
    push_all(sandbox, first)
    git(remote, "branch", "--move", first.branch, BRANCH)
    assert "is not from autofix" in not_pushed(sandbox, sandbox.deliver_one())


def test_a_remote_that_declines(sandbox: Sandbox, remote: Path) -> None:
    hook = remote / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncase "$1" in *process_job*) exit 1;; esac\n')
    hook.chmod(0o755)
    items = (sandbox.deliver_one(), sandbox.deliver_one(delivery(finding("B-03", "Another"))))
    declined, taken = push_all(sandbox, *items)
    assert isinstance(declined, NotPushed)
    assert "hook declined" in declined.reason
    assert taken == Pushed(items[1].branch, items[1].commit, changed=True)


def test_somebody_was_quicker(
    sandbox: Sandbox, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = sandbox.deliver_one()
    repository = sandbox.repository
    run = Repository.run

    def slow(self: Repository, *arguments: str, **options: Any) -> Completed:
        if "push" in arguments and "--porcelain" in arguments:
            git(remote, "branch", BRANCH, "main")
        return run(self, *arguments, **options)

    monkeypatch.setattr(Repository, "run", slow)
    (result,) = push(repository, sandbox.head, [item])
    assert isinstance(result, NotPushed)
    assert "stale info" in result.reason
    assert git(remote, "rev-parse", BRANCH) == git(remote, "rev-parse", "main")


def test_the_users_hook_is_not_run(sandbox: Sandbox, remote: Path) -> None:
    hook = sandbox.root / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (result,) = push_all(sandbox, sandbox.deliver_one())
    assert isinstance(result, Pushed)


def test_nothing_to_push(sandbox: Sandbox) -> None:
    assert push_all(sandbox) == ()


def test_new_branches(sandbox: Sandbox, remote: Path) -> None:
    items = [sandbox.deliver_one(delivery(finding(f"B-{n}", f"No {n}"))) for n in range(5)]
    results = push_all(sandbox, *items)
    assert results == tuple(Pushed(item.branch, item.commit, changed=True) for item in items)
    for item in items:
        assert git(remote, "rev-parse", item.branch) == item.commit
    again = push_all(sandbox, *items)
    assert again == tuple(Pushed(item.branch, item.commit, changed=False) for item in items)


def test_a_regenerated_branch_replaces_its_older_self(sandbox: Sandbox, remote: Path) -> None:
    push_all(sandbox, sandbox.deliver_one())
    sandbox.commit_near()
    item = sandbox.deliver_one(near())
    assert push_all(sandbox, item) == (Pushed(BRANCH, item.commit, changed=True),)
    assert git(remote, "rev-parse", BRANCH) == item.commit


def test_a_clone_without_the_branches_pushes_nothing_that_changes_nothing(
    sandbox: Sandbox, remote: Path
) -> None:
    """As in CI, where only the base is checked out and moves on."""
    first = sandbox.deliver_one()
    push_all(sandbox, first)
    sandbox.git("update-ref", "-d", f"refs/heads/{BRANCH}")
    sandbox.git("update-ref", "-d", f"refs/remotes/origin/{BRANCH}")
    sandbox.commit_readme()
    again = sandbox.deliver_one()
    assert again.commit != first.commit
    assert push_all(sandbox, again) == (Pushed(BRANCH, first.commit, changed=False),)
    assert git(remote, "rev-parse", BRANCH) == first.commit
    anew = replace(again, anew=True)
    assert push_all(sandbox, anew) == (Pushed(BRANCH, again.commit, changed=True),)


def test_a_shallow_clone_of_the_base_alone_pushes_nothing_that_changes_nothing(
    sandbox: Sandbox, remote: Path, tmp_path: Path
) -> None:
    """As actions/checkout makes it."""
    first = sandbox.deliver_one()
    push_all(sandbox, first)
    for _ in range(3):
        sandbox.commit_readme()
    git(sandbox.root, "push", "--quiet", "origin", "main")
    git(tmp_path, "clone", "--quiet", "--depth=1", remote.as_uri(), "shallow")
    shallow = Sandbox(tmp_path / "shallow")
    shallow.git("config", "user.name", "Bob")
    shallow.git("config", "user.email", "bob@example.org")
    again = shallow.deliver_one()
    assert push_all(shallow, again) == (Pushed(BRANCH, first.commit, changed=False),)


def test_a_branch_that_the_button_updated_is_left(sandbox: Sandbox, remote: Path) -> None:
    first = sandbox.deliver_one()
    push_all(sandbox, first)
    sandbox.commit_readme()
    git(sandbox.root, "push", "--quiet", "origin", "main")
    tip = sandbox.button(BRANCH)
    git(sandbox.root, "push", "--quiet", "origin", BRANCH)
    sandbox.git("update-ref", f"refs/heads/{BRANCH}", first.commit)
    again = sandbox.deliver_one()
    assert push_all(sandbox, again) == (Pushed(BRANCH, tip, changed=False),)
    sandbox.commit_near()
    other = sandbox.deliver_one(near())
    assert push_all(sandbox, other) == (Pushed(BRANCH, other.commit, changed=True),)


def test_another_clone_made_the_same(
    sandbox: Sandbox, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = other_clone(remote, tmp_path)
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
    theirs = other.deliver_one()
    push_all(other, theirs)
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    ours = sandbox.deliver_one()
    assert ours.commit != theirs.commit
    assert push_all(sandbox, ours) == (Pushed(BRANCH, theirs.commit, changed=False),)
    assert git(remote, "rev-parse", BRANCH) == theirs.commit


def test_another_clone_made_an_older_one(sandbox: Sandbox, remote: Path, tmp_path: Path) -> None:
    push_all(other := other_clone(remote, tmp_path), other.deliver_one())
    ours = sandbox.deliver_one(delivery(made=patch(after=AFTER + b"# better\n")))
    assert push_all(sandbox, ours) == (Pushed(BRANCH, ours.commit, changed=True),)
