"""``autofix scan``: what is asked for, what comes out where, and what stays as it is."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, git

SAFE = '''\
"""Prices."""

import logging

logger = logging.getLogger(__name__)


def load(path):
    try:
        return path.read_text()
    except OSError as error:
        logger.error("cannot read: %s", error)
'''
REVIEW = """\
import time


async def wait():
    time.sleep(1)
"""
CLEAN = "def f():\n    return 1\n"
FIXED = SAFE.replace('read: %s", error)', 'read: %s", error, exc_info=True)')


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with three files, which is the current folder too."""
    root = tmp_path / "shop"
    (root / "app").mkdir(parents=True)
    (root / "app/__init__.py").write_text("")
    (root / "app/prices.py").write_text(SAFE)
    (root / "app/waiting.py").write_text(REVIEW)
    (root / "app/clean.py").write_text(CLEAN)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "a")
    git(root, "config", "user.email", "a@b.invalid")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    monkeypatch.chdir(root)
    return root


def sites(text: str) -> list[tuple[str, int, str]]:
    document = json.loads(text)
    return [(item["path"], item["line"], item["codemod"]) for item in document["sites"]]


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    class Piped:
        buffer = io.BytesIO(text.encode())

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Piped())


PRICES = ("app/prices.py", 12, "add-exc-info")
WAITING = ("app/waiting.py", 5, "offload-blocking-calls")


def test_nothing_found_is_status_0_and_no_output(autofix: Run, project: Path) -> None:
    done = autofix("scan", "app/clean.py")
    assert (done.status, done.out) == (0, b"")
    assert "nothing to fix; 1 file read" in done.err


def test_text(autofix: Run, project: Path) -> None:
    done = autofix("scan")
    assert done.status == 1
    assert done.text == (
        "app/prices.py\n"
        "12:9: add-exc-info logger.error() logs no traceback [safe]\n"
        '  12 | logger.error("cannot read: %s", error)\n'
        "     | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "\n"
        "app/waiting.py\n"
        "5:5: offload-blocking-calls time.sleep() blocks the event loop [review]\n"
        "  5 | time.sleep(1)\n"
        "    | ^^^^^^^^^^^^^\n"
    )
    assert "2 sites in 2 files (1 safe, 1 review); 4 files read" in done.err
    assert "1 fixable with --fix --unsafe-fixes" in done.err


def test_json_is_the_design_s(autofix: Run, project: Path) -> None:
    (project / "app/broken.py").write_text(f"{SAFE}\n\ndef broken(:\n")
    (project / "vendor").mkdir()
    done = autofix("scan", "--output-format", "json", "--select", "add-exc-info")
    document = json.loads(done.out)
    assert done.status == 1
    assert set(document) == {
        "version",
        "sites",
        "files",
        "parsed",
        "skipped",
        "silenced",
        "seconds",
    }
    assert document["version"] == 1
    assert document["sites"] == [
        {
            "path": "app/prices.py",
            "line": 12,
            "column": 9,
            "end_line": 12,
            "function": "load",
            "codemod": "add-exc-info",
            "safety": "safe",
            "message": "logger.error() logs no traceback",
            "fixable": True,
        }
    ]
    assert (document["files"], document["parsed"]) == (5, 1)
    assert [item["path"] for item in document["skipped"]] == ["app/broken.py", "vendor/"]
    assert document["skipped"][1] == {"path": "vendor/", "reason": "vendored"}
    assert "app/broken.py: not read: " in done.err


def test_a_file_that_cannot_be_read_is_status_1(autofix: Run, project: Path) -> None:
    (project / "app/broken.py").write_text(f"{SAFE}\n\ndef broken(:\n")
    assert autofix("scan", "app/broken.py").status == 1
    assert autofix("scan", "app/broken.py", "--exit-zero").status == 0


def test_concise(autofix: Run, project: Path) -> None:
    done = autofix("scan", "--output-format", "concise", "--ignore", "offload-blocking-calls")
    assert done.text == (
        "app/prices.py:12:9: add-exc-info logger.error() logs no traceback [safe]\n"
    )


def test_github(autofix: Run, project: Path) -> None:
    odd = project / "app/a,b%.py"
    odd.write_text(SAFE)
    done = autofix("scan", "--output-format", "github", "app")
    lines = done.text.splitlines()
    assert lines[0].startswith(
        "::warning file=app/a%2Cb%25.py,line=12,endLine=12,col=9,title=autofix%3A add-exc-info::"
    )
    assert len(lines) == 3


def test_check_says_nothing_on_stdout(autofix: Run, project: Path) -> None:
    done = autofix("scan", "--check")
    assert (done.status, done.out) == (1, b"")
    assert autofix("scan", "--check", "app/clean.py").status == 0
    assert autofix("scan", "--check", "--exit-zero").status == 0


def test_fix_writes_what_is_safe(autofix: Run, project: Path) -> None:
    done = autofix("scan", "--fix")
    assert done.status == 1
    assert (project / "app/prices.py").read_text() == FIXED
    assert (project / "app/waiting.py").read_text() == REVIEW
    assert "fixed 1 site in 1 file: 1 add-exc-info" in done.err
    assert sites(autofix("scan", "--output-format", "json").text) == [WAITING]


def test_unsafe_fixes_too(autofix: Run, project: Path) -> None:
    (project / "app/prices.py").chmod(0o755)
    done = autofix("scan", "--fix", "--unsafe-fixes")
    assert done.status == 0
    assert "await asyncio.sleep(1)" in (project / "app/waiting.py").read_text()
    assert (project / "app/prices.py").stat().st_mode & 0o777 == 0o755
    assert "nothing more to fix" in done.err
    assert git(project, "status", "--porcelain").splitlines() == [
        " M app/prices.py",
        " M app/waiting.py",
    ]
    again = autofix("scan", "--fix", "--unsafe-fixes")
    assert (again.status, "fixed" in again.err) == (0, False)


def test_diff_is_for_git_apply(autofix: Run, project: Path) -> None:
    done = autofix("scan", "--diff", "--unsafe-fixes")
    assert done.status == 1
    assert git(project, "status", "--porcelain") == ""
    git(project, "apply", stdin=done.out)
    assert (project / "app/prices.py").read_text() == FIXED
    assert autofix("scan", "--diff").status == 0


def test_two_codemods_on_one_place(autofix: Run, project: Path) -> None:
    text = (
        "import logging\nimport time\n\nlogger = logging.getLogger(__name__)\n\n\n"
        "async def f():\n    try:\n        time.sleep(1)\n    except OSError as error:\n"
        '        time.sleep(2)\n        logger.error("no: %s", error)\n'
    )
    (project / "app/waiting.py").write_text(text)
    assert autofix("scan", "--fix", "--unsafe-fixes").status == 0
    after = (project / "app/waiting.py").read_text()
    assert after.count("await asyncio.sleep") == 2
    assert after.count("exc_info=True") == 1
    compile(after, "waiting.py", "exec")


def test_output_file(autofix: Run, project: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    done = autofix("scan", "--output-file", target)
    assert (done.status, done.out) == (1, b"")
    assert target.read_text().startswith("app/prices.py\n12:9: add-exc-info")
    assert autofix("scan", "--output-file", tmp_path / "no/such/folder").status == 2


def test_nothing_is_fixed_where_the_output_has_nowhere_to_go(autofix: Run, project: Path) -> None:
    done = autofix("scan", "--fix", "--output-file", "no/such/x.txt")
    assert (done.status, len(done.lines)) == (2, 1)
    assert git(project, "status", "--porcelain") == ""
    assert autofix("baseline", "--output-file", "no/x.json").status == 2


def test_quiet_still_names_what_was_not_read(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "app/broken.py").write_text(f"{SAFE}\n\nx = = 1\n")
    shut = project / "app/shut"
    shut.mkdir()
    walk = os.scandir

    def scandir(path: Any) -> Any:
        if Path(os.fsdecode(path)) == shut:
            raise PermissionError(13, "Permission denied", str(shut))
        return walk(path)

    monkeypatch.setattr(os, "scandir", scandir)
    done = autofix("scan", "-q", "--ignore", "add-exc-info,offload-blocking-calls", "--check")
    assert done.status == 1
    assert done.lines == ["app/shut/: not read: cannot be read"]
    done = autofix("scan", "-q", "--check", "app/broken.py")
    assert done.status == 1
    assert len(done.lines) == 1
    assert done.lines[0].startswith("app/broken.py: not read: ")


def test_output_to_what_is_no_plain_file(autofix: Run, project: Path, tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    autofix("scan", "--output-file", tmp_path / "link.txt")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text().startswith("app/prices.py")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        assert autofix("scan", "--output-file", pipe).status == 1
        assert reader.read().startswith(b"app/prices.py")
    assert pipe.is_fifo()


def test_select_and_ignore(autofix: Run, project: Path) -> None:
    def found(*arguments: str) -> list[tuple[str, int, str]]:
        return sites(autofix("scan", "--output-format", "json", *arguments).text)

    assert found("--select", "add-exc-info,offload-blocking-calls") == [PRICES, WAITING]
    assert found("--select", "add-exc-info", "--select", "offload-blocking-calls") == [
        PRICES,
        WAITING,
    ]
    assert found("--ignore", "add-exc-info") == [WAITING]
    (project / "autofix.toml").write_text('select = ["add-exc-info"]\n')
    assert found() == [PRICES]
    assert found("--select", "offload-blocking-calls") == [WAITING]
    assert found("--ignore", "add-exc-info") == []


def test_exclude_and_named_files(autofix: Run, project: Path) -> None:
    (project / "autofix.toml").write_text('exclude = ["waiting.py"]\n')
    done = autofix("scan", "--exclude", "/app/prices.py", "--output-format", "json")
    assert done.status == 0
    reasons = [(item["path"], item["reason"]) for item in json.loads(done.out)["skipped"]]
    assert reasons == [("app/prices.py", "excluded"), ("app/waiting.py", "excluded")]
    assert "left out: 2 excluded" in done.err
    assert autofix("scan", "app/waiting.py").status == 1
    assert autofix("scan", "app/waiting.py", "--force-exclude").status == 0


def test_per_path(autofix: Run, project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests/test_a.py").write_text(SAFE + REVIEW.replace("import time\n", "import time"))
    settings = (
        '[per-path."tests/"]\nignore = ["offload-blocking-calls"]\n'
        '[per-path."app/prices.py"]\nselect = ["offload-blocking-calls"]\n'
        '[per-path."app/*".add-exc-info]\nloggers = ["x"]\n'
    )
    (project / "autofix.toml").write_text(settings)
    found = sites(autofix("scan", "--output-format", "json").text)
    assert found == [WAITING, ("tests/test_a.py", 12, "add-exc-info")]


def test_since_takes_what_changed(autofix: Run, project: Path) -> None:
    assert autofix("scan", "--since", "HEAD").status == 0
    (project / "app/prices.py").write_text(SAFE + "\n\ndef more():\n    return 2\n")
    (project / "app/new.py").write_text(REVIEW)
    done = autofix("scan", "--since", "main", "--output-format", "json")
    assert sites(done.text) == [("app/new.py", 5, "offload-blocking-calls"), PRICES]
    lines = autofix("scan", "--since", "main", "--changed-lines", "--output-format", "json")
    assert sites(lines.text) == [("app/new.py", 5, "offload-blocking-calls")]
    assert "1 site on lines that did not change" in lines.err


def test_changed_lines_are_the_only_ones_fixed(autofix: Run, project: Path) -> None:
    second = SAFE.split("\n\n\n", 1)[1].replace("load", "store")
    (project / "app/prices.py").write_text(f"{SAFE}\n\n{second}")
    done = autofix("scan", "--since", "HEAD", "--changed-lines", "--fix")
    assert done.status == 0, done.err
    assert (project / "app/prices.py").read_text() == (
        f"{SAFE}\n\n{second.replace('error)', 'error, exc_info=True)')}"
    )


def test_stdin(autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, SAFE + "\n\n" + REVIEW)
    done = autofix("scan", "--stdin-filename", "app/prices.py", "-")
    assert done.status == 1
    assert done.text == FIXED + "\n\n" + REVIEW
    assert (project / "app/prices.py").read_text() == SAFE


def test_stdin_without_a_site_comes_back_as_it_is(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, "x = 1\r\n")
    done = autofix("scan", "--stdin-filename", "new/file.py", "-")
    assert (done.status, done.out) == (0, b"x = 1\r\n")


def test_stdin_with_a_format_or_a_diff(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = ("scan", "--stdin-filename", "app/x.py", "-")
    stdin(monkeypatch, SAFE)
    assert sites(autofix(*name, "--output-format", "json").text) == [
        ("app/x.py", 12, "add-exc-info")
    ]
    stdin(monkeypatch, SAFE)
    assert "+        logger.error(" in autofix(*name, "--diff").text
    stdin(monkeypatch, REVIEW)
    assert "asyncio.sleep" in autofix(*name, "--unsafe-fixes").text
    stdin(monkeypatch, SAFE)
    done = autofix(*name, "--check")
    assert (done.status, done.out) == (1, b"")


def test_unused_suppressions_are_told(autofix: Run, project: Path) -> None:
    text = SAFE.replace("error)\n", "error)  # autofix: ignore[add-exc-info]\n", 1)
    (project / "app/prices.py").write_text(text)
    (project / "app/clean.py").write_text(
        "def f():  # autofix: ignore\n    return 1  # autofix: ignore[ad-exc-info]\n"
    )
    done = autofix("scan", "--output-format", "json")
    assert sites(done.text) == [WAITING]
    assert "app/clean.py:1: unused suppression: autofix: ignore" in done.err
    assert "app/clean.py:2: a suppression names the unknown codemod ad-exc-info (did" in done.err
    assert "app/prices.py" not in done.err


def test_statistics(autofix: Run, project: Path) -> None:
    done = autofix("scan", "--statistics", "--fix")
    assert [line.split()[:3] for line in done.lines if line.startswith("add-exc-info")] == [
        ["add-exc-info", "1", done_seconds(done.lines)]
    ]
    assert any(line.startswith("choosing files") for line in done.lines)


def done_seconds(lines: list[str]) -> str:
    (line,) = (line for line in lines if line.startswith("add-exc-info"))
    return line.split()[-1]


def test_another_project_by_its_path(
    autofix: Run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "autofix.toml").write_text('ignore = ["offload-blocking-calls"]\n')
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    done = autofix("scan", project / "app", "--output-format", "json")
    assert sites(done.text) == [PRICES]
    assert sites(autofix("scan", "-C", project, "--output-format", "json").text) == [PRICES]


def test_a_project_without_git(autofix: Run, tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/a.py").write_text(SAFE)
    done = autofix("scan", tmp_path / "pkg", "--output-format", "json")
    assert [item[1:] for item in sites(done.text)] == [PRICES[1:]]
    wrong = autofix("scan", tmp_path / "pkg", "--since", "HEAD")
    assert (wrong.status, len(wrong.lines)) == (2, 1)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--changed-lines"], "--changed-lines needs --since"),
        (["--fix", "--diff"], "cannot be combined"),
        (["--unsafe-fixes"], "--unsafe-fixes needs --fix or --diff"),
        (["--check", "--fix"], "--check only sets the exit status"),
        (["-"], "need each other"),
        (["--stdin-filename", "a.py"], "need each other"),
        (["-", "a.py", "--stdin-filename", "a.py"], "`-` cannot be combined"),
        (["--baseline", "x", "--no-baseline"], "cannot be combined"),
        (["--no-cache", "--cache-dir", "x"], "cannot be combined"),
        (["--baseline", "x"], "x: cannot be read"),
        (["--select", "ad-exc-info"], "did you mean add-exc-info?"),
        (["--select", ""], "--select names no codemod"),
        (["--select", "contain-path"], "contain-path has no scan"),
        (["--ignore", "zzz"], "no codemod is called 'zzz'"),
        (
            ["--output-file", "no/such/x.txt"],
            "no/such/x.txt: cannot be written: the folder no/such does",
        ),
        (["--output-file", "app"], "app: cannot be written: it is a folder"),
        (["--fail-on", "never"], "'never'"),
        (["--exclude", "!"], "exclude: '!' is not a pattern"),
        (["--report", "x.md"], "use --report with apply"),
        (["missing.py"], "missing.py: no such file or folder"),
        (["--since", "nonsense"], "nonsense"),
        (["--output-format", "xml"], "'xml'"),
    ],
)
def test_mistakes_are_one_line(
    autofix: Run, project: Path, arguments: list[str], part: str
) -> None:
    done = autofix("scan", *arguments)
    assert (done.status, done.out) == (2, b"")
    assert len(done.lines) == 1, done.err
    assert part in done.err


def test_every_problem_of_the_settings_is_told(autofix: Run, project: Path) -> None:
    (project / "autofix.toml").write_text(
        'exlude = []\nselect = "x"\n[add-exc-info]\nlogger = []\nexpected = 3\n'
        '[per-path."app/"]\nselct = []\n'
    )
    done = autofix("scan")
    assert done.status == 2
    assert done.lines == [
        "autofix: autofix.toml: unknown key exlude (did you mean exclude?)",
        "autofix: autofix.toml: select must be a list of strings",
        "autofix: autofix.toml: unknown option add-exc-info.logger (did you mean loggers?)",
        "autofix: autofix.toml: add-exc-info.expected must be a list",
        'autofix: autofix.toml: unknown key per-path."app/".selct (did you mean select?)',
    ]


def test_scan_imports_neither_git_nor_libcst_where_nothing_is_found(project: Path) -> None:
    code = (
        "import json, sys\nfrom codemods.cli.app import run\n"
        "status = run(['scan', 'app/clean.py'])\n"
        "print(json.dumps([status, [n for n in ('git', 'markdown_it') if n in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout) == [0, []], done.stderr


def test_an_interrupt_leaves_every_file_whole(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Path, target: Path) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    done = autofix("scan", "--fix")
    assert done.status == 130
    assert (project / "app/prices.py").read_text() == SAFE
    assert git(project, "status", "--porcelain") == ""
