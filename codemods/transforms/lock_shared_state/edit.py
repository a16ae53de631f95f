"""The edits around a lock, in libcst; nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codemods.codemod import Operation, Refusal
from codemods.syntax.lazy import cst
from codemods.syntax.rewriting import rewritten

GUARD = "guard"
DECLARE = "declare"
SLOT = "slot"
RENAME = "rename"


@dataclass(frozen=True, slots=True)
class Guard:
    """A run of statements that goes under a lock."""

    lock: str
    """The expression: ``self._cache_lock``."""
    is_async: bool
    loaded: tuple[tuple[str, str], ...] = ()
    """For a slow first statement: its targets with the local variables that take their place;
    the targets are set under the lock."""
    snapshot: str | None = None
    """For a loop: the local variable that holds a copy of what it iterates over."""
    notify: int | None = None
    """For a run that ends by telling others: which argument of the call is worked out under the
    lock, ``-1`` for none. The call itself comes behind it."""
    variable: str | None = None
    """The local variable for that argument."""
    inverted: bool = False
    """The run is an ``if`` that tells others and leaves, and the one statement behind it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A statement that is put beside another one."""

    code: str
    before: bool = False


def edit_lock(operation: Operation, node: Any) -> Any:
    """Carry out one operation of a lock."""
    payload = operation.payload
    if operation.kind == GUARD and isinstance(node, cst.IndentedBlock):
        return _guarded(payload, node)
    if operation.kind == DECLARE and isinstance(node, cst.BaseStatement):
        return _declared(payload, node)
    if operation.kind == SLOT and isinstance(node, cst.SimpleStatementLine):
        [assignment] = node.body
        value: Any = getattr(assignment, "value", None)
        if isinstance(value, (cst.Tuple, cst.List, cst.Set)):
            return node.with_changes(
                body=[assignment.with_changes(value=_with_slot(payload, value))]
            )
    if operation.kind == RENAME and isinstance(node, cst.BaseExpression):
        return cst.Name(payload)
    return Refusal("fragment", "the statements are not there in the concrete syntax")


def _line(code: str) -> cst.SimpleStatementLine:
    statement = cst.parse_statement(code)
    if not isinstance(statement, cst.SimpleStatementLine):
        raise TypeError("a simple statement was expected")
    return statement


def _held(guard: Guard, body: list[Any]) -> cst.With:
    return cst.With(
        items=[cst.WithItem(cst.parse_expression(guard.lock))],
        body=cst.IndentedBlock(body=body),
        asynchronous=cst.Asynchronous() if guard.is_async else None,
    )


def _guarded(guard: Guard, run: cst.IndentedBlock) -> cst.IndentedBlock | Refusal:
    body: list[Any] = list(run.body)
    if guard.loaded:
        first, *rest = body
        loaded = _with_locals(first, dict(guard.loaded))
        swaps = [_line(f"{target} = {local}") for target, local in guard.loaded]
        return run.with_changes(body=[loaded, _held(guard, [*swaps, *rest])])
    if guard.snapshot is not None:
        loop = body[0]
        copied = cst.Assign(
            [cst.AssignTarget(cst.Name(guard.snapshot))],
            cst.Call(cst.Name("list"), [cst.Arg(loop.iter)]),
        )
        taken = _held(guard, [cst.SimpleStatementLine([copied])])
        taken = taken.with_changes(leading_lines=loop.leading_lines)
        loop = loop.with_changes(iter=cst.Name(guard.snapshot), leading_lines=[])
        return run.with_changes(body=[taken, loop])
    if guard.inverted:
        return _inverted(guard, run, body)
    if guard.notify is not None:
        told, behind = _told(guard, body.pop())
        return run.with_changes(body=[_led(_held(guard, [*body, *told]), run), behind])
    return run.with_changes(body=[_led(_held(guard, body), run)])


def _led(block: cst.With, run: cst.IndentedBlock) -> cst.With:
    """Blank lines in front of the run stay in front of the block."""
    first: Any = run.body[0]
    blank = []
    for line in getattr(first, "leading_lines", ()):
        if line.comment is not None:
            break
        blank.append(line)
    if not blank:
        return block
    body: Any = block.body
    inner = first.with_changes(leading_lines=first.leading_lines[len(blank) :])
    return block.with_changes(
        leading_lines=blank, body=body.with_changes(body=[inner, *body.body[1:]])
    )


def _told(guard: Guard, statement: Any) -> tuple[list[Any], Any]:
    """What is worked out under the lock, and the call that comes behind it."""
    if guard.variable is None or guard.notify is None or guard.notify < 0:
        return [], statement
    expression = statement.body[0]
    call = expression.value
    argument = call.args[guard.notify]
    assigned = cst.Assign([cst.AssignTarget(cst.Name(guard.variable))], argument.value)
    plain = argument.with_changes(
        value=cst.Name(guard.variable),
        comma=cst.MaybeSentinel.DEFAULT if guard.notify == len(call.args) - 1 else argument.comma,
        whitespace_after_arg=cst.SimpleWhitespace(""),
    )
    args = [*call.args[: guard.notify], plain, *call.args[guard.notify + 1 :]]
    call = call.with_changes(args=args, whitespace_before_args=cst.SimpleWhitespace(""))
    behind = statement.with_changes(body=[expression.with_changes(value=call)], leading_lines=[])
    line = cst.SimpleStatementLine([assigned], leading_lines=statement.leading_lines)
    return [line], behind


def _inverted(guard: Guard, run: cst.IndentedBlock, body: list[Any]) -> cst.IndentedBlock | Refusal:
    condition, tail = body
    inner = list(condition.body.body)
    leaving = inner.pop()
    told, behind = _told(guard, inner.pop())
    block = condition.body.with_changes(body=[*inner, *told])
    if not block.body:
        return Refusal("fragment", "nothing would be left under the lock")
    otherwise = cst.Else(cst.IndentedBlock([tail]))
    kept = condition.with_changes(body=block, orelse=otherwise)
    return run.with_changes(body=[_held(guard, [kept]), behind, leaving])


def _declared(declaration: Declaration, node: Any) -> cst.FlattenSentinel[Any]:
    made = _line(declaration.code)
    if not declaration.before:
        return cst.FlattenSentinel([node, made])
    lines = getattr(node, "leading_lines", ())
    return cst.FlattenSentinel(
        [made.with_changes(leading_lines=lines), node.with_changes(leading_lines=[])]
    )


def _with_slot(name: str, node: cst.Tuple | cst.List | cst.Set) -> cst.BaseExpression:
    quote = '"'
    elements = list(node.elements)
    if elements and isinstance(elements[-1].value, cst.SimpleString):
        quote = elements[-1].value.quote
    value = cst.SimpleString(f"{quote}{name}{quote}")
    if not elements:
        return node.with_changes(elements=[cst.Element(value, comma=cst.Comma())])
    last = elements[-1]
    trailing = last.comma
    between: Any = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    if len(elements) > 1:
        between = elements[-2].comma
    if len(elements) == 1 or not isinstance(trailing, cst.Comma):
        trailing = cst.MaybeSentinel.DEFAULT
    elements[-1] = last.with_changes(comma=between)
    return node.with_changes(elements=[*elements, cst.Element(value, comma=trailing)])


def _with_locals(node: cst.CSTNode, names: dict[str, str]) -> Any:
    """``node`` with assigned attributes replaced by local variables."""
    module = cst.Module([])

    def leave(original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:
        if isinstance(original, cst.Attribute):
            local = names.get(module.code_for_node(original))
            return updated if local is None else cst.Name(local)
        if (
            isinstance(original, cst.AnnAssign)
            and isinstance(updated, cst.AnnAssign)
            and updated.target is not original.target
            and updated.value is not None
        ):
            # An annotation of an attribute is none of a variable.
            return cst.Assign([cst.AssignTarget(updated.target)], updated.value)
        return updated

    return rewritten(node, leave)
