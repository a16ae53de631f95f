"""``add-exc-info`` as a command of libcst's own runner: one side of a benchmark."""

# The names and parameters of visitors are libcst's.
# ruff: noqa: N802

from __future__ import annotations

import libcst as cst
from handler_rule import call_to_change, with_exc_info
from libcst.codemod import CodemodContext, VisitorBasedCodemodCommand


class AddExcInfo(VisitorBasedCodemodCommand):
    """Adds ``exc_info=True`` to ``….error(…)`` in a handler."""

    DESCRIPTION = "Log the traceback with the error"

    def __init__(self, context: CodemodContext) -> None:
        super().__init__(context)
        self._chosen: set[cst.CSTNode] = set()

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> None:
        """Decide; the call is met on the way back."""
        call = call_to_change(node)
        if call is not None:
            self._chosen.add(call)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """The call with the keyword."""
        return with_exc_info(updated_node) if original_node in self._chosen else updated_node
