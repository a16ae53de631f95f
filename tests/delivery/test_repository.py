"""Opening repositories: what is refused has one clear line, everything else works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.delivery.repository import GitError, Repository, RepositoryError, telling_line
from tests.delivery.sandbox import Sandbox, git


def refused(path: Path) -> str:
    """The line with which opening ``path`` fails."""
    with pytest.raises(RepositoryError) as caught:
        Repository.open(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_not_a_repository(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path} is not in a git repository"


def test_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing") == f"{tmp_path / 'missing'} does not exist"


def test_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert refused(tmp_path / "file").endswith("is not a folder")


def test_damaged_configuration(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".git" / "config").write_text("[core\n")
    assert "bad config line 1" in refused(tmp_path)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    for path in (tmp_path, tmp_path / ".git"):
        os.chown(path, 12345, 12345)
    line = refused(tmp_path)
    assert line.endswith(f"git config --global --add safe.directory {tmp_path}")


@pytest.mark.parametrize("when", ["before", "after"])
def test_without_git(tmp_path: Path, when: str) -> None:
    # GitPython looks for git when it is imported, and again whenever it runs it.
    program = (
        "import os, sys, pathlib\n"
        + ("import git\n" if when == "after" else "")
        + "os.environ['PATH'] = '/nonexistent'\n"
        "from codemods.delivery.repository import Repository, RepositoryError\n"
        "try: Repository.open(pathlib.Path(sys.argv[1]))\n"
        "except RepositoryError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "git is not installed, or not on the PATH\n"


def test_gitpython_is_imported_only_when_a_repository_is_opened() -> None:
    program = (
        "import sys, codemods.delivery.push, codemods.delivery.undo, codemods.delivery.worktree\n"
        "print('git' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_hook_of_another_repository(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert "is another repository: unset it" in refused(sandbox.root)
    monkeypatch.delenv("GIT_DIR")


@pytest.mark.parametrize("place", ["project", "linked"])
def test_a_hook_of_the_same_repository(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    sandbox.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    git_dir = sandbox.git("-C", str(tmp_path / place), "rev-parse", "--absolute-git-dir")
    monkeypatch.setenv("GIT_DIR", git_dir)
    assert Repository.open(tmp_path / place).git_dir == Path(git_dir)
    monkeypatch.delenv("GIT_DIR")


def test_an_ordinary_one_from_a_folder_below(sandbox: Sandbox) -> None:
    repository = Repository.open(sandbox.root / "pkg" / "deep")
    assert repository.root == sandbox.root
    assert repository.git_dir == repository.common_dir == sandbox.root / ".git"
    assert repository.hash_name == "sha1"


def test_a_bare_one(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare")
    repository = Repository.open(tmp_path)
    assert repository.root is None
    assert repository.git_dir == tmp_path


def test_inside_the_git_folder_there_is_no_work_tree(sandbox: Sandbox) -> None:
    assert Repository.open(sandbox.root / ".git").root is None


def test_an_unborn_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    repository = Repository.open(tmp_path)
    assert repository.head() is None
    assert repository.head_branch() == "main"
    with pytest.raises(RepositoryError, match=r"has no commit yet: commit something first$"):
        repository.resolve("HEAD")


def test_a_detached_head(sandbox: Sandbox) -> None:
    sandbox.git("switch", "--quiet", "--detach", "HEAD~1")
    assert sandbox.repository.head_branch() is None
    assert sandbox.repository.head() == sandbox.head


def test_a_linked_work_tree(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    repository = Repository.open(tmp_path / "linked")
    assert repository.root == tmp_path / "linked"
    assert repository.git_dir == sandbox.root / ".git" / "worktrees" / "linked"
    assert repository.common_dir == sandbox.root / ".git"


@pytest.mark.parametrize("revision", ["missing", "--help", "HEAD:engine.py", "HEAD^{tree}", ""])
def test_what_names_no_commit(sandbox: Sandbox, revision: str) -> None:
    with pytest.raises(RepositoryError, match="is not a commit of"):
        sandbox.repository.resolve(revision)


def test_what_names_a_commit(sandbox: Sandbox) -> None:
    sandbox.git("tag", "--annotate", "--message=one", "v1")
    for revision in ("HEAD", "main", "v1", sandbox.head[:10]):
        assert sandbox.repository.resolve(revision) == sandbox.head


def test_input_is_read_as_given(sandbox: Sandbox) -> None:
    done = sandbox.repository.ask("hash-object", "--stdin", stdin=b"a\0b\r\n")
    assert done.text == sandbox.git("hash-object", "--stdin", stdin=b"a\0b\r\n")


def test_a_failure_is_the_telling_line(sandbox: Sandbox) -> None:
    with pytest.raises(GitError, match=r"^Not a valid object name nothing") as caught:
        sandbox.repository.ask("cat-file", "blob", "nothing")
    assert caught.value.status == 128


@pytest.mark.parametrize(
    ("stderr", "line"),
    [
        ("", ""),
        ("warning: a\nfatal: b\nerror: c\n", "b"),
        ("\n  only this\nand that\n", "only this"),
    ],
)
def test_the_telling_line(stderr: str, line: str) -> None:
    assert telling_line(stderr) == line


def test_settings(sandbox: Sandbox) -> None:
    sandbox.git("config", "a.yes", "on")
    sandbox.git("config", "a.odd", "perhaps")
    assert sandbox.repository.setting("a.yes")
    assert not sandbox.repository.setting("a.missing")
    with pytest.raises(GitError, match="perhaps"):
        sandbox.repository.setting("a.odd")


def test_a_command_that_does_not_end_is_ended(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    repository = Repository.open(tmp_path)
    # The process below git's own holds its output open.
    slow = ("-c", "alias.slow=!sleep 600", "slow")
    done = repository.run(*slow, limit=0.1)
    assert done.status != 0
    assert telling_line(done.stderr) == "it did not end within 0 s"
    assert repository.run("rev-parse", "--git-dir", limit=600).text == ".git"
    assert repository.run("rev-parse", "nothing", limit=600).status != 0
