"""``autofix config`` and ``autofix init``."""

from __future__ import annotations

import json
import tomllib
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
import yaml

from codemods.cli.installed import requirement as how_others_install
from tests.cli.conftest import Run

YAML = """\
# Ours.
repos:
  # Local ones first.
  - repo: local
    hooks:
      - id: spelling  # slow

ci:
  skip: [spelling]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "here"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


def settings(autofix: Run) -> dict[str, tuple[object, str]]:
    done = autofix("config", "--output-format", "json")
    assert done.status == 0, done.err
    return {
        item["name"]: (item["value"], item["origin"]) for item in json.loads(done.out)["settings"]
    }


def test_defaults(autofix: Run, here: Path) -> None:
    found = settings(autofix)
    assert {origin for _, origin in found.values()} == {"default"}
    assert found["reports"] == (["docs/audits/*.md"], "default")
    assert found["offload-blocking-calls.tests"] == (False, "default")
    assert "add-exc-info" in str(found["select"])
    assert found["fail-on"] == ("review", "default")


def test_where_each_value_comes_from(autofix: Run, here: Path) -> None:
    (here / "pyproject.toml").write_text(
        '[tool.autofix]\nignore = ["add-exc-info"]\nverify = "make test"\n'
        'fail-on = "safe"\n'
        "[tool.autofix.offload-blocking-calls]\ntests = true\n"
        '[tool.autofix.per-path."tests/"]\nselect = ["add-exc-info"]\n'
    )
    found = settings(autofix)
    assert found["ignore"] == (["add-exc-info"], "pyproject.toml")
    assert found["verify"] == ("make test", "pyproject.toml")
    assert found["fail-on"] == ("safe", "pyproject.toml")
    assert found["offload-blocking-calls.tests"] == (True, "pyproject.toml")
    assert found['per-path."tests/".select'] == (["add-exc-info"], "pyproject.toml")
    assert found["base"] == (None, "default")
    text = autofix("config").text
    assert [line.split()[:3] for line in text.splitlines() if line.startswith("verify")] == [
        ["verify", "pyproject.toml", "make"]
    ]


def test_every_problem_in_one_line(autofix: Run, here: Path) -> None:
    (here / "autofix.toml").write_text('verfy = "x"\nbase = 3\nfail-on = "saef"\n')
    done = autofix("config")
    assert (done.status, done.out) == (2, b"")
    assert done.lines == [
        "autofix: autofix.toml: unknown key verfy (did you mean verify?)",
        "autofix: autofix.toml: base must be a non-empty string",
        "autofix: autofix.toml: fail-on must be one of safe, review, display",
    ]


def test_init_shows_and_writes_nothing(autofix: Run, here: Path) -> None:
    done = autofix("init")
    assert done.status == 0
    assert "+++ b/autofix.toml" in done.text
    assert "+++ b/.github/workflows/autofix.yml" in done.text
    assert list(here.iterdir()) == []
    assert "nothing was written: pass --yes to write" in done.err


def test_init_in_an_empty_project(autofix: Run, here: Path) -> None:
    done = autofix("init", "--yes")
    assert done.status == 0
    assert done.text.count("new file mode") == 3
    assert tomllib.loads((here / "autofix.toml").read_text())["reports"] == ["docs/audits/*.md"]
    assert "- id: autofix" in (here / ".pre-commit-config.yaml").read_text()
    assert "autofix scan" in (here / ".github/workflows/autofix.yml").read_text()
    assert settings(autofix)["reports"][1] == "autofix.toml"
    again = autofix("init", "--write")
    assert (again.status, again.out) == (0, b"")
    assert "everything is set up already" in again.err


def test_init_keeps_what_others_wrote(autofix: Run, here: Path) -> None:
    pyproject = '[project]\nname = "shop"  # the name\n\n[tool.ruff]  # style\nline-length = 99\n'
    (here / "pyproject.toml").write_text(pyproject)
    (here / ".pre-commit-config.yaml").write_text(YAML)
    autofix("init", "--yes")
    after = (here / "pyproject.toml").read_text()
    assert after.startswith(f"{pyproject}\n[tool.autofix]\n")
    assert tomllib.loads(after)["tool"]["ruff"] == {"line-length": 99}
    hooks = (here / ".pre-commit-config.yaml").read_text()
    head, tail = YAML.split("\nci:")
    assert hooks.startswith(f"{head}  - repo: local\n    hooks:\n      - id: autofix\n")
    assert hooks.endswith("      require_serial: true\n\nci:" + tail)


def test_init_where_tool_autofix_is(autofix: Run, here: Path) -> None:
    text = "[tool.autofix]\nselect = []\n"
    (here / "pyproject.toml").write_text(text)
    done = autofix("init", "--yes")
    assert (here / "pyproject.toml").read_text() == text
    assert "pyproject.toml: already has [tool.autofix]" in done.err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("repos: []\n", "repos:\n  - repo: local\n"),
        ("repos: []  # none yet\n", "repos:  # none yet\n  - repo: local\n"),
        ("repos:\n- repo: a\n  rev: b\n", "repos:\n- repo: a\n  rev: b\n- repo: local\n  hooks:\n"),
        ("repos:\r\n  - repo: a\r\n", "repos:\r\n  - repo: a\r\n  - repo: local\r\n"),
        ("repos:\n  - repo: a", "repos:\n  - repo: a\n  - repo: local\n"),
    ],
)
def test_hooks_are_added_as_the_list_is_written(
    autofix: Run, here: Path, text: str, expected: str
) -> None:
    (here / ".pre-commit-config.yaml").write_bytes(text.encode())
    autofix("init", "--yes")
    assert (here / ".pre-commit-config.yaml").read_bytes().decode().startswith(expected)


@pytest.mark.parametrize("text", ["fail_fast: true\n", "repos: [{repo: a}]\n", "  - id: autofix\n"])
def test_hooks_that_cannot_be_added_are_left_alone(autofix: Run, here: Path, text: str) -> None:
    (here / ".pre-commit-config.yaml").write_text(text)
    done = autofix("init", "--yes")
    assert (here / ".pre-commit-config.yaml").read_text() == text
    told = [line for line in done.err.splitlines() if line.startswith(".pre-commit-config.yaml: ")]
    assert len(told) == 1 and " has " in told[0]


def test_a_broken_pyproject_is_one_line(autofix: Run, here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool\n")
    done = autofix("init", "--yes")
    assert (done.status, len(done.lines)) == (2, 1)
    assert list(here.iterdir()) == [here / "pyproject.toml"]


def test_init_writes_nothing_that_nobody_can_install(
    autofix: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codemods.cli.installed.requirement", lambda: None)
    done = autofix("init", "--yes", "--bot")
    assert done.status == 0
    assert [path.name for path in here.iterdir()] == ["autofix.toml"]
    assert "autofix was installed from a folder of this machine" in done.err
    assert "the bot opens" not in done.err
    spec = "autofix-codemods @ git+https://forge.example/a/b@0123"
    assert autofix("init", "--yes", "--bot", "--requirement", spec).status == 0
    hook = yaml.safe_load((here / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"][0]
    assert hook["additional_dependencies"] == [spec]
    workflow = (here / ".github/workflows/autofix.yml").read_text("utf-8")
    assert f"pip install '{spec}'\n" in workflow
    bot = (here / ".github/workflows/autofix-bot.yml").read_text("utf-8")
    assert "pip install 'autofix-codemods[bot] @ git+https://" in bot


@pytest.mark.parametrize("spec", ["", " ", "-r x", "a'b", 'a"b', "$(x)", "a`b`", "a\nb", "a\\b"])
def test_what_is_no_requirement(autofix: Run, here: Path, spec: str) -> None:
    done = autofix("init", "--yes", "--requirement", spec)
    assert (done.status, list(here.iterdir())) == (2, [])
    assert "--requirement" in done.err


class _Noted(Distribution):
    version = "0.1.0"

    def __init__(self, noted: str | None) -> None:
        self.noted = noted

    def read_text(self, filename: str) -> str | None:
        return self.noted if filename == "direct_url.json" else None

    def locate_file(self, path: object) -> Any:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        ('{"url": "file:///home/a/autofix", "dir_info": {"editable": true}}', None),
        ('{"url": "file:///home/a/x.whl", "archive_info": {}}', None),
        ('{"url": "https://a.b/x", "dir_info": {}}', None),
        ('{"url": "file:///a", "vcs_info": {"vcs": "git", "commit_id": "01"}}', None),
        ('{"url": "http://a.b/x.whl", "archive_info": {}}', None),
        ("{}", None),
        (None, "autofix-codemods==0.1.0"),
        (
            '{"url": "https://a.b/c", "vcs_info": {"vcs": "git", "commit_id": "01"}}',
            "autofix-codemods @ git+https://a.b/c@01",
        ),
        (
            '{"url": "https://a.b/x.whl", "archive_info": {}}',
            "autofix-codemods @ https://a.b/x.whl",
        ),
    ],
)
def test_how_others_install_it(noted: str | None, expected: str | None) -> None:
    assert how_others_install(_Noted(noted)) == expected


def test_init_with_the_bot(autofix: Run, here: Path) -> None:
    done = autofix("init", "--yes", "--bot")
    assert done.status == 0
    assert "enabled = true" in done.err
    workflow = (here / ".github/workflows/autofix-bot.yml").read_text("utf-8")
    assert "autofix bot run --apply" in workflow
    # Nobody's code runs with the token but ours.
    assert "pull_request_target" not in workflow
    assert "head.sha" not in workflow
    assert autofix("init", "--bot").err.count("already exists") >= 2
