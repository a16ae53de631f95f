"""When a loop comes back to a collection after others ran, and whose changes it would meet."""

from __future__ import annotations

import ast

from codemods.analysis.flow.loops import Change, Iterated, leaves, made_here
from codemods.analysis.locks.sections import SUSPENDING
from codemods.syntax.statements import blocks_around, running_nodes
from codemods.syntax.tree import Tree

_LEFT_IN = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)


def waits(tree: Tree, item: Iterated) -> bool:
    """Whether other tasks can run in the midst of the loop: an await after which it goes on."""
    loop = item.loop
    return isinstance(loop, ast.For) and any(
        isinstance(node, SUSPENDING) and not _is_last(tree, node, loop)
        for statement in loop.body
        for node in running_nodes(statement)
    )


def _is_last(tree: Tree, node: ast.AST, loop: ast.For) -> bool:
    """Whether the loop ends with what is awaited, be it that it succeeds or that it fails."""
    if not (leaves(tree, node, loop) or isinstance(tree.statement(node), ast.Raise)):
        return False
    child: ast.AST = node
    for ancestor in tree.ancestors(node):
        if ancestor is loop:
            return True
        if isinstance(ancestor, (ast.Try, ast.TryStar)) and child in ancestor.body:
            # A handler may go on with the next element.
            return not ancestor.handlers and _is_last(tree, ancestor, loop)
        if isinstance(ancestor, (ast.With, ast.AsyncWith)):
            # So may what swallows an exception.
            return False
        child = ancestor
    return False


def is_renewed(tree: Tree, change: Change) -> bool:
    """Whether a function has just put a new collection in the place of the one that it changes,
    and nobody came in between: a loop that began before goes over the old one."""
    text = ast.unparse(change.node)
    for block, end in blocks_around(tree, change.node):
        for start in range(end - 1, -1, -1):
            if _puts_new(block[start], text):
                return not any(
                    isinstance(node, _LEFT_IN)
                    for statement in block[start + 1 : end + 1]
                    for node in running_nodes(statement)
                )
    return False


def _puts_new(statement: ast.stmt, text: str) -> bool:
    match statement:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
            return value is not None and ast.unparse(target) == text and made_here(value)
        case _:
            return False
