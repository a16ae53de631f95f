"""The edits around a lock, in libcst; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codemods.codemod import (
    NO_NODE,
    Edited,
    Node,
    Refusal,
)
from codemods.rewriting.parsed import line, without_blank
from codemods.syntax.concrete import rewritten
from codemods.syntax.lazy import cst


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

    def edit(self, node: Node) -> Edited:
        """The run in a block of the lock, with what comes in front of it and behind."""
        if not isinstance(node, cst.IndentedBlock):
            return None
        if self.loaded:
            first, *rest = node.body
            loaded = _with_locals(first, dict(self.loaded))
            swaps = [line(f"{target} = {local}") for target, local in self.loaded]
            return node.with_changes(body=[loaded, _held(self, [*swaps, *rest])])
        if self.snapshot is not None:
            return _copied_first(self, self.snapshot, node)
        if self.inverted:
            return _inverted(self, node)
        *body, last = node.body
        if self.notify is None:
            return node.with_changes(body=[_led(_held(self, [*body, last]), node)])
        told, behind = _told(self, last)
        return node.with_changes(body=[_led(_held(self, [*body, *told]), node), behind])


@dataclass(frozen=True, slots=True)
class Declaration:
    """A statement that is put beside another one."""

    code: str
    before: bool = False

    def edit(self, node: Node) -> Edited:
        """Both."""
        if not isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            return Refusal("fragment", NO_NODE)
        made = line(self.code)
        if not self.before:
            return cst.FlattenSentinel([node, made])
        made = made.with_changes(leading_lines=node.leading_lines)
        return cst.FlattenSentinel([made, node.with_changes(leading_lines=[])])


@dataclass(frozen=True, slots=True)
class Slot:
    """``__slots__`` with one name more."""

    name: str

    def edit(self, node: Node) -> Edited:
        """The assignment."""
        match node:
            case cst.SimpleStatementLine(body=[cst.Assign() | cst.AnnAssign() as assignment]):
                value = assignment.value
                if isinstance(value, (cst.Tuple, cst.List, cst.Set)):
                    made = assignment.with_changes(value=_with_slot(self.name, value))
                    return node.with_changes(body=[made])
        return None


def _held(guard: Guard, body: Sequence[cst.BaseStatement]) -> cst.With:
    return cst.With(
        items=[cst.WithItem(cst.parse_expression(guard.lock))],
        body=cst.IndentedBlock(body=body),
        asynchronous=cst.Asynchronous() if guard.is_async else None,
    )


def _copied_first(guard: Guard, local: str, run: cst.IndentedBlock) -> Edited:
    """The copy of what a loop goes over under the lock, and the loop over the copy behind it."""
    loop = run.body[0]
    if not isinstance(loop, cst.For):
        return None
    copy = cst.Call(cst.Name("list"), [cst.Arg(loop.iter)])
    copied = cst.Assign([cst.AssignTarget(cst.Name(local))], copy)
    taken = _held(guard, [cst.SimpleStatementLine([copied])])
    taken = taken.with_changes(leading_lines=loop.leading_lines)
    return run.with_changes(body=[taken, loop.with_changes(iter=cst.Name(local), leading_lines=[])])


def _led(block: cst.With, run: cst.IndentedBlock) -> cst.With:
    """Blank lines in front of the run stay in front of the block."""
    lines = list(getattr(run.body[0], "leading_lines", ()))
    own = without_blank(lines)
    if len(own) == len(lines):
        return block
    first, *rest = block.body.body
    inner = first.with_changes(leading_lines=own)
    return block.with_changes(
        leading_lines=lines[: len(lines) - len(own)],
        body=block.body.with_changes(body=[inner, *rest]),
    )


def _told(
    guard: Guard, statement: cst.BaseStatement
) -> tuple[list[cst.BaseStatement], cst.BaseStatement]:
    """What is worked out under the lock, and the call that comes behind it."""
    if guard.variable is None or guard.notify is None or guard.notify < 0:
        return [], statement
    told = cst.ensure_type(statement, cst.SimpleStatementLine)
    expression = cst.ensure_type(told.body[0], cst.Expr)
    call = cst.ensure_type(expression.value, cst.Call)
    argument = call.args[guard.notify]
    assigned = cst.Assign([cst.AssignTarget(cst.Name(guard.variable))], argument.value)
    plain = argument.with_changes(
        value=cst.Name(guard.variable),
        comma=cst.MaybeSentinel.DEFAULT if guard.notify == len(call.args) - 1 else argument.comma,
        whitespace_after_arg=cst.SimpleWhitespace(""),
    )
    args = [*call.args[: guard.notify], plain, *call.args[guard.notify + 1 :]]
    call = call.with_changes(args=args, whitespace_before_args=cst.SimpleWhitespace(""))
    behind = told.with_changes(body=[expression.with_changes(value=call)], leading_lines=[])
    return [cst.SimpleStatementLine([assigned], leading_lines=told.leading_lines)], behind


def _inverted(guard: Guard, run: cst.IndentedBlock) -> Edited:
    match run.body:
        case [cst.If(body=cst.IndentedBlock(body=[*inner, last, leaving]) as body) as test, tail]:
            told, behind = _told(guard, last)
            block = body.with_changes(body=[*inner, *told])
            if not block.body:
                return Refusal("fragment", "nothing would be left under the lock")
            otherwise = cst.Else(cst.IndentedBlock([tail]))
            kept = test.with_changes(body=block, orelse=otherwise)
            return run.with_changes(body=[_held(guard, [kept]), behind, leaving])
    return None


def _with_slot(name: str, node: cst.Tuple | cst.List | cst.Set) -> cst.BaseExpression:
    if not node.elements:
        value = cst.SimpleString(f'"{name}"')
        return node.with_changes(elements=[cst.Element(value, comma=cst.Comma())])
    *before, last = node.elements
    quote = last.value.quote if isinstance(last.value, cst.SimpleString) else '"'
    between = before[-1].comma if before else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    trailing = last.comma if before else cst.MaybeSentinel.DEFAULT
    added = cst.Element(cst.SimpleString(f"{quote}{name}{quote}"), comma=trailing)
    return node.with_changes(elements=[*before, last.with_changes(comma=between), added])


def _with_locals(node: cst.BaseStatement, names: dict[str, str]) -> cst.BaseStatement:
    """``node`` with assigned attributes replaced by local variables."""
    module = cst.Module([])

    def leave(original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:
        match original, updated:
            case cst.Attribute(), _:
                local = names.get(module.code_for_node(original))
                return updated if local is None else cst.Name(local)
            case cst.AnnAssign(target=before), cst.AnnAssign(
                target=after, value=cst.BaseExpression() as value
            ) if before is not after:
                # An annotation of an attribute is none of a variable.
                return cst.Assign([cst.AssignTarget(after)], value)
        return updated

    return rewritten(node, leave)
