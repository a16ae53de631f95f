"""Finding the concrete node that an operation aims at, and handing it to its edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from codemods.codemod import (
    AddImport,
    DropImport,
    DropLines,
    Node,
    Operation,
    Refusal,
    SetLines,
    Unit,
)
from codemods.syntax.lazy import cst

if TYPE_CHECKING:
    from libcst.metadata.span_provider import CodeSpan

Spans: TypeAlias = "Mapping[cst.CSTNode, CodeSpan]"
Block: TypeAlias = "cst.IndentedBlock | cst.Module"

_ELSEWHERE = {
    Unit.EXPRESSION: "the expression does not have the expected form in the source",
    Unit.STATEMENT: "the statement does not have the expected form in the source",
    Unit.STATEMENTS: "the statements do not have the expected form in the source",
    Unit.HANDLER: "the handler does not have the expected form in the source",
}


class RefusedError(Exception):
    """An edit or a region said no to one operation."""

    def __init__(
        self, operation: Operation | DropLines | SetLines | AddImport | DropImport, refusal: Refusal
    ) -> None:
        super().__init__(refusal.detail)
        self.operation = operation
        self.refusal = refusal


class Surgeon(cst.CSTTransformer):
    """Hands each aimed-at node to its edit, inner ones before the ones around them."""

    def __init__(self) -> None:
        super().__init__()
        self._nodes: dict[cst.CSTNode, list[Operation]] = {}
        self._runs: dict[cst.CSTNode, list[tuple[int, int, Operation]]] = {}

    def aim(self, operation: Operation, spans: Spans, shift: int) -> None:
        """Find the node of ``operation``; ``spans`` are bytes of the fragment."""
        start, end = operation.target.start + shift, operation.target.end + shift
        if operation.unit is Unit.STATEMENTS:
            self._aim_at_run(operation, spans, start, end)
            return
        kinds: dict[Unit, tuple[type[cst.CSTNode], ...]] = {
            Unit.EXPRESSION: (cst.BaseExpression,),
            Unit.STATEMENT: (cst.SimpleStatementLine, cst.BaseCompoundStatement),
            Unit.HANDLER: (cst.ExceptHandler, cst.ExceptStarHandler),
        }
        kind = kinds[operation.unit]
        exact = operation.unit is Unit.EXPRESSION
        found = [
            node
            for node, span in spans.items()
            if isinstance(node, kind)
            and span.start == start
            and (not exact or span.start + span.length == end)
        ]
        if operation.unit is Unit.STATEMENT and len(found) == 1:
            line = found[0]
            if isinstance(line, cst.SimpleStatementLine) and len(line.body) > 1:
                found = []
        if len(found) != 1:
            raise RefusedError(
                operation,
                Refusal("fragment", "the place is ambiguous in the syntax tree"),
            )
        self._nodes.setdefault(found[0], []).append(operation)

    def _aim_at_run(self, operation: Operation, spans: Spans, start: int, end: int) -> None:
        for block in spans:
            if not isinstance(block, (cst.IndentedBlock, cst.Module)):
                continue
            starts = [_start(item, spans) for item in block.body]
            ends = [_end(item, spans) for item in block.body]
            if start in starts and end in ends:
                first, last = starts.index(start), ends.index(end)
                if first <= last:
                    self._runs.setdefault(block, []).append((first, last, operation))
                    return
        raise RefusedError(
            operation, Refusal("fragment", "the statements are not consecutive in one block")
        )

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        changed: Node | cst.RemovalSentinel = updated_node
        for operation in self._nodes.get(original_node, ()):
            changed = _edited(operation, changed)
        runs = self._runs.get(original_node)
        if runs and isinstance(updated_node, (cst.IndentedBlock, cst.Module)):
            changed = _with_runs(runs, cast("Block", original_node), updated_node)
        # What may stand in place of a node libcst only knows by the node's own type.
        return cast("cst.CSTNodeT", changed)


def _with_runs(runs: list[tuple[int, int, Operation]], original: Block, updated: Block) -> Block:
    """A block after the edits of runs of its statements."""
    for first, last, operation in sorted(runs, key=lambda run: run[0], reverse=True):
        if len(updated.body) != len(original.body):
            raise RefusedError(
                operation, Refusal("overlap", "another edit changed the same statements")
            )
        body = list(updated.body)
        run = _edited(operation, cst.IndentedBlock(body=body[first : last + 1]))
        body[first : last + 1] = cst.ensure_type(run, cst.IndentedBlock).body
        updated = updated.with_changes(body=body)
    return updated


def _edited(operation: Operation, node: Node | cst.RemovalSentinel) -> Node | cst.RemovalSentinel:
    result = None if isinstance(node, cst.RemovalSentinel) else operation.payload.edit(node)
    if result is None:
        raise RefusedError(operation, Refusal("fragment", _ELSEWHERE[operation.unit]))
    if isinstance(result, Refusal):
        raise RefusedError(operation, result)
    return result


def _start(node: cst.CSTNode, spans: Spans) -> int:
    decorators = getattr(node, "decorators", ())
    return min(spans[item].start for item in (node, *decorators))


def _end(node: cst.CSTNode, spans: Spans) -> int:
    """Where a statement ends: for a compound one, where the last statement in it ends."""
    inner = node
    while not isinstance(inner, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        last = _last_part(inner)
        if last is None:
            break
        inner = last
    span = spans[inner]
    return span.start + span.length


def _last_part(node: cst.CSTNode) -> cst.CSTNode | None:
    """The last block, handler, case or statement that is directly below a node."""
    for name in ("finalbody", "orelse", "handlers", "cases", "body"):
        value = getattr(node, name, None)
        if isinstance(value, (list, tuple)):
            value = value[-1] if value else None
        if isinstance(value, cst.CSTNode):
            return value
    return None
