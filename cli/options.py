"""The options that every command has, declared once, and the decorator that adds them."""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from .exit import guarded


class Format(enum.StrEnum):
    """How a result is written to stdout."""

    TEXT = "text"
    JSON = "json"


class Color(enum.StrEnum):
    """When colours are used."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What the user said that is the same for every command."""

    folder: Annotated[
        Path,
        typer.Option("-C", "--repo", metavar="DIR", help="The project, or a folder in it."),
    ] = Path()
    reports: Annotated[
        list[Path],
        typer.Option(
            "--report",
            metavar="FILE",
            help="An audit report, or an issue as github:OWNER/NAME#12; may be given several "
            "times. "
            "[default: the setting `reports`, else docs/audits/*.md]",
            show_default=False,
        ),
    ] = field(default_factory=list)
    issues: Annotated[
        list[str],
        typer.Option(
            "--issues",
            metavar="label:NAME",
            help="Open issues with this label as reports; may be given several times.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    plugins: Annotated[
        list[Path],
        typer.Option(
            "--plugins",
            metavar="DIR",
            envvar="AUTOFIX_PLUGINS",
            help="A folder of your own codemods, one per module; may be given several times. "
            "Their code runs.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    format: Annotated[
        Format, typer.Option("--output-format", help="The format of the result on stdout.")
    ] = Format.TEXT
    color: Annotated[Color, typer.Option("--color", help="When to use color.")] = Color.AUTO
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print only errors.")] = False
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Print what autofix does and tries.")
    ] = 0

    @property
    def verbosity(self) -> int:
        """-1 quiet, 0 normal, 1 and more: what is done and tried is logged."""
        return -1 if self.quiet else self.verbose


def with_common(function: Callable[..., int]) -> Callable[..., int]:
    """Make a command of a function whose first parameter is a :class:`Common`.

    A parameter that is a dataclass stands for the options that its fields declare; those of the
    :class:`Common` come last. One that the command declares itself is its own, and not in the
    :class:`Common`.
    """
    _, *rest = inspect.signature(function, eval_str=True).parameters.values()
    types = {item.name: item.annotation for item in rest if isinstance(item.annotation, type)}
    bundles = {name: kind for name, kind in types.items() if is_dataclass(kind)}
    own = [
        option
        for item in rest
        for option in (
            _options(bundles[item.name])
            if item.name in bundles
            else [item.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
        )
    ]
    names = {option.name for option in own}
    added = [option for option in _options(Common) if option.name not in names]

    @functools.wraps(function)
    def command(**values: Any) -> int:
        def taken(options: Iterable[inspect.Parameter]) -> dict[str, Any]:
            return {option.name: values.pop(option.name) for option in options}

        common = Common(**taken(added))
        made = {name: bundle(**taken(_options(bundle))) for name, bundle in bundles.items()}
        # Guarded here and not only around typer, which would end the process by itself where a
        # pipe breaks, and without a word at Ctrl-C.
        return guarded(lambda: function(common, **made, **values))

    # typer reads both: the signature for the defaults, the annotations for the types.
    command.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
    command.__annotations__ = {item.name: item.annotation for item in (*own, *added)}
    del command.__wrapped__
    return command


def _options(bundle: type[Any]) -> list[inspect.Parameter]:
    """What the fields of a dataclass declare, for typer."""
    hints = get_type_hints(bundle, include_extras=True)
    return [
        inspect.Parameter(
            item.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_default(item),
            annotation=hints[item.name],
        )
        for item in fields(bundle)
    ]


def _default(item: Field[Any]) -> Any:
    if item.default_factory is not MISSING:
        return item.default_factory()
    return inspect.Parameter.empty if item.default is MISSING else item.default


def complete_codemod(incomplete: str) -> list[str]:
    """For the shell: names of the catalogue, also behind commas."""
    from codemods.transforms import catalogue

    before, comma, word = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in catalogue() if name.startswith(word)]


def complete_severity(incomplete: str) -> list[str]:
    """For the shell: each severity, and with ``+`` it and the worse ones."""
    from codemods.findings.model import Severity

    words = [word for item in Severity for word in (item.value, f"{item.value}+")]
    # As it is typed: the shell takes nothing that begins otherwise.
    words = [word.lower() for word in words] if incomplete.islower() else words
    return [word for word in words if word.startswith(incomplete)]


def complete_finding(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """For the shell: the ids of the findings of the reports, with their titles. A report that
    cannot be read has none: nobody who presses Tab wants to be told of it."""
    from .completing import findings_of

    return findings_of(ctx.params, incomplete)


# What several commands have, each declared once.

Identifiers = Annotated[
    list[str],
    typer.Argument(
        metavar="ID",
        help="A finding: B-02, REPORT:B-02, or with its line REPORT:PTS-6@210.",
        show_default=False,
        autocompletion=complete_finding,
    ),
]
Codemods = Annotated[
    list[str] | None,
    typer.Option(
        "--codemod",
        metavar="NAME",
        help="Only findings that this codemod handles; may be given several times.",
        show_default=False,
        autocompletion=complete_codemod,
    ),
]
Push = Annotated[bool, typer.Option("--push", help="Push the branches to origin.")]
VerifyCommand = Annotated[
    str | None,
    typer.Option(
        "--verify",
        metavar="[CMD]",
        help="Make a branch only if this command passes in a clean work tree of it; without "
        "CMD, the setting `verify`. It runs without tokens in its environment; processes "
        "that it leaves behind are killed.",
        show_default=False,
    ),
]
VerifyTimeout = Annotated[
    float,
    typer.Option("--verify-timeout", metavar="SECONDS", min=0.1, help="Time limit of the command."),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Also write display-only changes and, with --in-place, files with uncommitted "
        "changes.",
    ),
]
Severities = Annotated[
    list[str] | None,
    typer.Option(
        "--severity",
        metavar="SEVERITY",
        help="Only findings of this severity (CRITICAL, HIGH, MEDIUM, LOW); HIGH+ is HIGH and "
        "worse; may be given several times.",
        show_default=False,
        autocompletion=complete_severity,
    ),
]
BaseRef = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="REF",
        help="The commit to read and to start from. [default: the setting `base`, else HEAD]",
        show_default=False,
    ),
]
InPlace = Annotated[
    bool, typer.Option("--in-place", help="Use the work tree, not the base commit.")
]
