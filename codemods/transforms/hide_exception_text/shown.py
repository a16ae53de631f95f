"""What the code in a report shows of texts for clients: by which call, in which argument."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.analysis.exceptions.text import Exceptions, LeafKind
from codemods.analysis.logs.levels import LOGGING
from codemods.syntax.dotted import last_name
from codemods.syntax.parts import is_text
from codemods.syntax.tree import Tree, walk

_EXCEPTIONS = frozenset(("e", "ex", "exc", "err", "error", "exception"))
_LOGGERS = frozenset(("log", "logger", "logging"))
_NO_SINKS = frozenset(("str", "repr", "print", "format", "type", "isinstance", "format_exc", "len"))
_MOST_LINES = 25
"""Lines of a report's code that are tried as one statement."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One text on its way to somebody, as a report shows it."""

    callee: str
    """The last name of what is called; ``return``, ``.attribute`` or ``""`` where nothing is."""
    slot: str
    """The keyword, key or position, as in :class:`~codemods.analysis.exceptions.text.Leaf`."""
    skeleton: str
    """The text with ``{}`` for each value."""
    source: str
    """The text as written."""
    leaks: bool
    """Whether an exception's text is in it."""


def shown_in(code: str) -> Iterator[Shown]:
    """The texts in a piece of code, which need not be whole."""
    for module in _readable(code):
        tree = Tree(module)
        names = {item.id for item in tree.of(ast.Name) if names_exception(item.id)}
        names |= {item.name for item in tree.of(ast.ExceptHandler) if item.name}
        exceptions = Exceptions(tree, frozenset(names), None)
        for statement in walk(module):
            if isinstance(statement, ast.stmt):
                yield from _of_statement(exceptions, statement)


def _of_statement(exceptions: Exceptions, statement: ast.stmt) -> Iterator[Shown]:
    match statement:
        case ast.Assign(targets=[ast.Attribute(attr=attr)], value=value):
            yield from _texts(exceptions, f".{attr}", attr, value)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            # Also a keyword argument that stands alone in prose.
            yield from _texts(exceptions, "", name, value)
        case ast.Return(value=ast.expr() as value):
            yield from _of_value(exceptions, value, "return")
        case ast.Raise(exc=ast.expr() as value) | ast.Expr(value=value):
            yield from _of_value(exceptions, value, "")


def _of_value(exceptions: Exceptions, value: ast.expr, callee: str) -> Iterator[Shown]:
    while isinstance(value, ast.Await):
        value = value.value
    name = last_name(value.func) if isinstance(value, ast.Call) else ""
    if not isinstance(value, ast.Call) or (name in _NO_SINKS and not is_log(value)):
        yield from _texts(exceptions, callee, "", value)
    elif not is_log(value):
        for number, item in enumerate(value.args):
            yield from _texts(exceptions, name, str(number), item)
        for keyword in value.keywords:
            yield from _texts(exceptions, name, keyword.arg or "**", keyword.value)


def _texts(exceptions: Exceptions, callee: str, slot: str, node: ast.expr) -> Iterator[Shown]:
    leaking = {id(leaf.node): leaf for leaf in exceptions.leaves(node, slot)}
    stack: list[tuple[str, ast.expr]] = [(slot, node)]
    while stack:
        place, item = stack.pop(0)
        leaf = leaking.get(id(item))
        if isinstance(item, ast.Name) and leaf is not None and slot != "detail":
            # The exception itself goes to a function, which may make anything of it.
            continue
        within: list[tuple[str, ast.expr]] = []
        if leaf is not None and leaf.kind in (LeafKind.TEXT, LeafKind.TRACEBACK):
            yield Shown(callee, place, skeleton(item), ast.unparse(item), True)
        elif isinstance(item, ast.Dict):
            keys = (str(k.value) if isinstance(k, ast.Constant) else place for k in item.keys)
            within = list(zip(keys, item.values, strict=True))
        elif isinstance(item, (ast.List, ast.Tuple)):
            within = [(place, inner) for inner in item.elts]
        elif isinstance(item, ast.Call):
            within = [(place, inner) for inner in item.args]
            within += [(keyword.arg or place, keyword.value) for keyword in item.keywords]
        elif is_text(item):
            yield Shown(callee, place, skeleton(item), ast.unparse(item), False)
        stack[:0] = within


def skeleton(node: ast.expr) -> str:
    """A text with ``{}`` for each of its values: what is compared between report and code."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            return "".join(skeleton(item) for item in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return skeleton(left) + skeleton(right)
        case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()):
            return re.sub(r"%[-#0 +]*+\d*+(?:\.\d++)?[a-zA-Z]", "{}", text)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
            return re.sub(r"\{[^{}]*\}", "{}", text)
    return "{}"


def names_exception(name: str) -> bool:
    """Whether a variable is called like an exception: ``e``, ``db_error``."""
    return name.rpartition("_")[2] in _EXCEPTIONS


def is_log(call: ast.Call) -> bool:
    """Whether a call is written like one of a logger."""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in LOGGING
        and not _LOGGERS.isdisjoint(
            word.removeprefix("_")
            for word in re.split(r"\W+", ast.unparse(call.func.value).lower())
        )
    )


def _readable(code: str) -> Iterator[ast.Module]:
    """The runs of lines of ``code`` that parse, the longest first from each line on."""
    lines = textwrap.dedent(code.replace("…", "...")).split("\n")
    first = 0
    while first < len(lines):
        for last in range(min(len(lines), first + _MOST_LINES), first, -1):
            text = textwrap.dedent("\n".join(lines[first:last]))
            module = _parsed(text) if text.strip() else None
            if module is not None:
                yield module
                first = last
                break
        else:
            first += 1


def _parsed(text: str) -> ast.Module | None:
    # A handler without its try, and an entry of a dictionary, are whole for our purpose.
    if text.lstrip().startswith("except"):
        text = f"try:\n    pass\n{text}"
    elif re.match(r"\s*[\"'][^\"']*[\"']\s*:", text):
        text = f"{{{text}\n}}"
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Words, another language, or code that is cut off.
        return None
