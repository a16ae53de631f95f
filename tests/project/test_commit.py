"""The files of a commit: out of the object database, whatever the work tree looks like."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codemods.project.commit import CommitError, CommitFiles


def run(folder: Path, *words: str, data: bytes | None = None) -> str:
    command = ("git", "-c", "user.name=A", "-c", "user.email=a@b.example", *words)
    done = subprocess.run(command, cwd=folder, input=data, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    run(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_bytes(b"x = 1\r\n")
    (tmp_path / "pkg" / "same.py").write_bytes(b"x = 1\r\n")
    (tmp_path / "empty.py").write_bytes(b"")
    (tmp_path / "tool.py").write_bytes(b"#!/usr/bin/python\n")
    (tmp_path / "tool.py").chmod(0o755)
    (tmp_path / "é ü\n.py").write_bytes(b"odd\n\n")
    (tmp_path / "link.py").symlink_to("tool.py")
    run(tmp_path, "add", ".")
    commit = "1" * 40
    run(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    run(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


PATHS = ("empty.py", "pkg/a.py", "pkg/same.py", "tool.py", "é ü\n.py")


def remove_blob(repository: Path, path: str) -> None:
    name = run(repository, "rev-parse", f"HEAD:{path}")
    (repository / ".git" / "objects" / name[:2] / name[2:]).unlink()


@pytest.mark.parametrize("name", ["nope", "--all", "HEAD:pkg", "", "HEAD:pkg/a.py"])
def test_not_a_commit(repository: Path, name: str) -> None:
    with pytest.raises(CommitError, match="is not a commit of"):
        CommitFiles(repository, name)


def test_not_a_repository(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(CommitError, match="is not a git repository"):
            CommitFiles(folder, "HEAD")


def test_what_is_not_a_file_of_the_commit(repository: Path) -> None:
    files = CommitFiles(repository, "HEAD")
    for path in ("link.py", "sub", "pkg", "nope.py", ""):
        assert not files.exists(path)
        for method in (files.read, files.object_id, files.mode):
            with pytest.raises(FileNotFoundError):
                method(path)
    assert files.read_all(("link.py", "nope.py")) == {}


def test_the_work_tree_does_not_matter(repository: Path) -> None:
    (repository / "pkg" / "a.py").write_bytes(b"changed\n")
    (repository / "new.py").write_bytes(b"new\n")
    files = CommitFiles(repository, "main")
    assert files.paths() == PATHS
    assert files.read("pkg/a.py") == b"x = 1\r\n"
    assert files.commit == run(repository, "rev-parse", "HEAD")


def test_reading(repository: Path) -> None:
    files = CommitFiles(repository / ".git", "HEAD")
    expected = {
        "empty.py": b"",
        "pkg/a.py": b"x = 1\r\n",
        "pkg/same.py": b"x = 1\r\n",
        "tool.py": b"#!/usr/bin/python\n",
        "é ü\n.py": b"odd\n\n",
    }
    assert files.read_all(PATHS) == expected
    assert {path: files.read(path) for path in PATHS} == expected
    assert {files.mode(path) for path in PATHS} == {"100644", "100755"}
    assert files.mode("tool.py") == "100755"
    assert files.object_id("pkg/a.py") == run(repository, "rev-parse", "HEAD:pkg/a.py")


def test_missing_blobs(repository: Path) -> None:
    remove_blob(repository, "tool.py")
    files = CommitFiles(repository, "HEAD")
    assert files.exists("tool.py")
    for _ in range(2):
        with pytest.raises(FileNotFoundError, match="is not in the object database"):
            files.read("tool.py")
        assert files.read("pkg/a.py") == b"x = 1\r\n"
    assert sorted(files.read_all(PATHS)) == [path for path in PATHS if path != "tool.py"]


def test_missing_blobs_of_a_partial_clone(repository: Path) -> None:
    """git dies where it cannot fetch from the promisor; the others are read all the same."""
    remove_blob(repository, "tool.py")
    remove_blob(repository, "empty.py")
    run(repository, "config", "extensions.partialClone", "origin")
    run(repository, "config", "remote.origin.url", str(repository / "gone"))
    run(repository, "config", "remote.origin.promisor", "true")
    run(repository, "config", "core.repositoryFormatVersion", "1")
    files = CommitFiles(repository, "HEAD")
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            files.read("tool.py")
        assert files.read("pkg/a.py") == b"x = 1\r\n"
    assert sorted(files.read_all(PATHS)) == ["pkg/a.py", "pkg/same.py", "é ü\n.py"]
