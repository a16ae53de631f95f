"""``autofix apply``: from findings to branches, or to files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from .context import Session
from .exit import DONE, NOT_FIXED, UserError
from .options import (
    BaseRef,
    Codemods,
    Common,
    Force,
    InPlace,
    Push,
    Severities,
    VerifyCommand,
    VerifyTimeout,
    complete_finding,
    with_common,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions:
    """What the user asked of ``apply``."""

    identifiers: Annotated[
        list[str],
        typer.Argument(
            metavar="ID",
            help="The same as --finding ID.",
            show_default=False,
            autocompletion=complete_finding,
        ),
    ] = field(default_factory=list)
    finding: Annotated[
        list[str],
        typer.Option(
            "--finding",
            metavar="ID",
            help="A finding: B-02, REPORT:B-02 or REPORT:PTS-6@210; may be given several times.",
            show_default=False,
            autocompletion=complete_finding,
        ),
    ] = field(default_factory=list)
    every: Annotated[bool, typer.Option("--all", help="Every finding of the reports.")] = False
    severity: Severities = None
    codemod: Codemods = None
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan",
            metavar="FILE",
            help="What to do and where, as TOML: codemod, at, and the plan's fields; for one "
            "finding that you name, or for none.",
            show_default=False,
        ),
    ] = None
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            metavar="FILE",
            help="Apply exactly what a review accepted; skip and list fixes that have changed "
            "since.",
            show_default=False,
        ),
    ] = None
    base: BaseRef = None
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print a diff for `git apply`; touch nothing.")
    ] = False
    in_place: InPlace = False
    push: Push = False
    verify: VerifyCommand = None
    verify_timeout: VerifyTimeout = 900
    force: Force = False
    unsafe_fixes: Annotated[
        bool,
        typer.Option(
            "--unsafe-fixes",
            help="With --in-place and findings that you do not name: "
            "also write changes that need a review.",
        ),
    ] = False

    @property
    def named(self) -> list[str]:
        """The findings that were named."""
        return [*self.finding, *self.identifiers]

    @property
    def mistake(self) -> str | None:
        """Which options do not go together, in one line; ``None``: they do."""
        if self.push and (self.dry_run or self.in_place):
            return "--push needs branches: it cannot be combined with --dry-run or --in-place"
        if self.verify is not None and (self.dry_run or self.in_place):
            return "--verify needs branches: it cannot be combined with --dry-run or --in-place"
        if self.unsafe_fixes and not self.in_place:
            return "--unsafe-fixes needs --in-place: branches get these changes anyway"
        if self.decisions is not None:
            chosen = self.named or self.every or self.severity or self.codemod or self.plan
            if chosen or self.unsafe_fixes:
                return (
                    "--decisions selects the findings: it cannot be combined with another selection"
                )
            return None
        if self.plan is not None and (self.every or self.severity or self.codemod):
            return "--plan works on one finding, or on none"
        if self.plan is not None and len(self.named) > 1:
            return "--plan works on one finding, or on none"
        if not self.named and not (self.plan or self.every or self.severity or self.codemod):
            return "no findings selected: name some with --finding ID, or pass --all"
        if self.named and self.every:
            return "--finding and --all cannot be combined"
        return None


@with_common
def apply(common: Common, asked: ApplyOptions) -> int:
    """Rewrite the code for a finding, on a branch of its own.

    Your work tree does not change, except with --in-place: autofix reads the base commit and
    creates a branch, without checking it out.

    Exit status: 0 when everything asked for is fixed or was already, 1 when something was not (with
    --all: or was not read), 2 for wrong use or an internal error.
    """
    session = Session(common)
    if asked.mistake is not None:
        raise UserError(asked.mistake)
    from .writing import verify_asked, write_branches, write_files

    if asked.decisions is not None:
        from .decided import apply_decisions
        from .deciding import How

        verify = verify_asked(session, asked.verify, asked.verify_timeout)
        how = How(in_place=asked.in_place, push=asked.push, force=asked.force, verify=verify)
        return apply_decisions(session, asked.decisions, asked.base, how, dry_run=asked.dry_run)
    in_place, named = asked.in_place, asked.named
    if not (asked.dry_run or in_place):
        session.need_repository("branches need a git repository: use --in-place or --dry-run")
    from .fixing import allowed, chosen, report, resolved, tell_overlap
    from .planning import resolved_by_plan
    from .selecting import Reports

    verify = verify_asked(session, asked.verify, asked.verify_timeout)
    state = session.state(asked.base, in_place)
    one = bool(named) or asked.plan is not None
    allow = allowed(asked.force, in_place and not one and not asked.unsafe_fixes)
    only_plan = asked.plan is not None and not named
    reports = Reports(session, optional=only_plan)
    findings = () if only_plan else chosen(session, reports, named, asked.severity, asked.codemod)
    if asked.plan is not None:
        results = resolved_by_plan(session, asked.plan, findings, state, allow)
    else:
        results = resolved(session, findings, state, allow, stacked=in_place)
    if not asked.dry_run:
        if in_place:
            results = write_files(session, results, asked.force)
        else:
            results = write_branches(session, reports, results, state, asked.push, verify)
    elif not in_place:
        tell_overlap(session, results)
    status = report(session, results, dry_run=asked.dry_run, several=not one or len(named) > 1)
    return status or (NOT_FIXED if not one and reports.unread else DONE)
