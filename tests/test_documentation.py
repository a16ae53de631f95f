"""What the documents say is so: the README's diff, its commands, and the pages of the catalogue."""

from __future__ import annotations

import dataclasses
import importlib
import io
import json
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import click
import pytest
import typer

from codemods import load_catalogue, testing
from codemods.cli.app import app, with_values
from codemods.engine import outcomes
from codemods.output import page
from codemods.output.words import unwritten
from tests.cli.conftest import Run, _alone, autofix, shop
from tests.example import write_example
from tests.test_package import script

ROOT = Path(__file__).resolve().parent.parent
__all__ = ["_alone", "autofix", "shop"]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").glob("*.md"))], key=str)


def blocks(path: Path, language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S)
    return [str(item) for item in found]


def test_the_readme_shows_what_the_demo_shows(autofix: Run, shop: Path) -> None:
    (shown,) = blocks(ROOT / "README.md", "diff")
    assert autofix("diff", "B-01").text == shown


def test_every_command_of_the_readme_is_one(
    autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody answers what is asked.
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    lines = "\n".join(blocks(ROOT / "README.md", "console")).splitlines()
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ autofix ")]
    assert len(commands) >= 5
    for command in commands:
        words = shlex.split(command, comments=True)
        words = words[1 : words.index("|")] if "|" in words else words[1:]
        done = autofix(*words)
        assert done.status in (0, 1), (command, done.err)


def _commands(path: Path) -> list[list[str]]:
    """The words of each command of a page, without what a shell does with them."""
    lines = "\n".join(blocks(path, "console")).replace("\\\n", " ").splitlines()
    found = []
    for line in lines:
        _, dollar, command = line.partition("$ ")
        if dollar and command.startswith("autofix "):
            words = shlex.split(command, comments=True)
            ends = [number for number, word in enumerate(words) if word in ("|", ">", "&&", ";")]
            found.append(words[1 : ends[0]] if ends else words[1:])
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.name))
def test_every_command_of_a_page_can_be_called(path: Path) -> None:
    command = typer.main.get_command(app)
    for words in _commands(path):
        call, rest = command, with_values(words)
        while isinstance(call, click.Group):
            name, call, rest = call.resolve_command(click.Context(call), rest)
            assert call is not None, (words, name)
        # What only an error of the values is, is none of the page's.
        call.make_context("autofix", [*rest], resilient_parsing=True)


@pytest.mark.slow
def test_the_tutorial_works(autofix: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "docs/tutorial.md"
    (shown,) = blocks(path, "diff")
    assert autofix("diff", "B-05").text == shown
    ids = dict(re.findall(r"^\| (B-[-B0-9, ]+) \| `([a-z-]+)`", path.read_text("utf-8"), re.M))
    listed = json.loads(autofix("list", "--output-format", "json").out)["findings"]
    for item in listed:
        (outcome,) = (text for names, text in ids.items() if item["id"] in names)
        assert unwritten(item["outcome"]) == outcome
    for words in _commands(path):
        if words[0] != "demo":
            assert autofix(*words).status in (0, 1), words
    assert autofix("scan").status == 0


def test_every_target_that_is_named_is_one_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for path in DOCUMENTS:
        text = path.read_text("utf-8")
        for words in re.findall(r"^\$ (?:\w+=\S+ )?make ([a-z -]+?) *(?:#.*)?$", text, re.M):
            for target in words.split():
                assert re.search(rf"^{target}:", makefile, re.M), (path.name, target)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.name))
def test_no_link_leads_nowhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8")):
        if not re.match(r"\w+:", target):
            assert (path.parent / target).exists(), target


@pytest.fixture
def generate() -> ModuleType:
    return script("docs/generate.py")


def test_every_codemod_has_a_page_with_its_cases(generate: ModuleType) -> None:
    from codemods.transforms import catalogue

    made = generate.pages().items()
    pages = {path.stem: text for path, text in made if path.parent == generate.PAGES}
    assert set(pages) == {*catalogue(), "index", "plans"}
    for name, codemod in catalogue().items():
        assert codemod.summary in pages["index"]
        assert "```diff" in pages[name]
        assert "## What it leaves alone" in pages[name]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (10.0, "10.0"),
        ("a", '"a"'),
        (("a", "b"), '["a", "b"]'),
        (frozenset({"b", "a"}), '["a", "b"]'),
        ((), "[]"),
    ],
)
def test_defaults_are_shown_as_toml(value: object, text: str) -> None:
    assert page.toml(value) == text


def test_wrong_use_of_the_generator(generate: ModuleType) -> None:
    assert generate.main(["--nonsense"]) == 2


def test_the_workflow_of_the_bot_is_the_one_of_init() -> None:
    from codemods.cli.init_files import BOT_WORKFLOW

    assert BOT_WORKFLOW in blocks(ROOT / "docs/bot.md", "yaml")


def test_every_setting_of_the_bot_is_told() -> None:
    from codemods.delivery.bot.settings import BotSettings

    text = (ROOT / "docs/bot.md").read_text("utf-8")
    for item in dataclasses.fields(BotSettings):
        name = item.name.replace("_", "-")
        assert f"`{name}`" in text or f"[[tool.autofix.bot.{name}]]" in text, name


def test_the_page_on_writing_a_codemod_writes_one(tmp_path: Path) -> None:
    """Its files are what it says of them: the module passes the cases."""
    write_example(tmp_path)
    codemods = load_catalogue([tmp_path / "house_codemods"])
    cases = list(testing.cases(tmp_path / "fixtures", codemods))
    assert len(cases) == 2
    for case in cases:
        testing.check(case)
    testing.check_balance("warn-to-warning", cases)


def _rows(title: str) -> list[list[str]]:
    """The cells of the table below a heading of docs/index.md, without its header."""
    text = (ROOT / "docs/index.md").read_text("utf-8").partition(f"\n### {title}\n")[2]
    rows = [line for line in text.partition("\n#")[0].splitlines() if line.startswith("|")][2:]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]


def test_the_glossary_names_classes_where_they_are() -> None:
    rows = _rows("Places")
    assert len(rows) > 10
    for word, module, meaning in rows:
        found = getattr(importlib.import_module(module), word)
        assert found.__module__ == module or found.__module__.startswith(f"{module}."), word
        assert meaning.endswith("."), word


def test_the_glossary_has_every_outcome() -> None:
    rows = {name: kind for name, kind, _ in _rows("Outcomes")}
    assert rows == {item.name: item.__name__ for item in get_args(outcomes.Outcome)}
