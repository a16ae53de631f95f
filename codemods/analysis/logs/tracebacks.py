"""Where a handler shows its traceback already, and which statements run on one way through it."""

from __future__ import annotations

import ast
import itertools
import re
from dataclasses import dataclass

from codemods.analysis.logs.levels import weight
from codemods.project.source import SourceFile
from codemods.syntax.dotted import last_name, snake
from codemods.syntax.handlers import innermost_handler
from codemods.syntax.names import binding, qualified_name
from codemods.syntax.parts import root_of
from codemods.syntax.statements import blocks_around, leaves
from codemods.syntax.tree import Tree, walk

_MODULES = ("traceback.", "sys.exc_info", "sys.exception", "cgitb.", "twisted.python.log.err")
_METHODS = ("exception", "print_exception")
"""What shows a traceback by itself: of a logger one, and of :mod:`rich` the other."""
_LABELS = frozenset(
    f"{kind}{what}"
    for kind in ("", "full", "complete", "stack")
    for what in ("", "trace", "traceback")
)
"""What a text says that announces a traceback and nothing else, without blanks."""
_VERBS = ("get", "format", "print", "log", "dump", "show", "render", "fetch", "exception", "exc")
_REMOVES = ("with", "clear", "no", "not", "without", "hide", "skip", "disable", "suppress")
"""First words of functions that take a traceback away."""


def shown_in(tree: Tree, handler: ast.ExceptHandler) -> list[ast.Call]:
    """The calls of ``handler`` that log, print or fetch the traceback of its exception."""
    return [
        call
        for statement in handler.body
        for call in tree.within(statement, ast.Call)
        if shows_traceback(tree, call) and innermost_handler(tree, call) is handler
    ]


def shows_traceback(tree: Tree, call: ast.Call) -> bool:
    """Whether ``call`` by itself shows or fetches the traceback that is being handled."""
    if any(is_switched_on(item) for item in call.keywords if item.arg in ("exc_info", "exception")):
        return True
    if isinstance(call.func, ast.Attribute) and _logs_failure(call, call.func):
        return True
    if _makes_traceback(last_name(call.func)):
        return True
    name = qualified_name(tree, call.func)
    if name == "sys.exc_info":
        match tree.parent(call):
            case ast.Subscript(slice=ast.Constant(value=0 | 1)):
                # Its type, and itself.
                return False
    return name is not None and name.startswith(_MODULES) and not name.endswith("_stack")


def _makes_traceback(name: str) -> bool:
    """Whether a function of the project says that it gives or shows a traceback:
    ``get_exception_traceback``, ``secure_log_traceback``, ``printTraceback``, ``format_tb``;
    ``with_traceback`` and ``clear_traceback`` do not.
    """
    words = snake(name).lower().strip("_").split("_")
    verbs = [number for number, word in enumerate(words) if word in _VERBS]
    if not verbs or words[0] in _REMOVES:
        return False
    joined = "_".join(words[verbs[0] + 1 :])
    return any(
        joined == item or joined.endswith(f"_{item}") or f"{item}_" in joined
        for item in ("traceback", "stacktrace", "stack_trace", "tb")
    )


def _logs_failure(call: ast.Call, function: ast.Attribute) -> bool:
    """Whether a method logs the exception: ``logger.exception(…)``, a logger's method that is named
    after it (``log.error_or_exception(e)``), and ``failure()`` of Twisted's and txaio's loggers."""
    if function.attr in _METHODS and call.args:
        return True
    if "log" not in last_name(function.value).lower():
        return False
    return function.attr == "failure" or "exception" in function.attr.split("_")[1:]


def is_switched_on(keyword: ast.keyword) -> bool:
    """Whether the value of ``exc_info=`` asks for a traceback, as far as can be told."""
    return not isinstance(keyword.value, ast.Constant) or bool(keyword.value.value)


def run_together(tree: Tree, one: ast.AST, other: ast.AST) -> bool:
    """Whether there is a way through one function on which both nodes run."""
    ways = [list(blocks_around(tree, node)) for node in (one, other)]
    indexes = [{id(block): index for block, index in way} for way in ways]
    common = next((block for block, _ in ways[0] if id(block) in indexes[1]), None)
    if common is None:
        return False
    first, second = (positions[id(common)] for positions in indexes)
    below = [
        list(itertools.takewhile(lambda block: block is not common, (block for block, _ in way)))
        for way in ways
    ]
    if first == second:
        # The same statement: together in one expression, or in branches that exclude each other.
        return not all(below) or not isinstance(common[first], (ast.If, ast.Match))
    earlier = below[0] if first < second else below[1]
    return not any(leaves(block) for block in earlier)


def depth(tree: Tree, node: ast.AST) -> int:
    """How many blocks are around ``node``."""
    return len(list(blocks_around(tree, node)))


@dataclass(frozen=True, slots=True)
class TracebackLine:
    """A statement behind a log call that logs the traceback and nothing else."""

    statement: ast.stmt
    """The helper line itself."""
    between: ast.stmt | None
    """The ``import traceback`` that may stand between the call and the line."""
    name: str
    """The name by which the line reaches :mod:`traceback`."""
    local_import: ast.stmt | None
    """The import of that name, when it is local and nothing else uses it."""


def traceback_line(
    source: SourceFile, call: ast.Call, *, of_any_level: bool
) -> TracebackLine | None:
    """The helper line right behind the statement ``call``, if it could go without a loss.

    Args:
        source: the file.
        call: of a logger.
        of_any_level: whether the line may log at another level.
    """
    tree = source.tree
    statement = tree.statement(call)
    if not isinstance(statement, ast.Expr) or statement.value is not call:
        return None
    block, index = next(blocks_around(tree, call))
    following = block[index + 1 : index + 3]
    between = following.pop(0) if following and isinstance(following[0], ast.Import) else None
    if not following or (fetched := _fetched(tree, following[0], call)) is None:
        return None
    if not of_any_level and _is_of_another_level(following[0], call):
        return None
    root = _root(fetched.func)
    found = binding(tree, root)
    local = None
    if found.scope_node is not tree.module and len(found.nodes) == 1:
        imported = tree.statement(found.nodes[0])
        if isinstance(imported, (ast.Import, ast.ImportFrom)) and len(imported.names) == 1:
            uses = [
                item
                for item in tree.within(found.scope_node or tree.module, ast.Name)
                if item.id == root.id
            ]
            local = imported if uses == [root] else None
    if between is not None and between is not local:
        return None
    going = [following[0], *([local] if local is not None else [])]
    if not all(_goes_alone(source, item) for item in (statement, *going)):
        return None
    if any(_has_comment(source, item) for item in going):
        return None
    return TracebackLine(following[0], between, root.id, local)


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w", text.lower()))


def _fetched(tree: Tree, statement: ast.stmt, beside: ast.Call) -> ast.Call | None:
    """The call of ``traceback.format_exc()``, if the same logger logs nothing else there."""
    match statement, beside.func:
        case (
            ast.Expr(value=ast.Call(func=ast.Attribute(value=receiver), args=args, keywords=[])),
            ast.Attribute(value=other),
        ) if ast.dump(receiver) == ast.dump(other):
            pass
        case _:
            return None
    calls = [item for item in tree.within(statement, ast.Call) if item is not statement.value]
    named = [item for item in calls if qualified_name(tree, item.func) == "traceback.format_exc"]
    if len(calls) != 1 or named != calls or named[0].args or named[0].keywords:
        return None
    texts = [item.value for arg in args for item in walk(arg) if isinstance(item, ast.Constant)]
    if not all(
        isinstance(text, str) and _letters(text.replace("%s", "")) in _LABELS for text in texts
    ):
        return None
    names = [item for arg in args for item in walk(arg) if isinstance(item, ast.Name)]
    return named[0] if names == [_root(named[0].func)] else None


def _is_of_another_level(line: ast.stmt, beside: ast.Call) -> bool:
    """Whether the two records go to different people: ``log.trace(format_exc())`` under
    ``log.error(…)`` where few look, ``log.error(format_exc())`` under ``log.critical(…)``, of which
    a console may show only the latter."""
    if not isinstance(line, ast.Expr) or not isinstance(line.value, ast.Call):
        return True
    own, other = weight(last_name(line.value.func)), weight(last_name(beside.func))
    return own is None or own != other


def _root(node: ast.expr) -> ast.Name:
    root = root_of(node)
    if not isinstance(root, ast.Name):
        raise TypeError("a qualified name starts with a name")
    return root


def _goes_alone(source: SourceFile, statement: ast.stmt) -> bool:
    """Whether no other statement shares its lines."""
    span = source.span(statement)
    before = source.utf8[source.line_starts[statement.lineno - 1] : span.start]
    behind = source.utf8[span.end : source.line_end(source.line_of(span.end))].strip()
    return not before.strip() and (not behind or behind.startswith(b"#"))


def _has_comment(source: SourceFile, statement: ast.stmt) -> bool:
    """Whether a comment stands in, behind or right above the statement: it would be lost."""
    last = statement.end_lineno or statement.lineno
    above = source.line_text(statement.lineno - 1) if statement.lineno > 1 else ""
    lines = [source.line_text(number) for number in range(statement.lineno, last + 1)]
    return above.lstrip().startswith("#") or any("#" in line for line in lines)
