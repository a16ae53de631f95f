"""The options that every command has, declared once, and the decorator that adds them."""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Common:
    """What the user said that is the same for every command."""

    folder: Path = Path()
    reports: tuple[Path, ...] = ()
    format: Format = Format.TEXT
    color: Color = Color.AUTO
    verbosity: int = 0
    """-1 quiet, 0 normal, 1 and more: what is done and tried is logged."""


def _common(
    folder: Annotated[
        Path,
        typer.Option("-C", "--repo", metavar="DIR", help="The project, or a folder below its top."),
    ] = Path(),
    reports: Annotated[
        list[Path] | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="An audit report; may be given several times. "
            "[default: the setting `reports`, else docs/audits/*.md]",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        Format, typer.Option("--output-format", help="What goes to stdout.")
    ] = Format.TEXT,
    color: Annotated[Color, typer.Option("--color", help="When to use colours.")] = Color.AUTO,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Say what is done and tried.")
    ] = 0,
) -> Common:
    return Common(folder, tuple(reports or ()), format, color, -1 if quiet else verbose)


def with_common(function: Callable[..., int]) -> Callable[..., int]:
    """Give a command the common options: its first parameter becomes a :class:`Common`.

    An option that the command declares itself is its own, and not in the :class:`Common`.
    """
    own = inspect.signature(function, eval_str=True).parameters
    added = {
        name: item
        for name, item in inspect.signature(_common, eval_str=True).parameters.items()
        if name not in own
    }
    first, *rest = own.values()

    @functools.wraps(function)
    def command(**values: Any) -> int:
        common = _common(**{name: values.pop(name) for name in added})
        # Guarded here and not only around typer, which would end the process by itself where a
        # pipe breaks, and without a word at Ctrl-C.
        return guarded(lambda: function(common, **values))

    signature = inspect.Signature(
        [item.replace(kind=inspect.Parameter.KEYWORD_ONLY) for item in (*rest, *added.values())]
    )
    hints = get_type_hints(_common, include_extras=True) | get_type_hints(
        function, include_extras=True
    )
    hints.pop(first.name)
    # typer reads both: the signature for the defaults, the annotations for the types.
    command.__signature__ = signature  # type: ignore[attr-defined]
    command.__annotations__ = hints
    del command.__wrapped__
    return command


def complete_codemod(incomplete: str) -> list[str]:
    """For the shell: names of the catalogue, also behind commas."""
    from codemods.transforms import catalogue

    before, comma, word = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in catalogue() if name.startswith(word)]


# What several commands have, each declared once.

Identifiers = Annotated[
    list[str],
    typer.Argument(
        metavar="ID",
        help="A finding: B-02, REPORT:B-02, or with its line REPORT:PTS-6@210.",
        show_default=False,
    ),
]
Severities = Annotated[
    list[str] | None,
    typer.Option(
        "--severity",
        metavar="SEVERITY",
        help="Only findings of exactly this severity (CRITICAL, HIGH, MEDIUM, LOW); "
        "may be given several times.",
        show_default=False,
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
    bool, typer.Option("--in-place", help="Use the work tree in place of the base commit.")
]
