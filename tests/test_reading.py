"""What is read of a repository: regular files that somebody may have written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemods.reading import NotRegularError, read_given, read_regular


def test_a_file_and_a_link_to_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 70_000)
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "empty").write_bytes(b"")
    assert read_regular(tmp_path / "file") == read_regular(tmp_path / "link") == b"x" * 70_000
    assert read_regular(tmp_path / "empty") == b""


def test_as_large_as_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 10)
    assert read_regular(tmp_path / "file", 10) == b"x" * 10
    with pytest.raises(NotRegularError, match="larger than 9 bytes"):
        read_regular(tmp_path / "file", 9)


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "link"])
def test_what_is_no_regular_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(NotRegularError, match="not a regular file"):
        read_regular(path)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "missing")


def test_what_is_handed_over(tmp_path: Path) -> None:
    out, into = os.pipe()
    os.write(into, b"x" * 100)
    os.close(into)
    path = f"/dev/fd/{out}"
    try:
        with pytest.raises(NotRegularError, match="not a regular file"):
            read_regular(path)
        assert read_given(path) == b"x" * 100
    finally:
        os.close(out)
    assert read_given("/dev/null") == b""
    with pytest.raises(NotRegularError, match="larger than 100,000 bytes"):
        read_given("/dev/zero", 100_000)


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_nobody_hands_over(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    with pytest.raises(NotRegularError, match="not a regular file"):
        read_given(path)
