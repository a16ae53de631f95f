"""Which names a block of a coroutine would need and return as a function."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name
from codemods.syntax.names import local_names, named, names_bound
from codemods.syntax.parts import keyword_value, targets_of
from codemods.syntax.tree import COMPREHENSIONS, FUNCTIONS, Function, position, walk


def local_names_around(source: SourceFile, node: ast.AST) -> set[str]:
    """The local names of the function around ``node``."""
    function = function_around(source, node)
    return local_names(source.tree, function) if function is not None else set()


def function_around(source: SourceFile, node: ast.AST) -> Function | None:
    function = source.tree.function(node)
    return function if isinstance(function, FUNCTIONS) else None


def walk_block(block: ast.With) -> Iterator[ast.AST]:
    for item in block.items:
        yield from walk(item.context_expr)
    for statement in block.body:
        yield from walk(statement)


def inside_loop(source: SourceFile, node: ast.AST, block: ast.With) -> bool:
    inside = itertools.takewhile(lambda item: item is not block, source.tree.ancestors(node))
    return any(isinstance(item, (ast.For, ast.While)) for item in inside)


def root_name(node: ast.expr) -> str | None:
    """The name at the beginning of ``a.b[c].d``; ``None`` for a literal or a call."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def runs_once(source: SourceFile, use: ast.expr, statement: ast.stmt) -> bool:
    for ancestor in source.tree.ancestors(use):
        if ancestor is statement:
            return True
        if isinstance(ancestor, (ast.Lambda, ast.IfExp, ast.BoolOp, *COMPREHENSIONS)):
            return False
    return False


def read_elsewhere(source: SourceFile, block: ast.With, name: str) -> bool:
    """Whether what the block binds to ``name`` is read behind it."""
    function = function_around(source, block)
    if function is None:
        return True
    inside = {id(node) for node in walk(block)}
    return any(
        isinstance(node.ctx, ast.Load)
        and id(node) not in inside
        and not bound_again(source, node, name)
        for node in named(function, name)
    )


def bound_again(source: SourceFile, node: ast.Name, name: str) -> bool:
    """Whether a ``with``, ``for`` or comprehension around ``node`` binds the name anew."""
    for ancestor, child in source.tree.steps(node):
        targets: list[ast.expr] = []
        if isinstance(ancestor, (ast.With, ast.AsyncWith)) and child in ancestor.body:
            targets = [item.optional_vars for item in ancestor.items if item.optional_vars]
        elif isinstance(ancestor, (ast.For, ast.AsyncFor)) and child in ancestor.body:
            targets = [ancestor.target]
        elif isinstance(ancestor, COMPREHENSIONS):
            targets = [item.target for item in ancestor.generators]
        elif isinstance(ancestor, ast.ExceptHandler) and ancestor.name == name:
            return True
        if any(name in names_bound(item) for item in targets):
            return True
    return False


def output_names(source: SourceFile, block: ast.With, function: Function) -> tuple[str, ...] | str:
    """The names that the block binds and that are read behind it; a sentence when one of them
    cannot be a result."""
    bound = names_bound(block)
    own = local_names(source.tree, function)
    assigned = surely_assigned(block)
    found = []
    for name in sorted(bound, key=lambda item: first_line(block, item)):
        if name not in own:
            return f"the block assigns {name}, which is not a variable of this function"
        first = assigned.get(name)
        for node in walk(block):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                place = (node.lineno, node.col_offset)
                if bound_again(source, node, name) or (first is not None and place > first):
                    continue
                if used_outside(block, function, name):
                    return f"the block reads {name} before it assigns it"
            if (
                isinstance(node, ast.AugAssign)
                and isinstance(node.target, ast.Name)
                and node.target.id == name
                and (first is None or (node.lineno, node.col_offset) < first)
            ):
                return f"the block updates {name}, which is assigned outside"
        if not read_elsewhere(source, block, name):
            continue
        if first is None:
            return f"the block may leave {name} unassigned, and it is read later"
        if in_guarded(source, block, name):
            return f"{name} is read where an error in the block is handled"
        found.append(name)
    return tuple(found)


def used_outside(block: ast.With, function: Function, name: str) -> bool:
    inside = {id(node) for node in walk(block)}
    if any(item.arg == name for item in walk(function.args) if isinstance(item, ast.arg)):
        return True
    return any(id(node) not in inside for node in named(function, name))


def first_line(block: ast.With, name: str) -> tuple[int, int]:
    stored = (node for node in named(block, name) if isinstance(node.ctx, ast.Store))
    return min(map(position, stored), default=(0, 0))


def surely_assigned(block: ast.With) -> dict[str, tuple[int, int]]:
    """The end of the statement of the block itself that first assigns a name."""
    found: dict[str, tuple[int, int]] = {}
    for statement in block.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            end = (statement.end_lineno or 0, statement.end_col_offset or 0)
            for target in targets_of(statement):
                found = {**dict.fromkeys(names_bound(target), end), **found}
    return found


def in_guarded(source: SourceFile, block: ast.With, name: str) -> bool:
    for ancestor in source.tree.ancestors(block):
        if isinstance(ancestor, FUNCTIONS):
            return False
        if isinstance(ancestor, ast.Try):
            parts = (*ancestor.handlers, *ancestor.finalbody)
            if any(True for part in parts for _ in named(part, name)):
                return True
    return False


def wished(block: ast.With, outputs: tuple[str, ...]) -> str:
    """``read_lines`` for ``lines = …``, ``write_report`` for ``open(report_path, "w")``."""
    first = block.items[0].context_expr
    assert isinstance(first, ast.Call)
    verb = "write" if _may_write(block, first) else "read"
    if len(outputs) == 1:
        return f"{verb}_{outputs[0].strip('_')}"
    stem = last_name(first.args[0]) if first.args else ""
    for ending in ("_path", "_file", "_filename", "_name", "path", "filename"):
        stem = stem.removesuffix(ending)
    stem = stem.strip("_").lower()
    return f"{verb}_{stem}" if stem.isidentifier() and len(stem) > 2 else f"{verb}_file"


def _may_write(block: ast.With, opening: ast.Call) -> bool:
    """Whether a mode is given that is not known to read, or the handle is written to."""
    constants = [
        node.value
        for node in opening.args
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 4
    ]
    given = keyword_value(opening, "mode")
    if given is not None:
        text = given.value if isinstance(given, ast.Constant) else "w"
        constants.append(text if isinstance(text, str) else "w")
    if any(set(mode) & set("wax+") for mode in constants):
        return True
    handle = last_name(block.items[0].optional_vars)
    for node in walk_block(block) if handle else ():
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                if name == handle and method in ("write", "writelines", "writestr"):
                    return True
                if method == "dump" and any(last_name(item) == handle for item in node.args):
                    return True
    return False
