"""Building what waits for a call, in libcst, with its layout kept."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node
from codemods.syntax.concrete import rewritten
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class Thread:
    """How the file spells what runs something in a thread."""

    to_thread: str
    """``asyncio.to_thread``, ``aio.to_thread`` or ``to_thread``."""
    wait_for: str | None = None
    """The same for ``asyncio.wait_for``, where a timeout is wanted."""
    timeout: str | None = None
    """As it is written: ``10.0``."""


def grouped(node: cst.Await, call: cst.BaseExpression, parenthesise: bool) -> cst.Await:
    """``node`` with the parentheses that ``call`` had, or new ones where they are needed."""
    if call.lpar:
        return node.with_changes(lpar=call.lpar, rpar=call.rpar)
    if parenthesise:
        return node.with_changes(
            lpar=(cst.LeftParen(),),
            rpar=(cst.RightParen(),),
        )
    return node


def parenthesised_generator(arg: cst.Arg) -> cst.Arg:
    """``f(x for x in y)`` needs its own parentheses as soon as there are two arguments."""
    if isinstance(arg.value, cst.GeneratorExp) and not arg.value.lpar:
        return arg.with_changes(
            value=arg.value.with_changes(lpar=(cst.LeftParen(),), rpar=(cst.RightParen(),))
        )
    return arg


def timed(call: cst.Call, thread: Thread) -> cst.Call:
    """``call`` inside ``asyncio.wait_for``, where a timeout is wanted."""
    if thread.wait_for is None or thread.timeout is None:
        return call
    timeout = cst.Arg(
        keyword=cst.Name("timeout"),
        value=cst.parse_expression(thread.timeout),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    function = cst.parse_expression(thread.wait_for)
    before = call.whitespace_before_args
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return cst.Call(function, args=[_then(cst.Arg(call), cst.SimpleWhitespace(" ")), timeout])
    # Over several lines: one level deeper than the call was.
    closing = _closing(call)
    unit = len(before.last_line.value) - len(closing) or 4
    line = cst.ParenthesizedWhitespace(
        first_line=cst.TrailingWhitespace(newline=before.first_line.newline),
        indent=before.indent,
        last_line=before.last_line,
    )
    end = line.with_changes(last_line=cst.SimpleWhitespace(closing))
    return cst.Call(
        function,
        args=[
            _then(cst.Arg(shifted(call, unit)), line),
            timeout.with_changes(whitespace_after_arg=end),
        ],
        whitespace_before_args=line,
    )


def _closing(call: cst.Call) -> str:
    """What stands before the closing parenthesis of a call over several lines, on its line."""
    last = call.args[-1] if call.args else None
    space: object = None
    if last is not None:
        comma = last.comma
        space = (
            comma.whitespace_after if isinstance(comma, cst.Comma) else last.whitespace_after_arg
        )
    return space.last_line.value if isinstance(space, cst.ParenthesizedWhitespace) else ""


def _then(arg: cst.Arg, space: cst.BaseParenthesizableWhitespace) -> cst.Arg:
    return arg.with_changes(comma=cst.Comma(whitespace_after=space))


def shifted(call: cst.Call, columns: int) -> cst.Call:
    """``call`` with its continuation lines moved to the right (or to the left)."""

    def leave(_original: object, updated: cst.CSTNode) -> cst.CSTNode:
        if not isinstance(updated, cst.ParenthesizedWhitespace) or not updated.indent:
            return updated
        old = updated.last_line.value
        new = old + " " * columns if columns > 0 else old[: columns or None]
        return updated.with_changes(last_line=cst.SimpleWhitespace(new))

    return rewritten(call, leave)


@dataclass(frozen=True, slots=True)
class Timed:
    """A call is waited for no longer than some time."""

    wait_for: str
    timeout: str

    def edit(self, node: Node) -> Edited:
        """The call inside ``asyncio.wait_for``."""
        if not isinstance(node, cst.Call):
            return None
        bare = node.with_changes(lpar=(), rpar=())
        inner = timed(bare, Thread("", self.wait_for, self.timeout))
        return inner.with_changes(lpar=node.lpar, rpar=node.rpar)
