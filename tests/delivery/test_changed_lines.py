"""What changed since a commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codemods.delivery.changed_lines import changed_since
from codemods.delivery.repository import Repository, RepositoryError
from codemods.findings.model import LineRange


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.invalid", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.py").write_text("1\n2\n3\n4\n")
    (tmp_path / "gone.py").write_text("x\n")
    (tmp_path / "ü b.py").write_text("1\n2\n3\n4\n5\n6\n")
    (tmp_path / ".gitignore").write_text("out.py\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def test_files_and_lines(root: Path) -> None:
    (root / "a.py").write_text("1\ntwo\n3\n4\n5\n")
    (root / "gone.py").unlink()
    git(root, "mv", "ü b.py", 'new "name".py')
    (root / 'new "name".py').write_text("1\n2\n3\n4\n5\nsix\n")
    (root / "untracked.py").write_text("x\n")
    (root / "out.py").write_text("x\n")
    changed = changed_since(Repository.open(root), "HEAD")
    assert dict(changed.files) == {
        "a.py": (LineRange(2, 2), LineRange(5, 5)),
        'new "name".py': (LineRange(6, 6),),
        "untracked.py": None,
    }
    assert changed.covers("a.py", 1, 2)
    assert not changed.covers("a.py", 3, 4)
    assert changed.covers("untracked.py", 1, 1)
    assert not changed.covers("other.py", 1, 1)


def test_what_others_did_meanwhile_is_no_change(root: Path) -> None:
    git(root, "branch", "topic")
    (root / "gone.py").write_text("theirs\n")
    git(root, "commit", "-q", "-am", "theirs")
    git(root, "checkout", "-q", "topic")
    (root / "a.py").write_text("1\n2\n3\nours\n")
    git(root, "commit", "-q", "-am", "ours")
    changed = changed_since(Repository.open(root), "main")
    assert dict(changed.files) == {"a.py": (LineRange(4, 4),)}


def test_lines_that_only_went(root: Path) -> None:
    (root / "a.py").write_text("1\n4\n")
    changed = changed_since(Repository.open(root), "HEAD")
    assert changed.files["a.py"] == (LineRange(1, 2),)


def test_a_ref_that_is_none(root: Path) -> None:
    with pytest.raises(RepositoryError, match="nonsense"):
        changed_since(Repository.open(root), "nonsense")
