"""Renames are followed in any repository, and what git does not know is no error."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codemods.project.history import GitHistory

BODY = "".join(f"line_{number} = {number}\n" for number in range(40))


def git(folder: Path, *arguments: str) -> str:
    """Runs git as nobody in particular."""
    command = [
        "git",
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "-c",
        "protocol.file.allow=always",
    ]
    done = subprocess.run(
        [*command, "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, message: str = "change") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--no-verify", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """``a.py`` moved and edited to ``lib/b.py``, then moved to ``lib/core/c.py``."""
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "a.py").write_text(BODY)
    (folder / "same.py").write_text("unique = 1\n")
    (folder / "empty.py").write_text("")
    commit(folder)
    (folder / "lib" / "core").mkdir(parents=True)
    (folder / "a.py").unlink()
    (folder / "lib" / "b.py").write_text("import os\n" + BODY.replace("line_3 ", "other "))
    (folder / "noise.py").write_text("nothing = 'alike'\n")
    commit(folder)
    git(folder, "mv", "lib/b.py", "lib/core/c.py")
    git(folder, "mv", "same.py", "lib/same.py")
    commit(folder)
    git(folder, "rm", "-q", "noise.py")
    commit(folder)
    return folder


@pytest.mark.parametrize(
    "path", ["lib/core/c.py", "never.py", "", "noise.py", "lib", ":(glob)*.py"]
)
def test_nothing_for_what_is_there_never_was_or_went_nowhere(repository: Path, path: str) -> None:
    assert GitHistory(repository).renamed_to(path) == ()


def test_nothing_without_a_repository(tmp_path: Path) -> None:
    assert GitHistory(tmp_path).renamed_to("a.py") == ()
    assert GitHistory(tmp_path / "missing").renamed_to("a.py") == ()


def test_nothing_in_an_unborn_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert GitHistory(tmp_path).renamed_to("a.py") == ()


def test_several_renames_in_a_row(repository: Path) -> None:
    assert GitHistory(repository).renamed_to("a.py") == ("lib/core/c.py",)
    assert GitHistory(repository).renamed_to("lib/b.py") == ("lib/core/c.py",)
    assert GitHistory(repository).renamed_to("same.py") == ("lib/same.py",)


def test_as_of_an_older_commit(repository: Path) -> None:
    older = git(repository, "rev-parse", "HEAD~2")
    assert GitHistory(repository, older).renamed_to("a.py") == ("lib/b.py",)


def test_in_a_bare_repository_without_configuration(repository: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(bare))
    (bare / "config").unlink()
    assert GitHistory(bare, "main").renamed_to("a.py") == ("lib/core/c.py",)


def test_in_a_shallow_clone_what_is_cut_off_is_not_known(repository: Path, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repository}", str(shallow))
    assert GitHistory(shallow).renamed_to("a.py") == ()


def test_a_rename_that_came_by_a_merge(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "side", "HEAD~3")
    (repository / "extra.py").write_text("extra = 'by the side'\n")
    commit(repository)
    git(repository, "mv", "extra.py", "moved_extra.py")
    commit(repository)
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert GitHistory(repository).renamed_to("extra.py") == ("moved_extra.py",)


def test_missing_blobs_leave_the_name(repository: Path) -> None:
    (repository / "deep.py").write_text(BODY.replace("line", "deep"))
    commit(repository)
    old = git(repository, "rev-parse", "HEAD:deep.py")
    (repository / "deep.py").unlink()
    (repository / "lib" / "deep.py").write_text(BODY.replace("line", "deeper"))
    commit(repository)
    blob = repository / ".git" / "objects" / old[:2] / old[2:]
    blob.chmod(0o644)
    blob.unlink()
    assert GitHistory(repository).renamed_to("deep.py") == ("lib/deep.py",)


def test_what_a_sparse_checkout_leaves_out(repository: Path) -> None:
    assert not GitHistory(repository).is_sparse("empty.py")
    git(repository, "sparse-checkout", "set", "--no-cone", "lib/")
    history = GitHistory(repository)
    assert history.is_sparse("empty.py")
    assert not any(map(history.is_sparse, ("lib/core/c.py", "gone.py", "lib")))
