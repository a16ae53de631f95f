"""Calls `warning()` where a logger's `warn()` is called, which is deprecated.

    logger.warn("full")  →  logger.warning("full")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import libcst as cst

from codemods import (
    Change,
    Codemod,
    Finding,
    Operation,
    Option,
    Plan,
    Refusal,
    Safety,
    Scope,
    Unit,
)


@dataclass(frozen=True, kw_only=True)
class WarnPlan(Plan):
    """Which loggers a finding names."""

    loggers: tuple[str, ...] = ()


def recognise(finding: Finding) -> WarnPlan | None:
    if "warn()" not in finding.title:
        return None
    return WarnPlan(strength=95, anchors=("warn",), loggers=("logger",))


def find(scope: Scope, plan: WarnPlan | None) -> Iterator[Change | Refusal]:
    receivers = plan.loggers if plan else scope.options.get("receivers", ("logger",))
    for place in scope.places:
        source = place.source
        calls = [
            node
            for node in ast.walk(place.node)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "warn"
            and isinstance(node.func.value, ast.Name)
        ]
        for node in place.focus(calls):
            if node.func.value.id not in receivers:
                yield Refusal("no-logger", "is not known as a logger", scope.site(source, node))
                continue
            operation = Operation(
                source.path, source.span(node), "rename", Unit.EXPRESSION, "warning"
            )
            yield Change(
                scope.site(source, node),
                "warn() became warning()",
                (operation,),
                Safety.SAFE,
                found="warn() is deprecated",
            )


def edit(operation: Operation, node: cst.Call) -> cst.Call:
    assert isinstance(node.func, cst.Attribute)
    return node.with_changes(func=node.func.with_changes(attr=cst.Name(operation.payload)))


def sieve(project: Any, source: Any, options: Mapping[str, Any]) -> bool:
    return b".warn(" in source.data


codemod = Codemod(
    name="logger-warn",
    recognise=recognise,
    find=find,
    edit=edit,
    triggers=(b"warn",),
    scans=True,
    options=(Option("receivers", ["logger"], "names of loggers"),),
    documentation=__doc__ or "",
    sieve=sieve,
    prepare=lambda project: None,
)
