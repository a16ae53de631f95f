"""Statements, their blocks, and what runs with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.syntax.tree import DEFINITIONS, Tree, push_children

LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
"""What nothing of its block runs behind."""
Block = list[ast.stmt]
_BLOCKS = ("body", "orelse", "finalbody")


def block_of(tree: Tree, statement: ast.AST) -> tuple[Block, int] | None:
    """The block that contains ``statement``, and its index there; ``None`` if it is not a statement
    of a block."""
    parent = tree.parent(statement)
    for name in _BLOCKS:
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return block, block.index(statement)
    return None


def siblings(tree: Tree, statement: ast.AST) -> Sequence[ast.AST]:
    """The statements of its block, itself included; only itself if it is in no block."""
    found = block_of(tree, statement)
    return found[0] if found is not None else [statement]


def behind(tree: Tree, statement: ast.AST) -> Block:
    """The statements after ``statement`` in its block."""
    found = block_of(tree, statement)
    return found[0][found[1] + 1 :] if found is not None else []


def blocks_around(tree: Tree, node: ast.AST) -> Iterator[tuple[Block, int]]:
    """The blocks around ``node`` in its function, class or module, from the inside, with its
    place in each."""
    child: ast.AST | None = tree.statement(node)
    while child is not None:
        found = block_of(tree, child)
        if found is not None:
            yield found
        child = tree.parent(child)
        if isinstance(child, (*DEFINITIONS, ast.Module)):
            return


def leaves(block: Sequence[ast.stmt]) -> bool:
    """Whether a block ends by leaving the code around it; an empty block does not."""
    return bool(block) and isinstance(block[-1], LEAVING)


def is_bare_constant(statement: ast.stmt) -> bool:
    """A docstring, a text or ``...`` that stands by itself."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def running_nodes(root: ast.AST, *, inside: bool = False) -> Iterator[ast.AST]:
    """``root`` and what runs with it: not what functions, classes and lambdas hold.

    Args:
        root: a statement or an expression.
        inside: whether ``root`` is a function whose own body is meant.
    """
    stack: list[ast.AST] = [root]
    while stack:
        item = stack.pop()
        yield item
        if (inside and item is root) or not isinstance(item, (*DEFINITIONS, ast.Lambda)):
            push_children(item, stack)
