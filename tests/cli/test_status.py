"""`autofix status`: what of an audit is open, fixed or partly so, by whom and since when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, git
from tests.cli.test_partly_fixed import ADVICE, CODE, SECOND, report, write

REPORT = "docs/audits/AUDIT_BACKEND_2026-03-02.md"


def standing(done: Any) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in json.loads(done.out)["findings"]}


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", f"--message={message}")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "player"
    (folder / "docs/audits").mkdir(parents=True)
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "player")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    (folder / "player.py").write_text(CODE)
    write(folder, f"{ADVICE}, and {SECOND}")
    commit(folder, "all")
    monkeypatch.chdir(folder)
    return folder


def test_outside_of_a_repository_there_is_no_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autofix: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text(report(ADVICE))
    assert autofix("status", "a.md").status == 2


def test_what_nobody_touched_is_open_since_the_report(player: Path, autofix: Run) -> None:
    done = autofix("status", "--output-format", "json")
    one = standing(done)["G-1"]
    assert (done.status, one["progress"], one["commit"]) == (0, "open", None)
    assert one["since"] == git(player, "log", "-1", "--format=%cs")


def test_other_commits_to_the_file_fix_nothing(player: Path, autofix: Run) -> None:
    (player / "player.py").write_text(f"# nothing\n{CODE}")
    commit(player, "a comment")
    assert standing(autofix("status", "--output-format", "json"))["G-1"]["progress"] == "open"


def test_what_was_never_found_is_not_fixed(player: Path, autofix: Run) -> None:
    text = report(ADVICE).replace("player.py", "other.py").replace("gain", "tune")
    (player / "docs/audits/AUDIT_PLAYER.md").write_text(text)
    commit(player, "another report")
    assert standing(autofix("status", "--output-format", "json"))["G-1"]["progress"] == "open"


def test_what_people_fixed_is_theirs(player: Path, autofix: Run) -> None:
    git(player, "config", "user.name", "Grace")
    (player / "more.py").write_text("x = 1\n")
    commit(player, "before")
    fixed = CODE.replace("    except Exception:\n        pass\n", "    except ValueError:\n"
                         "        logger.exception('no peak')\n")  # fmt: skip
    assert fixed != CODE
    (player / "player.py").write_text(fixed)
    theirs = commit(player, "by hand")
    (player / "player.py").write_text(f"{fixed}\n# later\n")
    commit(player, "after")
    one = standing(autofix("status", "--output-format", "json"))["G-1"]
    assert (one["progress"], one["commit"], one["author"]) == ("fixed", theirs, "Grace")


def test_a_merged_fix_that_leaves_something_is_partly_fixed(player: Path, autofix: Run) -> None:
    branch = autofix("apply", "G-1").text.strip()
    git(player, "merge", "--quiet", "--ff-only", branch)
    one = standing(autofix("status", "--output-format", "json", "--base", "main"))["G-1"]
    assert (one["progress"], one["left"]) == (
        "partly-fixed",
        [{"what": SECOND, "demand": None, "path": None, "line": None}],
    )
    assert one["commit"] == git(player, "rev-parse", branch)


def test_a_merged_fix_is_fixed(player: Path, autofix: Run) -> None:
    write(player, ADVICE)
    commit(player, "one demand")
    branch = autofix("apply", "G-1").text.strip()
    git(player, "merge", "--quiet", "--ff-only", branch)
    done = autofix("status", "--base", "main")
    assert "1 of 1 done: 1 fixed" in done.err and f"[{'#' * 40}]" in done.err


def test_what_the_report_settles_is_settled(player: Path, autofix: Run) -> None:
    text = report(ADVICE).replace("- **Location**", "- **Status**: Accepted\n- **Location**")
    (player / "docs/audits/AUDIT_PLAYER.md").write_text(text)
    one = standing(autofix("status", "--output-format", "json"))["G-1"]
    assert one["progress"] == "settled"


def test_write_changes_the_status_and_nothing_else(player: Path, autofix: Run) -> None:
    path = player / "docs/audits/AUDIT_PLAYER.md"
    text = report(f"{ADVICE}, and {SECOND}")
    text = text.replace("- **Location**", "- **Status**: NEW\n- **Location**")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    commit(player, "with a status")
    branch = autofix("apply", "G-1").text.strip()
    git(player, "merge", "--quiet", "--ff-only", branch)
    autofix("status", "--base", "main")
    assert git(player, "status", "--porcelain") == ""
    autofix("status", "--base", "main", "--write")
    before = text.replace("\n", "\r\n").encode().split(b"\n")
    after = path.read_bytes().split(b"\n")
    (changed,) = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert changed[0] == b"- **Status**: NEW\r"
    assert changed[1].startswith(b"- **Status**: Partly fixed in ") and changed[1].endswith(b")\r")
    again = standing(autofix("status", "--base", "main", "--output-format", "json"))["G-1"]
    assert again["progress"] == "partly-fixed"


def test_nothing_is_written_for_what_is_open(shop: Path, autofix: Run) -> None:
    before = (shop / REPORT).read_bytes()
    autofix("status", REPORT, "--write")
    assert (shop / REPORT).read_bytes() == before


def test_the_table_and_the_bar(shop: Path, autofix: Run) -> None:
    done = autofix("status", REPORT)
    assert done.status == 0
    assert "B-01" in done.text and "open" in done.text
    assert " of 8 done: " in done.err
