"""Carrying out operations: libcst on the lines that change, everything else as bytes.

Each region is parsed at its true depth, must be reproduced by libcst to the byte before anything
is edited, and is spliced back. Imports are a separate edit, on the text that results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from codemods.codemod import AddImport, Change, DropImport, EditNode, Operation, Refusal, Unit
from codemods.engine.formatting import Formatter
from codemods.engine.regions import Region, RegionError, region_of
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.imports import add_import, drop_import
from codemods.syntax.spans import Span


@dataclass(frozen=True, slots=True)
class Splice:
    """One replacement of whole lines."""

    span: Span
    new: bytes


@dataclass(frozen=True, slots=True)
class RewrittenFile:
    """A file before and after, with the splices that were made, in order."""

    before: SourceFile
    after: SourceFile
    splices: tuple[Splice, ...]
    """Against ``before``, without the imports."""
    import_splices: tuple[Splice, ...]
    """Each against the text that the one before it gave."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of a set of changes: files, the changes carried out, and those that were not."""

    files: tuple[RewrittenFile, ...]
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]


class _RefusedError(Exception):
    """An ``edit`` or a region said no to one operation."""

    def __init__(self, operation: Operation | AddImport | DropImport, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.operation = operation
        self.refusal = refusal


def rewrite(
    project: Project,
    changes: Sequence[Change],
    edit: EditNode,
    formatter_for: Callable[[SourceFile], Formatter],
) -> Rewritten:
    """Carry out ``changes``; one that cannot be carried out whole is left out whole.

    Args:
        project: where the files are read from.
        changes: in any order; edits that two changes have in common are made once.
        edit: the codemod's own.
        formatter_for: gives the formatter that fits a file.
    """
    wanted = list(changes)
    refusals: list[Refusal] = []
    while wanted:
        try:
            files = _rewrite_all(project, wanted, edit, formatter_for)
        except _RefusedError as stop:
            left_out = [change for change in wanted if stop.operation in change.edits]
            refusals += [
                Refusal(stop.refusal.reason, stop.refusal.detail, change.site)
                for change in left_out
            ]
            wanted = [change for change in wanted if stop.operation not in change.edits]
        else:
            return Rewritten(files, tuple(wanted), tuple(refusals))
    return Rewritten((), (), tuple(refusals))


def _rewrite_all(
    project: Project,
    changes: Sequence[Change],
    edit: EditNode,
    formatter_for: Callable[[SourceFile], Formatter],
) -> tuple[RewrittenFile, ...]:
    edits = list(dict.fromkeys(item for change in changes for item in change.edits))
    found = []
    for path in dict.fromkeys(item.path for item in edits):
        source = project.source(path)
        operations = [item for item in edits if item.path == path and isinstance(item, Operation)]
        splices = _splices(source, operations, edit, formatter_for(source))
        try:
            after = source.replaced((splice.span, splice.new) for splice in splices)
        except SourceError as error:
            raise _RefusedError(operations[0], Refusal("encoding", str(error))) from error
        imports: list[Splice] = []
        for item in edits:
            if item.path == path and not isinstance(item, Operation):
                splice = _import_splice(after, item, formatter_for(source).line_length)
                if splice is not None:
                    after = after.replaced([(splice.span, splice.new)])
                    imports.append(splice)
        if after.data != source.data:
            found.append(RewrittenFile(source, after, tuple(splices), tuple(imports)))
    return tuple(found)


def _import_splice(
    source: SourceFile, item: AddImport | DropImport, line_length: int
) -> Splice | None:
    if isinstance(item, AddImport):
        made = add_import(
            source.utf8,
            source.tree,
            item.module,
            item.name,
            source.newline,
            line_length=line_length,
        )
    else:
        made = drop_import(source.utf8, source.tree, item.name, source.newline)
    return None if made is None else Splice(*made)


def _splices(
    source: SourceFile, operations: Sequence[Operation], edit: EditNode, formatter: Formatter
) -> list[Splice]:
    grouped = _grouped(source, operations)
    return [
        Splice(region.span, _edited(source, region, members, edit, formatter))
        for region, members in grouped
    ]


def _grouped(
    source: SourceFile, operations: Iterable[Operation]
) -> list[tuple[Region, list[Operation]]]:
    """Regions that do not overlap, each with its operations; an outer region takes the inner."""
    located: list[tuple[Region, Operation]] = []
    for operation in operations:
        try:
            located.append((region_of(source, operation.target), operation))
        except RegionError as error:
            raise _RefusedError(operation, Refusal("no-region", str(error))) from error
    groups: list[tuple[Region, list[Operation]]] = []
    for region, operation in sorted(
        located, key=lambda item: (item[0].span.start, -item[0].span.end)
    ):
        if groups and groups[-1][0].span.overlaps(region.span):
            last, members = groups[-1]
            if region.span not in last.span:
                if last.indents != region.indents:
                    raise _RefusedError(
                        operation,
                        Refusal("overlap", "two edits overlap in a way that cannot be joined"),
                    )
                joined = Span(last.span.start, region.span.end)
                groups[-1] = (Region(joined, last.indents), members)
            members.append(operation)
        else:
            groups.append((region, [operation]))
    return groups


def _edited(
    source: SourceFile,
    region: Region,
    operations: Sequence[Operation],
    edit: EditNode,
    formatter: Formatter,
) -> bytes:
    prefix = region.prefix(source.newline)
    old = source.utf8[region.span.start : region.span.end]
    text = (prefix + old).decode("utf-8")
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError) as error:
        raise _RefusedError(
            operations[0], Refusal("fragment", f"libcst cannot parse the lines: {_first(error)}")
        ) from error
    if module.code != text:
        # A form feed before indented code, for one, is lost by libcst.
        raise _RefusedError(
            operations[0],
            Refusal("fragment", "libcst does not reproduce these lines to the byte"),
        )
    spans = MetadataWrapper(module, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
    shift = len(prefix) - region.span.start
    surgeon = _Surgeon(edit)
    for operation in operations:
        surgeon.aim(operation, spans, shift)
    changed = module.visit(surgeon)
    if _is_emptied(changed, region.depth):
        # libcst would write ``pass``; what else is in the block stands outside the region.
        return b""
    edited = changed.code
    lead = prefix.decode("utf-8")
    if not edited.startswith(lead):
        raise _RefusedError(operations[0], Refusal("fragment", "the edit left its own lines"))
    new = formatter.region(
        text[len(lead) :], edited[len(lead) :], [item.decode("utf-8") for item in region.indents]
    )
    return new.encode("utf-8")


def _is_emptied(module: cst.Module, depth: int) -> bool:
    """Whether an edit removed everything that stood in a region ``depth`` blocks deep."""
    body: Sequence[cst.CSTNode] = module.body
    for _ in range(depth):
        holder: Any = body[0] if body else None
        if not isinstance(holder, cst.If):
            return False
        body = holder.body.body
    return depth > 0 and not body


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


class _Surgeon(cst.CSTTransformer):
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
            raise _RefusedError(
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
        raise _RefusedError(
            operation, Refusal("fragment", "the statements are not a run of one block")
        )

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        for operation in self._nodes.get(original_node, ()):
            updated_node = self._apply(operation, updated_node)
        for first, last, operation in sorted(
            self._runs.get(original_node, ()), key=lambda run: run[0], reverse=True
        ):
            if len(updated_node.body) != len(original_node.body):
                raise _RefusedError(
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
            raise _RefusedError(operation, result)
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
