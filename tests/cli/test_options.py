"""Options are declared once: a dataclass says them, and a command gets it filled."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated

import typer

from codemods.cli.app import app
from codemods.cli.options import Color, Common, with_common
from codemods.cli.scan.options import BaselineOptions, ScanOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    name: Annotated[str, typer.Argument()]
    format: Annotated[str, typer.Option("--output-format")] = "mine"
    some: Annotated[list[str], typer.Option("--some")] = field(default_factory=list)


seen: list[tuple[Common, Asked, bool]] = []


def remember(common: Common, asked: Asked, last: bool = False) -> int:
    """What it does."""
    seen.append((common, asked, last))
    return 3


command = with_common(remember)


def test_a_command_gets_what_was_said() -> None:
    defaults = {item.name: item.default for item in inspect.signature(command).parameters.values()}
    assert defaults.pop("name") is inspect.Parameter.empty
    assert command(name="n", **defaults | {"color": Color.NEVER, "quiet": True}) == 3
    common, asked, last = seen.pop()
    assert (asked, last) == (Asked(name="n"), False)
    assert (common.color, common.verbosity, common.folder) == (Color.NEVER, -1, Path())


def test_a_command_s_own_option_is_not_in_the_common_ones() -> None:
    names = [*inspect.signature(command).parameters]
    assert names[:4] == ["name", "format", "some", "last"]
    assert len(names) == len(set(names)) == len(fields(Common)) - 1 + 4


def test_an_option_that_may_be_given_several_times_shares_no_list() -> None:
    assert inspect.signature(command).parameters["some"].default == []
    assert Asked(name="").some is not Asked(name="").some


def test_every_option_of_scan_and_baseline_is_a_field() -> None:
    declared = {item.name: item for item in app.registered_commands}
    for name, options in (("scan", ScanOptions), ("baseline", BaselineOptions)):
        function = declared[name].callback
        assert function is not None
        own = {item.name for item in fields(options)} | {item.name for item in fields(Common)}
        assert set(inspect.signature(function).parameters) == own
