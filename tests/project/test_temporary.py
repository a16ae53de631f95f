"""What killed runs leave is removed, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.project import temporary
from codemods.project.temporary import (
    PREFIX,
    SUFFIX,
    clean,
    is_left_over,
    kept_clean,
    mark,
    temporary_file,
)


@pytest.fixture
def dead() -> str:
    """The mark of a process that is gone."""
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], stdout=-1)
    return f"{mark().partition('-')[0]}-{int(done.stdout)}"


def left(folder: Path, maker: str, data: bytes = b"", name: str = "abcdefgh") -> Path:
    """A file as a run leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{PREFIX}{maker}-{name}{SUFFIX}"
    path.write_bytes(data)
    return path


def note(top: Path, maker: str, *folders: str) -> Path:
    """The note of a run that wrote in these folders."""
    return left(top, maker, "\0".join((temporary._NOTE, *folders)).encode(), "note")


def test_what_a_living_process_made_stays(tmp_path: Path) -> None:
    path = left(tmp_path, mark())
    other = left(tmp_path, f"{mark().partition('-')[0]}-{os.getppid()}")
    assert clean(tmp_path) == 0
    assert path.exists() and other.exists()


@pytest.mark.parametrize(
    "name",
    [
        ".autofix-baseline.json",
        ".autofix-x.tmp",
        ".autofix-deadbeef-1-x.tmp.py",
        "autofix-deadbeef-1-x.tmp",
        ".autofix-deadbeef-one-x.tmp",
        ".autofix.tmp",
    ],
)
def test_files_of_other_names_stay(tmp_path: Path, name: str) -> None:
    path = tmp_path / name.replace("deadbeef-1-", f"{mark().partition('-')[0]}-999999999-")
    path.write_bytes(b"")
    os.utime(path, (0, 0))
    assert clean(tmp_path) == 0
    assert path.exists()


def test_what_only_looks_like_it_stays(tmp_path: Path, dead: str) -> None:
    folder = left(tmp_path / "a", dead)
    folder.unlink()
    folder.mkdir()
    link = left(tmp_path / "b", dead)
    link.unlink()
    link.symlink_to("elsewhere")
    kept = left(tmp_path / "c", dead)
    kept.chmod(0o400)
    for path in (folder, link, kept):
        assert clean(path.parent) == 0
        assert os.path.lexists(path)


def test_what_another_user_made_stays(
    tmp_path: Path, dead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = left(tmp_path, dead)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert clean(tmp_path) == 0


def test_of_another_machine_only_what_is_a_day_old_goes(tmp_path: Path) -> None:
    path = left(tmp_path, "00000000-1")
    assert clean(tmp_path) == 0
    os.utime(path, (0, 0))
    assert clean(tmp_path) == 1


def test_a_note_does_not_lead_out(tmp_path: Path, dead: str) -> None:
    outside = left(tmp_path / "outside", dead)
    top = tmp_path / "top"
    note(top, dead, "../outside", str(tmp_path / "outside"), "link", "nowhere", "x" * 5000)
    (top / "link").symlink_to("../outside")
    assert clean(top) == 1
    assert outside.exists()


def test_the_top_and_the_folders_of_a_note_are_cleaned(tmp_path: Path, dead: str) -> None:
    paths = [left(tmp_path / name, dead) for name in ("", "a", "a/b", "c")]
    note(tmp_path, dead, "a", "a/b")
    # No note: the new content of a file that lies in the top folder itself.
    left(tmp_path, dead, b"c\0c", "other")
    assert clean(tmp_path) == 5
    assert [path.exists() for path in paths] == [False, False, False, True]
    assert clean(tmp_path) == 0


def test_while_files_are_written_a_note_stands_in_the_top_folder(tmp_path: Path, dead: str) -> None:
    old = left(tmp_path / "a", dead)
    with kept_clean(tmp_path, ["a/x.py", "a/y.py", "b/z.py", "top.py"]):
        (found,) = tmp_path.glob(".autofix-*")
        assert found.read_bytes() == temporary._NOTE.encode() + b"\0\0a\0b"
        assert not old.exists()
    assert not list(tmp_path.glob(".autofix-*"))


def test_a_top_folder_that_may_not_be_written_has_no_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", broken)
    with kept_clean(tmp_path, ["a/x.py"]):
        assert not list(tmp_path.iterdir())


def test_names_cannot_be_foretold_and_are_no_source(tmp_path: Path) -> None:
    found = {temporary_file(tmp_path / "x.py", b"").name for _ in range(20)}
    assert len(found) == 20
    assert all(name.endswith(".tmp") and name.startswith(".autofix-") for name in found)


def test_what_earlier_versions_left_beside_the_sources_is_nobody_s() -> None:
    assert is_left_over(".autofix-a1b2c3_d.py")
    assert not is_left_over("autofix_a1b2c3d4.py")
    assert not is_left_over(".autofix-settings-of-mine.py")
