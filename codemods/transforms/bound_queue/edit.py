"""The queue with its limit, and who waits for it, in libcst; nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import in_place_of, statement
from codemods.syntax.arguments import append_keyword
from codemods.syntax.lazy import cst

_DETAIL = 'status_code=503, detail="The queue is full"'


@dataclass(frozen=True, slots=True)
class Limit:
    """A queue holds no more than so many."""

    size: int

    def edit(self, node: Node) -> Edited:
        """The call that makes it."""
        if not isinstance(node, cst.Call):
            return None
        return append_keyword(node, "maxsize", cst.Integer(str(self.size)))


@dataclass(frozen=True, slots=True)
class UnderSemaphore:
    """What follows a loop that only waits runs under a semaphore instead."""

    semaphore: str

    def edit(self, node: Node) -> Edited:
        """The work in its block; the loop goes."""
        match node:
            case cst.IndentedBlock(body=[cst.While() as loop, cst.SimpleStatementLine() as work]):
                around = statement(f"async with {self.semaphore}:\n    pass\n", cst.With)
                comments = [line for line in work.leading_lines if line.comment is not None]
                inner = around.body.with_changes(body=[work.with_changes(leading_lines=comments)])
                made = around.with_changes(leading_lines=loop.leading_lines, body=inner)
                return node.with_changes(body=[made])
        return None


@dataclass(frozen=True, slots=True)
class Rejected:
    """``await queue.put(…)`` answers 503 where the queue is full."""

    asyncio: str
    exception: str
    """What is raised, as it is written there."""

    def edit(self, node: Node) -> Edited:
        """The statement in a ``try``, without waiting."""
        match node:
            case cst.SimpleStatementLine(
                body=[
                    cst.Expr(
                        value=cst.Await(expression=cst.Call(func=cst.Attribute() as put) as call)
                    )
                ]
            ):
                pass
            case _:
                return None
        made = statement(
            f"try:\n    pass\nexcept {self.asyncio}.QueueFull:\n"
            f"    raise {self.exception}({_DETAIL}) from None\n",
            cst.Try,
        )
        at_once = call.with_changes(func=put.with_changes(attr=cst.Name("put_nowait")))
        line = node.with_changes(body=[cst.Expr(at_once)], leading_lines=())
        made = made.with_changes(body=made.body.with_changes(body=[line]))
        plain = node.with_changes(trailing_whitespace=cst.TrailingWhitespace())
        return in_place_of(plain, [made])
