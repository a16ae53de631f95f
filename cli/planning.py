"""Plans that are handed over: read from a file, resolved, and written as TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from codemods.codemod import Plan, Safety
from codemods.engine.planned import Request, request_from, resolve_request
from codemods.engine.plans import PlanError, table_from
from codemods.findings.made import finding_of_plan
from codemods.findings.model import Finding
from codemods.output.results import Result
from codemods.reading import read_given

from .context import Session, State
from .exit import UserError


def resolved_by_plan(
    session: Session, path: Path, findings: Sequence[Finding], state: State, allow: Safety
) -> list[Result]:
    """What a plan's file makes of the finding that is named, or of none.

    Raises:
        UserError: when the file cannot be read or holds no plan.
    """
    request = read_plan(session, path)
    name = request.codemod.name
    finding = findings[0] if findings else finding_of_plan(name, request.at, path.name)
    return [Result(resolve_request(finding, state.project, request, session.options, allow))]


def read_plan(session: Session, path: Path) -> Request:
    """What a file asks for.

    Raises:
        UserError: when it cannot be read or holds no plan.
    """
    try:
        table = tomllib.loads(read_given(path).decode("utf-8"))
        return request_from(table, session.codemods)
    except (OSError, ValueError, RecursionError, PlanError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(f"{path}: {reason}") from None


def plan_text(codemod: str, at: Sequence[str], plan: Plan) -> str:
    """A plan as its file."""
    import tomlkit

    return tomlkit.dumps({"codemod": codemod, "at": list(at), **table_from(plan)})
