"""Which findings are about tasks that stay in their registry when they are done."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import assignments_in
from codemods.demands.demands import Demands
from codemods.syntax.dotted import last_part


@dataclass(frozen=True, kw_only=True)
class TaskPlan(Plan):
    """Registries that tasks are to leave when they are done."""

    registries: tuple[str, ...]
    """The registries, by their names without ``self.``."""


def recognise(demands: Demands) -> Match[TaskPlan] | None:
    """A claim to findings about a registry of tasks that only grows, and that name it."""
    told, shown = demands.opening, demands.shown_code
    if not demands.title.says("grows") or not (told + shown).says("tasks"):
        return None
    if not demands.fix.says("when-done"):
        return None
    held = (
        item.name
        for item in assignments_in(shown.raw)
        if item.key or item.annotation.lower().startswith(("dict[", "set["))
    )
    named = (last_part(name) for name in (*told.names, *held))
    registries = tuple(dict.fromkeys(name for name in named if "task" in name.lower()))
    if not registries:
        return None
    return Match(plan=TaskPlan(registries=registries), strength=85, hints=Hints(anchors=registries))
