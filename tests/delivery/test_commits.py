"""Writing when something has gone wrong already: nothing moves, nothing is left lying about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemods.delivery.commits import (
    NewCommit,
    NewFile,
    delete_branch,
    move_branches,
    write_commits,
)
from codemods.delivery.repository import RepositoryError
from codemods.delivery.trailers import Entry
from tests.delivery.sandbox import Sandbox

ENTRY = Entry(b"engine.py", b"100644", b"0" * 40)


def test_a_base_that_is_not_there(sandbox: Sandbox) -> None:
    commit = NewCommit(b"subject\n", (NewFile(ENTRY, b"x\n"),))
    with pytest.raises(RepositoryError, match=r"git cannot write to .*") as caught:
        write_commits(sandbox.repository, "f" * 40, [commit])
    assert "\n" not in str(caught.value)
    assert not list((sandbox.root / ".git").glob("fast_import_crash_*"))
    assert list(sandbox.refs()) == ["refs/heads/main"]


def test_nothing_to_write(sandbox: Sandbox) -> None:
    assert write_commits(sandbox.repository, sandbox.head, []) == []
    assert move_branches(sandbox.repository, {}) == {}


def test_a_branch_that_moved_meanwhile_stays(sandbox: Sandbox) -> None:
    old = sandbox.git("rev-parse", "HEAD~1")
    sandbox.git("branch", "moved", old)
    failures = move_branches(
        sandbox.repository,
        {"moved": (sandbox.head, "a" * 40), "new": (old, None), "main": (old, None)},
    )
    assert set(failures) == {"moved", "main"}
    assert not any("\n" in reason for reason in failures.values())
    assert sandbox.refs()["refs/heads/moved"] == old
    assert sandbox.refs()["refs/heads/new"] == old
    assert sandbox.refs()["refs/heads/main"] == sandbox.head


def test_a_branch_that_moved_meanwhile_is_not_deleted(sandbox: Sandbox) -> None:
    sandbox.git("branch", "moved", "HEAD~1")
    assert delete_branch(sandbox.repository, "moved", sandbox.head) is not None
    assert "refs/heads/moved" in sandbox.refs()


def test_ctrl_c_while_branches_are_moved_waits_for_all_of_them(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal's signal goes to us and to git, which would leave some refs written."""
    session = tmp_path / "session"
    script = tmp_path / "git"
    script.write_text(
        f"#!/bin/sh\nkill -INT $PPID\nps -o sid= -p $$ >'{session}'\nexec git \"$@\"\n"
    )
    script.chmod(0o755)
    repository = sandbox.repository
    monkeypatch.setattr(type(repository.git), "GIT_PYTHON_GIT_EXECUTABLE", str(script))
    with pytest.raises(KeyboardInterrupt):
        move_branches(repository, {"a": (sandbox.head, None), "b": (sandbox.head, None)})
    assert {"refs/heads/a", "refs/heads/b"} <= set(sandbox.refs())
    assert int(session.read_text()) != os.getsid(0)
