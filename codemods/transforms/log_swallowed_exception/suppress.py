"""``with contextlib.suppress(Exception):`` as a ``try`` that logs what it drops."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.codemod import (
    Change,
    DropImport,
    Edit,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    Unit,
    itself,
    lines_of,
    site_of,
)
from codemods.rewriting.log_calls import LOGGERS
from codemods.syntax.handlers import BROAD
from codemods.syntax.names import qualified_name
from codemods.transforms.log_swallowed_exception.edit import TryInstead
from codemods.transforms.log_swallowed_exception.logging import Writer
from codemods.transforms.log_swallowed_exception.plan import SwallowedPlan
from codemods.transforms.log_swallowed_exception.text import FailingBlock


def suppressions(scope: Scope, plan: SwallowedPlan) -> Iterator[Change | Refusal]:
    """The statements of a finding's places that drop every exception so."""
    found = [(place, block) for place, blocks in scope.once(_meant, itself) for block in blocks]
    if len(found) > 1 and plan.count != len(found):
        for place, block in found:
            detail = (
                f"{len(found)} statements there drop every exception, and the finding does not "
                "say which it means"
            )
            yield Refusal("several", detail, site_of(place.source, block))
        return
    for place, block in found:
        yield _verdict(scope, plan, place, block, plan.template if len(found) == 1 else "")


def _meant(place: Place) -> list[ast.With]:
    blocks = [
        item for item in place.source.tree.within(place.node, ast.With) if _drops(place, item)
    ]
    if isinstance(place.node, ast.Module):
        # Nothing but a line or the evidence ties one of a whole file to the finding.
        blocks = [item for item in blocks if _is_pointed_at(place, item)]
    return place.focus(blocks)


def _is_pointed_at(place: Place, block: ast.With) -> bool:
    lines = lines_of(block)
    return any(lines.overlaps(item) for item in (*place.evidence, *place.reported))


def _drops(place: Place, block: ast.With) -> bool:
    return len(block.items) == 1 and _types(place, block.items[0].context_expr) != ()


def _types(place: Place, node: ast.expr) -> tuple[str, ...]:
    """The types of a ``suppress()`` that has ``Exception`` among them; empty for anything else."""
    if not isinstance(node, ast.Call) or (
        qualified_name(place.source.tree, node.func) != "contextlib.suppress"
    ):
        return ()
    types = tuple(ast.unparse(item) for item in node.args)
    return types if len(types) == 1 and types[0] in BROAD else ()


def _verdict(
    scope: Scope, plan: SwallowedPlan, place: Place, block: ast.With, template: str
) -> Change | Refusal:
    source = place.source
    writer = Writer(scope.project, source, tuple(LOGGERS.of(scope.options)))
    failing = FailingBlock(block, block.body, block.body[0])
    logged = writer.write(failing, plan.level, template)
    if isinstance(logged, Refusal):
        return logged
    call = block.items[0].context_expr
    head = f"except {ast.unparse(call.args[0])}"  # type: ignore[attr-defined]
    if logged.name is not None:
        head += f" as {logged.name}"
    edits: list[Edit] = [
        Operation(source.path, source.span(block), TryInstead(head, logged.code), Unit.STATEMENT),
        *logged.edits,
    ]
    root = call.func  # type: ignore[attr-defined]
    while isinstance(root, ast.Attribute):
        root = root.value
    edits.append(DropImport(source.path, root.id))
    what = f"the exception is logged with {logged.callee}(), and not only suppressed"
    return Change(site_of(source, block), what, tuple(edits), Safety.SAFE)
