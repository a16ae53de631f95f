"""Where in a function one check covers several uses of a path."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.project.source import SourceFile
from codemods.syntax.scopes import opens_frame
from codemods.syntax.statements import block_of
from codemods.syntax.tree import FUNCTIONS, Function


@dataclass(frozen=True, slots=True)
class Level:
    """A statement in its block, on the way from a function down to a node."""

    block: list[ast.stmt]
    index: int

    @property
    def statement(self) -> ast.stmt:
        """The statement itself."""
        return self.block[self.index]


@dataclass(frozen=True, slots=True)
class Run:
    """Uses of one value that one check in front of them covers."""

    uses: tuple[ast.expr, ...]
    level: Level
    """Where the first of them stands, in the innermost block that holds all."""
    above: tuple[Level, ...]
    """The levels around it, outermost first."""
    last: int
    """The index of the last statement of the block that holds a use."""


def run_of(source: SourceFile, function: Function, nodes: Sequence[ast.expr]) -> Run:
    """Where one check would cover all of ``nodes``: the innermost block that holds them all."""
    chains = [levels(source, function, node) for node in nodes]
    depth = 0
    for parts in zip(*chains, strict=False):
        if any(item.block is not parts[0].block for item in parts):
            break
        depth += 1
    own = [chain[depth - 1] for chain in chains]
    first = min(own, key=lambda item: item.index)
    return Run(tuple(nodes), first, chains[0][: depth - 1], max(item.index for item in own))


def levels(source: SourceFile, function: Function, node: ast.AST) -> tuple[Level, ...]:
    """The statements around ``node`` in the function's own frame, outermost first.

    Left out is what nothing can be put in front of: an ``elif``, and what stands on the line of
    its header.
    """
    tree = source.tree
    found: list[Level] = []
    for parent, ancestor in tree.steps(node):
        if isinstance(ancestor, ast.stmt):
            place = block_of(tree, ancestor)
            if place is not None and not _is_bound_to_header(source, parent, ancestor):
                found.append(Level(*place))
        if parent is function and ancestor in function.body:
            break
        if opens_frame(parent, ancestor):
            # What stands in a nested function counts as the statement that defines it.
            found.clear()
    return tuple(reversed(found))


def _is_bound_to_header(source: SourceFile, parent: ast.AST, statement: ast.stmt) -> bool:
    if isinstance(parent, (ast.Module, *FUNCTIONS)):
        return False
    if getattr(parent, "lineno", 0) == statement.lineno:
        return True
    start = source.span(statement).start
    return isinstance(statement, ast.If) and source.utf8[start : start + 4] == b"elif"
