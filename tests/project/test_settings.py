"""Settings: what is for other tools is read leniently, what is for us strictly."""

from __future__ import annotations

import pytest

from codemods.project.files import MemoryFiles
from codemods.project.settings import (
    DEFAULT_PYTHON,
    BlackSettings,
    Settings,
    SettingsError,
    black_settings,
    load_settings,
    target_python,
)


def pyproject(text: str) -> MemoryFiles:
    return MemoryFiles({"pyproject.toml": text.encode()})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.autofix\n", "pyproject.toml: Expected ']'"),
        ("[tool]\nautofix = 3\n", "tool.autofix must be a table"),
        ("[tool.autofix]\nreports = 'a.md'\n", "tool.autofix.reports must be a list of strings"),
        ("[tool.autofix]\nexclude = ['a', 3]\n", "tool.autofix.exclude must be a list of strings"),
        ("[tool.autofix]\nbase = 3\n", "tool.autofix.base must be a non-empty string"),
        (
            "[tool.autofix]\nverify = ' '\n",
            "tool.autofix.verify must be a non-empty string",
        ),
        ("[tool.autofix]\nslect = []\n", "unknown key tool.autofix.slect (did you mean select?)"),
        ("[tool.autofix]\nzzz = 1\n", "unknown key tool.autofix.zzz"),
        ("[tool.autofix]\nbranch-prefix = '/'\n", "branch-prefix must be more than slashes"),
        (
            "[tool.autofix]\nselect = ['add-exc-inf']\n",
            "unknown codemod add-exc-inf (did you mean add-exc-info?)",
        ),
        (
            "[tool.autofix.ad-exc-info]\nx = 1\n",
            "unknown codemod tool.autofix.ad-exc-info (did you mean add-exc-info?)",
        ),
    ],
)
def test_wrong_settings_are_one_line(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(pyproject(text), codemods=("add-exc-info", "snapshot-iteration"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("pyproject.toml: ")


def test_undecodable_settings() -> None:
    with pytest.raises(SettingsError, match=r"^pyproject.toml: is not UTF-8 text$"):
        load_settings(MemoryFiles({"pyproject.toml": b"\xff"}))


def test_own_file_has_no_tool_table() -> None:
    with pytest.raises(SettingsError, match="top level"):
        load_settings(MemoryFiles({"autofix.toml": b"[tool.autofix]\nbase='x'\n"}))


@pytest.mark.parametrize("text", ["", "[project]\nname='x'\n", "tool = 3\n"])
def test_nothing_set(text: str) -> None:
    assert load_settings(pyproject(text)) == Settings()
    assert load_settings(MemoryFiles({})) == Settings()


def test_everything_set() -> None:
    settings = load_settings(
        pyproject(
            """
[tool.autofix]
reports = ["audits/*.md"]
exclude = ["vendor/"]
select = ["add-exc-info"]
ignore = ["snapshot-iteration"]
branch-prefix = "bot/fix/"
base = "develop"
verify = "make test"
[tool.autofix.add-exc-info]
receivers = ["log"]
"""
        ),
        codemods=("add-exc-info", "snapshot-iteration"),
    )
    assert settings.reports == ("audits/*.md",)
    assert settings.exclude == ("vendor/",)
    assert settings.select == ("add-exc-info",)
    assert settings.ignore == ("snapshot-iteration",)
    assert settings.branch_prefix == "bot/fix"
    assert (settings.base, settings.verify) == ("develop", "make test")
    assert settings.options("add-exc-info") == {"receivers": ["log"]}
    assert settings.options("snapshot-iteration") == {}
    assert settings.origin == "pyproject.toml"


def test_own_file_goes_first() -> None:
    files = MemoryFiles(
        {
            "autofix.toml": b"base = 'own'\n",
            "pyproject.toml": b"[tool.autofix]\nbase = 'other'\nverify = 'x'\n",
        }
    )
    settings = load_settings(files)
    assert (settings.base, settings.verify, settings.origin) == ("own", None, "autofix.toml")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("pyproject.toml", "not toml [", (3, 11)),
        ("pyproject.toml", "[project]\nrequires-python = 3\n", (3, 11)),
        ("pyproject.toml", "[project]\nrequires-python = '<4'\n", (3, 11)),
        ("pyproject.toml", "[project]\nrequires-python = '>=3.14'\n", (3, 14)),
        ("pyproject.toml", "[project]\nrequires-python = '>=3.8.1, <4.0, !=3.9.7'\n", (3, 8)),
        ("pyproject.toml", "[project]\nrequires-python = '<4,>=3.9'\n", (3, 9)),
        ("pyproject.toml", "[project]\nrequires-python = '~=3.10'\n", (3, 10)),
        ("pyproject.toml", "[project]\nrequires-python = '==3.12.*'\n", (3, 12)),
        ("pyproject.toml", "[project]\nrequires-python = '>3.7'\n", (3, 7)),
        ("pyproject.toml", "[tool.poetry.dependencies]\npython = '^3.9 || ~2.7'\n", (2, 7)),
        ("pyproject.toml", "[tool.poetry.dependencies]\npython = {version='^3.10'}\n", (3, 10)),
        ("setup.cfg", "[options]\npython_requires = >=3.6\n", (3, 6)),
        ("setup.cfg", "no section\n", (3, 11)),
        (".python-version", "3.12.4\n", (3, 12)),
        (".python-version", "pypy3.10\n", (3, 11)),
    ],
)
def test_target_python(path: str, text: str, expected: tuple[int, int]) -> None:
    assert target_python(MemoryFiles({path: text.encode()})) == expected


def test_metadata_goes_before_the_pin() -> None:
    files = MemoryFiles(
        {
            "pyproject.toml": b"[project]\nrequires-python = '>=3.9'\n",
            "setup.cfg": b"[options]\npython_requires = >=3.6\n",
            ".python-version": b"3.13\n",
        }
    )
    assert target_python(files) == (3, 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", BlackSettings()),
        ("[tool.black]\nline-length = 'x'\ntarget-version = 3\n", BlackSettings(found=True)),
        ("[tool.black]\nline-length = true\n", BlackSettings(found=True)),
        (
            "[tool.black]\nline_length = 100\ntarget-version = ['py312', 'py311']\n"
            "skip-string-normalization = true\npreview = true\n",
            BlackSettings(100, ("py311", "py312"), True, False, True, True),
        ),
        (
            "[tool.ruff]\nline-length = 120\ntarget-version = 'py310'\n"
            "[tool.ruff.format]\nquote-style = 'single'\nskip-magic-trailing-comma = true\n",
            BlackSettings(120, ("py310",), True, True, False, True),
        ),
        (
            "[tool.black]\n[tool.ruff]\nline-length = 120\n",
            BlackSettings(found=True),
        ),
    ],
)
def test_black_settings(text: str, expected: BlackSettings) -> None:
    assert black_settings(pyproject(text)) == expected


def test_ruff_has_a_file_of_its_own() -> None:
    files = MemoryFiles({"ruff.toml": b"line-length = 79\n"})
    assert black_settings(files) == BlackSettings(line_length=79, found=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[tool.black]\ntarget-version = ["py310", "py39"]\n', (3, 9)),
        ('[tool.ruff]\ntarget-version = "py310"\n', (3, 10)),
        (
            '[project]\nrequires-python = ">=3.12"\n[tool.ruff]\ntarget-version = "py310"\n',
            (3, 12),
        ),
        ('[tool.black]\ntarget-version = ["no such thing"]\n', DEFAULT_PYTHON),
    ],
)
def test_what_formatters_write_for_is_the_target(text: str, expected: tuple[int, int]) -> None:
    assert target_python(pyproject(text)) == expected
