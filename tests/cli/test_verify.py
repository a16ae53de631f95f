"""`autofix apply --verify`: a branch only for what passes the project's own command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codemods.cli.app import with_values
from tests.cli.conftest import Run, git

FAILS = "printf 'one\\033[31m\\ntwo\\n'; ! grep -q exc_info=True orders/main.py"


def branches(shop: Path) -> list[str]:
    return git(shop, "branch", "--list", "autofix/*", "--format=%(refname:short)").split()


@pytest.fixture
def marked(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the settings' command makes, as does every variable that may name one."""
    mark = tmp_path / "ran"
    with (shop / "pyproject.toml").open("a") as settings:
        settings.write(f'\n[tool.autofix]\nverify = "touch {mark}"\n')
    for name in ("AUTOFIX_VERIFY", "VERIFY", "AUTOFIX_APPLY_VERIFY"):
        monkeypatch.setenv(name, f"touch {mark}")
    return mark


def test_settings_and_environment_alone_run_nothing(autofix: Run, shop: Path, marked: Path) -> None:
    assert autofix("apply", "B-05").status == 0
    assert not marked.exists()


@pytest.mark.slow
@pytest.mark.parametrize("command", [["scan"], ["list"], ["show", "B-05"], ["diff", "B-05"]])
def test_nor_do_other_commands(autofix: Run, shop: Path, marked: Path, command: list[str]) -> None:
    assert autofix(*command).status in (0, 1)
    assert not marked.exists()


def test_without_a_value_it_is_the_settings_command(autofix: Run, shop: Path, marked: Path) -> None:
    done = autofix("apply", "B-05", "--verify")
    assert (done.status, len(branches(shop))) == (0, 1)
    assert marked.exists()
    assert f"  verified: touch {marked}: passed in 0 s, same as on the base" in done.lines


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["B-05", "--verify"], "the setting `verify`, which is not set"),
        (["B-05", "--verify", "true", "--in-place"], "--verify needs branches"),
        (["B-05", "--verify", "true", "--dry-run"], "--verify needs branches"),
        (["B-05", "--verify", "true", "--verify-timeout", "0"], "0"),
    ],
)
def test_wrong_use(autofix: Run, shop: Path, arguments: list[str], words: str) -> None:
    done = autofix("apply", *arguments)
    assert (done.status, done.out, branches(shop)) == (2, b"", [])
    assert words in done.err


def test_what_fails_is_withheld_and_quoted(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "B-05", "--push", "--verify", FAILS)
    assert (done.status, done.out, branches(shop)) == (1, b"", [])
    assert "autofix/" not in git(shop, "ls-remote", "origin")
    assert "failed with status 1 after 0 s, and passes on the base" in done.err
    assert done.lines[-2:] == ["  | one\ufffd[31m", "  | two"]


def test_the_others_go_on(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "B-01", "B-05", "--verify", FAILS)
    assert (done.status, done.text.split(), len(branches(shop))) == (1, branches(shop), 1)
    assert "1 fixed, 1 refused" in done.err
    assert done.lines[-1] == "  | two"


def test_json_holds_the_whole_output(autofix: Run, shop: Path) -> None:
    done = autofix("apply", "B-05", "--verify", FAILS, "--output-format", "json")
    (result,) = json.loads(done.out)["results"]
    assert (done.status, result["outcome"]) == (1, "refused")
    assert result["verify"] == {
        "command": FAILS,
        "passed": False,
        "summary": f"{FAILS}: failed with status 1 after 0 s, and passes on the base",
        "output": "one\x1b[31m\ntwo\n",
    }


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["apply", "--verify"], ["apply", "--verify="]),
        (["apply", "--verify", "--push"], ["apply", "--verify=", "--push"]),
        (["apply", "--verify", "make test"], ["apply", "--verify", "make test"]),
        (["apply", "--verify=make", "B-01"], ["apply", "--verify=make", "B-01"]),
        (["apply", "--", "--verify"], ["apply", "--", "--verify"]),
        (["list"], ["list"]),
    ],
)
def test_a_value_may_be_left_out(given: list[str], meant: list[str]) -> None:
    assert with_values(given) == meant
