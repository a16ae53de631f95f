"""Writing files: what is never written, and what a written file is like."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from codemods.project.writing import (
    Staged,
    WriteError,
    place,
    read,
    undisturbed,
    write,
    write_named,
)

VICTIM = b"precious\n"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A project with ``app/main.py``, and ``victim`` beside it."""
    (tmp_path / "victim").write_bytes(VICTIM)
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "app/main.py").write_bytes(b"x = 1\n")
    return root


def names(top: Path) -> list[str]:
    return sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())


def refused(top: Path, path: str, before: bytes | None = None) -> str:
    """Write what must not be written; the reason."""
    everything = {item: item.read_bytes() for item in top.parent.rglob("*") if item.is_file()}
    with pytest.raises(WriteError) as caught:
        write(top, path, before, b"new\n")
    assert {i: i.read_bytes() for i in top.parent.rglob("*") if i.is_file()} == everything
    message = str(caught.value)
    assert path in message and "\n" not in message
    return message


@pytest.mark.parametrize("path", ["../victim", "app/../../victim", "/tmp/victim", ""])
def test_nothing_outside(top: Path, path: str) -> None:
    assert "is outside" in refused(top, path)
    with pytest.raises(WriteError, match="is outside"):
        read(top, path)


def test_no_link_is_followed(top: Path) -> None:
    (top / "link").symlink_to("../victim")
    (top / "inner").symlink_to("app/main.py")
    (top / "dangling").symlink_to("../new")
    (top / ".github").symlink_to("..")
    for path in ("link", "inner", "dangling", ".github/victim", ".github/workflows/autofix.yml"):
        assert refused(top, path) == f"{path} is a symbolic link, or is below one"
        with pytest.raises(WriteError, match="symbolic link"):
            read(top, path)


def test_a_folder_behind_a_link_within_is_the_folder(top: Path) -> None:
    (top / "alias").symlink_to("app")
    assert place(top, "alias/main.py") == place(top, "app/main.py")
    write(top, "alias/main.py", b"x = 1\n", b"x = 2\n")
    assert (top / "app/main.py").read_bytes() == b"x = 2\n"
    assert (top / "alias").is_symlink()


@pytest.mark.parametrize("path", [".git/hooks/pre-commit", ".git", ".GIT/config", "app/.git/x"])
def test_git_s_own_folder(top: Path, path: str) -> None:
    assert refused(top, path) == f"{path} is in git's own folder"


def test_a_link_into_git_s_own_folder(top: Path) -> None:
    (top / ".git").mkdir()
    (top / "hooks").symlink_to(".git")
    assert "git's own folder" in refused(top, "hooks/pre-commit")


def test_another_repository(top: Path) -> None:
    (top / "app/.git").write_text("gitdir: ../.git/modules/app\n")
    assert refused(top, "app/main.py", b"x = 1\n") == (
        "app/main.py is in app, which is a separate repository"
    )


def test_what_is_no_file(top: Path) -> None:
    os.mkfifo(top / "pipe.py")
    assert refused(top, "pipe.py") == "pipe.py is not a regular file"
    assert refused(top, "app") == "app cannot be read: Is a directory"


def test_read_only(top: Path) -> None:
    (top / "app/main.py").chmod(0o444)
    assert refused(top, "app/main.py", b"x = 1\n") == "app/main.py is read-only"
    assert read(top, "app/main.py") == b"x = 1\n"


@pytest.mark.parametrize(
    ("path", "before", "reason"),
    [
        ("app/main.py", b"x = 0\n", "has changed since it was read"),
        ("app/main.py", None, "has changed since it was read"),
        ("app/gone.py", b"x = 0\n", "does not exist"),
    ],
)
def test_what_is_not_as_it_was_read(
    top: Path, path: str, before: bytes | None, reason: str
) -> None:
    assert refused(top, path, before) == f"{path} {reason}"


def edited(top: Path) -> None:
    with (top / "app/main.py").open("ab") as file:
        file.write(b"# mine\n")


def replaced_by_a_link(top: Path) -> None:
    (top / "app/main.py").unlink()
    (top / "app/main.py").symlink_to("../../victim")


def folder_moved_away(top: Path) -> None:
    (top / "app").rename(top / "old")
    (top / "app").symlink_to("..")


@pytest.mark.parametrize("change", [edited, replaced_by_a_link, folder_moved_away])
def test_the_last_look_is_right_before_the_file_is_replaced(
    top: Path, change: Callable[[Path], None]
) -> None:
    staged = Staged.make(top, "app/main.py", b"x = 1\n", b"x = 2\n")
    change(top)
    before = {path: path.read_bytes() for path in top.rglob("main.py")}
    with pytest.raises(WriteError):
        staged.put()
    assert {path: path.read_bytes() for path in top.rglob("main.py")} == before
    assert (top.parent / "victim").read_bytes() == VICTIM


def test_what_somebody_wrote_meanwhile_is_not_taken_back(top: Path) -> None:
    staged = Staged.make(top, "app/main.py", b"x = 1\n", b"x = 2\n")
    staged.put()
    edited(top)
    assert not staged.take_back()
    assert (top / "app/main.py").read_bytes() == b"x = 2\n# mine\n"


@pytest.mark.parametrize("after", [b"x = 2\n", None])
def test_taking_back_is_done_once(top: Path, after: bytes | None) -> None:
    staged = Staged.make(top, "app/main.py", b"x = 1\n", after)
    staged.put()
    assert staged.take_back() and staged.take_back()
    assert (top / "app/main.py").read_bytes() == b"x = 1\n"
    assert names(top) == ["app/main.py"]


def test_a_planted_name_is_not_followed(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever name is taken, what stands there already is another's."""
    drawn = iter(["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"])

    class Drawn:
        def __next__(self) -> str:
            return next(drawn)

    monkeypatch.setattr("tempfile._name_sequence", Drawn())
    from codemods.project.temporary import PREFIX, SUFFIX, mark

    planted = top / f"app/{PREFIX}{mark()}-aaaaaaaa{SUFFIX}"
    planted.symlink_to("../../victim")
    staged = Staged.make(top, "app/main.py", b"x = 1\n", b"x = 2\n")
    staged.put()
    assert (top.parent / "victim").read_bytes() == VICTIM
    assert (top / "app/main.py").read_bytes() == b"x = 2\n"
    assert planted.is_symlink()


def test_a_new_file_in_a_new_folder(top: Path) -> None:
    write(top, ".github/workflows/autofix.yml", None, b"name: autofix\n")
    assert read(top, ".github/workflows/autofix.yml") == b"name: autofix\n"
    assert names(top) == [".github/workflows/autofix.yml", "app/main.py"]
    mask = os.umask(0)
    os.umask(mask)
    assert (top / ".github/workflows/autofix.yml").stat().st_mode & 0o777 == 0o666 & ~mask


def test_mode_and_owner_are_kept(top: Path) -> None:
    path = top / "app/main.py"
    if os.geteuid() == 0:
        os.chown(path, 1234, 1235)
    path.chmod(0o4750)
    before = path.stat()
    write(top, "app/main.py", b"x = 1\n", b"x = 2\n")
    after = path.stat()
    assert path.read_bytes() == b"x = 2\n"
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )


def test_of_another_owner_s_file_no_bit_of_theirs_is_kept(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file of somebody else")
    path = top / "app/main.py"
    os.chown(path, 1234, 1235)
    path.chmod(0o6750)

    def denied(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", denied)
    write(top, "app/main.py", b"x = 1\n", b"x = 2\n")
    assert path.stat().st_mode & 0o7777 == 0o750


def test_what_cannot_be_written_stays(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    with pytest.raises(OSError, match="No space left"):
        write(top, "app/main.py", b"x = 1\n", b"x = 2\n")
    assert names(top) == ["app/main.py"]
    assert (top / "app/main.py").read_bytes() == b"x = 1\n"


def test_a_named_file_lies_where_the_user_says(top: Path) -> None:
    write_named(top.parent / "out.txt", b"1\n", top)
    assert (top.parent / "out.txt").read_bytes() == b"1\n"
    (top.parent / "link").symlink_to("out.txt")
    write_named(top.parent / "link", b"2\n", top)
    assert (top.parent / "out.txt").read_bytes() == b"2\n"
    assert (top.parent / "link").is_symlink()
    write_named(top / "app/../out.txt", b"3\n", top)
    (top / "inner").symlink_to("out.txt")
    write_named(top / "inner", b"4\n", top)
    assert (top / "out.txt").read_bytes() == b"4\n"


def test_a_link_of_the_project_leads_a_named_file_nowhere(top: Path) -> None:
    (top / "out.json").symlink_to("../victim")
    (top / "reports").symlink_to("..")
    (top / ".git").mkdir()
    (top / "inner").symlink_to(".git")
    for path in ("out.json", "reports/victim", "reports/new", "inner/config"):
        with pytest.raises(WriteError, match="symbolic link"):
            write_named(top / path, b"new\n", top)
    assert (top.parent / "victim").read_bytes() == VICTIM
    assert not (top.parent / "new").exists()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("app", "it is a folder"),
        ("no/out", "the folder .* does not exist"),
        ("app/main.py", "is read-only"),
    ],
)
def test_a_named_file_that_cannot_be_written(top: Path, path: str, reason: str) -> None:
    (top / "app/main.py").chmod(0o444)
    with pytest.raises(WriteError, match=f"{path}: cannot be written: .*{reason}"):
        write_named(top / path, b"new\n", top)


def test_a_pipe_is_written_to(top: Path) -> None:
    os.mkfifo(top.parent / "pipe")
    reader = os.open(top.parent / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_named(top.parent / "pipe", b"1\n", top)
        assert os.read(reader, 10) == b"1\n"
    finally:
        os.close(reader)
    write_named(Path("/dev/null"), b"1\n", top)


def test_a_file_without_a_name_is_written_to(top: Path) -> None:
    """As stdout is, where somebody reads it from a temporary file."""
    with tempfile.TemporaryFile() as file:
        write_named(Path(f"/proc/self/fd/{file.fileno()}"), b"1\n", top)
        file.seek(0)
        assert file.read() == b"1\n"
    assert names(top) == ["app/main.py"]


def test_ctrl_c_waits_for_the_end_of_the_block() -> None:
    steps = []
    with pytest.raises(KeyboardInterrupt), undisturbed() as disturbed:
        assert not disturbed()
        os.kill(os.getpid(), signal.SIGINT)
        steps.append(disturbed())
    assert steps == [True]


def test_what_is_written_is_whole_in_spite_of_ctrl_c(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Staged.put

    def interrupted(self: Staged) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        real(self)

    monkeypatch.setattr(Staged, "put", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(top, "app/main.py", b"x = 1\n", b"x = 2\n")
    assert (top / "app/main.py").read_bytes() == b"x = 2\n"
    assert names(top) == ["app/main.py"]
