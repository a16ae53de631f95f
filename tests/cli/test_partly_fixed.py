"""A finding of which a part is done: what every command says of it, and what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, git

CODE = """\
import logging

logger = logging.getLogger(__name__)


def gain(song):
    try:
        return song.peak()
    except Exception:
        pass
    return 1.0
"""
ADVICE = "Log at `warning` level in the `except` rather than `pass`"
SECOND = "derive the gain from the whole song"


def report(advice: str) -> str:
    return f"""\
# Audit

### G-1: `gain()` silently swallows all failures

- **Severity**: MEDIUM
- **Location**: `player.py:9-10`
- **Description**: Whatever fails in `gain()` is swallowed without a log entry.
- **Evidence**:
  ```python
  except Exception:
      pass
  ```
- **Suggested Fix**: {advice}.
"""


@pytest.fixture
def player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a finding that asks for two things, and a codemod for one of them."""
    folder = tmp_path / "player"
    (folder / "docs/audits").mkdir(parents=True)
    (folder / "player.py").write_text(CODE)
    write(folder, f"{ADVICE}, and {SECOND}")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "player")
    git(folder, "config", "user.name", "t")
    git(folder, "config", "user.email", "t@example.org")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=all")
    monkeypatch.chdir(folder)
    return folder


def write(folder: Path, advice: str) -> None:
    (folder / "docs/audits/AUDIT_PLAYER.md").write_text(report(advice))


@pytest.mark.parametrize(
    "more",
    [
        "",
        ". Add a test that the peak fails",
        ", and document the fallback in the README",
        ". Consider deriving the gain from the whole song",
        ". Optionally add a metric for it",
        ". Measure how often it happens",
        "; derive the gain from the whole song if it is ever wanted",
    ],
)
def test_what_obliges_nobody_leaves_it_fixed(player: Path, autofix: Run, more: str) -> None:
    write(player, ADVICE + more)
    done = autofix("diff", "G-1", "--output-format", "json")
    (result,) = json.loads(done.out)["results"]
    assert (done.status, result["outcome"], result["left"]) == (0, "fixed", [])


def test_impact_and_related_files_oblige_nobody(player: Path, autofix: Run) -> None:
    text = report(ADVICE)
    text += "- **Impact**: `other.py:3` plays too loud: change its default.\n"
    text += "- **Related**: `more.py:12`, which derives the gain from the whole song\n"
    (player / "docs/audits/AUDIT_PLAYER.md").write_text(text)
    done = autofix("diff", "G-1", "--output-format", "json")
    assert (done.status, json.loads(done.out)["results"][0]["outcome"]) == (0, "fixed")


def test_a_second_demand_is_named_and_the_status_is_1(player: Path, autofix: Run) -> None:
    done = autofix("apply", "G-1", "--output-format", "json")
    (result,) = json.loads(done.out)["results"]
    assert (done.status, result["outcome"]) == (1, "partly-fixed")
    assert [item["what"] for item in result["left"]] == [SECOND]
    assert SECOND in result["reason"] and "logger.warning()" in result["reason"]
    assert git(player, "rev-parse", "--verify", result["branch"]) == result["commit"]


def test_the_branch_is_made_and_its_message_lists_what_is_left(player: Path, autofix: Run) -> None:
    done = autofix("apply", "G-1")
    branch = done.text.strip()
    message = git(player, "log", "-1", "--format=%B", branch)
    assert f"Left to do:\n- {SECOND}\n" in message and "Not addressed:" not in message
    assert f"left to do: {SECOND}" in done.err
    assert git(player, "status", "--porcelain") == ""


def test_a_second_run_on_the_branch_edits_nothing(player: Path, autofix: Run) -> None:
    branch = autofix("apply", "G-1").text.strip()
    git(player, "checkout", "--quiet", branch)
    done = autofix("apply", "G-1", "--in-place")
    assert "already-fixed" in done.err and git(player, "status", "--porcelain") == ""
    assert (
        f"not checked whether this is done: {SECOND}" in autofix("show", "G-1", "--in-place").text
    )
    again = autofix("apply", "G-1", "--base", "main")
    assert "unchanged" in again.err and git(player, "rev-parse", branch)


def test_undo_knows_it(player: Path, autofix: Run) -> None:
    branch = autofix("apply", "G-1").text.strip()
    assert autofix("undo", "G-1").text.strip() == branch
    assert git(player, "branch", "--list", "autofix/*") == ""


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("list", "--fixable"),
        ("show", "G-1"),
        ("check", "docs/audits/AUDIT_PLAYER.md"),
        ("diff", "G-1"),
        ("apply", "--all", "--dry-run"),
    ],
)
def test_what_writes_nothing_says_fixable(
    player: Path, autofix: Run, command: tuple[str, ...]
) -> None:
    done = autofix(*command)
    assert "partly-fixable" in done.text + done.err
    assert "partly-fixed" not in done.text + done.err


@pytest.mark.parametrize("command", [("list",), ("check", "docs/audits/AUDIT_PLAYER.md")])
def test_programs_are_told_what_is_left(
    player: Path, autofix: Run, command: tuple[str, ...]
) -> None:
    (found,) = json.loads(autofix(*command, "--output-format", "json").text)["findings"]
    assert found["outcome"] == "partly-fixed"
    assert [item["what"] for item in found["left"]] == [SECOND]


def test_in_place_says_what_was_done(player: Path, autofix: Run) -> None:
    done = autofix("apply", "G-1", "--in-place")
    assert (done.status, "partly-fixed" in done.err) == (1, True)
    assert "logger.warning" in (player / "player.py").read_text()


def test_check_is_not_content(player: Path, autofix: Run) -> None:
    done = autofix("check", "docs/audits/AUDIT_PLAYER.md")
    assert (done.status, "0 of 1 findings can be acted on, 1 in part" in done.err) == (1, True)


def test_several_stand_in_a_table_with_what_is_left(player: Path, autofix: Run) -> None:
    done = autofix("apply", "--all")
    assert "1 partly-fixed" in done.err and f"left: {SECOND}" in done.err
