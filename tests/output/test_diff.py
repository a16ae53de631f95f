"""Diffs over bytes: whatever a file holds, `git apply` must make of it what we meant."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codemods.engine.outcomes import FilePatch
from codemods.output.diff import unified_diff

CASES = {
    "plain": (b"a\nb\nc\n", b"a\nB\nc\n"),
    "no final newline before": (b"a\nb", b"a\nb\n"),
    "no final newline after": (b"a\nb\n", b"a\nb"),
    "no final newline in both": (b"a\nb", b"A\nb"),
    "no final newline, last line changes": (b"a\nb", b"a\nc"),
    "crlf": (b"a\r\nb\r\n", b"a\r\nB\r\n"),
    "mixed newlines": (b"a\r\nb\nc\r\n", b"a\nb\nC\r\n"),
    "lone carriage return": (b"a\rb\nc\n", b"a\rb\nC\n"),
    "form feed and U+2028": (b"\x0cx\n\xe2\x80\xa8y\nz\n", b"\x0cx\n\xe2\x80\xa8y\nZ\n"),
    "bytes that are not utf-8": (b"\xe9\nb\n", b"\xe9\nB\n"),
    "lines that look like a diff": (b"--- a\n+++ b\n@@ -1 +1 @@\n", b"--- a\n+++ c\n@@ -1 +1 @@\n"),
    "to nothing": (b"a\n", b""),
    "from nothing": (b"", b"a\n"),
    "two hunks": (
        b"".join(b"%d\n" % number for number in range(40)),
        b"".join(b"%d\n" % (number * (number in (2, 37)) or number) for number in range(1, 40)),
    ),
}
NAMES = ("a.py", "with space.py", 'quo"te.py', "tab\there.py", "ünïcode/ß.py", "back\\slash.py")


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> None:
    subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, check=True, capture_output=True, timeout=30
    )


def applied(folder: Path, diff: bytes) -> None:
    git(folder, "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-", stdin=diff)


def test_nothing_changes_nothing() -> None:
    assert unified_diff([FilePatch("a.py", b"x\n", b"x\n")]) == b""


@pytest.mark.parametrize("name", CASES)
def test_git_takes_the_contents(tmp_path: Path, name: str) -> None:
    before, after = CASES[name]
    (tmp_path / "a.py").write_bytes(before)
    applied(tmp_path, unified_diff([FilePatch("a.py", before, after)]))
    assert (tmp_path / "a.py").read_bytes() == after


@pytest.mark.parametrize("name", NAMES)
def test_git_takes_the_name(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"a\n")
    applied(tmp_path, unified_diff([FilePatch(name, b"a\n", b"b\n")]))
    assert target.read_bytes() == b"b\n"


@pytest.mark.parametrize("name", NAMES)
def test_git_makes_new_files(tmp_path: Path, name: str) -> None:
    applied(tmp_path, unified_diff([FilePatch(name, b"", b"a\n")], {name: "100755"}))
    target = tmp_path / name
    assert target.read_bytes() == b"a\n"
    assert target.stat().st_mode & 0o111


def test_a_new_file_may_be_empty(tmp_path: Path) -> None:
    applied(tmp_path, unified_diff([FilePatch("a.py", b"", b"")], {"a.py": "100644"}))
    assert (tmp_path / "a.py").read_bytes() == b""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [b"a\nb\n", b"a\nb", b"a\r\n", b"\xe9\n", b""])
def test_git_deletes_files(tmp_path: Path, name: str, data: bytes) -> None:
    target = tmp_path / name
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)
    applied(tmp_path, unified_diff([FilePatch(name, data, None)]))
    assert not target.exists()


def test_git_deletes_no_file_that_is_another_one_now(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"mine\n")
    with pytest.raises(subprocess.CalledProcessError):
        applied(tmp_path, unified_diff([FilePatch("a.py", b"a\n", None)]))
    assert (tmp_path / "a.py").read_bytes() == b"mine\n"


def test_a_deleted_file_is_what_git_itself_writes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"a\nb\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.py")
    (tmp_path / "a.py").unlink()
    theirs = subprocess.run(
        ["git", "diff", "--no-color", "--no-ext-diff"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    without_index = b"".join(
        line for line in theirs.splitlines(keepends=True) if not line.startswith(b"index ")
    )
    assert unified_diff([FilePatch("a.py", b"a\nb\n", None)]) == without_index


def test_several_files_are_one_diff(tmp_path: Path) -> None:
    patches = [FilePatch(name, b"a\n", b"b") for name in ("x.py", "y.py")]
    for item in patches:
        (tmp_path / item.path).write_bytes(item.before)
    applied(tmp_path, unified_diff(patches))
    assert [(tmp_path / item.path).read_bytes() for item in patches] == [b"b", b"b"]


def test_it_is_what_git_itself_writes(tmp_path: Path) -> None:
    before, after = b"def f():\n    a()\n    b()\n", b"def f():\n    a()\n    c()\n"
    (tmp_path / "a.py").write_bytes(before)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.py")
    (tmp_path / "a.py").write_bytes(after)
    theirs = subprocess.run(
        ["git", "diff", "--no-color", "--no-ext-diff"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    without_index = b"".join(
        line for line in theirs.splitlines(keepends=True) if not line.startswith(b"index ")
    )
    assert unified_diff([FilePatch("a.py", before, after)]) == without_index


def test_lines_that_stand_often_are_no_junk() -> None:
    lines = [b"a = (\n", *[b"    0,\n"] * 300, b")\n"]
    changed = [b"b = (\n", *lines[1:150], b"    1,\n", *lines[150:]]
    diff = unified_diff([FilePatch("a.py", b"".join(lines), b"".join(changed))])
    moved = [line for line in diff.splitlines()[3:] if line[:1] in (b"-", b"+")]
    assert moved == [b"-a = (", b"+b = (", b"+    1,"]
