"""Who waits for the queue, in libcst; nothing here decides anything."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.codemod import Edited, Node
from codemods.rewriting.parsed import statement
from codemods.syntax.lazy import cst


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
class AtOnce:
    """``await queue.put(…)`` does not wait."""

    def edit(self, node: Node) -> Edited:
        """The call alone."""
        match node:
            case cst.Await(expression=cst.Call(func=cst.Attribute() as put) as call):
                return call.with_changes(func=put.with_changes(attr=cst.Name("put_nowait")))
        return None
