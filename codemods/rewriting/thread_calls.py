"""Building ``await asyncio.to_thread(…)`` out of a call, in libcst, with its layout kept."""

from __future__ import annotations

from typing import TypeVar

from codemods.rewriting.thread_call_model import CallInThread, Thread
from codemods.syntax.concrete import code
from codemods.syntax.lazy import cst
from codemods.syntax.rewriting import rewritten

_Expression = TypeVar("_Expression", bound="cst.BaseExpression")


def with_function(call: cst.Call, function: str) -> cst.Call:
    return call.with_changes(func=cst.parse_expression(function), lpar=(), rpar=())


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


def call_in_thread(payload: CallInThread, call: cst.Call) -> cst.Await:
    before = call.whitespace_before_args
    first_space: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if isinstance(before, cst.ParenthesizedWhitespace):
        # The comment behind the opening parenthesis stays there; only the line break repeats.
        first_space = cst.ParenthesizedWhitespace(
            first_line=cst.TrailingWhitespace(newline=before.first_line.newline),
            indent=before.indent,
            last_line=before.last_line,
        )
    args = [parenthesised_generator(item) for item in call.args]
    function = cst.Arg(call.func)
    if args:
        function = function.with_changes(comma=cst.Comma(whitespace_after=first_space))
    elif isinstance(before, cst.ParenthesizedWhitespace):
        function = function.with_changes(whitespace_after_arg=before)
        before = cst.SimpleWhitespace("")
    inner = call.with_changes(
        func=cst.parse_expression(payload.thread.to_thread),
        args=[function, *args],
        whitespace_before_args=before,
        lpar=(),
        rpar=(),
    )
    if payload.hanging:
        was = len(code(call.func)) + 1
        inner = _shifted(inner, len(f"await {payload.thread.to_thread}(") - was)
    return grouped(cst.Await(timed(inner, payload.thread)), call, payload.parenthesise)


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
            _then(cst.Arg(_shifted(call, unit)), line),
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


def _shifted(call: cst.Call, columns: int) -> cst.Call:
    """``call`` with its continuation lines moved to the right (or to the left)."""

    def leave(_original: object, updated: cst.CSTNode) -> cst.CSTNode:
        if not isinstance(updated, cst.ParenthesizedWhitespace) or not updated.indent:
            return updated
        old = updated.last_line.value
        new = old + " " * columns if columns > 0 else old[: columns or None]
        return updated.with_changes(last_line=cst.SimpleWhitespace(new))

    shifted = rewritten(call, leave)
    assert isinstance(shifted, cst.Call)
    return shifted
