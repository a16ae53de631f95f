"""What asks for a value, or for what holds it, before it is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from codemods.analysis.flow.runs import Run
from codemods.syntax.statements import leaves
from codemods.syntax.tree import position
from codemods.transforms.contain_path.uses import UseKind, Uses


def is_given(uses: Uses, run: Run) -> bool:
    """Whether the code itself has asked, before the run, that the value is there."""
    *around, own = (*run.above, run.level)
    first, statement = run.uses[0], own.statement
    lines = [getattr(item, "lineno", 0) for item in uses.rebindings()]
    since = max((line for line in lines if line < first.lineno), default=0)
    for level in (*around, own):
        before = [item for item in level.block[: level.index] if item.lineno > since]
        if any(_leaves_without(uses, item) for item in before):
            return True
    for outer, inner in zip(around, [*around, own][1:], strict=True):
        asked = outer.statement
        if (
            isinstance(asked, ast.If)
            and asked.lineno > since
            and inner.block is asked.body
            and _asserts(uses, asked.test)
        ):
            return True
    # Within the statement it may be asked for before the first use.
    asks = any(statement.lineno <= node.lineno < first.lineno for node in uses.of(UseKind.TEST))
    decided = next(conditions(uses, first, statement), None)
    return not asks and decided is None and _needs_it(uses, first)


def _leaves_without(uses: Uses, statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.If)
        and not statement.orelse
        and leaves(statement.body)
        and any(_denies(uses, part) for part in operands(statement.test, ast.Or))
    )


def operands(test: ast.expr, kind: type[ast.boolop]) -> list[ast.expr]:
    """The operands of ``a or b or c``, of anything else itself."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, kind):
        return test.values
    return [test]


def _denies(uses: Uses, test: ast.expr) -> bool:
    """``not x`` or ``x is None``."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand in uses.kinds
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return left in uses.kinds
    return False


def _asserts(uses: Uses, test: ast.expr) -> bool:
    """``x``, ``x is not None``, or one of them in an ``and``."""
    for part in operands(test, ast.And):
        match part:
            case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
                part = left
        if part in uses.kinds:
            return True
    return False


def _needs_it(uses: Uses, node: ast.expr) -> bool:
    """Whether the use fails, or is nonsense, without a value."""
    parent = uses.tree.parent(node)
    if isinstance(parent, ast.keyword):
        parent = uses.tree.parent(parent)
    if not isinstance(parent, ast.Call):
        return isinstance(parent, ast.Attribute)
    return (
        uses.opens(parent.func)
        or ast.unparse(parent.func) == "str"
        or (bool(parent.args) and parent.args[0] is not node and uses.opens(parent.args[0]))
    )


def conditions(uses: Uses, node: ast.AST, statement: ast.stmt) -> Iterator[ast.AST]:
    """What decides, within ``statement``, whether ``node`` is evaluated: tests, and operands
    before it."""
    child: ast.AST = node
    while child is not statement:
        parent = uses.tree.parent(child)
        assert parent is not None
        match parent:
            case ast.BoolOp(values=[first, *_]) if child is not first:
                yield from parent.values[: parent.values.index(child)]  # type: ignore[arg-type]
            case ast.If() | ast.IfExp() | ast.While() if child is not parent.test:
                yield parent.test
            case ast.For() | ast.AsyncFor() if child is not parent.iter:
                yield parent.iter
            case ast.ExceptHandler() | ast.match_case() | ast.Lambda() | ast.comprehension():
                yield parent
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield parent
        child = parent


def asks_for_base(uses: Uses, run: Run) -> bool:
    """Whether the statement asks, before the first use, for the object whose attribute the value
    is: without it the attribute cannot be read, so that nothing may come before that."""
    if "." not in uses.value:
        return False
    first, statement = run.uses[0], run.level.statement
    tests = [node for test in conditions(uses, first, statement) for node in ast.walk(test)]
    earlier = [node for node in ast.walk(statement) if (0, 0) < position(node) < position(first)]
    return any(
        isinstance(node, ast.Name)
        and node.id == uses.base
        and not isinstance(uses.tree.parent(node), ast.Attribute)
        for node in (*tests, *earlier)
    )


def split_at(uses: Uses, run: Run) -> int | None:
    """How many operands of ``if not x or …: leave`` stand before the first use, where one of them
    asks for the value; ``None`` where the statement is not of that shape."""
    statement = run.level.statement
    if not isinstance(statement, ast.If) or statement.orelse or len(statement.body) != 1:
        return None
    parts = operands(statement.test, ast.Or) if leaves(statement.body) else []
    for index, part in enumerate(parts):
        if any(node in run.uses for node in ast.walk(part)):
            asked = any(_denies(uses, item) for item in parts[:index])
            return index if asked else None
    return None


def is_expanded(uses: Uses, run: Run) -> bool:
    """Whether a use makes the home folder of a ``~``: what is checked has to be that, too."""
    around = [item for node in run.uses for item in islice(uses.tree.ancestors(node), 2)]
    functions = [item.func if isinstance(item, ast.Call) else item for item in around]
    return any(isinstance(item, ast.Attribute) and item.attr == "expanduser" for item in functions)
