"""Which findings are about tasks that nothing holds, and where they want them kept."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.demands import Demands
from codemods.syntax.dotted import last_part

RULES = ("RUF006", "asyncio-dangling-task", "S7502")
_METHODS = ("add", "discard")


@dataclass(frozen=True, kw_only=True)
class KeepTaskPlan(Plan):
    """Tasks that are to be kept until they are done."""

    registry: str = ""
    """The set that keeps the tasks: ``self._tasks``; empty for an existing set or a new one."""


def recognise(demands: Demands) -> Match[KeepTaskPlan] | None:
    """A claim to findings about tasks of which only the event loop knows, weakly."""
    named = demands.rule is not None and demands.rule.lower() in map(str.lower, RULES)
    about = demands.account.says("task-not-kept")
    asked = demands.fix.says("keeps-task") or not demands.fix
    if not named and not (about and asked):
        return None
    hints = Hints(
        anchors=("create_task", "ensure_future"),
        count=demands.title.count,
        aspects=demands.advice.requests(but=("keeps-task",)),
    )
    plan = KeepTaskPlan(registry=_registry(demands))
    return Match(plan=plan, strength=95 if named else 84, hints=hints)


def _registry(demands: Demands) -> str:
    """The set that the suggestion names: what a task is added to, or what it is stored in."""
    called = [call.name for call in demands.fix.calls if last_part(call.name) in _METHODS]
    owners = [callee.rpartition(".")[0] for callee in called]
    spoken = [code for code in demands.advice.code if _is_of_tasks(code)]
    return next((name for name in (*owners, *spoken) if _is_path(name)), "")


def _is_of_tasks(code: str) -> bool:
    return last_part(code).endswith(("tasks", "_futures", "_pending"))


def _is_path(name: str) -> bool:
    parts = name.split(".")
    own = len(parts) == 1 or (len(parts) == 2 and parts[0] == "self")
    return own and all(part.isidentifier() for part in parts)
