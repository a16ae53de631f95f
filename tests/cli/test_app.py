"""What holds for every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HEAVY = ("libcst", "git", "black", "markdown_it", "rich", "rapidfuzz", "ahocorasick_rs")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["apply", "--help"], ["scan", "--help"], ["init", "--help"], ["--version"]],
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import json, sys\nfrom codemods.cli.app import run\n"
        f"status = run({arguments!r})\n"
        f"print(json.dumps([status, [name for name in {HEAVY!r} if name in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []], done.stderr


def test_python_m_codemods_is_the_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codemods", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.startswith("autofix ")


@pytest.mark.parametrize("group", [[], ["bot"], ["bowler"]])
def test_without_a_command_the_help_goes_to_stderr(autofix: Run, group: list[str]) -> None:
    done = autofix(*group)
    assert done.status == 2
    assert done.out == b""
    assert "Commands:" in done.lines


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["list", "--nonsense"], "--nonsense"),
        (["list", "--output-format", "xml"], "'xml'"),
        (["list", "--severity", "BAD"], "'BAD' is not a severity: choose from CRITICAL"),
        (["list", "--no-state", "--fixable"], "--no-state"),
        (["list", "--base", "HEAD", "--in-place"], "cannot be combined"),
        (["list", "--base", "nonsense"], "'nonsense' is not a commit"),
        (["list", "--report", "missing.md"], "missing.md: no such file"),
        (["list", "--report", "orders"], "orders: is a folder"),
        (["list", "--report", "README.md"], "README.md: contains no finding that autofix can read"),
        (["list", "-C", "missing"], "missing does not exist"),
        (["list", "-C", "README.md"], "README.md is not a folder"),
        (["show"], "Missing argument"),
        (["show", "B-99"], "no finding 'B-99'"),
        (["show", ":"], "is not a finding id"),
        (["show", "OTHER:B-01"], "no finding 'OTHER:B-01'"),
        (["apply"], "no findings selected"),
        (["apply", "--finding"], "requires an argument"),
        (["apply", "--all", "B-01"], "cannot be combined"),
        (["apply", "B-01", "--push", "--dry-run"], "--push needs branches"),
        (["apply", "B-01", "--push", "--in-place"], "--push needs branches"),
        (["apply", "B-01", "--unsafe-fixes"], "--unsafe-fixes needs --in-place"),
        (["apply", "--codemod", "add-exc-inf"], "did you mean add-exc-info?"),
        (["codemods", "nonsense"], "no codemod is called 'nonsense'"),
        (["demo", "--keep", "."], "already exists"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(
    autofix: Run, shop: Path, arguments: list[str], part: str
) -> None:
    done = autofix(*arguments)
    assert done.status == 2
    assert done.out == b""
    assert len(done.lines) == 1, done.err
    assert done.err.startswith("autofix: ")
    assert part in done.err


def test_a_report_in_latin_1_is_one_line(autofix: Run, shop: Path) -> None:
    (shop / "latin.md").write_bytes("### B-01: Größe\n".encode("latin-1"))
    done = autofix("list", "--report", "latin.md")
    assert (done.status, len(done.lines)) == (2, 1)
    assert "latin.md: is not UTF-8 text" in done.err


def test_a_report_that_was_not_named_is_left_out_and_not_all_is_well(
    autofix: Run, shop: Path
) -> None:
    assert autofix("list", "--no-state").status == 0
    (shop / "docs/audits/latin.md").write_bytes("Größe\n".encode("latin-1"))
    done = autofix("list", "--no-state")
    assert done.status == 1
    assert "left out: docs/audits/latin.md: is not UTF-8 text" in done.err
    assert "B-01" in done.text


def test_no_reports_at_all_is_a_mistake(
    autofix: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = autofix("list")
    assert (done.status, len(done.lines)) == (2, 1)
    assert "no reports: docs/audits/*.md matches nothing" in done.err


def test_wrong_settings_are_one_line(autofix: Run, shop: Path) -> None:
    (shop / "autofix.toml").write_text("reprots = []\n")
    done = autofix("list")
    assert (done.status, len(done.lines)) == (2, 1)
    assert "autofix.toml: unknown key reprots (did you mean reports?)" in done.err


def test_a_repository_without_commits_is_one_line(
    autofix: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=empty, check=True)
    report = shop / "docs/audits/AUDIT_BACKEND_2026-03-02.md"
    done = autofix("apply", "B-01", "-C", empty, "--report", report)
    assert (done.status, len(done.lines)) == (2, 1)
    assert "has no commit yet" in done.err


def test_without_git_it_says_so(shop: Path, tmp_path: Path) -> None:
    """In a process of its own: GitPython looks for git when it is imported."""
    (tmp_path / "bin").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "codemods", "apply", "B-01"],
        cwd=shop,
        env={**os.environ, "PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "autofix: git is not installed, or not on the PATH\n"


def test_an_internal_error_is_no_traceback(
    autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of our own")

    monkeypatch.setattr("codemods.cli.selecting.Reports.all", broken)
    done = autofix("list", "--no-state")
    assert done.status == 2
    assert "internal error: ZeroDivisionError: of our own" in done.lines[0]
    assert "report" in done.err
    assert "Traceback" not in done.err
    assert "Traceback" in autofix("list", "--no-state", "-v").err


def test_an_interrupt_is_no_traceback(
    autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("codemods.cli.selecting.Reports.all", interrupted)
    done = autofix("list", "--no-state")
    assert (done.status, done.out, done.lines) == (130, b"", ["interrupted"])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("autofix sc", ["scan"]),
        ("autofix scan --select add-e", ["add-exc-info"]),
        ("autofix scan --select snapshot-iteration,add-e", ["snapshot-iteration,add-exc-info"]),
        ("autofix scan --ignore contain", [""]),
        ("autofix codemods contain", ["contain-path"]),
        ("autofix apply --codemod contain", ["contain-path"]),
        ("autofix scan --fail-on r", ["review"]),
        ("autofix list --codemod contain", ["contain-path"]),
        ("autofix list --severity H", ["HIGH", "HIGH+"]),
        ("autofix review --severity X", [""]),
        # No report is there, and nobody is told of it.
        ("autofix show B-", [""]),
    ],
)
def test_the_shell_completes(tmp_path: Path, line: str, wanted: list[str]) -> None:
    asked = {
        "_AUTOFIX_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "codemods"],
        env={**os.environ, **asked},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.rstrip("\n").split("\n") == wanted


def test_completion_is_installed_for_a_shell(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codemods", "--install-completion", "bash"],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    script = (tmp_path / ".bash_completions/autofix.sh").read_text()
    assert "_AUTOFIX_COMPLETE=complete_bash" in script
    assert "autofix.sh" in (tmp_path / ".bashrc").read_text()


def test_whoever_closes_the_pipe_has_enough(shop: Path) -> None:
    command = f'"{sys.executable}" -m codemods list --no-state | true'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=shop,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Error" not in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours(
    autofix: Run,
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: dict[str, str],
    coloured: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert (b"\x1b[" in autofix("list", "--no-state", *arguments).out) is coloured


def test_what_a_report_says_is_no_markup_and_no_escape(autofix: Run, shop: Path) -> None:
    (shop / "evil.md").write_text(
        "### X-01: [red]list[int][/red] \x1b[31mred\x1b[0m\n\n- **Severity**: HIGH\n"
        "- **Location**: `orders/main.py:1`\n- **Suggested Fix**: None.\n"
    )
    done = autofix("list", "--no-state", "--report", "evil.md")
    assert "[red]list[int][/red]" in done.text
    assert b"\x1b" not in done.out


def test_quiet_says_nothing_but_errors(autofix: Run, shop: Path) -> None:
    assert autofix("list", "--no-state", "-q").err == ""
    assert "no finding" in autofix("show", "B-99", "-q").err


@pytest.mark.parametrize(
    ("redirection", "status", "said"),
    [("> /dev/full", 2, "No space left on device"), (">&-", 0, ""), ("| cat", 0, "")],
)
def test_whatever_stdout_is_no_traceback(
    shop: Path, redirection: str, status: int, said: str
) -> None:
    done = subprocess.run(
        [
            "bash",
            "-o",
            "pipefail",
            "-c",
            f'"{sys.executable}" -m codemods list --no-state -q {redirection}',
        ],
        cwd=shop,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (status, int(bool(said)))
    assert said in done.stderr
