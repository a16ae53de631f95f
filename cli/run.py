"""``autofix run``: one codemod at one place, without a report."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from .context import Session
from .exit import UserError
from .options import BaseRef, Common, InPlace, complete_codemod, with_common


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What is to be done, and where."""

    codemod: Annotated[
        str,
        typer.Argument(
            metavar="CODEMOD",
            help="`autofix codemods` lists them.",
            autocompletion=complete_codemod,
        ),
    ]
    at: Annotated[
        list[str],
        typer.Option(
            "--at",
            metavar="PATH::SYMBOL",
            help="A file, a definition in it, or PATH:LINE; may be given several times.",
        ),
    ]
    settings: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="A field of the plan; the value is TOML or plain text. Repeat it for a list. "
            "`autofix codemods NAME` lists the fields.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    base: BaseRef = None
    in_place: InPlace = False
    force: Annotated[bool, typer.Option("--force", help="Include display-only changes.")] = False


@with_common
def run_codemod(common: Common, asked: RunOptions) -> int:
    """Run one codemod at one place: print a diff for `git apply`, or rewrite with --in-place.

    Exit status: 0 when it is fixed or was already, 1 when it was not, 2 for wrong use.
    """
    session = Session(common)
    from codemods.engine.planned import request_from, resolve_request
    from codemods.engine.plans import PlanError
    from codemods.findings.made import finding_of_plan
    from codemods.output.results import Result

    from .fixing import allowed, report
    from .selecting import known_codemod

    name = known_codemod(session, asked.codemod)
    table = {"codemod": name, "at": asked.at, **_table(asked.settings)}
    try:
        request = request_from(table, session.codemods)
    except PlanError as error:
        raise UserError(str(error)) from None
    state = session.state(asked.base, asked.in_place)
    finding = finding_of_plan(name, asked.at)
    allow = allowed(asked.force, False)
    result = Result(resolve_request(finding, state.project, request, session.options, allow))
    results = [result]
    if asked.in_place:
        from .writing import write_files

        results = write_files(session, results, asked.force)
    return report(session, results, dry_run=not asked.in_place, several=False)


def _table(settings: list[str]) -> dict[str, Any]:
    """The fields; one that is set several times is a list.

    Raises:
        UserError: for what is no ``field=value``.
    """
    found: dict[str, list[Any]] = {}
    for item in settings:
        name, equals, value = item.partition("=")
        if not equals or not name.strip():
            raise UserError(f"--set takes FIELD=VALUE, not {item!r}")
        found.setdefault(name.strip(), []).append(_value(value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _value(text: str) -> Any:
    """As TOML reads it, else the text itself: nobody quotes a name twice in a shell."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
