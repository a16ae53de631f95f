"""JSON Schemas: of what commands write, and of ``[tool.autofix]``.

The settings are read and checked by :mod:`codemods.project.config` and
:mod:`codemods.delivery.bot.settings`, which say in words for a person what is wrong. What stands
here is for editors and for the reference; a test holds both against each other.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from codemods.codemod import Codemod
from codemods.delivery.review.decisions import schema as decisions
from codemods.output.documents import DOCUMENTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Patterns = list[str]
Safety = Literal["safe", "review", "display"]


class LimitTable(Struct, rename="kebab", forbid_unknown_fields=True):
    """A limit for a part of the project."""

    paths: Annotated[Patterns, Meta(description="Patterns as in a .gitignore.")]
    open_limit: Annotated[int, Meta(description="Pull requests that are open at once.", ge=0)]


class IgnoreTable(Struct, rename="kebab", forbid_unknown_fields=True):
    """What the bot keeps out."""

    why: str
    finding: Annotated[str | None, Meta(description="ID, or REPORT:ID.")] = None
    key: Annotated[str | None, Meta(description="The beginning of a subject's key.")] = None
    paths: Patterns = []
    until: Annotated[datetime.date | None, Meta(description="The last day.")] = None


class BotTable(Struct, rename="kebab", forbid_unknown_fields=True):
    """What the bot may do; read on the base branch."""

    enabled: Annotated[bool, Meta(description="Until then only the dashboard is written.")] = False
    base: Annotated[
        str | None, Meta(description="The branch that pull requests go into; by default GitHub's.")
    ] = None
    open_limit: Annotated[int, Meta(description="Pull requests open at once.", ge=0)] = 5
    per_run_limit: Annotated[int, Meta(description="Pull requests opened by a run.", ge=0)] = 2
    severities: Annotated[
        tuple[str, ...], Meta(description="What is opened unasked: CRITICAL, HIGH, MEDIUM, LOW.")
    ] = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
    safety: Annotated[
        Literal["safe", "review"], Meta(description="The weakest safety that is opened unasked.")
    ] = "review"
    draft: Annotated[
        Literal["never", "partly", "review", "always"],
        Meta(description="Which pull requests are drafts."),
    ] = "review"
    labels: tuple[str, ...] = ("autofix",)
    reviewers: Annotated[list[str], Meta(description="Logins, and teams as team:NAME.")] = []
    assignees: Annotated[list[str], Meta(description="Logins.")] = []
    update: Annotated[
        Literal["needed", "always", "never"],
        Meta(description="Whether a branch follows when only the base moved."),
    ] = "needed"
    stale_days: Annotated[int, Meta(description="After how many days somebody is asked.", ge=0)] = 7
    verify: Annotated[
        str | None, Meta(description="What must pass before a push, in place of verify.")
    ] = None
    template: Annotated[
        str | None, Meta(description="A file of the base: the body of a pull request.")
    ] = None
    automerge: Annotated[
        Literal["never", "safe"], Meta(description="What GitHub merges as soon as it may.")
    ] = "never"
    close_issues: Annotated[
        bool, Meta(description="Whether a merge closes the finding's issues.")
    ] = True
    commands_from: Annotated[
        list[str], Meta(description="Bots whose comments count as commands.")
    ] = []
    limits: list[LimitTable] = []
    ignore: list[IgnoreTable] = []


class SettingsTable(Struct, rename="kebab", forbid_unknown_fields=True):
    """The settings of autofix: `[tool.autofix]` of pyproject.toml, or the top of autofix.toml."""

    extend: Annotated[
        str | None,
        Meta(description="A .toml file of the repository whose settings stand below these."),
    ] = None
    reports: Annotated[
        Patterns, Meta(description="Globs of audit reports. None: docs/audits/*.md.")
    ] = []
    exclude: Annotated[
        Patterns, Meta(description="Files that a scan leaves out, as in a .gitignore.")
    ] = []
    select: Annotated[
        list[str], Meta(description="The codemods of a scan. None: all that have one.")
    ] = []
    ignore: Annotated[list[str], Meta(description="Codemods that do not run in a scan.")] = []
    branch_prefix: Annotated[str, Meta(description="What the names of branches begin with.")] = (
        "autofix"
    )
    base: Annotated[
        str | None, Meta(description="The ref from which branches start. None: HEAD.")
    ] = None
    verify: Annotated[str | None, Meta(description="The command that must pass on a branch.")] = (
        None
    )
    baseline: Annotated[
        str | None,
        Meta(description="The file of known sites. None: .autofix-baseline.json, if there."),
    ] = None
    fail_on: Annotated[
        Safety, Meta(description="The weakest safety that counts for a scan's exit status.")
    ] = "review"
    per_path: Annotated[
        dict[str, dict[str, Any]],
        Meta(description="By pattern: select, ignore and options of codemods that differ there."),
    ] = {}
    bot: BotTable = msgspec.field(default_factory=BotTable)


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema of each document by its name."""
    for name, kind in DOCUMENTS.items():
        yield name, {"$schema": DIALECT, **msgspec.json.schema(kind)}
    yield "decisions", decisions()


def settings(codemods: Iterable[Codemod]) -> dict[str, Any]:
    """The schema of ``[tool.autofix]``, with the options of codemods.

    Args:
        codemods: the catalogue; a name that is not in it is none.
    """
    schema = msgspec.json.schema(SettingsTable)
    table = schema["$defs"]["SettingsTable"]
    per_path = {"select": {"$ref": "#/$defs/Names"}, "ignore": {"$ref": "#/$defs/Names"}}
    names = []
    for codemod in codemods:
        names.append(codemod.name)
        schema["$defs"][codemod.name] = _options(codemod)
        per_path[codemod.name] = {"$ref": f"#/$defs/{codemod.name}"}
    schema["$defs"]["Names"] = {"type": "array", "items": {"enum": names}}
    for key in ("select", "ignore"):
        table["properties"][key]["items"] = {"enum": names}
    table["properties"]["per-path"]["additionalProperties"] = {
        "type": "object",
        "properties": per_path,
        "additionalProperties": False,
    }
    table["properties"] |= {name: {"$ref": f"#/$defs/{name}"} for name in names}
    return {"$schema": DIALECT, **schema}


def _options(codemod: Codemod) -> dict[str, Any]:
    return {
        "title": codemod.name,
        "description": codemod.summary,
        "type": "object",
        "properties": {
            option.name: {
                **_type_of(option.default),
                "description": option.help,
                "default": _plain(option.default),
            }
            for option in codemod.options
        },
        "additionalProperties": False,
    }


def _type_of(default: object) -> Mapping[str, Any]:
    """What a setting may be, by its default: see :mod:`codemods.project.config`."""
    if isinstance(default, enum.Enum):
        return {"enum": [item.value for item in type(default)]}
    if isinstance(default, bool):
        return {"type": "boolean"}
    if isinstance(default, int | float):
        return {"type": "number"}
    if isinstance(default, str):
        return {"type": "string"}
    if isinstance(default, Mapping):
        return {"type": "object"}
    return {"type": "array"} if isinstance(default, list | tuple) else {}


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset | set) else msgspec.to_builtins(value)
