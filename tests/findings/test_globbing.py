"""Which files match a pattern: as a shell would say, without going through links."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from codemods.findings.globbing import leads_out, matching


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    for name in (
        *("docs/audits/b.md", "docs/audits/a.md", "docs/x.txt", "docs/audits/old/c.md"),
        *("docs/.hidden.md", "docs/.git/d.md", "a[1].md"),
    ):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (top / "docs/audits/folder.md").mkdir()
    return top


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("nowhere/*.md", []),
        ("", []),
        (".", []),
        ("docs/audits", []),
        ("docs/x.txt/*", []),
        ("a\0b", []),
        ("[z-a]", []),
        ("docs/audits/*.md", ["docs/audits/a.md", "docs/audits/b.md"]),
        ("docs//audits/./[ab].md", ["docs/audits/a.md", "docs/audits/b.md"]),
        ("docs/*/?.md", ["docs/audits/a.md", "docs/audits/b.md"]),
        ("docs/**/*.md", ["docs/audits/a.md", "docs/audits/b.md", "docs/audits/old/c.md"]),
        ("**/c.md", ["docs/audits/old/c.md"]),
        ("docs/audits/old/**", ["docs/audits/old/c.md"]),
        ("docs/.*.md", ["docs/.hidden.md"]),
        ("a[[]1].md", ["a[1].md"]),
        ("{top}/docs/*.txt", ["docs/x.txt"]),
    ],
)
def test_a_pattern(top: Path, pattern: str, names: list[str]) -> None:
    found = matching(top, [pattern.format(top=top)])
    assert [path.relative_to(top).as_posix() for path in found] == names


def test_each_once_and_in_order(top: Path) -> None:
    found = matching(top, ["docs/audits/b.md", "docs/**", "docs/audits/*.md"])
    assert [path.name for path in found] == ["a.md", "b.md", "c.md", "x.txt"]


def test_no_link_to_a_folder_is_searched(top: Path) -> None:
    (top.parent / "outside").mkdir()
    (top.parent / "outside/secret.md").touch()
    (top / "docs/out").symlink_to(top.parent / "outside")
    (top / "docs/loop").symlink_to("..")
    (top / "docs/broken.md").symlink_to("nowhere")
    names = [path.name for path in matching(top, ["**/*.md"])]
    assert names == ["a[1].md", "a.md", "b.md", "c.md", "broken.md"]


@pytest.mark.slow
def test_folders_that_are_nested_more_deeply_than_calls(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_100):
        os.mkdir("d", dir_fd=folder)
        folder, above = os.open("d", os.O_RDONLY, dir_fd=folder), folder
        os.close(above)
    os.close(folder)
    (tmp_path / "a.md").touch()
    found = matching(tmp_path, ["**/*.md"])
    # pytest itself cannot.
    subprocess.run(["rm", "-r", str(tmp_path / "d")], check=True)
    assert [path.name for path in found] == ["a.md"]


@pytest.mark.parametrize(
    ("pattern", "out"),
    [
        ("docs/*.md", False),
        ("a..b/*.md", False),
        ("{top}/docs/*.md", False),
        ("../other/*.md", True),
        ("docs/../../*.md", True),
        ("/etc/*", True),
        ("/**/*.md", True),
        ("{top}other/*.md", True),
    ],
)
def test_a_pattern_that_leads_out(top: Path, pattern: str, out: bool) -> None:
    assert leads_out(pattern.format(top=top), top) is out
