"""What a lock has to span: the smallest runs of statements that must not be interrupted."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codemods.analysis.locks.state import Access
from codemods.analysis.logs.levels import LOGGING
from codemods.analysis.names.bindings import own_nodes
from codemods.syntax.dotted import last_name
from codemods.syntax.scopes import exclusive
from codemods.syntax.statements import blocks_around, leaves, running_nodes
from codemods.syntax.suspension import MUTATORS
from codemods.syntax.tree import Function, Tree, position, walk

SUSPENDING = (ast.Await, ast.AsyncFor, ast.AsyncWith)
_HEADED = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Match)
_SAYING = (*LOGGING, "print", "echo")


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive statements of one block that have to run under the lock."""

    function: Function
    block: Sequence[ast.stmt]
    first: int
    last: int
    accesses: tuple[Access, ...]

    @property
    def statements(self) -> Sequence[ast.stmt]:
        """The run itself."""
        return self.block[self.first : self.last + 1]

    def nodes(self) -> Iterator[ast.AST]:
        """Everything that runs in it: not what is only defined there."""
        for statement in self.statements:
            yield from running_nodes(statement)

    def has(self, *kinds: type[ast.AST]) -> bool:
        """Whether a node of one of these kinds runs in it."""
        return any(isinstance(item, kinds) for item in self.nodes())


def sections(tree: Tree, function: Function, found: Sequence[Access]) -> list[Section]:
    """The runs of statements of one function that must hold the lock.

    Accesses belong together when a later one depends on an earlier one: it stands in the branch
    of a condition that reads the state, behind one that leaves, uses a value that was read, reads
    what was just written, or stands right beside a write.
    """
    groups = list(range(len(found)))
    """For each access the number of its group."""
    sources = _tainted(function, found)
    for later in range(len(found)):
        for earlier in range(later):
            first, second = found[earlier], found[later]
            if exclusive(tree, first.node, second.node):
                continue
            if _depends(tree, sources, earlier, first, second):
                one, other = groups[earlier], groups[later]
                groups = [one if item == other else item for item in groups]
    made: dict[int, list[Access]] = {}
    for group, access in zip(groups, found, strict=True):
        made.setdefault(group, []).append(access)
    return _merged(
        [
            _run(tree, function, members)
            for members in made.values()
            if not all(item.indirect for item in members)
        ]
    )


def _depends(
    tree: Tree, sources: dict[str, set[int]], index: int, first: Access, second: Access
) -> bool:
    here, there = tree.statement(first.node), tree.statement(second.node)
    if here is there:
        return True
    if first.indirect:
        # The method that it calls locks for itself.
        return False
    if index in _read_by(there, sources):
        return True
    for statement in _headed_by(tree, first, index, sources):
        if statement in tree.ancestors(second.node):
            return True
        left = isinstance(statement, ast.If) and (
            leaves(statement.body) or leaves(statement.orelse)
        )
        if left and first.name == second.name:
            return True
    if second.indirect:
        return False
    if (
        # What was written is read back: another writer in between would change it.
        first.writes
        and not second.writes
        and first.name == second.name
        and not _only_says(there)
        and not _suspends_between(tree, first, second)
    ):
        return True
    return (first.writes or second.writes) and _neighbours(tree, here, there)


def _headed_by(
    tree: Tree, access: Access, index: int, sources: dict[str, set[int]]
) -> Iterator[ast.stmt]:
    """The compound statements whose condition or iterable is decided by the access."""
    statement = tree.statement(access.node)
    if isinstance(statement, _HEADED):
        yield statement
    for item in own_nodes(access.function):
        if isinstance(item, _HEADED) and item is not statement and index in _read_by(item, sources):
            yield item


def _header(statement: ast.stmt) -> list[ast.expr]:
    """The expressions of a statement that run before its blocks."""
    found: list[ast.expr] = []
    for name, value in ast.iter_fields(statement):
        if name in ("body", "orelse", "finalbody", "handlers", "cases"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.withitem):
                found.append(item.context_expr)
            elif isinstance(item, ast.expr):
                found.append(item)
    return found


def _read_by(statement: ast.stmt, sources: dict[str, set[int]]) -> set[int]:
    """The accesses whose values a statement's own expressions use through local variables."""
    return {
        index
        for expression in _header(statement)
        for item in walk(expression)
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load)
        for index in sources.get(item.id, ())
    }


def _tainted(function: Function, found: Sequence[Access]) -> dict[str, set[int]]:
    """For each local variable the reads of the state that its value comes from."""
    reads: dict[ast.AST, int] = {access.node: index for index, access in enumerate(found)}
    sources: dict[str, set[int]] = {}

    def of(expression: ast.expr | None) -> set[int]:
        result: set[int] = set()
        for item in walk(expression) if expression is not None else ():
            if item in reads:
                result.add(reads[item])
            elif isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load):
                result |= sources.get(item.id, set())
        return result

    nodes = sorted(
        (item for item in own_nodes(function) if isinstance(item, (ast.stmt, ast.expr))),
        key=position,
    )
    # Twice, for what a loop carries from one round into the next.
    for item in (*nodes, *nodes):
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        match item:
            case ast.Assign():
                targets, value = item.targets, item.value
            case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
                targets, value = [item.target], item.value
            case ast.For() | ast.AsyncFor():
                targets, value = [item.target], item.iter
            case ast.Call(func=ast.Attribute(value=ast.Name() as receiver, attr=attr)):
                if attr in MUTATORS:
                    targets = [receiver]
                    value = ast.Tuple(elts=item.args, ctx=ast.Load())
        origin = of(value)
        for target in targets if origin else ():
            for name in walk(target):
                if isinstance(name, ast.Name) and name not in reads:
                    sources.setdefault(name.id, set()).update(origin)
    return sources


def _only_says(statement: ast.stmt) -> bool:
    """Whether a statement logs or prints: nothing depends on what it read."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and last_name(call.func) in _SAYING


def _suspends_between(tree: Tree, first: Access, second: Access) -> bool:
    """Whether others may come in behind the statement of the one and before the other."""
    here = tree.statement(first.node)
    end = (here.end_lineno or here.lineno, here.end_col_offset or 0)
    return any(
        isinstance(item, (*SUSPENDING, ast.Yield, ast.YieldFrom))
        and end < (item.lineno, item.col_offset) < second.position
        for item in own_nodes(first.function)
    )


def _neighbours(tree: Tree, one: ast.stmt, other: ast.stmt) -> bool:
    """Whether both stand in statements of one block that follow each other."""
    ways = [list(blocks_around(tree, item)) for item in (one, other)]
    for block, index in ways[0]:
        for fellow, place in ways[1]:
            if fellow is block and index != place:
                near = (block[index], block[place])
                return abs(index - place) == 1 and not any(
                    isinstance(item, (*SUSPENDING, ast.While))
                    for statement in near
                    for item in running_nodes(statement)
                )
    return False


def _run(tree: Tree, function: Function, members: Sequence[Access]) -> Section:
    """The smallest run of statements that holds all members."""
    ways = [list(blocks_around(tree, tree.statement(item.node))) for item in members]
    for block, _ in ways[0]:
        places = [next((index for fellow, index in way if fellow is block), None) for way in ways]
        found = [index for index in places if index is not None]
        if len(found) == len(ways):
            section = Section(function, block, min(found), max(found), tuple(members))
            return _lifted(tree, section)
    raise ValueError("the accesses are in different functions")


def _lifted(tree: Tree, section: Section) -> Section:
    """A run in an ``elif`` cannot be wrapped alone: the whole ``if`` is."""
    parent = tree.parent(section.block[0])
    while (
        isinstance(parent, ast.If)
        and section.block is parent.orelse
        and len(parent.orelse) == 1
        and isinstance(parent.orelse[0], ast.If)
        and parent.orelse[0].col_offset == parent.col_offset
    ):
        block, index = next(blocks_around(tree, parent))
        section = Section(section.function, block, index, index, section.accesses)
        parent = tree.parent(parent)
    return section


def _merged(found: list[Section]) -> list[Section]:
    """Runs in other runs, and those that overlap, become one."""
    result: list[Section] = []
    for section in sorted(found, key=_extent):
        last = result[-1] if result else None
        if last is not None and _extent(section)[0] <= -_extent(last)[1]:
            members = tuple(sorted({*last.accesses, *section.accesses}, key=lambda a: a.position))
            end = max(last.last, section.last) if last.block is section.block else last.last
            result[-1] = replace(last, last=end, accesses=members)
        else:
            result.append(section)
    return result


def _extent(section: Section) -> tuple[int, int]:
    """First line, and the last line negated: outer runs sort before those in them."""
    last = section.statements[-1]
    return section.statements[0].lineno, -(last.end_lineno or last.lineno)
