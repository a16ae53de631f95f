"""A name that is joined to a folder: the name alone leads nowhere."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from codemods.analysis.flow.runs import Run
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.scopes import scope_table
from codemods.transforms.contain_path.uses import Uses

_JOINING = ("join", "joinpath", "safe_join", "format")


@dataclass(frozen=True, slots=True)
class Joined:
    """``folder / name`` that is given a name."""

    value: ast.BinOp
    root: str


def joined_to(uses: Uses, run: Run) -> Joined | ast.expr | None:
    """The folder that the value is joined to in ``path = folder / name``; the value itself where
    it becomes a part of another path in any other way, ``None`` where it does not."""
    for node in run.uses:
        if not _is_part(uses, node):
            continue
        match uses.tree.statement(node):
            case (
                ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.BinOp(left=left, op=ast.Div(), right=right) as value,
                ) as statement
            ) if (
                right is node
                and len(run.uses) == 1
                and run.level.statement is statement
                and len(scope_table(uses.tree).binders(uses.function, name)) == 1
                and _is_folder(uses, left)
            ):
                return Joined(value, ast.unparse(left))
        return node
    return None


def _is_part(uses: Uses, node: ast.expr) -> bool:
    parent = uses.tree.parent(node)
    inside: ast.AST = node
    if isinstance(parent, ast.List | ast.Tuple):
        inside, parent = parent, uses.tree.parent(parent)
    match parent:
        case ast.BinOp(op=ast.Div(), left=left):
            return left is not inside
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return True
        case ast.Call(func=function, args=args):
            name = last_name(function)
            if name in _JOINING:
                # The first argument of ``os.path.join`` is a path of its own.
                first = args[:1] == [inside]
                return not first or inside is not node or name in ("joinpath", "format")
            return len(args) > 1 and name in ("Path", "PurePath") and args[0] is not node
    return False


def _is_folder(uses: Uses, node: ast.expr) -> bool:
    """Whether an expression is made of constants and of names that the function does not bind:
    it can stand twice, and is not from outside itself."""
    own = scope_table(uses.tree).bindings.get(uses.function, {})
    return all(
        item.id not in own
        if isinstance(item, ast.Name)
        else isinstance(item, (ast.Attribute, ast.Constant, ast.BinOp, ast.Div, ast.Load))
        for item in ast.walk(node)
    )


def is_a_name(value: str) -> bool:
    """Whether a value is called what one part of a path is called, and no path."""
    return last_part(value).endswith(("filename", "file_name", "dirname"))
