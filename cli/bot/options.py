"""What the commands of the bot, and ``publish``, take: where the forge is, and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from ..options import Severities, complete_codemod


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeOptions:
    """Which forge, and with whose token; the token itself is never an option, since everybody can
    list the processes of a machine."""

    repository: Annotated[
        str | None,
        typer.Option(
            "--repository",
            metavar="OWNER/NAME",
            help="The repository. [default: GITHUB_REPOSITORY, else the remote origin]",
            show_default=False,
        ),
    ] = None
    api_url: Annotated[
        str | None,
        typer.Option(
            "--api-url",
            metavar="URL",
            help="https://HOST/api/v3 of an Enterprise Server. [default: GITHUB_API_URL, else "
            "https://api.github.com]",
            show_default=False,
        ),
    ] = None
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help="A file that holds the token. [default: GH_TOKEN, else GITHUB_TOKEN]",
            show_default=False,
        ),
    ] = None
    app_id: Annotated[
        str | None,
        typer.Option("--app-id", metavar="N", help="A GitHub App.", show_default=False),
    ] = None
    app_key: Annotated[
        Path | None,
        typer.Option(
            "--app-key", metavar="FILE", help="The App's private key.", show_default=False
        ),
    ] = None
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="BRANCH",
            help="The branch that pull requests go into. [default: the settings' `base`, else the "
            "forge's default branch]",
            show_default=False,
        ),
    ] = None

    @property
    def mistake(self) -> str | None:
        """Which options do not go together; ``None``: they do."""
        if (self.app_id is None) != (self.app_key is None):
            return "--app-id and --app-key need each other"
        if self.app_id is not None and self.token_file is not None:
            return "an App has its own token: --token-file cannot be combined with --app-id"
        return None


Summary = Annotated[
    Path | None,
    typer.Option(
        "--summary",
        metavar="FILE",
        help="Also write the dashboard there, as for GITHUB_STEP_SUMMARY.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What a run is to do."""

    apply: Annotated[
        bool,
        typer.Option("--apply", help="Write; without it autofix only prints what it would do."),
    ] = False
    only: Annotated[
        list[str],
        typer.Option(
            "--only",
            metavar="ID",
            help="Write only to these: a finding's id, a key, #NUMBER; may be given several times.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    severity: Severities = None
    codemod: Annotated[
        list[str],
        typer.Option(
            "--codemod",
            metavar="NAME",
            help="Write only to what this codemod fixes; may be given several times.",
            show_default=False,
            autocompletion=complete_codemod,
        ),
    ] = field(default_factory=list)
    open_limit: Annotated[
        int | None,
        typer.Option(
            "--open-limit", min=0, help="Overrides the setting `open-limit`.", show_default=False
        ),
    ] = None
    per_run: Annotated[
        int | None,
        typer.Option(
            "--per-run", min=0, help="Overrides the setting `per-run-limit`.", show_default=False
        ),
    ] = None
    verify: Annotated[
        str | None,
        typer.Option(
            "--verify",
            metavar="COMMAND",
            help="A command that must pass on a branch before it is pushed. [default: the setting]",
            show_default=False,
        ),
    ] = None
    summary: Summary = None
