"""Writing in place: everything or nothing, and nothing that git could not bring back."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from codemods.delivery.repository import Repository, RepositoryError
from codemods.delivery.worktree import NotWritten, Written, uncommitted, work_tree, write_in_place
from codemods.engine.outcomes import FilePatch, Patch
from tests.delivery.sandbox import AFTER, BEFORE, Sandbox, git, patch

TWO = replace(
    patch(),
    files=(
        FilePatch("engine.py", BEFORE, AFTER),
        FilePatch("pkg/deep/other.py", b"x = 1\n", b"x = 2\n"),
    ),
)


def refused(sandbox: Sandbox, made: Patch | None = None, *, force: bool = False) -> str:
    """Write what must not be written; the reason. The fixture sees to it that nothing changed."""
    result = written(sandbox, made or patch(), force=force)
    assert isinstance(result, NotWritten), result
    return result.reason


def written(sandbox: Sandbox, made: Patch, *, force: bool = False) -> Written | NotWritten:
    """Write one patch."""
    (result,) = write_in_place(sandbox.root, [made], repository=sandbox.repository, force=force)
    return result


def test_uncommitted_changes(sandbox: Sandbox) -> None:
    sandbox.write("engine.py", BEFORE + b"# mine\n")
    assert "engine.py has uncommitted changes: commit or stash it" in refused(sandbox)


def test_staged_changes(sandbox: Sandbox) -> None:
    sandbox.write("engine.py", BEFORE + b"# mine\n")
    sandbox.git("add", "engine.py")
    assert "engine.py has uncommitted changes" in refused(sandbox)


@pytest.mark.parametrize("path", ["new.py", "new/deep/file.py"])
def test_untracked(sandbox: Sandbox, path: str) -> None:
    sandbox.write(path, BEFORE)
    assert f"{path} is not tracked by git" in refused(sandbox, patch(path))


@pytest.mark.parametrize("ignore", ["new.py", "build/"])
def test_ignored(sandbox: Sandbox, ignore: str) -> None:
    sandbox.write(".gitignore", f"{ignore}\n".encode())
    path = "build/new.py" if ignore.endswith("/") else ignore
    sandbox.write(path, BEFORE)
    assert f"{path} is not tracked by git" in refused(sandbox, patch(path))


def test_conflicts(sandbox: Sandbox) -> None:
    sandbox.git("switch", "--quiet", "--create", "side")
    sandbox.write("engine.py", b"side\n")
    sandbox.commit("side")
    sandbox.git("switch", "--quiet", "main")
    sandbox.write("engine.py", b"main\n")
    sandbox.commit("main")
    sandbox.repository.run("merge", "--quiet", "side")
    sandbox.look()
    assert "engine.py has merge conflicts" in refused(sandbox)


def test_one_dirty_file_keeps_the_other_from_being_written(sandbox: Sandbox) -> None:
    sandbox.write("pkg/deep/other.py", b"x = 3\n")
    assert "pkg/deep/other.py has uncommitted changes" in refused(sandbox, TWO)


def test_a_file_that_changed_since_it_was_read_is_not_even_forced(sandbox: Sandbox) -> None:
    sandbox.write("engine.py", BEFORE + b"# mine\n")
    assert "engine.py has changed since it was read" in refused(sandbox, force=True)


def test_missing(sandbox: Sandbox) -> None:
    assert "missing.py does not exist" in refused(sandbox, patch("missing.py"), force=True)


@pytest.mark.parametrize("path", ["link.py", "linked/other.py", "../outside.py"])
def test_links_and_ways_out(sandbox: Sandbox, path: str) -> None:
    (sandbox.root / "link.py").symlink_to("engine.py")
    (sandbox.root / "linked").symlink_to(sandbox.root.parent)
    (sandbox.root.parent / "other.py").write_bytes(BEFORE)
    (sandbox.root.parent / "outside.py").write_bytes(BEFORE)
    sandbox.look()
    (result,) = write_in_place(sandbox.root, [patch(path)])
    assert isinstance(result, NotWritten)
    assert path in result.reason
    assert "symbolic link" in result.reason or "is outside" in result.reason


def test_a_failure_half_way_puts_everything_back(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def broken(self: Path, target: Path) -> Path:
        if target.name == "other.py":
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", broken)
    reason = refused(sandbox, TWO)
    assert reason.endswith("other.py: No space left on device; nothing was changed")


def test_a_new_file_goes_when_a_later_one_fails(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def broken(self: Path, target: Path) -> Path:
        if target.name == "other.py":
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", broken)
    new = FilePatch("new.py", b"", AFTER)
    assert "nothing was changed" in refused(sandbox, replace(TWO, files=(new, *TWO.files)))


def test_a_full_disk_leaves_no_temporary_file(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    assert refused(sandbox, TWO).endswith("No space left on device; nothing was changed")


def test_a_folder(sandbox: Sandbox) -> None:
    assert refused(sandbox, patch("pkg"), force=True) == "pkg cannot be read: Is a directory"


def test_an_interrupt_half_way_puts_everything_back(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        if target.name == "other.py":
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_in_place(sandbox.root, [TWO])


def test_what_cannot_be_put_back_is_named(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace
    calls = 0

    def breaking(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", breaking)
    assert refused(sandbox, TWO) == (
        "engine.py; these files were written and could not be put back"
    )
    sandbox.look()


GOING = FilePatch("pkg/deep/other.py", b"x = 1\n", None)


def test_a_file_with_changes_is_not_deleted(sandbox: Sandbox) -> None:
    sandbox.write("pkg/deep/other.py", b"x = 3\n")
    gone = replace(patch(), files=(GOING,))
    assert "has uncommitted changes" in refused(sandbox, gone)
    assert refused(sandbox, gone, force=True) == "pkg/deep/other.py has changed since it was read"


def test_a_file_that_is_gone_already_is_not_deleted(sandbox: Sandbox) -> None:
    for data in (b"x = 1\n", b""):
        gone = replace(patch(), files=(FilePatch("missing.py", data, None),))
        assert refused(sandbox, gone, force=True) == "missing.py does not exist"


BOTH_GOING = replace(patch(), files=(GOING, FilePatch("engine.py", BEFORE, None)))


def test_a_deleted_file_comes_back_when_a_later_one_fails(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sandbox.root / "pkg/deep/other.py").chmod(0o754)
    sandbox.commit("mode")
    inode = (sandbox.root / "pkg/deep/other.py").stat().st_ino
    real = Path.replace

    def broken(self: Path, target: Path) -> Path:
        if self.name == "engine.py":
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", broken)
    assert "nothing was changed" in refused(sandbox, BOTH_GOING)
    status = (sandbox.root / "pkg/deep/other.py").stat()
    assert (status.st_ino, status.st_mode & 0o777) == (inode, 0o754)
    assert [item.name for item in (sandbox.root / "pkg/deep").iterdir()] == ["other.py"]


def test_files_go_last(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(Path, "replace", broken)
    made = replace(TWO, files=(GOING, TWO.files[0]))
    assert refused(sandbox, made).startswith("engine.py: ")


def test_a_replaced_file_comes_back_when_a_deletion_fails(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def broken(self: Path, target: Path) -> Path:
        if self.name == "other.py":
            raise OSError(13, "Permission denied", str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", broken)
    made = replace(TWO, files=(TWO.files[0], GOING))
    assert refused(sandbox, made).endswith("other.py: Permission denied; nothing was changed")


def test_what_is_left_of_a_deleted_file_is_kept_where_it_cannot_be_put_back(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def broken(self: Path, target: Path) -> Path:
        if self.name != "other.py":
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", broken)
    assert written(sandbox, BOTH_GOING) == NotWritten(
        "pkg/deep/other.py; these files were written and could not be put back"
    )
    (aside,) = (sandbox.root / "pkg/deep").iterdir()
    assert aside.read_bytes() == b"x = 1\n"
    # Nobody cleans it up.
    assert aside.stat().st_mode & 0o777 == 0o400
    sandbox.look()


def test_a_deleted_file_goes_with_the_folders_that_it_leaves_empty(sandbox: Sandbox) -> None:
    sandbox.write("pkg/other.txt", b"kept\n")
    made = replace(TWO, files=(TWO.files[0], GOING))
    result = written(sandbox, made)
    assert result == Written(("engine.py", "pkg/deep/other.py"))
    assert [item.name for item in (sandbox.root / "pkg").iterdir()] == ["other.txt"]
    assert (sandbox.root / "engine.py").read_bytes() == AFTER
    sandbox.look()


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare")
    repository = Repository.open(tmp_path)
    with pytest.raises(RepositoryError, match="is bare: it has no work tree"):
        work_tree(repository)
    with pytest.raises(RepositoryError, match="is bare"):
        uncommitted(repository, ["engine.py"])


def test_a_file_of_a_submodule(sandbox: Sandbox, tmp_path: Path) -> None:
    outer = Sandbox.create(tmp_path / "outer")
    outer.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(sandbox.root), "sub"
    )
    outer.git("commit", "--quiet", "--message", "submodule")
    for force in (False, True):
        reason = refused(outer, patch("sub/engine.py"), force=force)
        assert reason == "sub/engine.py is in sub, which is a separate repository"
    outer.assert_untouched()


def test_clean_files_have_no_state(sandbox: Sandbox) -> None:
    sandbox.write("pkg/deep/other.py", b"x = 3\n")
    assert uncommitted(sandbox.repository, ["engine.py", "README"]) == {}
    assert uncommitted(sandbox.repository, []) == {}


def test_written(sandbox: Sandbox) -> None:
    (sandbox.root / "engine.py").chmod(0o754)
    sandbox.commit("mode")
    result = written(sandbox, TWO)
    assert result == Written(("engine.py", "pkg/deep/other.py"))
    assert (sandbox.root / "engine.py").read_bytes() == AFTER
    assert (sandbox.root / "engine.py").stat().st_mode & 0o777 == 0o754
    assert (sandbox.root / "pkg/deep/other.py").read_bytes() == b"x = 2\n"
    assert sandbox.git("status", "--porcelain") == " M engine.py\n M pkg/deep/other.py"


def test_forced_over_uncommitted_changes(sandbox: Sandbox) -> None:
    sandbox.write("engine.py", BEFORE + b"# mine\n")
    made = patch(before=BEFORE + b"# mine\n")
    result = written(sandbox, made, force=True)
    assert result == Written(("engine.py",))
    sandbox.look()


def test_outside_of_git(tmp_path: Path) -> None:
    (tmp_path / "engine.py").write_bytes(BEFORE)
    assert write_in_place(tmp_path, [patch()]) == (Written(("engine.py",)),)
    assert [path.name for path in tmp_path.iterdir()] == ["engine.py"]


def test_line_endings_of_the_work_tree_are_kept(sandbox: Sandbox) -> None:
    sandbox.write(".gitattributes", b"*.py text eol=crlf\n")
    sandbox.commit("attributes")
    (sandbox.root / "engine.py").unlink()
    sandbox.git("checkout", "--quiet", "--", "engine.py")
    windows = (sandbox.root / "engine.py").read_bytes()
    assert windows == BEFORE.replace(b"\n", b"\r\n")
    made = patch(before=windows, after=AFTER.replace(b"\n", b"\r\n"))
    assert isinstance(written(sandbox, made), Written)
    assert (sandbox.root / "engine.py").read_bytes() == AFTER.replace(b"\n", b"\r\n")
    sandbox.look()


def test_a_new_file(sandbox: Sandbox) -> None:
    made = patch("pkg/new.py", before=b"")
    assert isinstance(written(sandbox, made), Written)
    assert (sandbox.root / "pkg" / "new.py").read_bytes() == AFTER
    sandbox.look()
