"""``autofix diff``: what apply would write."""

from __future__ import annotations

from typing import Annotated

import typer

from .context import Session
from .options import BaseRef, Common, Identifiers, InPlace, with_common


@with_common
def diff(
    common: Common,
    identifiers: Identifiers,
    base: BaseRef = None,
    in_place: InPlace = False,
    force: Annotated[bool, typer.Option("--force", help="Include display-only changes.")] = False,
) -> int:
    """Print what apply would write, as a diff for `git apply`; the same as apply --dry-run."""
    session = Session(common)
    from .fixing import allowed, chosen, report, resolved, tell_overlap
    from .selecting import Reports

    state = session.state(base, in_place)
    findings = chosen(session, Reports(session), identifiers)
    results = resolved(session, findings, state, allowed(force, False), stacked=in_place)
    if not in_place:
        tell_overlap(session, results)
    return report(session, results, dry_run=True, several=len(identifiers) > 1)
