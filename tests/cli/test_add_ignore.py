"""``autofix scan --add-ignore``: comments, and nothing else."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HEAD = "import asyncio\nimport time\n\n\n"
MARK = "# autofix: ignore[offload-blocking-calls]"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "here"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


def ignored(autofix: Run, here: Path, text: str) -> str:
    """A file after its sites were ignored; a second scan finds nothing there."""
    (here / "a.py").write_text(text, newline="")
    done = autofix("scan", "--add-ignore")
    assert (done.status, done.out) == (0, b""), done.err
    again = autofix("scan")
    assert (again.status, again.out) == (0, b"")
    assert "unused" not in again.err
    return (here / "a.py").read_bytes().decode()


@pytest.mark.parametrize("option", ["--fix", "--diff", "--check"])
def test_it_goes_with_nothing_that_writes_otherwise(autofix: Run, here: Path, option: str) -> None:
    done = autofix("scan", "--add-ignore", option)
    assert done.status == 2
    assert "--add-ignore writes comments and nothing else" in done.err


@pytest.mark.slow
def test_where_no_line_takes_a_comment(autofix: Run, here: Path) -> None:
    text = f"{HEAD}async def wait():\n    return time.sleep(1) or \\\n        '''a\n    b'''\n"
    (here / "a.py").write_text(text)
    done = autofix("scan", "--add-ignore")
    assert (here / "a.py").read_text() == text
    assert done.status == 1
    assert "a.py:6: not ignored: no line of it takes a comment" in done.err
    assert "ignored 0 sites in 0 files" in done.err


def test_a_file_that_cannot_be_written_is_told(autofix: Run, here: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("root writes everything")
    (here / "a.py").write_text(f"{HEAD}async def wait():\n    time.sleep(1)\n")
    here.chmod(stat.S_IRUSR | stat.S_IXUSR)
    done = autofix("scan", "--add-ignore", "--no-cache")
    here.chmod(stat.S_IRWXU)
    assert done.status == 1
    assert "a.py:6: not ignored" in done.err


def test_nothing_is_written_where_nothing_is_found(autofix: Run, here: Path) -> None:
    assert ignored(autofix, here, "x = 1\n") == "x = 1\n"


def test_on_the_line_of_the_site(autofix: Run, here: Path) -> None:
    body = "async def wait():\n    time.sleep(1){}\n    await asyncio.sleep(1)\n"
    made = ignored(autofix, here, HEAD + body.format(""))
    assert made == HEAD + body.format(f"  {MARK}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  # noqa: E501", f"  # noqa: E501  {MARK}"),
        ("  # langsam, für immer", f"  # langsam, für immer  {MARK}"),
        ("   ", f"  {MARK}"),
        (
            "  # autofix: ignore[weak-hash]",
            "  # autofix: ignore[weak-hash, offload-blocking-calls]",
        ),
        (
            "  # ä: autofix: ignore[weak-hash] here",
            f"  # ä: autofix: ignore[weak-hash] here  {MARK}",
        ),
        (
            "  # ä  # autofix: ignore[ weak-hash ] b ",
            "  # ä  # autofix: ignore[weak-hash, offload-blocking-calls] b ",
        ),
    ],
)
def test_beside_other_comments(autofix: Run, here: Path, before: str, after: str) -> None:
    body = "async def wait():\n    time.sleep(1){}\n"
    (here / "a.py").write_text(HEAD + body.format(before))
    done = autofix("scan", "--add-ignore", "--select", "offload-blocking-calls")
    assert done.status == 0, done.err
    assert (here / "a.py").read_text() == HEAD + body.format(after)
    assert autofix("scan", "--select", "offload-blocking-calls").status == 0


def test_the_rest_of_the_bytes_stays(autofix: Run, here: Path) -> None:
    text = "\ufeff# -*- coding: utf-8 -*-\r\n" + HEAD.replace("\n", "\r\n")
    text += 'async def wait():\r\n    """Ä"""\r\n    time.sleep(1)'
    assert ignored(autofix, here, text) == f"{text}  {MARK}"


def test_a_call_of_several_lines(autofix: Run, here: Path) -> None:
    text = f"{HEAD}async def wait():\n    time.sleep(\\\n        1\n    )\n"
    made = ignored(autofix, here, text)
    assert made == text.replace("        1\n", f"        1  {MARK}\n")


def test_known_sites_get_no_comment(autofix: Run, here: Path) -> None:
    text = f"{HEAD}async def wait():\n    time.sleep(1)\n"
    (here / "a.py").write_text(text)
    assert autofix("baseline").status == 0
    more = f"{text}\n\nasync def rest():\n    time.sleep(2)\n"
    (here / "a.py").write_text(more)
    assert autofix("scan", "--add-ignore").status == 0
    assert (here / "a.py").read_text() == f"{more[:-1]}  {MARK}\n"


def test_only_what_was_asked_for(autofix: Run, here: Path) -> None:
    text = f"{HEAD}async def wait():\n    time.sleep(1)\n"
    for name in ("a.py", "b.py"):
        (here / name).write_text(text)
    done = autofix("scan", "b.py", "--add-ignore", "--output-format", "json")
    assert (done.status, json.loads(done.out)["sites"]) == (0, [])
    assert "ignored 1 site in 1 file" in done.err
    assert ((here / "a.py").read_text() == text, (here / "b.py").read_text() == text) == (
        True,
        False,
    )
