"""The edits of ``offload-blocking-calls``, in libcst; nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node
from codemods.rewriting.thread_calls import (
    Thread,
    grouped,
    parenthesised_generator,
    shifted,
    timed,
)
from codemods.syntax.concrete import code
from codemods.syntax.lazy import cst


@dataclass(frozen=True, slots=True)
class CallInThread:
    """``f(a)`` becomes ``await asyncio.to_thread(f, a)``."""

    thread: Thread
    parenthesise: bool
    """The result is used further, so that ``await`` would bind to the wrong thing."""
    hanging: bool
    """Continuation lines are aligned with the opening parenthesis."""

    def edit(self, node: Node) -> Edited:
        """The call behind its ``await``."""
        if not isinstance(node, cst.Call):
            return None
        before = node.whitespace_before_args
        first_space: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
        if isinstance(before, cst.ParenthesizedWhitespace):
            # The comment behind the opening parenthesis stays there; only the line break repeats.
            first_space = cst.ParenthesizedWhitespace(
                first_line=cst.TrailingWhitespace(newline=before.first_line.newline),
                indent=before.indent,
                last_line=before.last_line,
            )
        args = [parenthesised_generator(item) for item in node.args]
        function = cst.Arg(node.func)
        if args:
            function = function.with_changes(comma=cst.Comma(whitespace_after=first_space))
        elif isinstance(before, cst.ParenthesizedWhitespace):
            function = function.with_changes(whitespace_after_arg=before)
            before = cst.SimpleWhitespace("")
        inner = node.with_changes(
            func=cst.parse_expression(self.thread.to_thread),
            args=[function, *args],
            whitespace_before_args=before,
            lpar=(),
            rpar=(),
        )
        if self.hanging:
            was = len(code(node.func)) + 1
            inner = shifted(inner, len(f"await {self.thread.to_thread}(") - was)
        return grouped(cst.Await(timed(inner, self.thread)), node, self.parenthesise)


@dataclass(frozen=True, slots=True)
class AsyncSleep:
    """``time.sleep(n)`` becomes ``await asyncio.sleep(n)``."""

    sleep: str
    parenthesise: bool

    def edit(self, node: Node) -> Edited:
        """The call behind its ``await``."""
        if not isinstance(node, cst.Call):
            return None
        made = node.with_changes(func=cst.parse_expression(self.sleep), lpar=(), rpar=())
        return grouped(cst.Await(made), node, self.parenthesise)


@dataclass(frozen=True, slots=True)
class AddTimeout:
    """``asyncio.to_thread(f)`` becomes ``asyncio.wait_for(asyncio.to_thread(f), timeout=…)``."""

    thread: Thread

    def edit(self, node: Node) -> Edited:
        """The call that waits for the other one."""
        return timed(node, self.thread) if isinstance(node, cst.Call) else None
