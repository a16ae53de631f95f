"""The action: its own lines, run by the shell as GitHub's runner would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from codemods.cli.init_files import BOT_WORKFLOW, WORKFLOW
from tests.cli.test_scanning import project

__all__ = ["project"]

ROOT = Path(__file__).parent.parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["id"]: step for step in ACTION["runs"]["steps"]}
SCRIPTS = {name: step["run"] for name, step in STEPS.items() if "run" in step}


@dataclass(frozen=True)
class Ended:
    """A step that ended."""

    status: int
    out: str
    outputs: dict[str, str]
    summary: str


def run(
    name: str, folder: Path, temporary: Path, python: str = sys.executable, **given: str
) -> Ended:
    """Run a step's script, with its inputs by their names in the environment."""
    files = {key: temporary / key for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    environment = dict.fromkeys(STEPS[name]["env"], "") | given
    environment |= {key: str(file) for key, file in files.items()}
    environment |= {"PYTHON": python, "RUNNER_TEMP": str(temporary), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        # As the runner calls `shell: bash`.
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPTS[name]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return Ended(
        done.returncode,
        done.stdout + done.stderr,
        outputs,
        files["GITHUB_STEP_SUMMARY"].read_text(),
    )


@pytest.fixture
def echo(tmp_path: Path) -> str:
    """In place of Python: prints what it was called with, one a line."""
    file = tmp_path / "echo"
    file.write_text('#!/bin/sh\nfor item in "$@"; do echo "[$item]"; done\n')
    file.chmod(0o755)
    return str(file)


def test_inputs_come_by_the_environment() -> None:
    used = set()
    for step in STEPS.values():
        # An input in a script would be run as a part of it.
        assert "${{" not in step.get("run", "")
        used |= set(re.findall(r"inputs\.([\w-]+)", str(step)))
        assert step.get("shell", "bash") == "bash"
    assert used == set(ACTION["inputs"])


def test_outputs_are_of_steps() -> None:
    for output in ACTION["outputs"].values():
        for step, name in re.findall(r"steps\.(\w+)\.outputs\.([\w-]+)", output["value"]):
            assert f"{name}=" in SCRIPTS[step], (step, name)


def test_the_python_of_the_job_stays() -> None:
    assert STEPS["python"]["with"]["update-environment"] is False


@pytest.mark.parametrize("text", [(ROOT / "action.yml").read_text(), WORKFLOW, BOT_WORKFLOW])
def test_what_others_wrote_is_pinned(text: str) -> None:
    """By its commit: a tag can be moved to another one, and the bot's token may write."""
    used = re.findall(r"uses: (.+)", text)
    assert used
    for one in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)
    # One version of each, whichever file names it.
    assert set(used) <= set(re.findall(r"uses: (.+)", BOT_WORKFLOW))


def test_nothing_is_loaded_from_the_checkout_and_everything_is_pinned() -> None:
    for script in SCRIPTS.values():
        for line in script.splitlines():
            assert "python" not in line.lower() or " -m " not in line or " -I -m " in line, line
    assert "--constraint" in SCRIPTS["install"]


@pytest.mark.parametrize(
    "text", ["a b.py", "*", "$(touch made)", "`touch made`", "; touch made", "--fix", "-x", "'\""]
)
def test_an_input_is_one_argument(text: str, tmp_path: Path, echo: str) -> None:
    done = run("scan", tmp_path, tmp_path, echo, PATHS=f"first.py\n{text}\n", SELECT=text)
    given = done.out.splitlines()
    assert given[-3:] == ["[--]", "[first.py]", f"[{text}]"]
    assert f"[--select={text}]" in given
    assert not (tmp_path / "made").exists()


def test_what_is_not_given_is_no_option(tmp_path: Path, echo: str) -> None:
    assert run("scan", tmp_path, tmp_path, echo).out.splitlines() == [
        "[-I]", "[-m]", "[codemods]", "[scan]", "[--summary]",
        f"[{tmp_path / 'GITHUB_STEP_SUMMARY'}]", "[--output-format]", "[github]", "[--]",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_scan(project: Path, tmp_path: Path) -> None:
    done = run("scan", project, tmp_path, PATHS="app")
    assert (done.status, done.outputs["status"]) == (1, "1")
    assert "::" in done.out
    assert done.summary.startswith("### autofix scan: ")
    assert "| `add-exc-info` | LOW |" in done.summary


@pytest.mark.slow
def test_a_sarif_log_by_one_scan(project: Path, tmp_path: Path) -> None:
    done = run("scan", project, tmp_path, SARIF_FILE="out file.sarif", FAIL_ON="safe")
    assert done.outputs["sarif-file"] == "out file.sarif"
    assert (project / "out file.sarif").read_text().startswith("{")
    assert "::warning" not in done.out
    assert SCRIPTS["scan"].count("-m codemods") == 1


@pytest.mark.parametrize(
    ("event", "apply", "expected"),
    [
        ("schedule", "true", ["bot", "run", "--summary", "--apply"]),
        ("push", "true", ["bot", "run", "--summary", "--apply"]),
        ("issue_comment", "true", ["bot", "event", "--summary"]),
        ("pull_request", "true", ["bot", "event", "--summary"]),
        ("issue_comment", "false", ["bot", "run", "--summary"]),
        ("schedule", "yes; rm -r /", ["bot", "run", "--summary"]),
    ],
)
def test_the_bot(event: str, apply: str, expected: list[str], tmp_path: Path, echo: str) -> None:
    done = run("bot", tmp_path, tmp_path, echo, GITHUB_EVENT_NAME=event, APPLY=apply)
    given = [line.strip("[]") for line in done.out.splitlines()][3:]
    assert [item for item in given if not item.startswith("/")] == expected


@pytest.mark.parametrize("step", ["bot", "publish"])
def test_a_key_is_nobody_elses_and_goes(step: str, tmp_path: Path, echo: str) -> None:
    script = Path(echo)
    script.write_text('#!/bin/sh\nenv; stat -c %a "$RUNNER_TEMP/autofix-key"; exit 1\n')
    done = run(step, tmp_path, tmp_path, echo, APP_ID="5", APP_KEY="very secret", APPLY="true")
    assert done.outputs["status"] == "1"
    assert "very secret" not in done.out
    assert "600" in done.out.split()
    assert not (tmp_path / "autofix-key").exists()


def test_the_summary_table_is_the_summary(tmp_path: Path, echo: str) -> None:
    done = run("publish", tmp_path, tmp_path, echo, APPLY="true")
    assert "[publish]" in done.summary
    assert "[--apply]" in done.summary


@pytest.mark.slow
def test_the_installation(tmp_path: Path) -> None:
    """From the folder of the action, into an environment of its own."""
    (tmp_path / "codemods.py").write_text("raise SystemExit('loaded from the checkout')\n")
    environment = {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
    done = run(
        "install", tmp_path, tmp_path, GITHUB_ACTION_PATH=str(ROOT), HOME=str(tmp_path),
        **environment,
    )  # fmt: skip
    if "No matching distribution" in done.out or "Could not find" in done.out:
        pytest.skip("no package index is at hand")
    assert done.status == 0, done.out
    told = subprocess.run(
        [done.outputs["python"], "-I", "-m", "codemods", "--version"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert told.stdout.startswith("autofix ")
