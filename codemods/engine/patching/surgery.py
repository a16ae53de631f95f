"""Finding the concrete node that an operation aims at, and handing it to the codemod."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codemods.codemod import AddImport, DropImport, EditNode, Operation, Refusal, Unit
from codemods.syntax.lazy import cst


class RefusedError(Exception):
    """An ``edit`` or a region said no to one operation."""

    def __init__(self, operation: Operation | AddImport | DropImport, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.operation = operation
        self.refusal = refusal


class Surgeon(cst.CSTTransformer):
    """Hands each aimed-at node to ``edit``, inner ones before the ones around them."""

    def __init__(self, edit: EditNode) -> None:
        super().__init__()
        self._edit = edit
        self._nodes: dict[cst.CSTNode, list[Operation]] = {}
        self._runs: dict[cst.CSTNode, list[tuple[int, int, Operation]]] = {}

    def aim(
        self,
        operation: Operation,
        spans: Mapping[cst.CSTNode, Any],
        shift: int,
    ) -> None:
        """Find the node of ``operation``; ``spans`` are bytes of the fragment."""
        start, end = operation.target.start + shift, operation.target.end + shift
        if operation.unit is Unit.STATEMENTS:
            self._aim_at_run(operation, spans, start, end)
            return
        kinds: dict[Unit, type[Any] | tuple[type[Any], ...]] = {
            Unit.EXPRESSION: cst.BaseExpression,
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
                Refusal("fragment", "the place cannot be told apart in the concrete syntax"),
            )
        self._nodes.setdefault(found[0], []).append(operation)

    def _aim_at_run(
        self, operation: Operation, spans: Mapping[cst.CSTNode, Any], start: int, end: int
    ) -> None:
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
            operation, Refusal("fragment", "the statements are not a run of one block")
        )

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        for operation in self._nodes.get(original_node, ()):
            updated_node = self._apply(operation, updated_node)
        for first, last, operation in sorted(
            self._runs.get(original_node, ()), key=lambda run: run[0], reverse=True
        ):
            if len(updated_node.body) != len(original_node.body):
                raise RefusedError(
                    operation, Refusal("overlap", "another edit changed the same statements")
                )
            body = list(updated_node.body)
            run = self._apply(operation, cst.IndentedBlock(body=body[first : last + 1]))
            body[first : last + 1] = run.body
            updated_node = updated_node.with_changes(body=body)
        return updated_node

    def _apply(self, operation: Operation, node: Any) -> Any:
        result = self._edit(operation, node)
        if isinstance(result, Refusal):
            raise RefusedError(operation, result)
        return result


def _start(node: cst.CSTNode, spans: Mapping[cst.CSTNode, Any]) -> int:
    decorators = getattr(node, "decorators", ())
    starts = [spans[item].start for item in (node, *decorators)]
    return int(min(starts))


def _end(node: cst.CSTNode, spans: Mapping[cst.CSTNode, Any]) -> int:
    """Where a statement ends: for a compound one, where the last statement in it ends."""
    inner: Any = node
    while True:
        last = None
        for name in ("finalbody", "orelse", "handlers", "cases", "body"):
            value = getattr(inner, name, None)
            if value is None:
                continue
            if isinstance(value, (list, tuple)):
                last = value[-1] if value and isinstance(value[-1], cst.CSTNode) else None
            else:
                last = value
            if last is not None:
                break
        if last is None or isinstance(inner, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            break
        inner = last
    span = spans[inner]
    return int(span.start + span.length)
