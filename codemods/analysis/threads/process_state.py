"""State of the whole process that is changed for a while: a task that runs meanwhile has it too."""

from __future__ import annotations

import ast

from codemods.syntax.dotted import last_name
from codemods.syntax.names import qualified_name
from codemods.syntax.parts import targets_of
from codemods.syntax.scopes import steps_in_frame
from codemods.syntax.tree import Tree

_CALLS = frozenset(
    {
        *("os.chdir", "os.fchdir", "os.umask", "os.putenv", "os.unsetenv", "locale.setlocale"),
        *("socket.setdefaulttimeout", "os.environ.update", "os.environ.pop", "os.environ.clear"),
        *("os.environ.setdefault", "sys.path.insert", "sys.path.append", "sys.path.remove"),
    }
)
_PLACES = ("os.environ", "sys.stdout", "sys.stderr", "sys.stdin", "sys.argv", "sys.path")
_CONTEXTS = frozenset(
    {
        *("chdir", "redirect_stdout", "redirect_stderr", "working_directory", "pushd", "cd"),
        *("catch_warnings", "modified_environ", "in_directory", "change_dir", "changed_dir"),
    }
)
"""Last words of what changes such state for the time of a ``with``."""


def changed_around(tree: Tree, node: ast.AST) -> int | None:
    """The line that changes state of the process for the time in which ``node`` runs: it is set
    before, and set back behind, or a ``with`` does both."""
    for ancestor, _ in steps_in_frame(tree, node):
        if isinstance(ancestor, ast.With) and any(
            isinstance(item.context_expr, ast.Call)
            and last_name(item.context_expr.func) in _CONTEXTS
            for item in ancestor.items
        ):
            return ancestor.lineno
    function = tree.function(node)
    if function is None:
        return None
    statement = tree.statement(node)
    lines = tree.once(_changing_lines, function)
    before = [line for line in lines if line < statement.lineno]
    behind = [line for line in lines if line > (statement.end_lineno or statement.lineno)]
    return before[-1] if before and behind else None


def _changing_lines(tree: Tree, function: ast.AST) -> list[int]:
    """The lines of a function that change state of the process."""
    found: list[ast.Call | ast.Assign | ast.AugAssign | ast.Delete] = [
        *tree.within(function, ast.Call),
        *tree.within(function, ast.Assign),
        *tree.within(function, ast.AugAssign),
        *tree.within(function, ast.Delete),
    ]
    return sorted(item.lineno for item in found if _changes(tree, item))


def _changes(tree: Tree, node: ast.AST) -> bool:
    match node:
        case ast.Call(func=function):
            return qualified_name(tree, function) in _CALLS
        case ast.Delete(targets=targets):
            pass
        case _:
            targets = targets_of(node)
    bare = (item.value if isinstance(item, ast.Subscript) else item for item in targets)
    return any(
        isinstance(item, ast.Attribute) and qualified_name(tree, item) in _PLACES for item in bare
    )
