"""Code as reports write it: snippets of many kinds, compared with today's code by structure.

A snippet is seldom a statement: it is an operator, a keyword argument, a handler's header, a
parameter, or an expression in which ``...`` stands for what stays. Layout, quotes and comments are
never compared.
"""

from __future__ import annotations

import ast
import enum
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from codemods.syntax.segments import segment_of

OPERATORS: dict[str, type[ast.AST]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
    "//": ast.FloorDiv,
    "%": ast.Mod,
    "**": ast.Pow,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
    "==": ast.Eq,
    "!=": ast.NotEq,
    "is": ast.Is,
    "is not": ast.IsNot,
    "in": ast.In,
    "not in": ast.NotIn,
    "and": ast.And,
    "or": ast.Or,
}
SYMBOLS = {kind: symbol for symbol, kind in OPERATORS.items()}
_WITH_OPERAND = re.compile(r"(\*\*|//|[-+*/%]|[<>]=?|[=!]=)\s+(.+)", re.DOTALL)
_KEYWORD = re.compile(r"\*{0}[A-Za-z_]\w*=(?!=)")
_PLACEHOLDER = re.compile(r"[\"']\s*\.{3}|<[a-z][\w -]*>", re.IGNORECASE)
"""A text that the report abridges, or ``<something>`` to be filled in."""
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr, ast.Raise)
"""Statements that one says in a sentence or shows for what stands there."""
_IMPORTS = (ast.Import, ast.ImportFrom)
_IGNORED = frozenset({"ctx", "type_comment", "kind", "type_ignores"})


class SnippetKind(enum.Enum):
    """What a snippet is."""

    EXPRESSION = "expression"
    STATEMENTS = "statements"
    KEYWORDS = "keyword arguments"
    OPERATOR = "operator"
    """Perhaps with its right operand: ``+ 0.691``."""
    HANDLER = "handler"
    HEADER = "header"
    """The first line of a compound statement."""


@dataclass(frozen=True)
class Snippet:
    """A piece of code out of a report, parsed."""

    kind: SnippetKind
    text: str
    """What was parsed; the positions of the nodes are in it."""
    nodes: tuple[ast.AST, ...]
    """An expression, statements, ``ast.keyword`` nodes, a handler, or an operator's operand."""
    operator: type[ast.AST] | None = None

    @property
    def expression(self) -> ast.expr:
        """The node of an expression.

        Raises:
            TypeError: when it is none.
        """
        if isinstance(self.nodes[0], ast.expr):
            return self.nodes[0]
        raise TypeError(f"{self.text} is not an expression")

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The text of one of its nodes."""
        return segment_of(self.text, node) or ast.unparse(node)


@lru_cache(maxsize=512)
def read(text: str) -> Snippet | None:
    """The snippet that ``text`` is, ``None`` for what is not Python."""
    text = text.strip().replace("…", "...").rstrip(",;")
    if _PLACEHOLDER.search(text):
        return None
    if text in OPERATORS:
        return Snippet(SnippetKind.OPERATOR, text, (), OPERATORS[text])
    if found := _WITH_OPERAND.fullmatch(text):
        operand = parsed(found[2], "eval")
        if operand is not None:
            return Snippet(SnippetKind.OPERATOR, text, (operand[0],), OPERATORS[found[1]])
    if text.startswith("except"):
        return _handler(text)
    if _KEYWORD.match(text) and (keywords := parsed(f"_({text})", "eval")) is not None:
        call = keywords[0]
        if isinstance(call, ast.Call) and call.keywords and not call.args:
            return Snippet(SnippetKind.KEYWORDS, f"_({text})", tuple(call.keywords))
    if (found_expression := parsed(text, "eval")) is not None:
        return Snippet(SnippetKind.EXPRESSION, text, found_expression)
    if (statements := parsed(text, "exec")) is not None and statements:
        if len(statements) > 1:
            # Imports on the same line say where names come from.
            kept = [item for item in statements if not isinstance(item, _IMPORTS)]
            statements = tuple(kept) or statements
        return Snippet(SnippetKind.STATEMENTS, text, statements)
    if text.endswith(":"):
        header = f"{text} ..."
        if (statements := parsed(header, "exec")) is not None and len(statements) == 1:
            return Snippet(SnippetKind.HEADER, header, statements)
    return None


def parsed(text: str, mode: str) -> tuple[ast.AST, ...] | None:
    """The expression (``eval``) or the statements (``exec``) of ``text``, if it is Python."""
    try:
        tree = ast.parse(text, mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Words, another language, or code that is cut off.
        return None
    return (tree.body,) if isinstance(tree, ast.Expression) else tuple(tree.body)  # type: ignore[attr-defined]


def _handler(text: str) -> Snippet | None:
    head, _, body = text.partition(":")
    if body.strip():
        # A handler with a body is one to be added.
        return None
    whole = f"try:\n    ...\n{head}:\n    ..."
    made = parsed(whole, "exec")
    if made is None or not isinstance(made[0], ast.Try):
        return None
    return Snippet(SnippetKind.HANDLER, whole, (made[0].handlers[0],))


def is_wildcard(node: ast.AST) -> bool:
    """``...``, as an expression or as a statement."""
    if isinstance(node, ast.Expr):
        node = node.value
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def has_wildcard(node: ast.AST) -> bool:
    """Whether ``node`` leaves something out."""
    return any(is_wildcard(item) for item in ast.walk(node))


def same(pattern: ast.AST, node: ast.AST) -> bool:
    """Whether two trees are equal; ``...`` in the pattern stands for any expression, and among
    arguments, elements or statements for any number of them."""
    if is_wildcard(pattern):
        return True
    if isinstance(pattern, ast.Constant) and isinstance(node, ast.Constant):
        # 1 and 1.0 and True are equal, and different literals.
        return type(pattern.value) is type(node.value) and pattern.value == node.value
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, ast.Call) and isinstance(node, ast.Call):
        return same(pattern.func, node.func) and _same_arguments(pattern, node)
    return all(
        equal(getattr(pattern, name, None), getattr(node, name, None))
        for name in pattern._fields
        if name not in _IGNORED
    )


def equal(pattern: object, part: object) -> bool:
    """:func:`same` of what trees hold: nodes, lists of them, and plain values."""
    if isinstance(pattern, list):
        return isinstance(part, list) and _same_lists(pattern, part)
    if isinstance(pattern, ast.AST):
        return isinstance(part, ast.AST) and same(pattern, part)
    return pattern == part


def _same_arguments(pattern: ast.Call, node: ast.Call) -> bool:
    given = {item.arg: item.value for item in node.keywords}
    wanted = {item.arg: item.value for item in pattern.keywords}
    if not all(name in given and same(value, given[name]) for name, value in wanted.items()):
        return False
    if any(is_wildcard(item) for item in pattern.args):
        return _same_lists(pattern.args, node.args, open_end=True)
    return len(wanted) == len(given) and _same_lists(pattern.args, node.args)


def _same_lists(pattern: Sequence[object], nodes: Sequence[object], open_end: bool = False) -> bool:
    if not pattern:
        return not nodes or open_end
    first, rest = pattern[0], pattern[1:]
    if isinstance(first, ast.AST) and is_wildcard(first):
        return any(_same_lists(rest, nodes[count:], open_end) for count in range(len(nodes) + 1))
    return bool(nodes) and equal(first, nodes[0]) and _same_lists(rest, nodes[1:], open_end)


def leaves(node: ast.AST) -> Counter[str]:
    """What a tree says: names, attributes, literals, operators and keywords, with their number."""
    found: Counter[str] = Counter()
    for item in ast.walk(node):
        match item:
            case ast.Name(id=said) | ast.Attribute(attr=said) | ast.arg(arg=said):
                found[said] += 1
            case ast.keyword(arg=str(said)):
                found[said] += 1
            case ast.Constant(value=value) if value is not Ellipsis:
                found[repr(value)] += 1
            case ast.operator() | ast.cmpop() | ast.unaryop() | ast.boolop():
                found[type(item).__name__] += 1
    return found


def alike(old: ast.AST, new: ast.AST) -> float:
    """How much two trees say the same, 0 to 1; what ``...`` leaves out does not count against."""
    left, right = leaves(old), leaves(new)
    common = sum((left & right).values())
    if not common:
        return 0.0
    if has_wildcard(new):
        return common / sum(right.values())
    return 2 * common / (sum(left.values()) + sum(right.values()))


def contains(node: ast.AST, part: ast.AST) -> bool:
    """Whether ``part`` stands in ``node``, below its top."""
    return any(item is not node and same(part, item) for item in expressions(node))


def expressions(node: ast.AST) -> Iterator[ast.expr]:
    """Every expression in ``node``, itself included."""
    return (item for item in ast.walk(node) if isinstance(item, ast.expr))


def names_in(node: ast.AST, context: type[ast.expr_context]) -> list[str]:
    """The names that ``node`` reads (``ast.Load``) or gives a value (``ast.Store``)."""
    return [
        item.id
        for item in ast.walk(node)
        if isinstance(item, ast.Name) and isinstance(item.ctx, context)
    ]
