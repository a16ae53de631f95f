"""What is read of a repository: regular files that somebody may have written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemods.project.reading import NotRegularError, read_regular


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
